"""Names as skeletons that hold across scripts: «Кавано», «Каваноның» and «Kavanaugh» meet.

A skeleton is the sequence of consonants, alike ones merged. It collides with ordinary words, so it is no key for
topics; for stories several rare names must meet at once, and each of them was capitalised.
"""

from functools import lru_cache

from bot.core.model import Locale
from bot.language import english, kazakh, russian

MIN_SKELETON = 2
_VOWELS = frozenset("aeiouyаәеёиіоөуұүыэюя")
# Spellings of one sound, longest first; what is missing here is a single letter of the table below.
_SPELLINGS = (
    ("shch", "s"), ("tsch", "c"), ("dzh", "j"), ("sch", "s"), ("tch", "c"),
    ("sh", "s"), ("ch", "c"), ("zh", "j"), ("kh", ""), ("ph", "f"), ("th", "t"), ("ck", "k"), ("tz", "s"),
    ("ts", "s"), ("qu", "kv"), ("wh", "v"), ("gh", "g"), ("ng", "n"), ("дж", "j"), ("тс", "s"), ("нг", "n"),
)  # fmt: skip
_LETTERS = {
    **dict.fromkeys("bб", "b"), **dict.fromkeys("vwв", "v"), **dict.fromkeys("gгғ", "g"), **dict.fromkeys("dд", "d"),
    **dict.fromkeys("jж", "j"), **dict.fromkeys("szсзшщц", "s"), **dict.fromkeys("kqкқ", "k"),
    **dict.fromkeys("lл", "l"), **dict.fromkeys("mм", "m"), **dict.fromkeys("nнң", "n"), **dict.fromkeys("pп", "p"),
    **dict.fromkeys("rр", "r"), **dict.fromkeys("tт", "t"), **dict.fromkeys("fф", "f"), "ч": "c", "x": "ks",
}  # fmt: skip


def skeletons(surface: str, language: Locale) -> frozenset[str]:
    """Return the skeletons of every base that the capitalised word ``surface`` (normalised) may have."""
    return _of_bases(surface, language)


@lru_cache(maxsize=65_536)
def _of_bases(surface: str, language: Locale) -> frozenset[str]:
    if language == "kk":
        bases = kazakh.stems(surface)
    else:
        bases = russian.lemmas(surface) if language == "ru" else english.lemmas(surface)
    found = (skeleton(part) for base in bases for part in base.split("-"))
    return frozenset(key for key in found if len(key) >= MIN_SKELETON)


@lru_cache(maxsize=65_536)
def skeleton(word: str) -> str:
    """Return the consonants of a lower-case word in Cyrillic or Latin, each run of one once."""
    sounds: list[str] = []
    at = 0
    while at < len(word):
        sound, size = _sound(word, at)
        sounds += [letter for letter in sound if not sounds or sounds[-1] != letter]
        at += size
    return "".join(sounds)


def _sound(word: str, at: int) -> tuple[str, int]:
    for spelling, sound in _SPELLINGS:
        if word.startswith(spelling, at):
            return sound, len(spelling)
    letter, following = word[at], word[at + 1 : at + 2]
    if letter == "c":
        return ("s" if following in {"e", "i", "y"} else "k"), 1
    if letter == "у" and following in _VOWELS:  # «Уэльс», «Эдуард»: what English writes w
        return "v", 1
    return _LETTERS.get(letter, ""), 1
