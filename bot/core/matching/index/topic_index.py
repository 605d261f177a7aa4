"""All distinct topics against an article, in time that hardly grows with their number.

Two layers: a frozen ``Segment`` in NumPy, and the topics that came since, held by their rarest group of keys. Topics
come and go without a rebuild; ``compacted`` makes a new index with all of them in the segment, off the event loop.
"""

import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields

import numpy as np

from bot.core.matching.analysis import Analysis
from bot.core.matching.clause import Clause, required_groups
from bot.core.matching.compiling import compile_query
from bot.core.matching.evaluation import Evaluation
from bot.core.matching.index.builder import Builder
from bot.core.matching.index.conjunctions import conjunctions
from bot.core.matching.index.frozen import Segment
from bot.core.matching.index.matched_topics import Matches
from bot.core.matching.index.tables import VERSION, Columns, without_dead
from bot.core.matching.query_tree import Query
from bot.language.form_cache import data_version
from bot.language.keys import WordKeys


class TopicIndex:
    """Topics by their ids. Not for several threads at once."""

    def __init__(self, topics: Iterable[tuple[int, Query]] = ()) -> None:
        """Compile topics. One that cannot be is left out and stands in ``failed``: the others are for other readers."""
        self.failed: dict[int, Exception] = {}
        self._recent: dict[int, Clause] = {}
        self._anchored: dict[int, set[int]] = {}  # topics by the ids of words, one of which they need
        self._anchors: dict[int, list[int]] = {}  # ids of those words by key
        builder = Builder()
        self._segment = Segment(builder.columns())
        for topic_id, query in topics:
            try:
                self._build(builder, topic_id, compile_query(query))
            except Exception as error:  # noqa: BLE001 - it is the caller's to tell
                self.failed[topic_id] = error
        self._segment = Segment(builder.columns())

    def __len__(self) -> int:
        return len(self._segment) + len(self._recent)

    @property
    def recent(self) -> int:
        """The number of topics outside the segment; past some thousands, ``compacted`` pays."""
        return len(self._recent)

    def add(self, topic_id: int, query: Query) -> None:
        """Take a topic in, or give a known id another query."""
        self.hold(topic_id, compile_query(query))

    def hold(self, topic_id: int, clause: Clause) -> None:
        """Take in a topic that was compiled, or give a known id another clause."""
        anchor = _anchor(clause)
        self.remove(topic_id)
        self._recent[topic_id] = clause
        for word in anchor:
            if word.id not in self._anchored:
                self._anchored[word.id] = set()
                for key in word.keys:
                    self._anchors.setdefault(key, []).append(word.id)
            self._anchored[word.id].add(topic_id)

    def remove(self, topic_id: int) -> None:
        """Let a topic go; nothing happens where it is unknown."""
        clause = self._recent.pop(topic_id, None)
        if clause is None:
            self._segment.strike(topic_id)
            return
        for word in _anchor(clause):
            self._anchored[word.id].discard(topic_id)

    def compacted(self) -> "TopicIndex":
        """Return an index of the same topics, all in the segment but those too intricate for it."""
        index = TopicIndex()
        builder = Builder(without_dead(self._segment.columns, self._segment.alive.copy()))
        for topic_id, clause in list(self._recent.items()):  # copies: topics may come and go meanwhile
            index._build(builder, topic_id, clause)
        index._segment = Segment(builder.columns())
        return index

    def dump(self) -> bytes:
        """Return the topics of the segment, to be loaded by a later process in place of compiling them anew."""
        columns = without_dead(self._segment.columns, self._segment.alive)
        file = io.BytesIO()
        version = np.frombuffer(index_version().encode(), np.uint8)
        arrays = {field.name: getattr(columns, field.name) for field in fields(Columns)}
        np.savez(file, allow_pickle=False, version=version, **arrays)
        return file.getvalue()

    @classmethod
    def load(cls, dumped: bytes) -> "TopicIndex | None":
        """Return the index that was dumped; None where it is of another version of the program, or damaged.

        Topics that came or went since are the caller's to add and remove: ``ids`` says which are here. The few that
        are too intricate for the segment are not.
        """
        index = cls()
        try:
            with np.load(io.BytesIO(dumped), allow_pickle=False) as found:
                if found["version"].tobytes() != index_version().encode():
                    return None
                index._segment = Segment(Columns(**{field.name: found[field.name] for field in fields(Columns)}))
        except Exception:  # noqa: BLE001 - however it is damaged, it can be made anew
            return None
        return index

    def ids(self) -> frozenset[int]:
        """Return the ids of all topics."""
        held = self._segment.columns.topic_ids[self._segment.alive]
        return frozenset(held.tolist()) | self._recent.keys()

    def match(self, analysis: Analysis) -> Matches:
        """Return the ids of the topics that an article meets, each with the surface forms that met it."""
        return self.match_batch((analysis,))[0]

    def match_batch(self, batch: Sequence[Analysis]) -> list[Matches]:
        """Return what ``match`` does for each article, at less cost than one by one."""
        if not batch:
            return []
        evidence, hits = self._segment.match(batch)
        topics = self._segment.columns.topic_ids[evidence.topics]
        found = []
        for number, analysis in enumerate(batch):
            of_article = evidence.articles == number if len(batch) > 1 else slice(None)
            hit = hits if len(batch) == 1 else hits.of_article(number)
            matches = Matches(analysis, topics[of_article], evidence.leaves[of_article], hit)
            self._match_recent(analysis, matches)
            found.append(matches)
        return found

    def _match_recent(self, analysis: Analysis, matches: Matches) -> None:
        if not self._recent:
            return
        words = {word for key in analysis.places.keys() & self._anchors.keys() for word in self._anchors[key]}
        candidates = set().union(*(self._anchored[word] for word in words))
        evaluation = Evaluation(analysis)
        for topic_id in candidates:
            if evaluation.meets(self._recent[topic_id]):
                matches.include(topic_id, evaluation.reasons(self._recent[topic_id]))

    def _build(self, builder: Builder, topic_id: int, clause: Clause) -> None:
        alternatives = conjunctions(clause)
        if alternatives is None:
            self.hold(topic_id, clause)
        else:
            builder.add(topic_id, alternatives)

    @property
    def nbytes(self) -> int:
        """Bytes held by the arrays of the segment."""
        return self._segment.nbytes


def _anchor(clause: Clause) -> Collection[WordKeys]:
    """Return words of which an article that meets ``clause`` has at least one: the first ones of its smallest group."""
    group = min(required_groups(clause), key=len)
    return {literal.words[0].id: literal.words[0] for literal in group}.values()


def index_version() -> str:
    """Return what an index is made by: the version of its columns, and of the data that topics are compiled from."""
    return f"{VERSION}-{data_version()}"
