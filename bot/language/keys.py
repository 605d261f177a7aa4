"""Words into keys: 64-bit numbers by which a word of an article and a word of a topic meet.

Goes in: a word as it stands in an article (``form_keys``), or one as a topic has it (``word_keys`` and others). Comes
out: keys; the two words mean the same where they have a key in common. A key is a hash of what it says of the word
(``KeyKind``) and of a *stem*, the word without what inflection adds; it is the same in every process and Python
version.

An article's word has the keys of every stem that it may have, for its language is known and its stem is not. A topic's
word has those of its likely bases in each of the three languages. *Folded* stems have no letters that Kazakh alone has
(``scripts.fold``); *spoken* ones are folded and lack what spellings of one name often differ by (``names.spoken``).
*Posting* keys are of folded stems: by them storage finds the articles that a topic may meet, and some others.

Stems come from ``kazakh``, ``russian`` and ``english``; which kind of key a known name needs is decided in
``core.matching.compiling``. Keys of articles' words are kept by ``form_cache``.
"""

import re
import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from hashlib import blake2b
from struct import pack, unpack
from typing import NamedTuple

from bot.language import english, kazakh, names, russian
from bot.language.caches import word_cache
from bot.language.locale import LOCALES, Locale
from bot.language.scripts import KAZAKH_LETTERS, fold, kazakh_cyrillic_variants, repair_homoglyphs
from bot.language.tokens import normalize

_MAX_FORM = 64  # characters; the rest of a longer word is left unread
_MIN_FOLDED = 4  # letters; shorter words without Kazakh letters are too often other words with them
_MIN_TRANSLITERATED = 5  # letters; shorter Latin words are too often English ones («bar», «men»)
_MIN_NAME = 3  # letters
_MIN_RESPELT = 6  # letters; shorter Latin names respelt in Latin («San», «Ben») are too often other words
_MAX_CYRILLIC_READINGS = 4  # of a Latin name in an article: each is a key more
_CYRILLIC = re.compile("[\u0400-\u04ff]")


class KeyKind(StrEnum):
    """What a key says of a word. The values go into the hash."""

    STEM = ""
    """A stem in one language, whatever the word's case."""
    FOLDED = "~"
    """A Kazakh stem, folded: for topics typed without Kazakh letters («Казакстан»)."""
    NAME = "^"
    """The spoken stem of a word that begins with a capital: meets other spellings of a name."""
    PRONOUNCED = "="
    """How a Latin word that begins with a capital may be read in Cyrillic: meets names typed in Cyrillic."""
    INNER_NAME = "·"
    """As ``NAME``, but not at the beginning of a sentence: for names that are ordinary words too («Того»)."""
    ACRONYM = "!"
    """The folded stem of a word whose first two letters are capitals: «АҚШ», «ЕС»."""


class FormKeys(NamedTuple):
    """The keys of one form in an article, packed as signed 64-bit numbers in native byte order.

    The first two are keys at the start of a sentence, where a capital says nothing, and within one; they are one object
    where they are equal. ``postings`` are the posting keys.
    """

    sentence_start: bytes
    within_sentence: bytes
    postings: bytes


class WordKeys(NamedTuple):
    """What a topic's word meets: any of ``keys``. ``stems`` are the stems behind them; neither has doubles.

    ``id`` (64 bits, signed) is equal for equal keys and the same in every process.
    """

    id: int
    keys: tuple[int, ...]
    stems: tuple[str, ...]

    @property
    def postings(self) -> frozenset[int]:
        """Posting keys: each article with any of ``keys`` has one of them."""
        return frozenset(map(posting_key, map(fold, self.stems)))


Term = tuple[Locale, KeyKind, str]  # what a key is made of: language, kind, stem


# What is hashed before a stem: only stems are told apart by language.
_SALTS = {(locale, kind): (locale if kind is KeyKind.STEM else kind).encode() for locale in LOCALES for kind in KeyKind}
_POSTING = _SALTS["kk", KeyKind.FOLDED]


def posting_key(folded: str) -> int:
    """Return the posting key of a folded stem, a signed 64-bit number: the same in all languages."""
    return int.from_bytes(_digest(_POSTING, folded), "little", signed=True)


# ------------------------------------------------------------------------------------------- the article's side


