"""Names by keys that hold across scripts and languages.

A place or organisation of the concept tables is known by its id: «АҚШ», «США», «американский» and «U.S.» are one. Any
other name is known by its skeleton: «Кавано», «Каваноның» and «Kavanaugh» meet.

A skeleton is the sequence of consonants, alike ones merged. It collides with ordinary words, so it is no key for
topics; for stories several rare names must meet at once, and each of them was capitalised.
"""

from collections.abc import Mapping
from functools import cache, lru_cache

from bot.core.model import Locale
from bot.language import english, kazakh, russian
from bot.language.concepts import concepts
from bot.language.tokens import normalize
from bot.language.weights import rarity

MIN_SKELETON = 3  # consonants; shorter ones are of stems of many words
_KINDS = frozenset({"country", "region", "city", "organisation", "company", "state"})
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


@lru_cache(maxsize=16_384)
def skeletons(surface: str, language: Locale) -> frozenset[str]:
    """Return the skeletons of every base that the capitalised word ``surface`` (normalised) may have."""
    found = (skeleton(part) for base in _bases(surface, language) for part in base.split("-"))
    return frozenset(key for key in found if len(key) >= MIN_SKELETON)


def name_keys(lemma: str, language: Locale) -> tuple[str, ...]:
    """Return the keys by which a name is counted: its id where it is known, and its skeleton.

    Both, so that a name that enters the concept tables later is as common as it was.
    """
    origin, bones = known(lemma, language), skeleton(lemma)
    return (*((origin,) if origin else ()), *((bones,) if len(bones) >= MIN_SKELETON else ()))


@lru_cache(maxsize=16_384)
def name_rarity(lemma: str, language: Locale) -> float:
    """Return how rare a name is in the news of all three languages."""
    return min((rarity(key, "names") for key in name_keys(lemma, language)), default=0.0)


@lru_cache(maxsize=32_768)
def known(surface: str, language: Locale) -> str | None:
    """Return the id of the place or organisation that one word names, or tells the origin of («иранский»)."""
    table = _known(language)
    return next((table[base] for base in _bases(surface, language) if base in table), None)


@cache
def _known(language: Locale) -> Mapping[str, str]:
    """Return the ids by single-word form, in a language; Latin forms («NATO») hold in all."""
    found: dict[str, str] = {}
    for concept in concepts():
        if concept.kind in _KINDS:
            for locale, form in concept.words():
                if form not in concept.ambiguous and " " not in form and (locale == language or form.isascii()):
                    found.setdefault(normalize(form).replace("ё", "е"), concept.id)
    return found


def _bases(surface: str, language: Locale) -> tuple[str, ...]:
    if language == "kk":
        return kazakh.stems(surface)
    return russian.lemmas(surface) if language == "ru" else english.lemmas(surface)


@lru_cache(maxsize=16_384)
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
