"""What must be known of an article to tell later whether another one tells the same story.

::

    StoryInput | story_words.read | weigh by place, kind and rarity | Fingerprint
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.model import Locale
from bot.core.story_dates import days, weekdays
from bot.core.story_names import skeleton, skeletons
from bot.core.story_words import Word, read
from bot.language.weights import rarity

# Set on judged pairs of Russian and English articles; near these values nothing hangs on the exact figure.
_TITLE = 4.0  # a word of the title counts as much as four of the lead
_NAME = 2.0
_NUMBER = 2.0
_FADE = 50.0  # words after which a word of the text counts half
_MAX_TERMS = 120
_MAX_NAMES = 40
_MIN_NAME_RARITY = 0.7  # a name in more than half of the articles tells nothing
_SMALL_NUMBER = 0.5  # numbers of one digit are in every article
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
class Name:
    """A name of an article: every skeleton that it may have, and its weight."""

    keys: frozenset[str]
    weight: float


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """All that is needed to compare an article later.

    ``terms`` are lemmas and numbers with their weights, a vector of length 1, the heaviest first. ``names`` are those
    that were capitalised inside a sentence; ``name_keys`` the skeletons of all capitalised words. ``numbers`` are of
    title and text, ``title_numbers`` of the title. ``days`` (month, day) and ``weekdays`` are those that the beginning states.
    """

    id: str
    language: Locale
    source: str
    published: datetime | None
    terms: Mapping[str, float]
    names: tuple[Name, ...]
    name_keys: frozenset[str]
    numbers: frozenset[str]
    title_numbers: frozenset[str]
    days: frozenset[tuple[int, int]]
    weekdays: frozenset[int]


def fingerprint(article: StoryInput) -> Fingerprint:
    """Return the article's fingerprint. Pure: it depends on the article and on the package's tables alone."""
    title, body = read(article.title, article.language), read(article.text, article.language)
    capitals = {word.lemma for word in (*title, *body) if word.kind == "capital"}
    beginning = f"{article.title}\n{article.text[:_STATED_IN]}"
    return Fingerprint(
        id=article.id,
        language=article.language,
        source=article.source,
        published=article.published,
        terms=_terms(title, body, capitals, article.language),
        names=_names((*title, *body), capitals, article.language),
        name_keys=_name_keys((*title, *body), article.language),
        numbers=_numbers((*title, *body)),
        title_numbers=_numbers(title),
        days=days(beginning, article.language),
        weekdays=weekdays(beginning, article.language),
    )


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


def _rarity(key: str, capitals: set[str], language: Locale) -> float:
    """Return the rarity of a lemma; a name is as common as the news of all three languages make it."""
    own = rarity(key, language)
    if key not in capitals:
        return own
    return min(own, rarity(skeleton(key), "names"))


def _names(words: Iterable[Word], capitals: set[str], language: Locale) -> tuple[Name, ...]:
    """Return the article's sure names, each once, in the order of their first appearance."""
    found: dict[str, Name] = {}
    for word in words:
        if word.lemma in capitals and word.lemma not in found and word.kind != "number":
            keys = skeletons(word.surface, language)
            weight = rarity(skeleton(word.lemma), "names")
            if keys and weight >= _MIN_NAME_RARITY:
                found[word.lemma] = Name(keys, weight)
    return tuple(found.values())[:_MAX_NAMES]


def _name_keys(words: Iterable[Word], language: Locale) -> frozenset[str]:
    capitalised = {word.surface for word in words if word.kind in {"capital", "initial"}}
    return frozenset(key for surface in capitalised for key in skeletons(surface, language))


def _numbers(words: Iterable[Word]) -> frozenset[str]:
    return frozenset(word.lemma for word in words if word.kind == "number")
