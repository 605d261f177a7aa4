"""Letter folding, look-alike repair, and Kazakh in Latin or Arabic script to Cyrillic.

Kazakh is written in Latin in three ways: with acutes (decree 637 of February 2018: Qazaqstan, jańa, ıa), with
umlauts (draft of January 2021: jaña, ğ, ş, ū, ı), and informally with digraphs and apostrophes (zhanga, jan'a).
Arabic script is the «töte jazu» of Kazakhs in China. Cyrillic is the one that articles and topics are compared in.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from bot.language.scripts import kazakh_arabic, kazakh_latin

_KAZAKH_TWIN = str.maketrans("қғңәөұүіһёҚҒҢӘӨҰҮІҺЁ", "кгнаоууихеКГНАОУУИХЕ")
_TO_FOLD = re.compile(f"[{''.join(map(chr, _KAZAKH_TWIN))}]")
# All Cyrillic letters are in the table: for one that is missing ``translate`` catches an exception, which is slow.
_FOLDED = {code: code for code in range(0x400, 0x500)} | _KAZAKH_TWIN

# Latin letters that look like a Cyrillic one, in the fonts that news sites use. «ə» is Latin schwa.
_CYRILLIC_TWIN = dict(zip("ABCEHIKMOPTXYaceikmopxyhəƏ", "АВСЕНІКМОРТХҮасеікморхуһәӘ", strict=True)) | {
    "ö": "ө",
    "Ö": "Ө",
}
_LATIN_TWIN = {twin: letter for letter, twin in _CYRILLIC_TWIN.items() if letter not in "kmhəƏöÖY"}
KAZAKH_LETTERS = frozenset("әғқңөұүіһ")
"""Small letters that Kazakh has and Russian has not."""
_CYRILLIC, _ARABIC, _LATIN = (re.compile(f"[{letters}]") for letters in ("Ѐ-ӿ", "\u0600-\u06ff", "A-Za-zÀ-ɏəƏ"))
_PIECES = re.compile(r"[^\W\d_]+")
_SAMPLE = 1_500  # characters that are judged


def fold(word: str) -> str:
    """Drop what sets Kazakh letters apart from Russian ones: «қазақ» -> «казак», «ё» -> «е».

    Apply it to stems, never before stemming: suffixes are told apart by these very letters (recall falls from .99
    to .54 otherwise, measured on UD Kazakh).
    """
    return word.translate(_FOLDED) if _TO_FOLD.search(word) else word


def repair_homoglyphs(word: str) -> str:
    """Give one script to each part of ``word`` that mixes Latin and Cyrillic: «Aстана» with a Latin A -> «Астана».

    Parts are runs of letters: «Boeing-тың» is left alone. A part goes over to the script of the letters that have no
    twin in the other; where both scripts have such letters, nothing is known and nothing is changed.
    """
    if word.isascii() or not _LATIN.search(word):
        return word
    return _PIECES.sub(lambda match: _one_script(match.group()), word)


def _one_script(part: str) -> str:
    latin = [letter for letter in part if _is_latin(letter)]
    cyrillic = [letter for letter in part if "Ѐ" <= letter <= "ӿ"]
    if not latin or not cyrillic:
        return part
    to_cyrillic = all(letter in _CYRILLIC_TWIN for letter in latin)
    to_latin = all(letter in _LATIN_TWIN for letter in cyrillic)
    if to_cyrillic and not (to_latin and len(latin) > len(cyrillic)):
        return _to_cyrillic(part)
    if to_latin:
        return "".join(_LATIN_TWIN.get(letter, letter) for letter in part)
    return part


def _to_cyrillic(part: str) -> str:
    repaired = "".join(_CYRILLIC_TWIN.get(letter, letter) for letter in part)
    # A Latin «Y» looks like «Ү», but in a word without Kazakh letters it stands for «У».
    return repaired if KAZAKH_LETTERS.intersection(part.lower()) else repaired.replace("Ү", "У")


def _is_latin(letter: str) -> bool:
    return letter.isascii() or "À" <= letter <= "ɏ" or letter in "əƏ"


def kazakh_cyrillic(text: str) -> str | None:
    """Return ``text`` in Cyrillic where it is Kazakh in Latin or Arabic script, else None.

    Judged on the first 1,500 characters, by function words, endings and letters that only Kazakh has together.
    English, Russian, Turkish and Uzbek give None.
    """
    sample = text[:_SAMPLE]
    cyrillic, arabic, latin = (len(letters.findall(sample)) for letters in (_CYRILLIC, _ARABIC, _LATIN))
    if arabic > cyrillic + latin and kazakh_arabic.is_kazakh(sample):
        return kazakh_arabic.to_cyrillic(text)
    if latin > 2 * (cyrillic + arabic) and kazakh_latin.is_kazakh(sample):
        return kazakh_latin.to_cyrillic(text)
    return None


@lru_cache(maxsize=4_096)
def kazakh_cyrillic_variants(word: str) -> tuple[str, ...]:
    """Return the possible Cyrillic spellings of one Latin or Arabic word, lower-case, the likeliest first.

    For topics: «Qazaqstan» -> («қазақстан», …). At most 12; empty for a word in Cyrillic. The word is taken for
    Kazakh: the caller knows whether a Kazakh reading makes sense.
    """
    letters = [letter for letter in word if letter.isalpha()]
    if not letters:
        return ()
    if all("\u0600" <= letter <= "\u06ff" for letter in letters):
        return (kazakh_arabic.to_cyrillic(word).lower(),)
    if all(_is_latin(letter) for letter in letters):
        return _distinct(kazakh_latin.variants(word), fold)[:12]
    return ()


def _distinct(words: Iterable[str], key: Callable[[str], str]) -> tuple[str, ...]:
    """Keep the first of the words that share a key."""
    seen: dict[str, str] = {}
    for word in words:
        seen.setdefault(key(word), word)
    return tuple(seen.values())
