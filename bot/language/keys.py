"""Words into keys: the 64-bit numbers by which an article's words and a topic's words meet.

A key is a hash of (reading, stem), and of the language for ``STEM``, the same in every process and Python version.
The readings:

- ``STEM``      the word in one language, whatever its case
- ``FOLDED``    the stem without Kazakh letters, for topics typed without them («Казакстан»)
- ``NAME``      the folded stem of a word that begins with a capital, as it is spoken: what other spellings of a name
                meet
- ``HEARD``     how a Latin word that begins with a capital is read in Cyrillic: for names typed in Cyrillic
- ``INNER``     likewise, not at the beginning of a sentence: for names that are ordinary words too («Того»)
- ``ACRONYM``   the folded stem of a word whose first two letters are capitals: «АҚШ», «ЕС»

An article's word has the keys of all its stems; a topic's word those of its likely base in each language.
Posting keys, by which stored articles are found again, are the folded stems: a superset filter.
"""

import re
import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b
from struct import pack, unpack
from typing import NamedTuple

from bot.language import english, kazakh, names, russian
from bot.language.locale import LOCALES, Locale
from bot.language.scripts import fold, kazakh_cyrillic_variants, repair_homoglyphs
from bot.language.tokens import normalize

_MAX_FORM = 64  # characters; the rest of a longer word is left unread
_MIN_FOLDED = 4  # letters; shorter words without Kazakh letters are too often other words with them
_MIN_TRANSLITERATED = 5  # letters; shorter Latin words are too often English ones («bar», «men»)
_MIN_NAME = 3
_MOST_READINGS = 4  # of a Latin name in an article: each is a key more
_MIN_RESPELT = 6  # letters; shorter Latin names respelt in Latin («San», «Ben») are too often other words
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_KAZAKH_LETTERS = frozenset("әғқңөұүіһ")


class Reading(StrEnum):
    """What a key says of a word."""

    STEM = ""
    FOLDED = "~"
    NAME = "^"
    HEARD = "="
    INNER = "·"
    ACRONYM = "!"


class FormKeys(NamedTuple):
    """The keys of one form in an article, packed as signed 64-bit numbers in native order.

    ``opening``: at the beginning of a sentence; ``inner``: within one; ``postings``: for the posting table.
    """

    opening: bytes
    inner: bytes
    postings: bytes


class WordKeys(NamedTuple):
    """What a topic's word meets: any of ``keys`` in an article. ``stems`` are the stems behind them; both are distinct.

    ``id`` (64 bits, signed) is equal for equal keys and the same in every process.
    """

    id: int
    keys: tuple[int, ...]
    stems: tuple[str, ...]

    @property
    def postings(self) -> frozenset[int]:
        """Posting keys that find articles with any of ``keys``, and some others."""
        return frozenset(map(posting_key, map(fold, self.stems)))


Term = tuple[Locale, Reading, str]


def key(locale: Locale, reading: Reading, stem: str) -> int:
    """Return the key of a stem, a signed 64-bit number."""
    return int.from_bytes(_digest(_SALTS[locale, reading], stem), "little", signed=True)


_SALTS = {
    (locale, reading): (locale if reading is Reading.STEM else reading).encode()
    for locale in LOCALES
    for reading in Reading
}
_POSTING = _SALTS["kk", Reading.FOLDED]


def posting_key(folded: str) -> int:
    """Return the posting key of a folded stem: the same in all languages."""
    return key("kk", Reading.FOLDED, folded)


# ------------------------------------------------------------------------------------------- the article's side


