# SPDX-License-Identifier: Apache-2.0
"""Word lists of the rubric: small words, words that any answer uses, places, times, people, forbidden wording.

The lists are plain data and patterns; what they mean for a score stands in the modules of the criteria.
"""

from __future__ import annotations

import re

ANY_CASE = re.IGNORECASE

FUNCTION_WORDS = frozenset(
    "a an and are as at be because been before but by can could did do does each for from had has have he"
    " her his how if in"
    " into is it its may might must no nor not of off on one or our out over she should so some such than"
    " that the their"
    " them then there these they this those to too under until up was we were what when where whether which while who"
    " whom whose why will with without would you your about after again all also any both only own same very".split()
)
#: Words that hardly ever follow "the" or "an" in prose.
ASTRAY_AFTER_ARTICLE = FUNCTION_WORDS - frozenset(
    "after all any both before each her his no not one only other out own same their under up very".split()
)
#: Words that any answer or report may hold: they never tie an answer to a report.
GENERIC_WORDS = frozenset(
    "student students staff teacher teachers aide counselor principal dean adult adults school class classes classmate"
    " classmates person people child children group groups party parties family families parent guardian report reports"
    " reported case incident event happen happens happened happening thing things something anything"
    " nothing say says said"
    " saying tell tells told ask asks asked asking asking answer answers answered know known knows unknown"
    " need needs needed"
    " want wants wanted feel feels felt feeling feelings help helps helped harm harms harmed hurt cause"
    " caused causes affected"
    " affect talk talks talked talking speak speaks spoke meet meeting meetings met step steps plan plans"
    " planned next first"
    " last day days week weeks time times today now later soon back way make makes made making take takes"
    " took taken taking"
    " give gives gave given get gets got getting go goes went gone going come comes came coming see sees"
    " saw seen put puts"
    " look looks looked use uses used using keep keeps kept let lets begin begins began start started end"
    " ended try tries"
    " tried work works worked working place room safe safety check checks checked checking agree agrees"
    " agreed ready calm"
    " willing apart separate separately alone together private privately quiet small short long good new"
    " right wrong part"
    " both each other others another everyone someone anyone nobody two three four five one many much more"
    " most less few"
    " every some any also again still already yet only even just please advise note written writing write wrote read"
    " question questions repair support follow circle conference chat shuttle restorative policy policies passage yes"
    " sorry apology apologize apologise choose chooses choice fair unfair trust respect upset angry scared"
    " afraid sad quietly"
    " because since after before during between while until whether what who how when where why may might"
    " can could would"
    " will should must like well kind able meant mean means think thinks thinking thought move moves moved"
    " stay stays stayed"
    " near close open clear concern concerns danger threat threats weapon weapons injury injured sign signs learn"
    " learns practice practices hear hears heard listen listens notice noticed noticing find finds found"
    " bring brings brought".split()
)
IRREGULAR_STEMS = {
    "took": "tak",
    "taken": "tak",
    "take": "tak",
    "taking": "tak",
    "takes": "tak",
    "broke": "break",
    "broken": "break",
    "threw": "throw",
    "thrown": "throw",
    "tore": "tear",
    "torn": "tear",
    "hid": "hide",
    "hidden": "hide",
    "hide": "hide",
    "hiding": "hide",
    "hides": "hide",
    "fell": "fall",
    "fallen": "fall",
    "fought": "fight",
    "ran": "run",
    "wrote": "writ",
    "written": "writ",
    "write": "writ",
    "writing": "writ",
    "drew": "draw",
    "drawn": "draw",
    "drawing": "draw",
    "stole": "steal",
    "stolen": "steal",
    "left": "leav",
    "leave": "leav",
    "leaving": "leav",
    "sent": "send",
    "lost": "los",
    "lose": "los",
    "loss": "los",
    "losing": "los",
    "bought": "buy",
    "sold": "sell",
    "swore": "swear",
    "bit": "bit",
    "bite": "bit",
    "bitten": "bit",
    "spoke": "speak",
    "sang": "sing",
    "rode": "rid",
    "sat": "sit",
    "stood": "stand",
    "slid": "slid",
    "slide": "slid",
    "stuck": "stick",
    "struck": "strik",
    "caught": "catch",
    "spread": "spread",
    "shook": "shak",
    "pictures": "pictur",
    "picture": "pictur",
    "ate": "eat",
    "eaten": "eat",
    "bent": "bend",
    "built": "build",
    "paid": "pay",
    "blew": "blow",
    "drank": "drink",
    "wore": "wear",
    "cried": "cry",
    "cries": "cry",
    "cry": "cry",
    "crying": "cry",
    "grew": "grow",
    "kept": "keep",
    "held": "hold",
    "led": "lead",
}

