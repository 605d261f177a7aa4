"""All distinct topics against an article, in time that hardly grows with their number.

A topic is in one of two layers. Most are in the *frozen* index (``frozen``), as singles, pairs and rules. *Recent*
ones, which came since that was made, and the few with more alternatives than ``conjunctions`` gives, are kept as
clauses: each is found by its anchor, words of which an article must have at least one, and then evaluated by
``evaluation``. Both layers give the same answers (``tests/unit/test_topic_laws.py``). Topics come and go without a
rebuild; ``compacted`` makes a new index with all of them frozen, beside the event loop. When that is done:
``services.live_index``.
"""

import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields

import numpy as np

from bot.core.matching.analysis import Analysis
from bot.core.matching.clause import Clause, required_groups
from bot.core.matching.compiling import compile_query
from bot.core.matching.evaluation import Evaluation
from bot.core.matching.index.builder import TablesBuilder
from bot.core.matching.index.conjunctions import conjunctions
from bot.core.matching.index.frozen import FrozenIndex
from bot.core.matching.index.matched_topics import MatchedTopics
from bot.core.matching.index.tables import VERSION, IndexTables, without_removed
from bot.core.matching.query_tree import Query
from bot.language.data_version import data_version
from bot.language.keys import WordKeys


class TopicIndex:
    """Topics by their ids. Not for several threads at once."""

    def __init__(self, topics: Iterable[tuple[int, Query]] = ()) -> None:
        """Compile topics. One that fails is left out and put into ``failed`` with its error; the others are kept."""
        self.failed: dict[int, Exception] = {}
        self._recent: dict[int, Clause] = {}
        self._topics_of_anchor: dict[int, set[int]] = {}  # recent topics by the id of a word of their anchor
        self._anchors_of_key: dict[int, list[int]] = {}  # ids of those words by key
        builder = TablesBuilder()
        self._frozen = FrozenIndex(builder.tables())
        for topic_id, query in topics:
            try:
                self._build(builder, topic_id, compile_query(query))
            except Exception as error:  # noqa: BLE001 - it is the caller's to tell
                self.failed[topic_id] = error
        self._frozen = FrozenIndex(builder.tables())

    def __len__(self) -> int:
        return len(self._frozen) + len(self._recent)

    @property
    def recent(self) -> int:
        """The number of topics that are not frozen; past some thousands, ``compacted`` pays."""
        return len(self._recent)

    def add(self, topic_id: int, query: Query) -> None:
        """Add a topic, or give a known id another query."""
        self.add_compiled(topic_id, compile_query(query))

    def add_compiled(self, topic_id: int, clause: Clause) -> None:
        """Add a topic that was compiled already, or give a known id another clause."""
        anchor = _anchor(clause)
        self.remove(topic_id)
        self._recent[topic_id] = clause
        for word in anchor:
            if word.id not in self._topics_of_anchor:
                self._topics_of_anchor[word.id] = set()
                for key in word.keys:
                    self._anchors_of_key.setdefault(key, []).append(word.id)
            self._topics_of_anchor[word.id].add(topic_id)

    def remove(self, topic_id: int) -> None:
        """Remove a topic; nothing happens where it is unknown."""
        clause = self._recent.pop(topic_id, None)
        if clause is None:
            self._frozen.remove(topic_id)
            return
        for word in _anchor(clause):
            self._topics_of_anchor[word.id].discard(topic_id)

    def compacted(self) -> "TopicIndex":
        """Return an index of the same topics, all frozen but those with too many alternatives."""
        index = TopicIndex()
        builder = TablesBuilder(without_removed(self._frozen.tables, self._frozen.kept.copy()))
        for topic_id, clause in list(self._recent.items()):  # copies: topics may come and go meanwhile
            index._build(builder, topic_id, clause)
        index._frozen = FrozenIndex(builder.tables())
        return index

    def dump(self) -> bytes:
        """Return the frozen topics, to be loaded by a later process, which then need not compile them."""
        tables = without_removed(self._frozen.tables, self._frozen.kept)
        file = io.BytesIO()
        version = np.frombuffer(index_version().encode(), np.uint8)
        arrays = {field.name: getattr(tables, field.name) for field in fields(IndexTables)}
        np.savez(file, allow_pickle=False, version=version, **arrays)
        return file.getvalue()

    @classmethod
    def load(cls, dumped: bytes) -> "TopicIndex | None":
        """Return the index that was dumped; None where another version of the program did it, or it is damaged.

        The caller adds and removes the topics that came and went since; ``ids`` says which are here. Topics with too
        many alternatives were not dumped.
        """
        index = cls()
        try:
            with np.load(io.BytesIO(dumped), allow_pickle=False) as found:
                if found["version"].tobytes() != index_version().encode():
                    return None
                tables = IndexTables(**{field.name: found[field.name] for field in fields(IndexTables)})
                index._frozen = FrozenIndex(tables)
        except Exception:  # noqa: BLE001 - however it is damaged, it can be made anew
            return None
        return index

    def ids(self) -> frozenset[int]:
        """Return the ids of all topics."""
        held = self._frozen.tables.topic_ids[self._frozen.kept]
        return frozenset(held.tolist()) | self._recent.keys()

    def match(self, analysis: Analysis) -> MatchedTopics:
        """Return the ids of the topics that an article meets, each with the surface forms that met it."""
        return self.match_batch((analysis,))[0]

    def match_batch(self, batch: Sequence[Analysis]) -> list[MatchedTopics]:
        """Return what ``match`` does for each article, at less cost than one by one."""
        if not batch:
            return []
        evidence, occurrences = self._frozen.match(batch)
        topics = self._frozen.tables.topic_ids[evidence.topics]
        found = []
        for number, analysis in enumerate(batch):
            of_article = evidence.articles == number if len(batch) > 1 else slice(None)
            where = occurrences.of_article(number) if len(batch) > 1 else occurrences
            matches = MatchedTopics(analysis, topics[of_article], evidence.leaves[of_article], where)
            self._match_recent(analysis, matches)
            found.append(matches)
        return found

    def _match_recent(self, analysis: Analysis, matches: MatchedTopics) -> None:
        if not self._recent:
            return
        positions = analysis.positions
        words = {word for key in positions.keys() & self._anchors_of_key.keys() for word in self._anchors_of_key[key]}
        candidates = set().union(*(self._topics_of_anchor[word] for word in words))
        evaluation = Evaluation(analysis, positions)
        for topic_id in candidates:
            if evaluation.meets(self._recent[topic_id]):
                matches.include(topic_id, evaluation.reasons(self._recent[topic_id]))

    def _build(self, builder: TablesBuilder, topic_id: int, clause: Clause) -> None:
        alternatives = conjunctions(clause)
        if alternatives is None:
            self.add_compiled(topic_id, clause)
        else:
            builder.add(topic_id, alternatives)

    @property
    def nbytes(self) -> int:
        """Bytes held by the arrays of the frozen index."""
        return self._frozen.nbytes


def _anchor(clause: Clause) -> Collection[WordKeys]:
    """Return words of which each article that meets ``clause`` has at least one: they begin the literals of a group."""
    group = min(required_groups(clause), key=len)
    return {literal.words[0].id: literal.words[0] for literal in group}.values()


def index_version() -> str:
    """Return the version of the tables' format and of the data that topics are compiled from."""
    return f"{VERSION}-{data_version()}"
