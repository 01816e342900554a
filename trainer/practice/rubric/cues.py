# SPDX-License-Identifier: Apache-2.0
"""Patterns for what an answer does: says what is unknown, gives a reason, names a need, a time, a condition."""

from __future__ import annotations

import re

from trainer.practice.rubric.lexicon import ANY_CASE

UNKNOWN = re.compile(
    r"\b(?:not (?:yet )?(?:known|clear|certain|said|stated|established|confirmed|told)|unknown|unclear|(?:does"
    r"|do|did) not"
    r" (?:yet )?(?:say|tell|show|know|mention)|remains? open|open questions?|still (?:to ask|open|missing"
    r"|needed)|to find out"
    r"|nobody (?:has )?(?:said|asked|knows)|no one (?:has )?(?:said|asked|knows)|missing|we lack|has yet to"
    r"|uncertain|to be"
    r" (?:asked|found out|checked)|unanswered|should be asked)\b",
    ANY_CASE,
)
UNKNOWN_CLAUSE = re.compile(
    r"\b(?:whether|what|who|whom|how|when|where|if|which)\b(?:(?!\b(?:whether|what|who|how|when|where"
    r"|which)\b)[^.;?!])+",
    ANY_CASE,
)
CLAIM = re.compile(
    r"\b(?:says?|said|claims?|claimed|according to|reports?|reported|told|states?|stated|account"
    r"|in (?:\w+ ){1,3}words"
    r"|describes?|described|wrote|explain(?:s|ed)|admit(?:s|ted)|den(?:ies|ied)|maintains?|recalls?|version"
    r"|view)\b",
    ANY_CASE,
)
REASON = re.compile(
    r"\b(?:because|since|as (?:the|it|Student|both|this|there|nobody|they)|so that|given|due to|for this reason"
    r"|therefore"
    r"|which (?:means|shows|is why|fits)|the reason|that is why|fits|suits|follows from|reflects)\b",
    ANY_CASE,
)
NEED = re.compile(
    r"\b(?:needs?|needed|wants?|would (?:like|help|benefit)|deserves?|ought to|should (?:be|feel|have|hear|know"
    r"|get)|wish(?:es)?"
    r"|depends? on|helped by|benefits? from|requires?|longs? for|matters? to|looks? for|asks? for|hopes?)\b",
    ANY_CASE,
)
HARM = re.compile(
    r"\b(?:lost|los(?:es|ing|s)|hurts?|harm\w*|upset|scared|afraid|fear\w*|embarrass\w*|humiliat\w*|asham\w*"
    r"|left out|exclud\w*"
    r"|alone|worr\w+|unsafe|trust|angry|anger|cried|cry\w*|shaken|sad|missed|miss(?:es|ing)|damag\w+|broke\w*"
    r"|ruin\w*|spoil\w*"
    r"|pain|sore|bruis\w*|frighten\w*|disrespect\w*|mock\w*|tease\w*|stress\w*|disrupt\w*|interrupt\w*"
    r"|withdr[ae]w\w*|hides?"
    r"|hid(?:ing|den)|avoid\w*|uneasy|nervous|disappoint\w*|unfair\w*|wrong\w*|suffer\w*|shame|dignity"
    r"|distract\w*|lonely"
    r"|singled out|felt small|feels? (?:small|bad|watched|left)|no longer|cannot|shock\w*|startl\w*"
    r"|reputation)\b",
    ANY_CASE,
)
WIDER = re.compile(
    r"\b(?:class(?:mates|room)?|groups?|teams?|teammates|tables?|famil(?:y|ies)|riders|witness\w*|bystanders?"
    r"|others|friends"
    r"|peers|grade|students (?:who|at|in|on|around)|readers|(?:other|younger|older|these|the) children"
    r"|the rest|other students|staff|community|club"
    r"|band|line|younger students|older students"
    r"|audience|watchers"
    r"|onlookers|those who (?:saw|watched|heard)|everyone (?:who|in|on|at)|players|neighbo[u]?rs|Student C"
    r"|section|bus)\b",
    ANY_CASE,
)
AFFECTED = re.compile(r"\b(?:affected|feels? it|reach\w*|touched)\b", ANY_CASE)
READY = re.compile(
    r"\b(?:ready|readiness|calm\w*|willing\w*|agree\w*|accepts?|owns?|owned|takes? responsibility|responsib\w+"
    r"|chooses?|wants? to"
    r"|says? yes|said yes|said in private|settled|regulated|open to|can (?:say|name|describe|tell|listen)"
    r"|able to|comfortable"
    r"|at ease|steady)\b",
    ANY_CASE,
)
CONDITIONAL = re.compile(
    r"\b(?:readiness|if|when|once|only|as soon as|provided|unless|until|after|before|sign of (?:being )?read\w+"
    r"|as long as|should (?:either|one|"
    r"Student))\b",
    ANY_CASE,
)
REFUSAL = re.compile(
    r"\b(?:if|should|when|unless|in case)\b[^.;]{0,80}\b(?:not|declin\w+|refus\w+|unwilling"
    r"|changes? (?:\w+ )?mind|says? no|no longer"
    r"|unready|upset|hesitat\w+|prefers? not|would rather|backs? out|withdraws?|stops?|falls? through|missing|lacking"
    r"|disagree\w*|doubt\w*)\b",
    ANY_CASE,
)
ALTERNATIVE = re.compile(
    r"\b(?:instead|shuttle|separate\w*|carr(?:y|ies)|letters?|pauses?|waits?|returns? to|smaller|indirect\w*"
    r"|apart|in turn|individual\w*"
    r"|go-between|go between|alone|another (?:day|time|way)|later|step (?:up|down|back)|message"
    r"|through an adult|postpon\w*|fall(?:s)? back"
    r"|written|one at a time|one by one|other way|by (?:note|drawing))\b",
    ANY_CASE,
)