_PLACE_BASES = (
    "cafeteria|canteen|library|gymnasium|gym|music room|art room|lunch line|lunchroom|lunch table|hallways?|corridors?"
    "|computer room|computer lab|auditorium|front office|nurse waiting area|garden bed|garden|reading corner|coat room"
    "|block area|sand ?pit|sandbox|play kitchen|snack room|circle rug area|rug|after-school room|puppet corner"
    "|water table area|playground|climbing frame|kickball field|school bus|bus stop|bus|basketball court"
    "|grass by the fence"
    "|blacktop|running track|swing set|swings|locker room|science lab|stairwell|staircase|stairs|parking lot|band room"
    "|weight room|student lounge|wood shop|media center|drama studio|study hall|team room|side entrance|water fountain"
    "|drop-off circle|bike rack|school gate|lost-and-found shelf|trophy case|snack machine|bulletin board|restrooms?"
    "|bathrooms?|soccer field|courtyard|group chat|team chat"
)
_PLACE_MODIFIERS = "north|south|east|west|upper|lower|back|rear|front|far|second-floor|first-floor|covered|noisy|main"
PLACE = re.compile(rf"\b(?:(?:{_PLACE_MODIFIERS}) )?(?:(?:{_PLACE_BASES})|room \d{{1,3}})\b", ANY_CASE)
MOMENT = re.compile(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:first|second|third|fourth|fifth|sixth|seventh) period|recess"
    r"|clean-?up|morning meeting|dismissal|first bell|last bell|between classes|club time|fire drill|silent reading"
    r"|assembly|snack time|group work|yesterday)\b",
    ANY_CASE,
)
COLOR = re.compile(
    r"\b(?:red|blue|green|yellow|black|white|purple|orange|pink|brown|gr[ae]y|silver|gold|striped|spotted|wooden)\b"
    r"(?= [a-z])",
    ANY_CASE,
)

ADULT = re.compile(
    r"\b(?:counsel+ors?|teachers?|principal|dean|administrat(?:or|ion)|nurse|aides?|coach|librarian|driver"
    r"|coordinator"
    r"|case manager|social worker|psychologist|facilitator|adults?|staff|guardians?|parents?|famil(?:y|ies)|custodian"
    r"|monitor|secretary|substitute|club leader|team leader|office|crisis team|threat(?:-assessment)? team"
    r"|police)\b",
    ANY_CASE,
)
SCHOOL_ADULT = re.compile(
    r"\b(?:counsel+or|teacher|principal|dean|administrator|nurse|aide|coach|librarian|driver|coordinator|case manager"
    r"|social worker|psychologist|facilitator|adult|Staff [A-Z]|staff member|custodian|monitor|secretary"
    r"|club leader)\b",
    ANY_CASE,
)
DECIDER = re.compile(
    r"\b(?:principal|administrat(?:or|ion)|dean|nurse|coordinator|child[- ]protection|threat(?:-assessment)? team"
    r"|crisis team|police|emergency|psychologist|social worker|school leader|head of school|case manager|team lead"
    r"|safeguarding|Title IX|civil[- ]rights|hotline|counsel+or)\b",
    ANY_CASE,
)

