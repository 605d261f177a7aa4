"""A topic's tree in terms of keys: what each of its words and names may look like in an article.

``Query`` says what was typed; a ``Clause`` tree says what meets it. Names of the concept table become one leaf with all
their forms; every other word a leaf of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from bot.core.query import And, Node, Not, Or, Phrase, Query, Title, Words
from bot.language.keys import WordKeys, word_keys


class Zone(IntEnum):
    """Where in an article a literal counts."""

    ANYWHERE = 0
    TITLE = 1


@dataclass(frozen=True, slots=True)
class Literal:
    """Words that follow each other, each known by its keys, in a zone of the article. One word is the usual case."""

    words: tuple[WordKeys, ...]
    zone: Zone = Zone.ANYWHERE


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing by its names: any of the literals is enough."""

    literals: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Each of the parts is needed."""

    parts: tuple["Clause", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of the parts is enough."""

    parts: tuple["Clause", ...]


@dataclass(frozen=True, slots=True)
class Without:
    """The part must not be met."""

    part: "Clause"


Clause = Leaf | All | Either | Without


def compile_query(query: Query) -> Clause:
    """Return what meets a query."""
    return _compile(query.root, Zone.ANYWHERE)


def positive_leaves(clause: Clause) -> Iterator[Leaf]:
    """Yield the leaves that speak for a match, in order."""
    match clause:
        case Leaf():
            yield clause
        case All(parts) | Either(parts):
            for part in parts:
                yield from positive_leaves(part)
        case Without():
            return


def required_groups(clause: Clause) -> Iterator[tuple[Literal, ...]]:
    """Yield groups of literals of which each article that meets ``clause`` has at least one, from each group."""
    match clause:
        case Leaf(literals):
            yield literals
        case All(parts):
            for part in parts:
                yield from required_groups(part)
        case Either(parts):
            groups = [min(required_groups(part), key=len, default=()) for part in parts]
            if all(groups):
                yield tuple(literal for group in groups for literal in group)
        case Without():
            return


def _compile(node: Node, zone: Zone) -> Clause:
    match node:
        case Words(words):
            return _all(tuple(_leaf((word,), zone) for word in words))
        case Phrase(words):
            return _leaf(words, zone)
        case Title(inner):
            return _compile(inner, Zone.TITLE)
        case Not(inner):
            return Without(_compile(inner, zone))
        case And(parts):
            return _all(tuple(_compile(part, zone) for part in parts))
        case Or(parts):
            return Either(tuple(_compile(part, zone) for part in parts))


def _all(parts: tuple[Clause, ...]) -> Clause:
    return parts[0] if len(parts) == 1 else All(parts)


@lru_cache(maxsize=20_000)
def _leaf(words: tuple[str, ...], zone: Zone) -> Leaf:
    return Leaf((Literal(tuple(word_keys(word) for word in words), zone),))
