"""What must be known of an article to tell later whether another one tells the same story.

::

    StoryInput | story_words.reading | weigh by place, kind and rarity | Fingerprint

Words that were never met before take most of the time: they are read a few at a time.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.model import Locale
from bot.core.steps import Steps, finished
from bot.core.story_dates import days, weekdays
from bot.core.story_facts import Fact, fact_keys, facts, names
from bot.core.story_names import known
from bot.core.story_words import Word, reading
from bot.language.weights import rarity

# Set on judged pairs of Russian and English articles; near these values nothing hangs on the exact figure.
_TITLE = 4.0  # a word of the title counts as much as four of the lead
_NAME = 2.0
_NUMBER = 2.0
_FADE = 50.0  # words after which a word of the text counts half
_MAX_TERMS = 120
_STATED_IN = 1_000  # characters: days further down are background


@dataclass(frozen=True, slots=True)
class StoryInput:
    """An article as stories see it. ``text`` is the body or what is known of it; ``source`` the outlet."""

    id: str
    title: str
    text: str
    language: Locale
    source: str
    published: datetime | None


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """All that is needed to compare an article later.

    ``terms`` are lemmas and numbers with their weights, a vector of length 1, the heaviest first: they serve within a
    language. ``facts`` are what holds across languages, and ``fact_keys`` all that may be one. ``numbers`` are of title
    and text, ``title_numbers`` of the title; ``title_names`` the keys of each sure name of the title. ``days``
    (month, day) and ``weekdays`` are those that the beginning states.
    """

    id: str
    language: Locale
    source: str
    published: datetime | None
    terms: Mapping[str, float]
    facts: tuple[Fact, ...]
    fact_keys: frozenset[str]
    numbers: frozenset[str]
    title_numbers: frozenset[str]
    title_names: tuple[frozenset[str], ...]
    days: frozenset[tuple[int, int]]
    weekdays: frozenset[int]


def fingerprint(article: StoryInput) -> Fingerprint:
    """Return the article's fingerprint. Pure: it depends on the article and on the package's tables alone."""
    return finished(fingerprinting(article))


def fingerprinting(article: StoryInput) -> Steps[Fingerprint]:
    """Return what ``fingerprint`` does, in steps."""
    language = article.language
    title = yield from reading(article.title, language)
    body = yield from reading(article.text, language)
    words = [*title, *body]
    keys = yield from fact_keys(words, language)  # first: it meets all the words, whose facts are kept
    capitals = {word.lemma for word in words if word.kind == "capital" or _is_known_name(word, language)}
    beginning = f"{article.title}\n{article.text[:_STATED_IN]}"
    return Fingerprint(
        id=article.id,
        language=language,
        source=article.source,
        published=article.published,
        terms=_terms(title, body, capitals, language),
        facts=facts(title, body, capitals, language),
        fact_keys=keys,
        numbers=_numbers(words),
        title_numbers=_numbers(title),
        title_names=tuple(name.keys for name in names(title, capitals, language)),
        days=days(beginning, language),
        weekdays=weekdays(beginning, language),
    )


def _is_known_name(word: Word, language: Locale) -> bool:
    return word.kind == "initial" and known(word.surface, language) is not None


def _terms(title: list[Word], body: list[Word], capitals: set[str], language: Locale) -> dict[str, float]:
    amounts: defaultdict[str, float] = defaultdict(float)
    for word in title:
        amounts[word.lemma] += _TITLE * _emphasis(word, capitals)
    for at, word in enumerate(body):
        amounts[word.lemma] += _emphasis(word, capitals) / (1 + at / _FADE)
    weights = {key: math.log1p(amount) * _rarity(key, capitals, language) for key, amount in amounts.items()}
    heaviest = sorted(((weight, key) for key, weight in weights.items() if weight > 0), reverse=True)[:_MAX_TERMS]
    length = math.sqrt(sum(weight * weight for weight, _ in heaviest)) or 1.0
    return {key: weight / length for weight, key in heaviest}


def _emphasis(word: Word, capitals: set[str]) -> float:
    if word.kind == "number":
        return _NUMBER
    return _NAME if word.lemma in capitals else 1.0


def _rarity(lemma: str, capitals: set[str], language: Locale) -> float:
    """Return the rarity of a lemma; a known place is as common as the news of all three languages make it."""
    own = rarity(lemma, language)
    origin = known(lemma, language) if lemma in capitals else None
    return min(own, rarity(origin, "names")) if origin else own


def _numbers(words: Iterable[Word]) -> frozenset[str]:
    return frozenset(word.lemma for word in words if word.kind == "number")