#: Steps of the continuum, more particular wording first; the group's name is the step with "_" for " ".
STEP = re.compile(
    r"\b(?:(?P<support_circle>support circle|circle of support|accountability circle)"
    r"|(?P<re_entry>re-?entry(?: (?:circle|conference|meeting|talk|plan))?|welcome[- ]back(?: (?:circle|meeting"
    r"|talk))?)"
    r"|(?P<small_conference>(?:small|impromptu|brief|short|mini)(?: \w+)? (?:conference|meeting)"
    r"|guided (?:meeting|talk between))"
    r"|(?P<shuttle>shuttle(?: \w+)?|go-between|indirect (?:process|exchange|talk)"
    r"|carr(?:y|ies|ied|ying) (?:\w+ )?(?:messages|words|questions|statements|answers)(?: between)?)"
    r"|(?P<affective_statement>affective statement|[“\"']?I[”\"']?[- ](?:statement|message))"
    r"|(?P<restorative_chat>(?:restorative|guided|adult-guided|short|brief|quiet|private|calm|one-to-one) (?:\w+ )?"
    r"(?:chat|talk|conversation)s?|restorative questions)"
    r"|(?P<circle>circles?(?! rug))|(?P<conference>(?:formal |restorative |prepared |full )?conferences?)"
    r"|(?P<none>no (?:restorative|joint) (?:step|process|meeting)))\b",
    ANY_CASE,
)
JOINT = re.compile(
    r"\b(?:circles?|conferences?|mediat\w+|joint (?:meeting|talk|session|process)|face[- ]to[- ]face"
    r"|meet(?:ing)? together"
    r"|sit (?:down )?together|talk it out|bring (?:\w+ ){1,5}together|restorative (?:chat|talk|meeting|conversation)"
    r"|group (?:talk|meeting)|peer (?:process|meeting))\b",
    ANY_CASE,
)

NEGATION = re.compile(
    r"\b(?:no|not|never|nobody|no one|none|neither|nor|without|rather than|instead of|avoid\w*|don't|doesn't"
    r"|isn't|won't"
    r"|cannot|can't|needn't|nothing|free to|may decline|outside|left to|refrain|leave out)\b",
    ANY_CASE,
)
LABEL = re.compile(
    r"\b(?:offenders?|perpetrators?|bull(?:y|ies)|victims?|liars?|thugs?|thie(?:f|ves)|aggressors?|attackers?"
    r"|culprits?"
    r"|troublemakers?|bad (?:kid|student|child)|problem (?:kid|student|child)|manipulative|attention[- ]seek\w+"
    r"|delinquents?"
    r"|criminals?|vandals?|mean girls?|drama queens?|lazy|spoiled (?:kid|brat)|aggressive by nature|naughty)\b",
    ANY_CASE,
)
CERTAINTY = re.compile(
    r"\b(?:obviously|clearly|certainly|definitely|undoubtedly|no doubt|without (?:a )?doubt|always|never"
    r"|everyone knows"
    r"|just wants?|of course|deliberately|intentionally|on purpose|must have|proves?|guilty|is lying|lied)\b",
    ANY_CASE,
)
DIAGNOSIS = re.compile(
    r"\b(?:ADHD|ADD|ODD|OCD|PTSD|autis\w+|bipolar|narcissis\w+|sociopath\w*|psychopath\w*|conduct disorder"
    r"|oppositional"
    r"|personality disorder|anxiety disorder|clinically|depressi(?:on|ve)|traumati[sz]ed|trauma disorder"
    r"|attachment disorder"
    r"|mentally ill|schizo\w+)\b"
)
SANCTION = re.compile(
    r"\b(?:suspend\w*|suspension|expel\w*|expulsion|detention|zero tolerance|press charges|punish\w*"
    r"|lose (?:\w+ )?(?:recess"
    r"|privileges?|lunch|field trip)|loss of (?:recess|privileges?)|ban(?:ned)? from|kicked? off|sent home|write-?up"
    r"|consequence points|Saturday school)\b",
    ANY_CASE,
)
STATUTE = re.compile(
    r"§|\b(?:U\.?S\.?C\.?|CFR|Ed(?:ucation)?\.? Code|Penal Code|statut\w+|federal law|state law"
    r"|the law requires|illegal"
    r"|FERPA|Section \d{3,}|Title (?:VI|IX)(?! coordinator| office)|P\.A\. \d+)\b",
    ANY_CASE,
)
POLICY_NAME = re.compile(
    r"\b(?:(?:board|district|school)? ?polic(?:y|ies) (?:no\. ?|number )?[A-Z]{0,3}[- ]?\d[\w.\-]*|(?:rule"
    r"|article|section|code"
    r"|regulation|chapter) (?:no\. ?)?\d[\w.\-]*|handbook (?:page|section|rule) ?\d*|page \d+ of the)",
    ANY_CASE,
)
SECRECY = re.compile(
    r"\b(?:keep this (?:between us|a secret)|promise (?:not to tell|secrecy)"
    r"|tell(?:ing)? no ?one else"
    r"|our secret)\b",
    ANY_CASE,
)

