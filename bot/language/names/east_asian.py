"""Chinese and Japanese names as Cyrillic writes them: not by the letters of the romanisation, but by the syllables.

Chinese in pinyin by the system of Palladius ("Xi Jinping" -> «Си Цзиньпин»), Japanese in Hepburn's romanisation by
that of Polivanov ("Kishida" -> «Кисида»). Both are what Russian and Kazakh news use. A word is read so where it is
syllables of that language from end to end.
"""

import re
from collections.abc import Mapping
from functools import cache
from operator import itemgetter

_MIN_NAME = 2  # letters
_MAX_SYLLABLE = 6  # letters: "zhuang"
_LAST_LETTERS = frozenset("aeiouüāūōnrgh")  # of a syllable of either language
_DOUBLE = re.compile("k(?=k)|p(?=p)|s(?=s)|t(?=t|ch)")  # names are compared without
_SHORT_I = re.compile("(?<=[аеоуэюяё])и")


def readings(name: str) -> tuple[str, ...]:
    """Return the Cyrillic spellings of a lower-case Latin name that may be Chinese or Japanese; none for others."""
    if len(name) < _MIN_NAME:
        return ()
    found = (_read(name, _chinese()), _SHORT_I.sub("й", _read(_DOUBLE.sub("", name), _japanese())))
    return tuple(dict.fromkeys(word for word in found if word))


def _read(name: str, syllables: Mapping[str, str]) -> str:
    """Return the name read by syllables, of several ways the one with the fewest; "" where it is none."""
    if name[-1] not in _LAST_LETTERS:
        return ""
    best: list[tuple[int, str] | None] = [(0, "")] + [None] * len(name)
    reached = 0
    for end in range(1, len(name) + 1):
        if end - reached > _MAX_SYLLABLE:
            break
        for start in range(max(0, end - _MAX_SYLLABLE), reached + 1):
            before = best[start]
            if before is None:
                continue
            # A vowel that is a syllable of its own stands first in Chinese, or is marked by an apostrophe.
            spelled = syllables.get(name[start:end] if start else f"^{name[:end]}")
            if spelled is not None:
                found = (before[0] + 1, before[1] + spelled)
                best[end] = min(found, best[end] or found, key=itemgetter(0))
                reached = end
    return best[-1][1] if best[-1] else ""


# ------------------------------------------------------------------------------------------------------- Chinese

_INITIALS = "b б,p п,m м,f ф,d д,t т,n н,l л,g г,k к,h х,zh чж,ch ч,sh ш,r ж,z цз,c ц,s с"
_FINALS = (
    "a а,o о,e э,ai ай,ei эй,ao ао,ou оу,an ань,en энь,ang ан,eng эн,ong ун,u у,ua уа,uo о,uai уай,ui уй,uan уань,"
    "un унь,uang уан"
)
_FIRST = "a а,ai ай,an ань,ang ан,ao ао,e э,en энь,er эр,ou оу"
_SOFT_INITIALS = "b б,p п,m м,d д,t т,n н,l л,j цз,q ц,x с"
_SOFT_FINALS = "i и,ia я,ie е,iao яо,iu ю,ian янь,in инь,iang ян,ing ин,iong юн"
_ROUND_INITIALS = "j цз,q ц,x с,n н,l л"
_ROUND_FINALS = "ü юй,üe юэ,üan юань,ün юнь"
_ALONE = (
    "yi и,ya я,ye е,yao яо,you ю,yan янь,yin инь,yang ян,ying ин,"
    "yong юн,yu юй,yue юэ,yuan юань,yun юнь,wu у,wa ва,wo во,wai вай,wei вэй,wan вань,wen вэнь,wang ван,weng вэн,"
    "hui хуэй,zhi чжи,chi чи,shi ши,ri жи,zi цзы,ci цы,si сы,lü люй,nü нюй"
)


@cache
def _chinese() -> Mapping[str, str]:
    return _marked(
        {
            **_joined(_INITIALS, _FINALS),
            **_joined(_SOFT_INITIALS, _SOFT_FINALS),
            **_joined(_ROUND_INITIALS, _ROUND_FINALS),
            **_joined("j цз,q ц,x с", _ROUND_FINALS.replace("ü", "u")),
            **_pairs(_ALONE),
        },
        _pairs(_FIRST),
    )


# ------------------------------------------------------------------------------------------------------ Japanese

_CONSONANTS = "k к,s с,t т,n н,h х,m м,r р,g г,z дз,d д,b б,p п,mb мб,mp мп"
_VOWELS = "a а,i и,u у,e э,o о,ā а,ū у,ō о"
_PALATAL = "ya я,yu ю,yo ё"
_MORAE = (
    "wa ва,n н,fu фу,tsu цу,shi си,sha ся,shu сю,sho сё,chi ти,cha тя,chu тю,cho тё,ji дзи,ja дзя,ju дзю,jo дзё,oh о"
)


@cache
def _japanese() -> Mapping[str, str]:
    return _marked(
        {
            **_pairs(_VOWELS),
            **_pairs(_PALATAL),
            **_joined(_CONSONANTS, _VOWELS),
            **_joined("k к,n н,h х,m м,r р,g г,b б,p п", _PALATAL),
            **_pairs(_MORAE),
        },
        {},
    )


def _marked(anywhere: Mapping[str, str], first: Mapping[str, str]) -> Mapping[str, str]:
    """Return syllables, those that begin a name with «^» before them."""
    return {**anywhere, **{f"^{syllable}": spelled for syllable, spelled in {**anywhere, **first}.items()}}


def _joined(firsts: str, rests: str) -> dict[str, str]:
    """Return every first with every rest: a table of syllables."""
    return {first + rest: one + other for first, one in _pairs(firsts).items() for rest, other in _pairs(rests).items()}


def _pairs(listed: str) -> dict[str, str]:
    return dict(pair.split() for pair in listed.split(","))