ELEMENTS = {
    "separate preparation": re.compile(
        r"\b(?:separate(?:ly)?|apart|alone|individual(?:ly)?|each (?:student|person|one|side)|one at a time"
        r"|one by one|in private"
        r"|privately|one-to-one|on (?:her|his|their) own)\b",
        ANY_CASE,
    ),
    "supporter": re.compile(
        r"\b(?:support(?:er)? person|supporters?|trusted (?:adult|friend|person)|bring (?:someone|a friend"
        r"|an adult|along)|someone (?:they|of"
        r" their) (?:trust|choice|choosing|own)|ally|chosen (?:adult|friend|person)|(?:friend|adult"
        r"|person) of (?:their|own) choice"
        r"|(?:adult|friend|person) (?:they|each) (?:trust\w*|choose\w*|like\w*)|beside them|at their side)\b",
        ANY_CASE,
    ),
    "right to stop": re.compile(
        r"\b(?:(?:may|can|could|free to|right to|allowed to|able to|to) (?:\w+ ){0,3}?(?:stop|say no|declin\w+"
        r"|leave|withdraw|refuse|pass|pause"
        r"|change (?:their|his|her) mind|opt out|take a break)|voluntary|without (?:penalty|cost|consequence"
        r"|pressure)|no penalty"
        r"|own choice|their choice|not (?:have|required|forced) to)\b",
        ANY_CASE,
    ),
    "explanation": re.compile(
        r"\b(?:explain\w*|what will happen|what to expect|how (?:the|it|this) (?:\w+ )?(?:works?|goes|will go"
        r"|runs)|goes? (?:over|through)"
        r"|tell(?:s)? (?:each|both|them|Student [A-Z]) (?:what|how|that)|know(?:s)? what (?:will|comes|to)"
        r"|describ\w+ the steps|walks? (?:\w+ )?through"
        r"|informed? (?:of|about)|shows? (?:\w+ )?(?:how|what|the plan))\b",
        ANY_CASE,
    ),
    "alternative": re.compile(
        r"\b(?:alternativ\w*|instead|another way|other way|shuttle|indirect\w*|by (?:letter|note|drawing)"
        r"|through an adult|go-between"
        r"|carr(?:y|ies) (?:\w+ )?(?:words|messages|questions|answers)|without meeting|choice of|or (?:write"
        r"|draw)|apart if)\b",
        ANY_CASE,
    ),
    "family notice": re.compile(
        r"\b(?:famil(?:y|ies)|guardians?|parents?|home|caregivers?)\b[^.;]{0,50}\b(?:told|informed|know\w*"
        r"|notified|notice|called|call|contact\w*"
        r"|hears?|asked|consent|agree\w*|permission|phoned?|letter|invited|updated|word)\b|\b(?:tell\w*"
        r"|inform\w*|notif\w+|call\w*|contact\w*|ask\w*"
        r"|phone\w*|consent of|word to|notice to|let\w*|invit\w+)\b[^.;]{0,50}\b(?:famil(?:y|ies)|guardians?"
        r"|parents?|home|caregivers?)\b",
        ANY_CASE,
    ),
}

