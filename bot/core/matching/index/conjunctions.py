"""A clause in disjunctive normal form: alternatives, each of which is a conjunction of groups of leaves.

Goes in: a ``Clause``. Comes out: a tuple of ``Conjunction``; the article meets the clause if it meets one of them. A
clause with too many alternatives has none: ``topic_index`` then evaluates the clause itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from bot.core.matching.clause import All, Clause, Either, Leaf, Without

_MAX_ALTERNATIVES = 256
_MAX_LEAVES = 8_192  # of all alternatives together: an index holds 32 KiB of one topic at most


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Of each group one leaf must stand in the article, of ``excluded`` none."""

    groups: tuple[tuple[Leaf, ...], ...]
    excluded: tuple[Leaf, ...] = ()

    def __len__(self) -> int:
        """Return how many leaves it names."""
        return sum(map(len, self.groups)) + len(self.excluded)


class _TooManyError(Exception):
    """A clause has more alternatives, or leaves in them, than the index takes."""


def conjunctions(clause: Clause) -> tuple[Conjunction, ...] | None:
    """Return the alternatives of a clause; None where they are more than 256, or name more than 8,192 leaves.

    Takes time by the size of the clause and of what is returned: it gives up as soon as there are too many.
    """
    try:
        return tuple(_alternatives(clause))
    except _TooManyError:
        return None


def _alternatives(clause: Clause) -> list[Conjunction]:
    match clause:
        case Leaf():
            return [Conjunction(((clause,),))]
        case Either(parts):
            return _bounded(_merged([found for part in parts for found in _alternatives(part)]))
        case All(parts):
            return _joined([_alternatives(part) for part in parts])
        case Without(part):
            return _excluded(part)


def _excluded(part: Clause) -> list[Conjunction]:
    match part:
        case Leaf():
            return [Conjunction((), (part,))]
        case Either(parts):
            return _joined([_excluded(inner) for inner in parts])
        case All(parts):
            return _bounded(_merged([found for inner in parts for found in _excluded(inner)]))
        case Without(inner):
            return _alternatives(inner)


def _joined(parts: list[list[Conjunction]]) -> list[Conjunction]:
    """Return the alternatives of parts that are all needed: each with each, without repetitions."""
    found = [Conjunction(())]
    for alternatives in (part for part in parts if len(part) > 1):
        found = _bounded(_both(pair) for pair in product(found, alternatives))
    certain = _both(part[0] for part in parts if len(part) == 1)  # in one go: there may be a thousand
    return _bounded(_both((certain, one)) for one in found) if len(certain) else found


def _both(parts: Iterable[Conjunction]) -> Conjunction:
    parts = tuple(parts)
    groups = dict.fromkeys(group for part in parts for group in part.groups)
    return Conjunction(tuple(groups), tuple(dict.fromkeys(leaf for part in parts for leaf in part.excluded)))


def _bounded(alternatives: Iterable[Conjunction]) -> list[Conjunction]:
    """Return the distinct ones as a list. Raises ``_TooManyError`` as soon as they are too many."""
    found: dict[Conjunction, None] = {}
    leaves = 0
    for one in alternatives:
        if one in found:
            continue
        found[one] = None
        leaves += len(one)
        if len(found) > _MAX_ALTERNATIVES or leaves > _MAX_LEAVES:
            raise _TooManyError
    return list(found)


def _merged(alternatives: list[Conjunction]) -> list[Conjunction]:
    """Make one group of all alternatives that are a single group: «a or b» needs one row, not two."""
    single = [found.groups[0] for found in alternatives if len(found.groups) == 1 and not found.excluded]
    others = list(dict.fromkeys(found for found in alternatives if len(found.groups) != 1 or found.excluded))
    group = tuple(dict.fromkeys(leaf for leaves in single for leaf in leaves))
    return [Conjunction((group,)), *others] if group else others