_FORCED_ACT = (
    r"(?:apologi[sz]\w+|attend\w*|shake hands|take part|participat\w+|say(?:ing)? (?:that )?(?:they are "
    r"|it is )?sorry|hug"
    r"|meet (?:with )?(?:each|the|Student)|forgive|look (?:\w+ ){1,3}in the eye|join the (?:circle|conference"
    r"|meeting|talk))"
)
_GAP = r"\W+(?:\w+\W+){0,5}?"
COERCION = re.compile(
    rf"\b(?:must|ha(?:s|ve) to|had to|(?:is|are|be|being) (?:made|required|forced|told|ordered|expected)"
    rf"|requires?|forces?"
    rf"|mak(?:e|es|ing) (?:them|him|her|Student [A-Z]|both|the students?)|no choice but){_GAP}{_FORCED_ACT}"
    rf"|\buntil (?:they|he|she|Student [A-Z]|both) (?:apologi[sz]es?|says? sorry|agrees?)\b"
    rf"|\b(?:attendance|participation|taking part|an apology|the apology) (?:is|are) (?:required|expected"
    rf"|mandatory|compulsory)"
    rf"|\b(?:refusal|refusing|declining) (?:means|leads to|counts as|will)\b",
    ANY_CASE,
)
PROMISED_ACT = re.compile(
    r"\bwill (?:both |then |also |now )?(?:attend (?:the|a) (?:\w+ )?(?:circle|conference|meeting|talk)"
    r"|apologi[sz]e|say sorry"
    r"|shake hands|forgive|meet (?:with )?(?:each|Student))",
    ANY_CASE,
)
CONDITION = re.compile(
    r"\b(?:if|may|might|could|can|only|once|when|chooses?|agrees?|wish\w*|wants?|offers?"
    r"|invited?|or not)\b",
    ANY_CASE,
)
SHAME = re.compile(
    r"\b(?:public(?:ly)? apolog\w+|apologi[sz]\w+ publicly|publicly|in front of (?:the |all |every|their "
    r"|others|classmates)"
    r"(?:\w+ )?\w*|wear a sign|before the whole (?:class|school)|over the (?:loudspeaker|intercom)"
    r"|at (?:the )?assembly"
    r"|wall of shame|sham(?:e|ing)|humiliat\w+|scrub\w*|pick up trash|stand in the corner)\b",
    ANY_CASE,
)
MUTUAL = re.compile(
    r"\b(?:equally (?:responsible|to blame)|both to blame|kids will be kids|boys will be boys"
    r"|just a joke)\b",
    ANY_CASE,
)
TRAIT = re.compile(
    r"\b(?:race|racial|ethnic\w*|black|white|hispanic|latin[oax]|asian|muslim|christian|jewish|immigrants?"
    r"|gender|boys?|girls?"
    r"|poor famil\w+|broken home|single mother|low[- ]income|cultur(?:e|al) background|gay|religio\w+)\b",
    ANY_CASE,
)