OPEN_STEM = re.compile(
    r"(?:what|how|who|whom|which|where|when|in what way|in which way|tell me|for whom|to whom|with whom|at what"
    r"|from whom|since then,? what|"
    r"looking back,? (?:what|how)|and (?:what|how|who)|now,? (?:what|how)|so (?:what|how))\b",
    ANY_CASE,
)
ACCUSING = re.compile(
    r"\bwhy (?:did|didn't|do|don't|would|are|were) you\b|\bdon't you\b|\bdidn't you\b|\bisn't it\b"
    r"|\bwhat is wrong with you\b"
    r"|\bhow could you\b|\bshouldn't you\b|\baren't you\b|\bhow dare\b|\bwhose fault\b|\bwho is to blame\b",
    ANY_CASE,
)
PAST = re.compile(
    r"\b(?:happened|before|at the time|then|did|was|were|went|when|led|saw|heard|noticed|thought"
    r"|felt|began|started)\b",
    ANY_CASE,
)
FUTURE = re.compile(
    r"\b(?:now|next|would|could|will|need|needs|make (?:it|things) (?:right|better)|from here|in future|future"
    r"|tomorrow|put (?:it|things) right"
    r"|mend|repair|help|different\w*|again|going forward|ahead)\b",
    ANY_CASE,
)

