"""A clause as alternatives of conjunctions, the form in which an index holds it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from bot.core.literals import All, Clause, Either, Leaf, Without

_MOST = 256  # alternatives; a topic that needs more is proven by its tree


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Of each group one leaf is needed; of ``excluded`` none may be met."""

    groups: tuple[tuple[Leaf, ...], ...]
    excluded: tuple[Leaf, ...] = ()


def conjunctions(clause: Clause) -> tuple[Conjunction, ...] | None:
    """Return the alternatives of a clause; None where they are more than 256."""
    found = tuple(_alternatives(clause, _MOST))
    return found if len(found) <= _MOST else None


def _alternatives(clause: Clause, most: int) -> list[Conjunction]:
    """Return the alternatives, or more than ``most`` of them where there are too many."""
    match clause:
        case Leaf():
            return [Conjunction(((clause,),))]
        case Either(parts):
            return _merged([found for part in parts for found in _alternatives(part, most)])
        case All(parts):
            found = [Conjunction(())]
            for part in parts:
                found = [_joined(*pair) for pair in product(found[: most + 1], _alternatives(part, most)[: most + 1])]
            return found[: most + 1]
        case Without(part):
            return _excluded(part, most)


def _excluded(part: Clause, most: int) -> list[Conjunction]:
    match part:
        case Leaf():
            return [Conjunction((), (part,))]
        case Either(parts):
            return _alternatives(All(tuple(Without(inner) for inner in parts)), most)
        case All(parts):
            return _alternatives(Either(tuple(Without(inner) for inner in parts)), most)
        case Without(inner):
            return _alternatives(inner, most)


def _joined(one: Conjunction, other: Conjunction) -> Conjunction:
    return Conjunction(
        tuple(dict.fromkeys(one.groups + other.groups)), tuple(dict.fromkeys(one.excluded + other.excluded))
    )


def _merged(alternatives: list[Conjunction]) -> list[Conjunction]:
    """Make one group of the alternatives that are a single group."""
    single = [found.groups[0] for found in alternatives if len(found.groups) == 1 and not found.excluded]
    others = list(dict.fromkeys(found for found in alternatives if len(found.groups) != 1 or found.excluded))
    group = tuple(dict.fromkeys(leaf for leaves in single for leaf in leaves))
    return [Conjunction((group,)), *others] if group else others


def leaves_of(alternatives: tuple[Conjunction, ...]) -> Iterator[Leaf]:
    """Yield the leaves that speak for a match."""
    for found in alternatives:
        for group in found.groups:
            yield from group