def form_keys(word: str, locale: Locale, *, transliterated: bool = False, one_case: bool = False) -> FormKeys:
    """Return the keys of a word as it stands in an article of ``locale``. Slow: ``form_cache`` keeps them.

    ``transliterated`` says that the article is Kazakh in Latin or Arabic script; ``one_case`` that its text has no
    capitals, or nothing else, so that every word may be a name.
    """
    word = repair_homoglyphs(word[:_MAX_FORM])
    found = _readings(normalize(word), locale)
    if transliterated:
        spellings = kazakh_cyrillic_variants(word)
        found = tuple(dict.fromkeys((*found, *(stem for one in spellings for stem in _readings(one, locale)))))
    folded = found if word.isascii() and not transliterated else _folded(found)
    posted = _digests(_POSTING, folded)
    keys = _digests(_SALTS[locale, Reading.STEM], found)
    if locale == "kk" and folded is not found:
        keys += [digest for stem, digest in zip(folded, posted, strict=True) if stem not in found]
    caseless = one_case or _has_no_case(word)
    if caseless or word[:2].isupper():
        keys += _digests(_SALTS[locale, Reading.ACRONYM], folded)
    if not caseless and not word[:1].isupper():
        packed = _joined(keys)
        return FormKeys(packed, packed, _joined(posted))
    spoken = tuple(dict.fromkeys(map(names.spoken, folded)))
    heard = () if transliterated else tuple(_read_aloud(found))
    keys += _digests(_SALTS[locale, Reading.NAME], spoken)
    keys += _digests(_SALTS[locale, Reading.HEARD], heard)
    packed = _joined(keys)
    inner = packed + _joined(_digests(_SALTS[locale, Reading.INNER], spoken))
    posted += _digests(_POSTING, dict.fromkeys(stem for stem in (*spoken, *heard) if stem not in folded))
    return FormKeys(inner if one_case else packed, inner, _joined(posted))


def _folded(stems: tuple[str, ...]) -> tuple[str, ...]:
    """Return the distinct folded stems; ``stems`` itself where there is nothing to fold."""
    joined = "\n".join(stems)
    folded = fold(joined)
    return stems if folded is joined else tuple(dict.fromkeys(folded.split("\n")))


def _digests(salt: bytes, stems: Iterable[str]) -> list[bytes]:
    return [_digest(salt, stem) for stem in stems]