REPAIR_ACT = re.compile(
    r"\b(?:return|replac|repair|fix|rebuild|clean|tid(?:y|ies)|pay|repay|writ|draw|tell|talk|say|offer|apolog"
    r"|help|show|make|made|giv|bring|brought"
    r"|share|invit|correct|remov|delet|take down|sav|practi[cs]e|learn|listen|ask|plan|keep|set|lend|restor"
    r"|work|join|agree|move|check|put|carr"
    r"|sort|sew|tape|glue|wash|cover|add|includ|save|greet|step|stop|leav|name|speak|meet|open|wait|read|pick"
    r"|thank|find|look)\w*\b",
    ANY_CASE,
)
TIME = re.compile(
    r"\b(?:(?:by|on|before|until|from|this|next|every|each|the same|that|by the end of|at the end of"
    r"|end of)\s+(?:the\s+|next\s+|this\s+|coming\s+)?"
    r"(?:(?:mon|tues|wednes|thurs|fri)day|tomorrow|morning|afternoon|day|week|month|term|school day|lesson"
    r"|class|period|lunch|recess"
    r"|dismissal|practice|end of (?:the )?(?:day|week|month|term)|next \w+|weekend)|tomorrow|today"
    r"|(?:with)?in (?:a|one|two|three|four|five|six|\d+)"
    r" (?:school )?(?:days?|weeks?|months?|hours?|minutes)|after (?:a|one|two|three|four|five|six"
    r"|\d+) (?:school )?(?:days?|weeks?|months?)"
    r"|(?:a|one|two|three|four|five|six|\d+) (?:school )?(?:days?|weeks?|months?) (?:later|after|from now|on)"
    r"|(?:after|for|over) (?:the )?(?:next )?"
    r"(?:a|one|two|three|four|five|six|\d+)? ?(?:days?|weeks?|months?)|(?:before|after|at|during) (?:school"
    r"|class|lunch|recess|dismissal|pick-?up|homeroom"
    r"|(?:the )?(?:first|last) (?:bell|period))|(?:day|week) (?:\d+|one|two|three|four|six)|(?:first|second"
    r"|third|fourth) (?:day|week)|weekly|daily"
    r"|(?:mon|tues|wednes|thurs|fri)day(?:'s)?|same day|twice a week|once a week|again in (?:a|one|two|three"
    r"|four|six) weeks?"
    r"|and (?:again )?(?:one|two|three|four|five|six|\d+) (?:weeks?|months?|days?)|(?:one|two|three|four"
    r"|six) (?:and|to) (?:one|two|three|four|five|six)"
    r" (?:days|weeks))\b",
    ANY_CASE,
)
CHECK = re.compile(
    r"\b(?:check\w*|ask\w*|review\w*|look\w* in|talk\w*|meet\w*|see\w*|follow\w*[- ]?up|visit\w*|speak\w*"
    r"|sit\w*|call\w*|touch\w* base|hear\w*)\b",
    ANY_CASE,
)
NOT_DONE = re.compile(
    r"\b(?:if|should|when|in case)\b[^.;]{0,80}\b(?:not (?:done|kept|happen\w*|work\w*|finish\w*|complet\w*"
    r"|possible|followed|carried|met|held)|undone|falls? (?:through"
    r"|short|behind)|slips?|missed|miss(?:es)? (?:it|the|a)|cannot be (?:kept|done|met)|breaks? down|unfinished"
    r"|fails?|forgotten|broken|does not hold|stalls?"
    r"|too (?:hard|much))\b|\botherwise\b",
    ANY_CASE,
)
OFFER = re.compile(
    r"\b(?:may|could|can|might|offers?|offered|if (?:\w+ ){1,4}(?:wants?|agrees?|wish\w*|likes?|chooses?"
    r"|accepts?)|choos\w+|chosen|agreed?|to be agreed|option\w*|idea\w*"
    r"|proposes?|suggest\w*|invited|would (?:be )?(?:like|willing))\b",
    ANY_CASE,
)

