"""An article as a stream of words and numbers, each with its lemma, for telling stories apart.

A lemma here serves comparison only: one for each word, so that inflected forms meet. What a word could mean besides
is the business of matching, not of stories.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from bot.core.model import Locale
from bot.core.steps import Steps, finished
from bot.language import english, kazakh, russian
from bot.language.scripts import kazakh_cyrillic
from bot.language.tokens import Token, normalize, tokenize
from bot.language.weights import meanings, rarity

STEP = 4
"""Words between two steps: one that was never met takes some milliseconds at worst."""
# The lead tells the story: an article's tail brings background that other stories share. Also bounds the time.
MAX_CHARACTERS = 4_000
_CYRILLIC_KAZAKH = re.compile("[әғқңөұүі]")
_NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u202f,]\d{3})+(?![\d,])|\d+(?:[.,:]\d+)*")
_GAPS = re.compile(r"[ \u00a0\u202f]|,(?=\d{3}(?:\D|$))")
_OPENING = " \t\u00a0«»\"“”„‘'([—–-"
_ENDING = ".!?:…\n"
_MIN_KAZAKH_STEM = 3
_JUDGED_FOR_CASE = 20  # words
_ABBREVIATION = 2  # letters at most before a full stop that ends no sentence: «г. Алматы», «ст. 5»

# Small numbers are written out: «двое погибших» and «2 погибших» are one fact. The lemma of each, from two on.
_NUMERALS: dict[Locale, tuple[str, ...]] = {
    "kk": ("екі", "үш", "төрт", "бес", "алты", "жеті", "сегіз", "тоғыз", "он"),
    "ru": ("два двое", "три трое", "четыре четверо", "пять пятеро", "шесть", "семь", "восемь", "девять", "десять"),
    "en": ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
}
_DIGITS: dict[Locale, dict[str, str]] = {
    language: {word: str(number) for number, words in enumerate(rows, start=2) for word in words.split()}
    for language, rows in _NUMERALS.items()
}

Kind = Literal["word", "capital", "initial", "number"]


class Word(NamedTuple):
    """A word or number of an article.

    ``lemma`` is lower-case, without a number's grouping. ``kind`` is ``capital`` for a capitalised word inside a
    sentence, ``initial`` for one that any word would be capitalised as. ``surface`` is the normalised form.
    """

    lemma: str
    kind: Kind
    surface: str


def read(text: str, language: Locale) -> list[Word]:
    """Return the words and numbers of ``text`` in order; of a long one, those of its beginning."""
    return finished(reading(text, language))


def reading(text: str, language: Locale) -> Steps[list[Word]]:
    """Return what ``read`` does, in steps."""
    text = text[:MAX_CHARACTERS]
    if language == "kk" and not _CYRILLIC_KAZAKH.search(text):
        text = kazakh_cyrillic(text) or text
    found: list[tuple[int, Word]] = []
    for word in _words(text, language):
        found.append(word)
        if len(found) % STEP == 0:
            yield
    found += _numbers(text)
    found.sort(key=lambda pair: pair[0])
    return [word for _, word in found]


def _words(text: str, language: Locale) -> Iterator[tuple[int, Word]]:
    tokens = tokenize(text)
    headline_case = _is_headline_case(tokens)
    for token in tokens:
        surface = normalize(token.text).lstrip("0123456789.-")
        if not surface:
            continue
        kind: Kind = "word"
        if token.text[0].isupper():
            kind = "initial" if headline_case or _begins_sentence(text, token.start) else "capital"
        base = lemma(surface, language)
        digit = _DIGITS[language].get(base)
        yield token.start, Word(digit, "number", digit) if digit else Word(base, kind, surface)


def _numbers(text: str) -> Iterator[tuple[int, Word]]:
    """Yield the numbers, decimals with a point: «12 236» -> 12236, «2,5» -> 2.5; scores and hours keep their colon."""
    for match in _NUMBER.finditer(text):
        plain = _GAPS.sub("", match[0]).replace(",", ".")
        yield match.start(), Word(plain, "number", plain)


@lru_cache(maxsize=32_768)
def lemma(surface: str, language: Locale) -> str:
    """Return the one lemma by which ``surface`` (normalised) is compared."""
    if language == "ru":
        return next(iter(russian.bases(surface)), surface.replace("ё", "е"))
    if language == "en":
        return english.lemmas(surface)[-1]
    # No lexicon says which stem is the word; the news does: all its forms share it, so it is in the most articles.
    # Of unknown stems (names) the shortest is the one that most forms share.
    return min(reversed(long_stems(surface)), key=lambda stem: rarity(stem, "kk"))


@lru_cache(maxsize=32_768)
def meaning(surface: str, language: Locale) -> str | None:
    """Return what a word means, by the table of meanings; None where it is not in it."""
    table = _meanings(language)
    candidates = (surface, lemma(surface, language), *(long_stems(surface) if language == "kk" else ()))
    return next((table[word] for word in candidates if word in table), None)


@cache
def _meanings(language: Locale) -> dict[str, str]:
    """Return the meanings by the words of the table; in Russian and English by their lemmas too.

    A Kazakh lemma may be shorter than the word («жұмыссыз», jobless: «жұмыс», work) and then means something else.
    """
    written = meanings(language)
    lemmas = {} if language == "kk" else {lemma(word, language): row for word, row in written.items()}
    return lemmas | written


def long_stems(surface: str) -> list[str]:
    """Return the stems of a Kazakh form, the longest first, without those too short to tell anything."""
    return [stem for stem in kazakh.stems(surface) if len(stem) >= _MIN_KAZAKH_STEM] or [surface]


def _is_headline_case(tokens: Sequence[Token]) -> bool:
    """Whether capitals say nothing here: most words are capitalised, as in English headlines."""
    first = tokens[:_JUDGED_FOR_CASE]
    return sum(token.text[0].isupper() for token in first) * 2 > len(first)


def _begins_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 12) : start].rstrip(_OPENING)
    if not before:
        return True
    if before[-1] == ".":
        word = re.split(r"[\s.]", before[:-1])[-1]
        return not (word.isalpha() and len(word) <= _ABBREVIATION)
    return before[-1] in _ENDING