def _digest(salt: bytes, stem: str) -> bytes:
    return blake2b(salt + stem.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _read_aloud(stems: tuple[str, ...]) -> Iterable[str]:
    """Return what names in Cyrillic meet a Latin one by; none for Cyrillic stems. "Blackwell's" is "Blackwell"."""
    if _CYRILLIC.search(stems[0]):
        return ()
    name = next((stem for stem in stems if not stem.endswith("'s")), "")
    return dict.fromkeys(names.spoken(fold(word)) for word in names.cyrillic_readings(name, _MOST_READINGS))


def _has_no_case(word: str) -> bool:
    """Whether a word is in a script without capitals (Arabic), where each word may be a name."""
    return not word.islower() and word.isalpha() and word.lower() == word.upper()


def _joined(digests: list[bytes]) -> bytes:
    """Return digests, which are numbers with their lowest byte first, as numbers in native order."""
    return b"".join(digests if sys.byteorder == "little" else [digest[::-1] for digest in digests])


_STEMS_OF: dict[Locale, Callable[[str], tuple[str, ...]]] = {
    "kk": kazakh.stems,
    "ru": russian.lemmas,
    "en": english.lemmas,
}


def _readings(form: str, locale: Locale) -> tuple[str, ...]:
    """Return the stems of a form and of the parts that hyphens join in it."""
    stems_of = _STEMS_OF[locale]
    found = stems_of(form)
    if "-" not in form:
        return found
    parts = (stem for part in form.split("-") if len(part) > 1 for stem in stems_of(part))
    return tuple(dict.fromkeys((*found, *parts)))


# --------------------------------------------------------------------------------------------- the topic's side


@lru_cache(maxsize=65_536)
def word_keys(word: str) -> WordKeys:
    """Return what a topic's own word meets: itself, its likely base, its spellings across scripts."""
    spelled = (word, *(kazakh.bases(word) or russian.bases(word)))
    names_terms = (term for name in spelled if name is word or len(name) >= _MIN_FOLDED for term in _name_terms(name))
    return _collect((*_own_terms(word), *names_terms))


@lru_cache(maxsize=65_536)
def family_keys(word: str) -> WordKeys:
    """Return what a topic's own word and its family meet: nouns made of it by -лық, and the noun that it is made of."""
    own = word_keys(word)
    relatives = {relative for base in (word, *kazakh.bases(word)) for relative in kazakh.relatives(base)}
    family = _collect(("kk", Reading.STEM, shape) for relative in relatives for shape in kazakh.allomorphs(relative))
    return _keyed((*own.keys, *family.keys), (*own.stems, *family.stems))


@lru_cache(maxsize=50_000)
def form_word_keys(word: str, locale: Locale, reading: Reading, *, loose: bool) -> WordKeys:
    """Return what a word of a concept's form in ``locale`` meets, in the given reading.

    ``loose`` takes a Kazakh word's stems too, as is safe within a phrase (ұйымы: ұйым-ына). A Latin form is met in
    articles of any language, as it stands.
    """
    low = normalize(word)
    shapes = {*_bases(low, locale), *(kazakh.bases(low) if loose and locale == "kk" else ())}
    if reading is not Reading.STEM:
        shapes = set(map(fold, shapes))
    if reading in {Reading.NAME, Reading.INNER}:
        shapes = set(map(names.spoken, shapes))
    places = LOCALES if locale == "en" and reading is Reading.STEM else (locale,)
    return _collect((place, reading, shape) for place in places for shape in sorted(shapes))


@lru_cache(maxsize=50_000)
def own_word_keys(word: str) -> WordKeys:
    """Return what a word of a known name meets: as it is spelt, and if it is long, respelt across scripts too.

    The known forms may lack one in use («Микронезия»); short words respelt are too often others («Ghana», «ғана»).
    """
    respelt = _name_terms(word) if len(word) >= _MIN_RESPELT else ()
    return _collect((*_spelt_terms(word), *respelt))


def _own_terms(word: str) -> Iterable[Term]:
    yield from _spelt_terms(word)
    if len(word) >= _MIN_TRANSLITERATED and not _CYRILLIC.search(word):
        for shape in (shape for spelling in kazakh_cyrillic_variants(word) for shape in _bases(spelling, "kk")):
            yield "kk", Reading.STEM, shape
            yield "kk", Reading.FOLDED, fold(shape)


def _spelt_terms(word: str) -> Iterable[Term]:
    for locale in LOCALES:
        yield locale, Reading.STEM, word
    if word.isascii():
        yield from (("en", Reading.STEM, base) for base in _bases(word, "en"))
        return
    for base in (word, *kazakh.bases(word)):
        yield from (("kk", Reading.STEM, shape) for shape in kazakh.allomorphs(base))
    if not _KAZAKH_LETTERS & set(word):
        yield from (("ru", Reading.STEM, base) for base in _bases(word, "ru"))
        if len(word) >= _MIN_FOLDED:
            yield from (("kk", Reading.FOLDED, fold(shape)) for shape in kazakh.allomorphs(word))


def _bases(word: str, locale: Locale) -> tuple[str, ...]:
    """Return the shapes by which a word typed or written as a base is found in articles of ``locale``."""
    if locale == "kk":
        return tuple(kazakh.allomorphs(word))
    if locale == "ru":
        return tuple(dict.fromkeys((word.replace("ё", "е"), *russian.bases(word))))
    return tuple(dict.fromkeys((word, english.singular(word))))


def _name_terms(word: str) -> Iterable[Term]:
    if len(word) < _MIN_NAME:
        return
    cyrillic = bool(_CYRILLIC.search(word))
    # What the dictionary knows as a word is seldom a name; those that are («Дуда») are met as they are read.
    respelt = {} if russian.is_ordinary(word) else names.spoken_variants(word)
    for variant, spoken in ((word, names.spoken(fold(word))), *respelt.items()):
        if variant == word or len(word) >= _MIN_RESPELT or not (word.isascii() and variant.isascii()):
            yield "kk", Reading.NAME, spoken
            if cyrillic and _CYRILLIC.search(variant):
                yield "kk", Reading.HEARD, spoken


def _collect(terms: Iterable[Term]) -> WordKeys:
    listed = dict.fromkeys(terms)
    digests = [_digest(_SALTS[locale, reading], stem) for locale, reading, stem in listed]
    return _keyed(unpack(f"<{len(digests)}q", b"".join(digests)), (stem for _, _, stem in listed))


def _keyed(keys: Iterable[int], stems: Iterable[str]) -> WordKeys:
    distinct = tuple(sorted(set(keys)))
    digest = blake2b(pack(f"={len(distinct)}q", *distinct), digest_size=8).digest()
    return WordKeys(int.from_bytes(digest, "little", signed=True), distinct, tuple(dict.fromkeys(stems)))
