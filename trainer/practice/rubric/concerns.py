# SPDX-License-Identifier: Apache-2.0
"""Kinds of concern in a report, each with words of its first actions; read only to see whether a hand-off fits.

This is not the safety gate: it decides nothing about what may be generated, and it may miss a kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from trainer.practice.rubric.lexicon import ANY_CASE


@dataclass(frozen=True)
class Concern:
    """`cue` finds the kind in a report, `named` in "Concern seen", `action` its own first actions."""

    code: str
    cue: re.Pattern[str]
    named: re.Pattern[str]
    action: re.Pattern[str]


# code: cues in a report | how a hand-off names it | what is done first; words end freely where a * stands.
_TABLE = {
    "SUIC": (
        "kill myself,kill themsel*,self-harm,suicid*,go and die,be alive,want* to die,not wake up,not to"
        " wake up,not waking up,"
        "better off without,goodbye,cut themsel*,lines on the forearm,be here on monday,meant to be over"
        ",unalive,whole bottle,"
        "giving away,gave away",
        "suicid*,self-harm,harm* themsel*,hurt themsel*,cut*,die,dying,alive,life,not waking,not wake,wake"
        " up,tablets,here on monday",
        "stay* with,not alone,not be alone,not left alone,alone,company,in sight,screen*,assess*,means"
        ",emergency,nurse,find",
    ),
    "ABUSE": (
        "belt,bruise*,at home,uncle,stepdad,stepfather,stepmother,caregiver,locked out*,no food,afraid to"
        " go home,owe the man,"
        "older man,man of about,cord,burn*",
        "abuse,neglect*,home,caregiver,belt,food,locked,man,hurt by,harm* by,mistreat*,exploit*",
        "child protection,child-protection,report*,agency,exact words,safe adult,authorit*,hotline,line",
    ),
    "WEAP": (
        "gun,handgun,knife,blade,pistol,explosive*,bullet*,ammunition,weapon*,box cutter",
        "weapon*,gun,handgun,knife,blade,pistol,armed,explosive*,bullet*,photo",
        "clear*,police,lock*,not search,administrat*,secure*,away,emergency,principal,safe room,apart",
    ),
    "IMAG": (
        "nude*,deepfake*,undress*,explicit,intimate,sexual picture*,sexual photo*,sexual image*",
        "image*,photo*,picture*,nude*,video*,deepfake*",
        "not open,not view,not copy,not forward,not share,device*,phone*,coordinator,police,preserv*"
        ",administrat*,principal",
    ),
    "SEXH": (
        "sexual*,grop*,private parts,without consent,backside,stalk*,lewd,unwanted touch*",
        "sexual*,harass*,touch*,unwanted,assault*,consent,body,grabb*,remarks,comments,contest",
        "coordinator,support*,apart,separat*,report*,away from,principal,administrat*,sealed",
    ),
    "DATE": (
        "dating,partner,girlfriend,boyfriend,an ex,ex-*,relationship,broke up with,protective order",
        "dating,partner,control*,relationship,ex,order,follow*,violence,break-up,broke up",
        "apart,separat*,safety plan,advocate,order,schedule,route*,coordinator,wishes,not alone,safe adult",
    ),
    "STAF": (
        "coach stepped in,coach grabbed,coach shoved,teacher grabbed,teacher hit,teacher shoved,aide"
        " grabbed,aide hit,driver hit,"
        "assistant coach,adult who harmed",
        "adult,staff,coach,teacher,employee,aide,driver,substitute,tutor",
        "administrat*,principal,report*,human resources,agency,outside,child-protection,child protection"
        ",district,nurse,away from",
    ),
    "MEDI": (
        "bleeding,blood,bled,unconscious,back of the head,side of the head,passed out,faint*,overdose*"
        ",drunk,dizzy,concussion,"
        "vomit*,swallow*,blacked out,seizure,pills,tablets,gummies,nurse has not,no nurse,lump,slurred"
        " words,feels sick",
        "injur*,medical,head,blood,bleed*,health,hurt,dizz*,intoxicat*,conscious*,blacked out,gummies,tablets,cut,lump",
        "nurse,emergency,ambulance,medical,doctor,first aid,still,stay* with,not alone,watch*,guardian",
    ),
    "THRT": (
        "threat*,shoot*,hit list,bomb*,blown up,blow up,kill *,wait till,not walk out,hurt you,hurt everyone,burn down",
        "threat*,list,danger,violence,shoot*,note,warn*,blown up,blow up,hurt",
        "threat team,threat-assessment team,threat assessment team,warn*,protect*,police,administrat*"
        ",principal,supervis*,apart,separat*",
    ),
    "RETL": (
        "snitch*,retaliat*,get you after,after school,afraid of,scared to,scared of,gang,no-contact,pay for"
        " it,payback,worse for anyone,"
        "which way you walk,fears what",
        "retaliat*,fear*,afraid,pressure,revenge,scared,payback,threat*,warn*,snitch*,worse",
        "safety plan,supervis*,apart,separat*,escort*,no-contact,route*,protect*,way home,ride,walk*",
    ),
    "HATE": (
        "slur,swastika,monkey,banana,go back to,terrorist,hateful,symbol of hate,animal gesture,background"
        ",gay,wheelchair,people like that,"
        "noose,imitat*",
        "slur,hate*,bias*,identit*,target*,insult*,symbol,mock*,terrorist,gesture,background,disab*",
        "civil-rights,civil rights,document*,support*,administrat*,coordinator,remov*,cover*,principal,apart,protect*",
    ),
    "BULY": (
        "every day,day after day,each day,daily,for weeks,weeks ago,nearly every,since last month,this"
        " month,third time,fourth week,"
        "fifth time,nine times,eleven dates,each week,each time,past three weeks,whole grade,same group"
        ",group has,nobody sits,"
        "nobody else,so-called welcome,rookie,start of term,hazing,again and again,keeps",
        "bully*,pattern,repeat*,group,power,one-sided,again,weeks,exclu*,ongoing,month,every day,daily,times,hazing",
        "protect*,bullying,investigat*,apart,separat*,supervis*,private*,adult near,safe,watch*,principal,administrat*",
    ),
    "LAWE": (
        "detective,police,caseworker,case worker,subpoena,court,officer,investigation",
        "investigat*,police,court,officer,caseworker,case worker,legal",
        "coordinat*,no statement*,administrat*,wait*,preserv*,principal,district",
    ),
    "VOLU": (
        "not want to meet,not want to be in,not want to sit,not want to see,says no,saying no,refus*,denies"
        ",den* any,disput*,not take part,"
        "would not agree,sit in a room,under pressure,pushed into,will not do it,pressed to,not match,none"
        " of it is true,did not happen",
        "willing*,unwilling,refus*,den*,agree*,disput*,say* no,said no,not want,contest*,voluntary,consent*"
        ",pressure*,true",
        "separat*,apart,time,choice,inform*,no pressure,each,alone,listen*,own pace,privately,ask*,tell*",
    ),
}


def _pattern(words: str) -> re.Pattern[str]:
    parts = [re.escape(word.strip()).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for word in words.split(",")]
    return re.compile(rf"\b(?:{'|'.join(parts)})(?!\w)", ANY_CASE)


CONCERNS = tuple(Concern(code, *map(_pattern, row)) for code, row in _TABLE.items())


@lru_cache(maxsize=256)
def kinds(report: str) -> tuple[Concern, ...]:
    """The kinds whose cues stand in the report."""
    return tuple(concern for concern in CONCERNS if concern.cue.search(report))