def form_keys(word: str, locale: Locale, *, transliterated: bool = False, one_case: bool = False) -> FormKeys:
    """Return the keys of a word as it stands in an article of ``locale``. Slow: ``form_cache`` keeps them.

    ``transliterated`` says that the article is Kazakh in Latin or Arabic script; ``one_case`` that its text has no
    capitals, or nothing else, so that every word may be a name.
    """
    word = repair_homoglyphs(word[:_MAX_FORM])
    stems = _stems(normalize(word), locale)
    if transliterated:
        spellings = kazakh_cyrillic_variants(word)
        stems = tuple(dict.fromkeys((*stems, *(stem for one in spellings for stem in _stems(one, locale)))))
    folded = stems if word.isascii() and not transliterated else _folded(stems)
    postings = _digests(_POSTING, folded)
    keys = _digests(_SALTS[locale, KeyKind.STEM], stems)
    if locale == "kk" and folded is not stems:
        # The key of a folded stem is its posting key: see _SALTS.
        keys += [digest for stem, digest in zip(folded, postings, strict=True) if stem not in stems]
    caseless = one_case or _has_no_case(word)
    if caseless or word[:2].isupper():
        keys += _digests(_SALTS[locale, KeyKind.ACRONYM], folded)
    if not caseless and not word[:1].isupper():
        packed = _packed(keys)
        return FormKeys(packed, packed, _packed(postings))
    spoken = tuple(dict.fromkeys(map(names.spoken, folded)))
    pronounced = () if transliterated else tuple(_cyrillic_readings(stems))
    keys += _digests(_SALTS[locale, KeyKind.NAME], spoken)
    keys += _digests(_SALTS[locale, KeyKind.PRONOUNCED], pronounced)
    packed = _packed(keys)
    within_sentence = packed + _packed(_digests(_SALTS[locale, KeyKind.INNER_NAME], spoken))
    postings += _digests(_POSTING, dict.fromkeys(stem for stem in (*spoken, *pronounced) if stem not in folded))
    return FormKeys(within_sentence if one_case else packed, within_sentence, _packed(postings))


def _folded(stems: tuple[str, ...]) -> tuple[str, ...]:
    """Return the distinct folded stems; ``stems`` itself where there is nothing to fold."""
    joined = "\n".join(stems)
    folded = fold(joined)
    return stems if folded is joined else tuple(dict.fromkeys(folded.split("\n")))


def _digests(salt: bytes, stems: Iterable[str]) -> list[bytes]:
    return [_digest(salt, stem) for stem in stems]


