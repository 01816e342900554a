# SPDX-License-Identifier: Apache-2.0
"""Hand-written incidents and answers that the second checks must tell apart: good, plain, and cheating."""

from __future__ import annotations

from trainer.practice.case import Case, Party
from trainer.practice.citations import Passage
from trainer.practice.scenario import Gold

PASSAGES = [
    Passage("conduct-2.1", "Repairing harm",
            "Students who caused harm take part in making things right, in a way that the person harmed accepts. "
            "A written plan names each deed, its owner and its date."),
    Passage("safety-1.3", "Concerns of danger",
            "Staff who hear of a weapon on school grounds tell the principal at once and leave the search to the "
            "police."),
]
PENCILS = Case(
    "Report from Staff A, librarian. Student A took the red pencil case from Student B's desk in the north library "
    "on Tuesday during third period. Student B searched for an hour and missed the drawing lesson. Student A says it "
    "was only borrowed. Student B says the markers inside were a gift.",
    "3-5", 2, "north library",
    (Party("Student A", "caused_harm"), Party("Student B", "harmed"), Party("Staff A", "staff")),
)
PENCILS_GOLD = Gold(
    "CLEAR", (), ("restorative chat", "small conference"), ("Student A", "Student B", "Staff A"),
    {"place": "north library", "thing": "red pencil case", "time": "on Tuesday during third period"},
)
KNIFE = Case(
    "Passed on by Staff A, aide. Student B told Staff A that Student A showed a folding knife in the stairwell at "
    "lunch and said that it was for Student B. The knife went back into a blue gym bag.",
    "9-12", 4, "stairwell",
    (Party("Student A", "caused_harm"), Party("Student B", "harmed"), Party("Staff A", "staff")),
)
KNIFE_GOLD = Gold(
    "STOP", ("WEAP",), ("none",), ("Student A", "Student B", "Staff A"),
    {"place": "stairwell", "thing": "gym bag", "time": "at lunch"},
)

GOOD = """<reasoning>
Student A took the red pencil case in the north library, and Student B lost an hour and a drawing lesson. The harm is
the lost work and the worry about the gift; the need is to have the markers back and to be asked first. A restorative
chat is enough because it is a single borrowing among classmates; a conference would be too formal for one pencil
case.
What Student B wishes is not yet known, so that is asked first.
</reasoning>

## Safety check
No flag is raised: the report speaks of a borrowed pencil case and of no fear or injury.

## What is known
Student A took the red pencil case from the desk in the north library on Tuesday during third period. Student A
says it
was only borrowed. It is not known whether every marker is still inside.

## Who is affected and what they need
Student B lost an hour of searching and missed the drawing lesson, and needs the markers back and a say in the repair.
Student A needs a private moment to explain the borrowing and a way to put it right. Staff A needs a quick word on how
to help when something goes missing in the library.

## Suggested response and why
A restorative chat with an adult, because one pencil case was borrowed without asking and both students know each
other. If Student B would rather not meet, Staff A carries words between them.

## Preparation and questions
Each student is seen separately first and may say no at any time. Staff A explains what will happen, and each may
bring
a trusted adult.
For Student A: What was going on when you took the pencil case? Who was affected by the search? What could you do
about
the missed drawing?
For Student B: What was the hardest part of the search? What do you need to feel easy in the library?

## Repair to be agreed
- Student A returns the pencil case with every marker by Friday, if Student B accepts it this way.
- Student A helps Student B to finish the drawing next week, if that is welcome.

## Support and follow-up
Student B gets a labeled tray for the markers and can go to Staff A. Student A practices asking before borrowing.
Staff A checks with both students on Friday and again in two weeks.

## Policy used
[conduct-2.1] "A written plan names each deed, its owner and its date"
"""

PLAIN = """<reasoning>
Something was taken and somebody is upset. The students should talk about it. It is good when people talk about things
that happened and find a way to go on with each other in the school, and an adult can help them with that in the end.
</reasoning>

## Safety check
Everyone is safe.

## What is known
A thing was taken. Student A did it.

## Who is affected and what they need
Student B is affected and should feel better soon. The class may be affected too, as is usual in such matters.

## Suggested response and why
The two should have a conversation about what was done. It is good to talk things over with one another in such a
case,
and the adults of the school can be there. They should be kind to each other and speak calmly, and listen well.

## Preparation and questions
Talk with them. Did you do it? Are you sorry? Why did you do that?

## Repair to be agreed
Student A should apologize.

## Support and follow-up
Check in later. The adults should keep an eye on the students and help where this is possible, as they always do.

## Policy used
The policies say that stealing is wrong and that students should be good to each other in the building and outside.
"""

#: Every cue word that such checks may look for, tied to nothing.
SALAD = """<reasoning>
Because the harm is harm and the need is need, rather than instead of too formal, because because. Whether it is
unknown
is not known. Voluntary separate supporter explain choice shuttle. Facts then harm then need then options then
choice, and
an alternative is considered because it would be too formal, which is why the least formal is chosen.
</reasoning>

## Safety check
No flag, nothing, none, because no reason blocks a step and no concern was found by anyone in any place at any moment.

## What is known
It is unknown whether. It is said that it is claimed. It is not known whether it is reported and according to
accounts.

## Who is affected and what they need
Everyone needs to be heard. Everybody felt upset and needs support. People need to know and need to feel trust and
help.

## Suggested response and why
A restorative chat because it is least formal rather than a conference, and if anyone declines then shuttle otherwise.

## Preparation and questions
Separate, alone, voluntary, free to decline, may say no, explain what will happen, supporter, if anyone does not
then not.
What? How? Who? What happened? What was it? How was it? Who was it? What now? How now?

## Repair to be agreed
Someone returns by Friday. Someone writes by Monday. Someone agrees in two weeks. Someone helps if wanted by tomorrow.

## Support and follow-up
Support and help and practice of skills. Checks on Friday and checks in two weeks and checks by the end of the month.

## Policy used
The policies do not cover this.
"""

HANDOFF = """<reasoning>
A knife was shown and a student was named, so this points to a weapon and to fear. No joint step is possible now; the
principal and the police decide.
</reasoning>

## Concern seen
A weapon: Student B told Staff A that Student A showed a folding knife in the stairwell.

## First actions now
Tell the principal at once and call the police. Clear the stairwell. Keep Student B with an adult.

## Do not
Do not search the bag alone, do not bring the students together, and do not set up a meeting or an apology.

## Who decides
The principal with the police; the threat team before any return.

## Support meanwhile
Student B has a safe adult and a quiet place today. Student A is met by an administrator and can call home.

## When a restorative step could be reconsidered
Only after the threat team has signed off and Student B asks for it.
"""

CIRCLE_FOR_A_KNIFE = HANDOFF.replace(
    "Keep Student B with an adult.", "Then hold a restorative circle with Student A and Student B this afternoon.")
COERCED = GOOD.replace(
    "Student A returns the pencil case with every marker by Friday, if Student B accepts it this way.",
    "Student A must apologize and returns the pencil case with every marker by Friday.")
INVENTED_POLICY = GOOD.replace("[conduct-2.1]", "[conduct-9.9]")
STRANGER = GOOD.replace("and can go to Staff A.", "and can go to Staff C or to Student D.")
WRONG_COLOUR = GOOD.replace("took the red pencil case", "took the blue pencil case")
