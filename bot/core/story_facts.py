"""What an article states that holds in any language: names, numbers, and what it is about.

Facts weigh by the square of their rarity: what most articles name («Тоқаев», «Қазақстан») says little, and many such
names together still say little.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.core.model import Locale
from bot.core.steps import Steps, finished
from bot.core.story_names import known, name_keys, name_rarity, skeletons
from bot.core.story_words import STEP, Word, meaning
from bot.language.weights import rarity

_MAX_NAMES = 40
_MAX_NUMBERS = 12
_MIN_NAME_RARITY = 0.7  # a name in more than half of the articles tells nothing
_NUMBER_WEIGHT = 6.0
_TITLE = 2.0  # a fact of the title counts as much as two
_MAX_KEYS = 200  # no news has so many words that may be facts; what has more is none
_MEANT_IN = 80  # words: what an article is about stands in its title and lead
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Fact:
    """A name, a number or a meaning: every key that it may have in any language, and its weight."""

    keys: frozenset[str]
    weight: float


def facts(title: Sequence[Word], body: Sequence[Word], capitals: set[str], language: Locale) -> tuple[Fact, ...]:
    """Return the facts of an article, each once; those of its title weigh more.

    ``capitals`` are the lemmas that are sure to be names.
    """
    words = [*title, *body]
    found = [*names(words, capitals, language, most=_MAX_NAMES), *_numbers(words), *_meant(words[:_MEANT_IN], language)]
    stated = finished(fact_keys(title, language))
    return tuple(fact if stated.isdisjoint(fact.keys) else _heavier(fact) for fact in found)


@lru_cache(maxsize=4_096)
def _heavier(fact: Fact) -> Fact:
    return Fact(fact.keys, fact.weight * _TITLE)


def fact_keys(words: Sequence[Word], language: Locale) -> Steps[frozenset[str]]:
    """Return the keys of all that may be a fact: of every capitalised word, and of what adjectives are from too."""
    distinct = dict.fromkeys((word.surface, word.kind) for word in words)
    found: set[str] = set()
    for number, (surface, kind) in enumerate(distinct):
        if len(found) >= _MAX_KEYS:
            break
        if number % STEP == 0:
            yield
        if kind == "number":
            found.add(_number_key(surface))
            continue
        found.update(_meaning_keys(surface, language))
        if kind == "word":
            found.update(filter(None, (known(surface, language),)))
        else:
            found.update(_name_keys(surface, language))
    return frozenset(found)


def names(words: Iterable[Word], capitals: set[str], language: Locale, *, most: int | None = None) -> tuple[Fact, ...]:
    """Return the sure names among the words, each once, in the order of their first appearance."""
    found: dict[str, Fact] = {}
    for word in words:
        if len(found) == most:
            break
        if word.lemma in capitals and word.kind in {"capital", "initial"}:
            key, fact = _name(word.surface, word.lemma, language)
            if fact.keys:
                found.setdefault(key, fact)
    return tuple(found.values())


@lru_cache(maxsize=16_384)
def _name(surface: str, lemma: str, language: Locale) -> tuple[str, Fact]:
    """Return a name's own key and the name as a fact, without keys where it tells nothing.

    Cached, for articles share them: thousands of fingerprints of own objects would cost time in garbage collection.
    """
    own = next(iter(name_keys(lemma, language)), "")
    weight = name_rarity(lemma, language)
    return own, Fact(_name_keys(surface, language) if weight >= _MIN_NAME_RARITY else frozenset(), weight * weight)


def _name_keys(surface: str, language: Locale) -> frozenset[str]:
    origin = known(surface, language)
    return frozenset({origin}) if origin else skeletons(surface, language)


def _numbers(words: Iterable[Word]) -> tuple[Fact, ...]:
    """Return the numbers that tell an event from others: those of one digit and years do not."""
    telling = dict.fromkeys(word.lemma for word in words if word.kind == "number" and len(word.lemma) > 1)
    numbers = [number for number in telling if not _YEAR.fullmatch(number)][:_MAX_NUMBERS]
    return tuple(_single(_number_key(number), _NUMBER_WEIGHT) for number in numbers)


def _meant(words: Iterable[Word], language: Locale) -> tuple[Fact, ...]:
    """Return what the words are about, by the table of meanings."""
    spoken = (word.surface for word in words if word.kind != "number")
    found = dict.fromkeys(row for surface in spoken if (row := meaning(surface, language)))
    return tuple(_single(_meaning_key(row), rarity(row, "en") ** 2) for row in found)


@lru_cache(maxsize=8_192)
def _single(key: str, weight: float) -> Fact:
    return Fact(frozenset({key}), weight)


def _meaning_keys(surface: str, language: Locale) -> Iterator[str]:
    row = meaning(surface, language)
    if row:
        yield _meaning_key(row)


# The kinds of keys are told apart by a mark that no name has.
def _number_key(number: str) -> str:
    return f"#{number}"


def _meaning_key(row: str) -> str:
    return f"={row}"