HEDGE = re.compile(
    r"\b(?:may|might|could|possibly|perhaps|maybe|seems?|one possib\w+|it is possible|possible|likely|a guess"
    r"|to be checked|suggests?|appears?"
    r"|wonder\w*)\b",
    ANY_CASE,
)
CAUSE = re.compile(
    r"\b(?:because|be about|to do with|reasons?|causes?|behind|com(?:e|es|ing) from|came from|linked|due to"
    r"|driv(?:en|ing)"
    r"|explains?|explained|wish|stem\w*|led to|part of (?:it|this|what)"
    r"|a role|roots?|grew (?:out|from)|lies|lie under|underneath|factor\w*|pressure|contribut\w+|trigger\w*|fed"
    r"|set (?:it|this) off|related)\b",
    ANY_CASE,
)
SKILL = re.compile(
    r"\b(?:practi[cs](?:e|es|ing)|learn(?:s|ing)?|teach(?:es|ing)?|rehears\w+|tr(?:y|ies|ying) out|work(?:s"
    r"|ing)? on|coach(?:es|ing)|model(?:s|ing)?|role-?play\w*"
    r"|build(?:s|ing)? (?:the )?skill\w*|skills? (?:of|in|for|to)|train(?:s|ing)? (?:in|on))\b",
    ANY_CASE,
)
SETTING = re.compile(
    r"\b(?:settings?|lessons?|pass|plans?|sheets?|notes?|cards?|seat\w*|schedule|supervis\w+|routines?"
    r"|shel(?:f|ves)|spaces?|lines?|routes?|rules?|norms?"
    r"|arrangement|tables?|desks?|storage|bins?|box(?:es)?|hooks?|lockers?|"
    r"sign-?(?:out|up)\w*|signs?|posters?|stations?|corners?|adults? (?:near|close|at|by|in|on)|layout"
    r"|turn-taking|timer|charts?|lists?|labels?|bell|schedule|"
    r"groupings?|groups|transitions?|areas?|access|rota|duty|monitor\w*|box|procedure|spot|door|tape|markers?"
    r"|boundar\w+|reminder\w*|settings?|sheet)\b",
    ANY_CASE,
)
ADULT_CHANGE = re.compile(
    r"\b(?:chang\w+|mov(?:e|es|ed|ing)|add(?:s|ed|ing)?|set(?:s|ting)?(?: up)?|put(?:s|ting)?|arrang\w+"
    r"|provid\w+|plac(?:e|es|ed|ing)|keep(?:s|ing)?|stand(?:s|ing)?|watch(?:es|ing)?|"
    r"post(?:s|ed|ing)?|giv(?:e|es|ing)|open(?:s|ed|ing)?|mak(?:e|es|ing)|adjust\w*|offer\w*|introduc\w+"
    r"|bring\w*|label\w*|assign\w*|review\w*|agree\w*|hang\w*|try|tries|start\w*|"
    r"bring|would help|use[sd]?)\b",
    ANY_CASE,
)
SUPPORT = re.compile(
    r"\b(?:support\w*|trusted|safe\w*|comfort\w*|company|buddy|listen\w*|choos\w+|choice|welcome\w*|accompan\w+"
    r"|partner|reassur\w*|private (?:talk|moment|word|time|check)|a friend|"
    r"quiet|help\w*|checks? in|check-ins?|someone to|adult (?:to|who|for)|care|space|time|protect\w*|with them"
    r"|near)\b",
    ANY_CASE,
)
CLOSING = re.compile(
    r"\b(?:clos(?:e|es|ed|ing)|end(?:s|ed)? (?:the|when|once|after)|(?:is|are) done when|done once"
    r"|finished when|complete\w* when|word back|lets? (?:\w+ ){1,4}know|"
    r"tell(?:s)? (?:\w+ ){0,3}(?:teacher|staff|aide|referr\w+|reporter|who reported)|updat\w+|report(?:s)? back"
    r"|hears? back|inform\w* (?:\w+ ){0,3}(?:teacher|staff|referr\w+))\b|"
    r"\b(?:tell|tells|inform|informs|word to|short note to|update|updates)\b[^.;]{0,30}\bStaff [A-Z]\b"
    r"|\bStaff [A-Z]\b[^.;]{0,30}\b(?:is told|hears|gets word|is informed)\b",
    ANY_CASE,
)
RECURRENCE = re.compile(
    r"\b(?:if|should|when|in case)\b[^.;]{0,90}\b(?:again|repeats?|repeated|not (?:holding|working|better|kept"
    r"|feel\w*|improv\w*|eased|safe)|returns?|more (?:harm|trouble)|new"
    r"|worse|continues?|recurs?|comes? back|another|uneasy|afraid|goes on|slips?|still)\b",
    ANY_CASE,
)
EXPRESSION = re.compile(
    r"\b(?:draw\w*|pictures?|in (?:their|her|his) own words|own words|time to (?:think|answer)|think time"
    r"|extra time|short sentences|simple words|plain words|short words|point(?:s|ing)? to"
    r"|read aloud|write (?:or|it|down|first)|or (?:write|speak|draw|say)|break(?:s| card)?|quiet (?:room|place"
    r"|spot|corner)|interpreter|pace|one question at a time|slow\w*|visuals?"
    r"|a card|feeling (?:faces|cards|pictures)|in writing|short walk|sit or stand|not (?:have to"
    r"|need to) look)\b",
    ANY_CASE,
)
ADULT_VIEW = re.compile(
    r"\b(?:staff|adults?|teachers?|counsel+or|we|team|Staff [A-Z]|aide)\b[^.;]{0,70}\b(?:interpret\w*|assum\w*"
    r"|impression\w*|own (?:view|reading|part|reaction|words)|seen (?:or|and|from)|saw or|"
    r"heard (?:or|and)|observed|guess\w*|judg\w+|the word|wording|same (?:rule|standard|way|act)|reading of"
    r"|see (?:it|this) (?:the same|differently)|bias|second (?:look|view)|jump\w* to|"
    r"conclusion\w*|fair(?:ly)?|differ(?:s|ently)?|read into)\b|\b(?:adult|staff) (?:reading|view"
    r"|interpretation)\b",
    ANY_CASE,
)
PRIVACY = re.compile(
    r"\b(?:only (?:\w+ ){0,4}(?:who )?(?:need|needs)(?: to know)?|need[- ]to[- ]know|confidential\w*"
    r"|keep\w* (?:\w+ ){0,5}(?:private|confidential|within|out of)|private(?:ly)? (?:kept|held|record)|"
    r"not (?:be )?(?:shared?|written|discussed?|passed on|recorded?|posted?|named)"
    r"|nothing (?:\w+ ){0,3}(?:shared|is written|goes into)|leave\w* (?:\w+ ){0,3}names|names (?:stay|are left|out)|"
    r"without names|no names|share (?:as )?little|does not (?:share|repeat|go)|stays? private"
    r"|(?:notes?|records?|it|this) stays? (?:with|between|in)|do not (?:share|write|record|discuss|pass)|privacy)\b",
    ANY_CASE,
)
REJECTED = re.compile(
    r"\b(?:rather than|instead of|not (?:a|an|the)|rather not|not (?:choose|fit|suit|needed)|too (?:much"
    r"|formal|big|soon|early|little|heavy|large|light)"
    r"|would (?:put|be too|add|expose|make|not)|rul(?:e|es|ed) out|decid\w+ against|"
    r"against|more than|less than|reject\w*|set aside|leave(?:s)? out|no need for|is not needed|are not needed"
    r"|could (?:embarrass|expose|shame|add)|turned down|weigh\w*|over a)\b",
    ANY_CASE,
)
RISK = re.compile(
    r"\b(?:injur\w+|hurt|danger\w*|weapons?|self-harm|abuse|unsafe|threat\w*|bleed\w*|medical|harm at home"
    r"|risk\w*|fear\w*|afraid|bullying|pattern|retaliat\w*|harass\w*|"
    r"pressure|unwilling|refus\w*|violence|immediate (?:need|harm)|urgent|emergency|safety)\b",
    ANY_CASE,
)
LOOKED = re.compile(
    r"\b(?:no|not|none|nothing|nobody|neither|without|look\w*|check\w*|search\w*|sign\w*|screen\w*|found"
    r"|mention\w*|report\w*|shows?|appears?|ask\w*)\b",
    ANY_CASE,
)
FIRST_ACT = re.compile(
    r"\b(?:separat\w+|check\w*|calm\w*|stay\w*|keep\w*|apart|supervis\w+|ask\w*|tell\w*|told|inform\w*|watch\w*"
    r"|seat\w*|sit\w*|walk\w*|bring\w*|call\w*|confirm\w*|offer\w*|"
    r"give\w*|let\w*|make\w* sure|see\w* that|notif\w+|move\w*|see(?:s)?|talk\w*|speak\w*|look\w*)\b",
    ANY_CASE,
)
INFORM = re.compile(
    r"\b(?:tells?|told|inform\w*|notif\w+|lets?|reports?|reported to|call\w*|contact\w*|word to|hear\w*|know\w*"
    r"|pass\w* (?:\w+ )?(?:on|to)|aware|updat\w*|alert\w*|gets? word)\b",
    ANY_CASE,
)
ALARM = re.compile(
    r"\b(?:police|child[- ]protection|emergency (?:call|services?|line)|911|hotline|ambulance|crisis team"
    r"|threat(?:-assessment)? team|lockdown|evacuat\w+)\b",
    ANY_CASE,
)
CAUTION = re.compile(
    r"\b(?:case manager|team|nurse|health|custody|guardian|policy|condition\w*|first|before|until|caution"
    r"|confirm\w*|verif\w+|coordinator|adult check|with care|plan for|threat)\b",
    ANY_CASE,
)