def _digest(salt: bytes, stem: str) -> bytes:
    return blake2b(salt + stem.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _cyrillic_readings(stems: tuple[str, ...]) -> Iterable[str]:
    """Return how a Latin name ("Blackwell's" is "Blackwell") may be read in Cyrillic; nothing for Cyrillic stems."""
    if _CYRILLIC.search(stems[0]):
        return ()
    name = next((stem for stem in stems if not stem.endswith("'s")), "")
    return dict.fromkeys(names.spoken(fold(word)) for word in names.cyrillic_readings(name, _MAX_CYRILLIC_READINGS))


def _has_no_case(word: str) -> bool:
    """Whether a word is in a script without capitals (Arabic), where each word may be a name."""
    return not word.islower() and word.isalpha() and word.lower() == word.upper()


def _packed(digests: list[bytes]) -> bytes:
    """Return digests, numbers with their lowest byte first, as numbers in native byte order."""
    return b"".join(digests if sys.byteorder == "little" else [digest[::-1] for digest in digests])


_STEMS_OF: dict[Locale, Callable[[str], tuple[str, ...]]] = {
    "kk": kazakh.stems,
    "ru": russian.lemmas,
    "en": english.lemmas,
}


def _stems(form: str, locale: Locale) -> tuple[str, ...]:
    """Return the stems of a form (normalised) and of the parts that hyphens join in it."""
    stems_of = _STEMS_OF[locale]
    found = stems_of(form)
    if "-" not in form:
        return found
    parts = (stem for part in form.split("-") if len(part) > 1 for stem in stems_of(part))
    return tuple(dict.fromkeys((*found, *parts)))


# --------------------------------------------------------------------------------------------- the topic's side


@word_cache(65_536)
def word_keys(word: str) -> WordKeys:
    """Return what a topic's word (normalised) meets: itself, its likely bases, its spellings across scripts."""
    spelled = (word, *(kazakh.bases(word) or russian.bases(word)))
    as_names = (term for name in spelled if name is word or len(name) >= _MIN_FOLDED for term in _name_terms(name))
    return _collect((*_word_terms(word), *as_names))


@word_cache(65_536)
def family_keys(word: str) -> WordKeys:
    """Return what a topic's word and its family meet: nouns that -лық makes of it, and the noun that it is made of."""
    own = word_keys(word)
    relatives = {relative for base in (word, *kazakh.bases(word)) for relative in kazakh.relatives(base)}
    family = _collect(("kk", KeyKind.STEM, shape) for relative in relatives for shape in kazakh.allomorphs(relative))
    return _keyed((*own.keys, *family.keys), (*own.stems, *family.stems))


@word_cache(50_000)
def form_word_keys(word: str, locale: Locale, kind: KeyKind, *, in_phrase: bool) -> WordKeys:
    """Return what a word of a concept's form in ``locale`` meets, by keys of one kind.

    ``in_phrase`` takes a Kazakh word's own bases too, as is safe beside other words (ұйымы: ұйым-ына). A Latin form is
    met in articles of any language, as it stands.
    """
    low = normalize(word)
    stems = {*_bases(low, locale), *(kazakh.bases(low) if in_phrase and locale == "kk" else ())}
    if kind is not KeyKind.STEM:
        stems = set(map(fold, stems))
    if kind in {KeyKind.NAME, KeyKind.INNER_NAME}:
        stems = set(map(names.spoken, stems))
    languages = LOCALES if locale == "en" and kind is KeyKind.STEM else (locale,)
    return _collect((language, kind, stem) for language in languages for stem in sorted(stems))


@word_cache(50_000)
def own_word_keys(word: str) -> WordKeys:
    """Return what a typed word of a known name meets: as it is spelt, and if it is long, respelt across scripts too.

    The known forms may lack one in use («Микронезия»); short words respelt are too often others («Ghana», «ғана»).
    """
    respelt = _name_terms(word) if len(word) >= _MIN_RESPELT else ()
    return _collect((*_spelt_terms(word), *respelt))


def _word_terms(word: str) -> Iterable[Term]:
    """Yield what a word meets in any case: as it is spelt, and where it may be Kazakh in Latin script, in Cyrillic."""
    yield from _spelt_terms(word)
    if len(word) >= _MIN_TRANSLITERATED and not _CYRILLIC.search(word):
        for shape in (shape for spelling in kazakh_cyrillic_variants(word) for shape in _bases(spelling, "kk")):
            yield "kk", KeyKind.STEM, shape
            yield "kk", KeyKind.FOLDED, fold(shape)


def _spelt_terms(word: str) -> Iterable[Term]:
    """Yield what a word meets as it is spelt, by its bases in each language that its letters allow."""
    for locale in LOCALES:
        yield locale, KeyKind.STEM, word
    if word.isascii():
        yield from (("en", KeyKind.STEM, base) for base in _bases(word, "en"))
        return
    for base in (word, *kazakh.bases(word)):
        yield from (("kk", KeyKind.STEM, shape) for shape in kazakh.allomorphs(base))
    if KAZAKH_LETTERS.isdisjoint(word):
        yield from (("ru", KeyKind.STEM, base) for base in _bases(word, "ru"))
        if len(word) >= _MIN_FOLDED:
            yield from (("kk", KeyKind.FOLDED, fold(shape)) for shape in kazakh.allomorphs(word))


def _bases(word: str, locale: Locale) -> tuple[str, ...]:
    """Return the stems by which articles of ``locale`` have a word that was typed or listed as a base form."""
    if locale == "kk":
        return tuple(kazakh.allomorphs(word))
    if locale == "ru":
        return tuple(dict.fromkeys((word.replace("ё", "е"), *russian.bases(word))))
    return tuple(dict.fromkeys((word, english.singular(word))))


def _name_terms(word: str) -> Iterable[Term]:
    """Yield what a word meets where it is a name: its spellings in other scripts and languages, with a capital."""
    if len(word) < _MIN_NAME:
        return
    cyrillic = bool(_CYRILLIC.search(word))
    # What the dictionary knows as a word is seldom a name; those that are («Дуда») are met as they are read.
    respelt = {} if russian.is_ordinary(word) else names.spoken_variants(word)
    for variant, spoken in ((word, names.spoken(fold(word))), *respelt.items()):
        if variant == word or len(word) >= _MIN_RESPELT or not (word.isascii() and variant.isascii()):
            yield "kk", KeyKind.NAME, spoken
            if cyrillic and _CYRILLIC.search(variant):
                yield "kk", KeyKind.PRONOUNCED, spoken


def _collect(terms: Iterable[Term]) -> WordKeys:
    listed = dict.fromkeys(terms)
    digests = [_digest(_SALTS[locale, reading], stem) for locale, reading, stem in listed]
    return _keyed(unpack(f"<{len(digests)}q", b"".join(digests)), (stem for _, _, stem in listed))


def _keyed(keys: Iterable[int], stems: Iterable[str]) -> WordKeys:
    distinct = tuple(sorted(set(keys)))
    digest = blake2b(pack(f"={len(distinct)}q", *distinct), digest_size=8).digest()
    return WordKeys(int.from_bytes(digest, "little", signed=True), distinct, tuple(dict.fromkeys(stems)))
