"""Clauses: what an article must have to meet a topic, in terms of keys.

A clause is a tree of ``All``, ``Either`` and ``Without`` over leaves. ``compiling`` makes it of a query, ``evaluation``
proves it on one article, and ``index`` holds the clauses of all topics in tables.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import blake2b
from struct import pack

from bot.language.keys import WordKeys


class Scope(IntEnum):
    """Where in an article a literal counts."""

    ANYWHERE = 0
    TITLE = 1


@dataclass(frozen=True, slots=True)
class Literal:
    """Words that must follow each other, each known by its keys. One word is the usual case."""

    words: tuple[WordKeys, ...]
    scope: Scope = Scope.ANYWHERE


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing by its names: any of the literals is enough.

    ``id`` (64 bits, signed) is equal for equal leaves and the same in every process.
    """

    literals: tuple[Literal, ...] = field(compare=False)
    id: int


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


def leaf(literals: tuple[Literal, ...]) -> Leaf:
    """Return the leaf of some literals, in the order given, with its id."""
    digest = blake2b(digest_size=8)
    for literal in literals:
        digest.update(pack("=bb", literal.scope, len(literal.words)))
        digest.update(pack(f"={len(literal.words)}q", *(word.id for word in literal.words)))
    return Leaf(literals, int.from_bytes(digest.digest(), "little", signed=True))


def required_groups(clause: Clause) -> Iterator[tuple[Literal, ...]]:
    """Yield groups of literals: each article that meets ``clause`` has at least one literal of every group.

    Nothing where the clause only excludes.
    """
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
