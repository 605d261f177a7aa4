"""Which topics an article meets, and by which of its words.

Matching is a pure function of (topic, article, versioned data in the package): the same in ingest, backfill, search
and on the command line.
"""

from collections.abc import Iterable, Iterator

from bot.core.analysis import Analysis, analyse
from bot.core.compiling import compile_query
from bot.core.literals import (
    All,
    Clause,
    Either,
    Leaf,
    Literal,
    Without,
    Zone,
    positive_leaves,
    required_groups,
)
from bot.core.query import Query
from bot.language.keys import WordKeys

__all__ = ["Analysis", "TopicIndex", "analyse", "candidate_keys", "match_one"]


def match_one(query: Query, analysis: Analysis) -> tuple[str, ...] | None:
    """Return the surface forms by which an article meets a query, in order of appearance; None where it does not."""
    clause = compile_query(query)
    return reasons(clause, analysis) if meets(clause, analysis) else None


def candidate_keys(query: Query) -> tuple[frozenset[int], ...]:
    """Return sets of posting keys: an article that meets ``query`` has at least one key of each set.

    A superset filter, for articles in storage: what passes is to be proven by ``match_one``.
    """
    groups = list(required_groups(compile_query(query)))
    return tuple(dict.fromkeys(found for group in groups for found in _group_postings(group)))


def _group_postings(group: tuple[Literal, ...]) -> Iterator[frozenset[int]]:
    if len(group) == 1:
        yield from (word.postings for word in group[0].words)
    else:
        yield frozenset().union(*(min((word.postings for word in literal.words), key=len) for literal in group))


def meets(clause: Clause, analysis: Analysis) -> bool:
    """Whether an article meets a clause: the plain definition, which every faster way must agree with."""
    match clause:
        case Leaf(literals):
            return any(next(places(literal, analysis), None) is not None for literal in literals)
        case All(parts):
            return all(meets(part, analysis) for part in parts)
        case Either(parts):
            return any(meets(part, analysis) for part in parts)
        case Without(part):
            return not meets(part, analysis)


def reasons(clause: Clause, analysis: Analysis) -> tuple[str, ...]:
    """Return the distinct surface forms that speak for a match, in order of appearance."""
    literals = (literal for leaf in positive_leaves(clause) for literal in leaf.literals)
    found = sorted({(place, len(literal.words)) for literal in literals for place in places(literal, analysis)})
    return tuple(dict.fromkeys(analysis.surface(place, words) for place, words in found))


def places(literal: Literal, analysis: Analysis) -> Iterator[int]:
    """Yield the places at which a literal stands, in no order."""
    end = analysis.title_tokens if literal.zone is Zone.TITLE else len(analysis.tokens)
    first, *rest = literal.words
    for place in {place for key in first.keys for place in analysis.places.get(key, ())}:
        last = place + len(rest)
        if last < end and (place >= analysis.title_tokens or last < analysis.title_tokens):
            following = zip(range(place + 1, last + 1), rest, strict=True)
            if all(_stands(word, at, analysis) for at, word in following):
                yield place


def _stands(word: WordKeys, place: int, analysis: Analysis) -> bool:
    return any(place in analysis.places.get(key, ()) for key in word.keys)


class TopicIndex:
    """All distinct topics against one article. Topics come and go without a rebuild."""

    def __init__(self, topics: Iterable[tuple[int, Query]] = ()) -> None:
        self._clauses: dict[int, Clause] = {}
        self._anchors: dict[int, set[int]] = {}
        for topic_id, query in topics:
            self.add(topic_id, query)

    def __len__(self) -> int:
        return len(self._clauses)

    def add(self, topic_id: int, query: Query) -> None:
        """Take a topic in, or give a known id another query."""
        self.remove(topic_id)
        clause = compile_query(query)
        self._clauses[topic_id] = clause
        for key in _anchor(clause):
            self._anchors.setdefault(key, set()).add(topic_id)

    def remove(self, topic_id: int) -> None:
        """Let a topic go; nothing happens where it is unknown."""
        clause = self._clauses.pop(topic_id, None)
        for key in _anchor(clause) if clause is not None else ():
            self._anchors[key].discard(topic_id)
            if not self._anchors[key]:
                del self._anchors[key]

    def match(self, analysis: Analysis) -> dict[int, tuple[str, ...]]:
        """Return the ids of the topics that an article meets, each with the surface forms that met it."""
        candidates = {topic for key in analysis.places for topic in self._anchors.get(key, ())}
        met = (topic for topic in sorted(candidates) if meets(self._clauses[topic], analysis))
        return {topic: reasons(self._clauses[topic], analysis) for topic in met}


def _anchor(clause: Clause) -> frozenset[int]:
    """Return keys of which an article that meets ``clause`` has at least one: those of its smallest group."""
    group = min(required_groups(clause), key=len)
    return frozenset().union(*(literal.words[0].keys for literal in group))
