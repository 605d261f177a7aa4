"""The topics that one article meets, and why.

Goes in: the evidence of ``frozen`` for one article, and topics that ``topic_index`` matched one by one. Comes out: a
mapping from topic ids to the article's words that met them. Words are looked up when they are asked for: an article may
meet a thousand topics, and of most only the id is wanted.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np

from bot.core.matching.analysis import Analysis, Span
from bot.core.matching.index.arrays import Int64, ordered
from bot.core.matching.index.batch import Occurrences
from bot.core.steps import Steps

_TOPICS_PER_STEP = 200


class MatchedTopics(Mapping[int, tuple[str, ...]]):
    """Topic ids, each with the surface forms that met it, in order of appearance."""

    def __init__(self, analysis: Analysis, topics: Int64, leaves: Int64, occurrences: Occurrences) -> None:
        """Take evidence, a topic id and a leaf each, and where the leaves of this article stand."""
        self._analysis, self._topics, self._leaves, self._occurrences = analysis, topics, leaves, occurrences
        self._others: dict[int, tuple[str, ...]] = {}
        self._by_leaf: dict[int, tuple[str, ...]] = {}

    @cached_property
    def ids(self) -> Int64:
        """The ids of the topics, in order."""
        others = np.fromiter(self._others, np.int64, len(self._others))
        return ordered(np.concatenate((self._topics, others)) if self._others else self._topics)

    def include(self, topic_id: int, reasons: tuple[str, ...]) -> None:
        """Add a topic that was matched in another way, with its words."""
        self._others[topic_id] = reasons

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[int]:
        return iter(self.ids.tolist())

    def __getitem__(self, topic_id: int) -> tuple[str, ...]:
        if topic_id in self._others:
            return self._others[topic_id]
        leaves = self._leaves_of[topic_id]
        if len(leaves) == 1:
            return self._surfaces_of_leaf(leaves[0])
        return self._analysis.surfaces({span for leaf in leaves for span in self._spans[leaf]})

    @cached_property
    def _leaves_of(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for topic, leaf in zip(self._topics.tolist(), self._leaves.tolist(), strict=True):
            found.setdefault(topic, []).append(leaf)
        return found

    @cached_property
    def _spans(self) -> dict[int, set[Span]]:
        found: dict[int, set[Span]] = {}
        where = self._occurrences
        columns = (where.leaves.tolist(), where.tokens.tolist(), where.lengths.tolist())
        for leaf, token, length in zip(*columns, strict=True):
            found.setdefault(leaf, set()).add((token, length))
        return found

    def _surfaces_of_leaf(self, leaf: int) -> tuple[str, ...]:
        """Return the surfaces of one leaf, kept: the same leaf meets many topics."""
        if leaf not in self._by_leaf:
            self._by_leaf[leaf] = self._analysis.surfaces(self._spans[leaf])
        return self._by_leaf[leaf]


def in_steps(matches: MatchedTopics) -> Steps[dict[int, tuple[str, ...]]]:
    """Return the topics and the words that met them, put together in steps: one article may meet most topics."""
    found: dict[int, tuple[str, ...]] = {}
    for topic_id in matches:
        found[topic_id] = matches[topic_id]
        if len(found) % _TOPICS_PER_STEP == 0:
            yield
    return found
