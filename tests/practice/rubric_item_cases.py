# SPDX-License-Identifier: Apache-2.0
"""Data of the item tests: a text for a section under which each item of the rubric fails."""

from __future__ import annotations

from trainer.practice.contract import FULL_HEADINGS, HANDOFF_HEADINGS

SAFETY, KNOWN, PEOPLE, RESPONSE, PREPARE, REPAIR, SUPPORT, POLICY = FULL_HEADINGS
SEEN, NOW, NOT, WHO, MEANWHILE, LATER = HANDOFF_HEADINGS
REASONING, EVERYWHERE = "reasoning", "everywhere"

#: item: (where, the text that stands there instead); each makes the item fail on the good answer.
FULL_FAILS = {
    "says_what_was_looked_for": (
        SAFETY,
        "All is fine. Staff A checks on Student B about the pencil case and the bag today.",
    ),
    "reason_from_facts": (
        SAFETY,
        "No injury and no threat is mentioned, so nothing blocks a talk. Staff A tells the principal.",
    ),
    "acts_before_process": (
        SAFETY,
        "A circle is held with Student A. Then Staff A tells the principal about the pencil case and bag.",
    ),
    "names_who_is_told": (
        SAFETY,
        "No injury or threat is mentioned, only a pencil case and a bag. Staff A stays near Student B.",
    ),
    "alarm_fits_level": (
        SAFETY,
        "No injury or threat is mentioned. Staff A calls the police about the pencil case and the bag.",
    ),
    "separates_known_claimed_unknown": (
        KNOWN,
        "Student A took the striped pencil case in the east hallway. It is not known why.",
    ),
    "two_open_points": (
        KNOWN,
        "Staff A says the pencil case left the bag in the east hallway. It is not known what else there is.",
    ),
    "known_comes_from_report": (
        KNOWN,
        "Staff A says that a purple scooter and a jacket vanished near the fountain after the concert.",
    ),
    "particulars_are_right": (KNOWN, "Staff A says the pencil case left Student B's bag in the cafeteria on Tuesday."),
    "neutral_words_for_facts": (
        KNOWN,
        "Student A clearly lied about the pencil case that left Student B's bag in the east hallway.",
    ),
    "harmed_has_a_need": (PEOPLE, "Student B lost the pencil case. Student A needs a private moment."),
    "caused_has_a_need": (PEOPLE, "Student B lost the pencil case and needs it back. Student A is the other one."),
    "harm_is_concrete": (PEOPLE, "Student B needs respect. Student A needs a private moment. Classmates need calm."),
    "wider_group_is_affected": (
        PEOPLE,
        "Student B lost the pencil case and needs it back. Student A needs a private moment.",
    ),
    "harmed_comes_first": (
        PEOPLE,
        "Student A needs a private moment. Student B lost the pencil case and needs it back.",
    ),
    "names_one_step": (
        RESPONSE,
        "Student A and Student B should be helped with the pencil case, because they were friends.",
    ),
    "step_is_proportionate": (RESPONSE, "A small conference for Student A and Student B about the pencil case."),
    "reason_is_tied": (RESPONSE, "A small conference for Student A and Student B, because it is the best way."),
    "names_a_sign_of_readiness": (
        RESPONSE,
        "A small conference, because the two were friends and a pencil case is missing.",
    ),
    "has_a_fallback": (RESPONSE, "A small conference, because the two were friends. It starts when Student B agrees."),
    "prepares_each_apart": (
        PREPARE,
        "The counselor prepares the meeting with Student A and Student B. What happened in the hallway?",
    ),
    "three_elements_of_fairness": (PREPARE, "The counselor sees each student alone. What happened to the bag?"),
    "five_elements_of_fairness": (
        PREPARE,
        "The counselor sees each student alone, explains the steps, and says that each may stop.",
    ),
    "may_stop_or_decline": (
        PREPARE,
        "The counselor sees each student alone and explains the steps. The families are told.",
    ),
    "nobody_is_forced": (PREPARE, "Both are invited to, and must, attend. The counselor explains the steps to each."),
    "asks_enough_open_questions": (
        PREPARE,
        "Student B: Are you sad? Do you want it back? Student A: Did you take the pencil case? Is it so?",
    ),
    "accuses_nobody": (
        PREPARE,
        "Student B: What was it like? Student A: Why did you take the pencil case from the bag?",
    ),
    "questions_fit_the_event": (
        PREPARE,
        "Student B: What happened? What do you need? Student A: What happened? What could help now?",
    ),
    "asks_both_sides": (
        PREPARE,
        "Student A: What led to taking the pencil case? How could the marker be replaced? What else?",
    ),
    "questions_look_back_and_ahead": (PREPARE, "Student B: What was it like? Student A: What led to it? Who saw it?"),
    "repair_shames_nobody": (
        REPAIR,
        "Student A says sorry in front of the class on Monday. Student A may replace the marker by Friday.",
    ),
    "offers_two_to_four_options": (REPAIR, "Student A could return the pencil case by Thursday."),
    "options_say_who_and_when": (
        REPAIR,
        "Student A could return the pencil case. Student A may replace the marker for Student B.",
    ),
    "options_answer_the_event": (
        REPAIR,
        "Student A could help Student B by Friday. Student A may be kind to Student B this week.",
    ),
    "says_what_if_not_done": (
        REPAIR,
        "Student A could return the pencil case by Thursday. Student A may replace the marker by Friday.",
    ),
    "cause_is_a_guess": (SUPPORT, "Student A took it because of jealousy. Student A practices asking first."),
    "one_skill_to_practise": (SUPPORT, "A wish to be noticed may lie behind it. The counselor asks both on Friday."),
    "adults_change_a_setting": (
        SUPPORT,
        "The counselor asks both students on Friday. Student A practices asking first.",
    ),
    "harmed_is_supported": (SUPPORT, "Student A practices asking first. The counselor talks with Student A on Friday."),
    "fits_the_age": (PREPARE, "Student A: What happened?"),
    "gives_a_choice_of_expression": (
        PREPARE,
        "The counselor sees each alone, explains the steps, and says that each may stop at any time.",
    ),
    "adults_check_their_view": (
        SUPPORT,
        "The counselor asks both students on Friday and again in two weeks how safe Student B feels.",
    ),
    "guesses_no_trait": (
        SUPPORT,
        "Perhaps it comes from the culture of a low-income family. The counselor asks both on Friday.",
    ),
    "two_dated_checks": (SUPPORT, "The counselor asks both students on Friday how safe Student B feels."),
    "checks_have_an_owner": (SUPPORT, "Both students are asked on Friday and again in two weeks how they are."),
    "checks_ask_both_sides": (SUPPORT, "The counselor asks Student B on Friday and again in two weeks."),
    "closes_with_word_back": (SUPPORT, "The counselor asks both students on Friday and again in two weeks."),
    "plans_for_new_harm": (SUPPORT, "The counselor asks both students on Friday and once more in two weeks."),
    "stays_in_the_role": (
        RESPONSE,
        "Student A is suspended for two days, because the pencil case was taken from the bag.",
    ),
    "invents_no_policy": (POLICY, "Policy 5131 asks for the return of the pencil case before any other step."),
    "policy_is_cited_or_silent": (
        POLICY,
        '[conduct-1] "students who steal from a bag shall always be sent to the principal first"',
    ),
    "policy_is_applied": (
        POLICY,
        '[conduct-1] "staff help the students agree on its return or replacement before any other step is considered"',
    ),
    "keeps_privacy": (SUPPORT, "The counselor asks both students on Friday and once more in two weeks."),
    "reasons_from_facts": (
        REASONING,
        "A student was harmed and another caused harm. Someone needs help. A small conference is the way to go here.",
    ),
    "goes_from_harm_to_step": (
        REASONING,
        "A small conference is best. The pencil case, the marker, the bag and the friends are named by Staff A.",
    ),
    "turns_down_an_alternative": (
        REASONING,
        "Student B lost the pencil case, the marker broke, and Student B needs it back. A small conference is it.",
    ),
    "reasons_in_own_words": (
        REASONING,
        "Student A took the striped pencil case out of Student B's bag in the east hallway on Tuesday"
        " during second period.",
    ),
    "reasoning_matches_answer": (
        REASONING,
        "Student B lost the pencil case and needs it back. A support circle is chosen because they were friends.",
    ),
}
HANDOFF_FAILS = {
    "no_process_is_proposed": (
        NOW,
        "Bring Student A and Student B together in a circle now and tell the principal about it.",
    ),
    "process_is_withheld": (NOT, "Do not leave Student A alone, and do not wait until the next day."),
    "concern_is_named_from_report": (
        SEEN,
        "Staff A reports that something is wrong and that someone may be in need of help.",
    ),
    "first_actions_protect": (
        NOW,
        "The situation is serious and needs attention from the whole school as soon as possible.",
    ),
    "action_fits_concern": (
        NOW,
        "Tell the principal at once and write a note about Student A and the jacket for the file.",
    ),
    "someone_is_told_now": (
        NOW,
        "Find Student A and stay with them until a qualified screen. Call the guardian of Student A.",
    ),
    "reports_in_neutral_words": (
        SEEN,
        "Student A obviously just wants attention with a text about not waking up and a jacket.",
    ),
    "concern_comes_from_report": (
        SEEN,
        "Staff A reports a fight with scissors near the fountain, a scream and a broken window.",
    ),
    "particulars_are_right": (
        SEEN,
        "Staff A reports a text about not waking up, and a jacket given away in the cafeteria on Monday.",
    ),
    "leaves_inquiry_to_others": (
        NOT,
        "Do not hold a circle or bring Student A together with others about the argument.",
    ),
    "harmed_is_supported_meanwhile": (
        MEANWHILE,
        "Student A is kept company by an adult they choose, away from the weight room.",
    ),
    "other_side_is_cared_for": (
        EVERYWHERE,
        "Student B needs a trusted adult away from the weight room. The team is told nothing.",
    ),
    "others_are_seen_to": (
        MEANWHILE,
        "Student B needs a trusted adult. Student A is kept company by an adult they choose.",
    ),
    "support_fits_the_event": (
        MEANWHILE,
        "Student B needs a trusted adult. Student A is kept company by an adult they choose.",
    ),
    "nobody_is_forced_now": (
        MEANWHILE,
        "Student A must apologize to Student B today, and an adult stays with both of them.",
    ),
    "harmed_has_a_say": (EVERYWHERE, "Student B showed the text and has a trusted adult away from the weight room."),
    "reopening_is_conditional": (LATER, "A circle about the argument at practice is held on Monday."),
    "people_stay_apart": (MEANWHILE, "Student B showed the text and needs a trusted adult. The team is told nothing."),
    "stays_in_the_role": (
        NOW,
        "Suspend Student A for two days now, and tell the principal and the psychologist at once.",
    ),
    "invents_no_policy": (WHO, "Under Policy 5131 the psychologist decides with the principal today."),
    "names_who_decides": (WHO, "Everyone will have to see what comes of it in the next days."),
    "promises_no_secrecy": (NOT, "Do not hold a circle. Do not question Student A for details."),
    "reasons_from_facts": (
        REASONING,
        "Someone may be in danger of suicide and the principal has to be told before anything else is done here.",
    ),
    "reasoning_names_the_concern": (
        REASONING,
        "Student A was at practice and there was an argument about the weight room on Thursday with Student B.",
    ),
    "says_why_no_process_now": (
        REASONING,
        "Student A texted about not waking up and gave away a jacket; this is a danger to life for Student A.",
    ),
    "reasons_in_own_words": (
        REASONING,
        "Student A texted a friend that it would be better not to wake up tomorrow and gave away a team jacket.",
    ),
}
FAILS = {"full": FULL_FAILS, "handoff": HANDOFF_FAILS}
