"""A frozen index of topics in NumPy arrays: many topics against a batch of articles.

::

    keys of the articles --join--> leaves that are words
                         --join--> words of phrases --neighbours--> leaves that are phrases
    leaves --rows--> topics met by one leaf | pairs to prove | rules to prove --> (article, topic, leaf that speaks)
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.core.matching.analysis import Analysis
from bot.core.matching.index.arrays import Int32, Int64, KeyTable, Rows, distinct, gather, starts_of_runs
from bot.core.matching.index.phrases import Hits, Phrases, flatten, joined
from bot.core.matching.index.tables import Columns


class Evidence(NamedTuple):
    """Topics that are met: article of the batch, topic number, and a leaf that speaks for it; several rows a topic."""

    articles: Int64
    topics: Int32
    leaves: Int64


class Segment:
    """Topics as compressed rows, made of ``Columns`` once; topics are only struck off afterwards.

    One thread at a time: matching writes to scratch arrays.
    """

    def __init__(self, columns: Columns) -> None:
        self._size = max(len(columns.leaf_ids), 1)
        self._words = KeyTable.of(columns.word_keys, columns.word_numbers)
        self._phrases = Phrases(columns)
        self._singles = Rows.of(columns.single_leaves, columns.single_topics, self._size)
        self._pairs = Rows.of(columns.pair_anchors, _numbers(columns.pair_topics), self._size)
        self._rules = Rules(columns, self._size)
        self.alive = np.ones(len(columns.topic_ids), np.bool_)
        self._dead = 0
        self._last = int(columns.topic_ids.max(initial=-1))
        self._order = np.argsort(columns.topic_ids, kind="stable").astype(np.int32)
        self._present = np.zeros(self._size, np.bool_)
        self._scratch = np.zeros(self._size, np.int32)
        # The tables hold the same columns in another order: one copy is enough.
        leaves, topics = self._singles.pairs()
        self.columns = replace(
            columns,
            word_keys=self._words.keys,
            word_numbers=self._words.values,
            single_leaves=leaves,
            single_topics=topics,
        )

    def __len__(self) -> int:
        return len(self.alive) - self._dead

    def strike(self, topic_id: int) -> bool:
        """Let a topic go. False where it is not here."""
        if topic_id > self._last:
            return False  # a new topic's id is above all others
        ids = self.columns.topic_ids
        at = int(np.searchsorted(ids, topic_id, sorter=self._order))
        topic = self._order[at] if at < len(ids) else 0
        if at == len(ids) or ids[topic] != topic_id or not self.alive[topic]:
            return False
        self.alive[topic] = False
        self._dead += 1
        return True

    def match(self, batch: Sequence[Analysis]) -> tuple[Evidence, Hits]:
        """Return the topics that the articles of a batch meet, and the leaves that stand in them."""
        flat = flatten(batch)
        numbers, at = self._words.join(flat.keys)
        whole, parts = (numbers >= 0).nonzero()[0], (numbers < 0).nonzero()[0]
        of = at[whole]
        words = Hits(numbers[whole], flat.articles[of], flat.tokens[of], np.ones(len(of), np.int64))
        hits = joined(words, *self._phrases.find(flat, -1 - numbers[parts], at[parts]))
        self._make_room(len(batch))
        codes = distinct(hits.articles * self._size + hits.leaves, self._scratch)
        self._present[codes] = True
        articles = codes // self._size if len(batch) > 1 else np.zeros(len(codes), np.int64)
        evidence = self._evidence(articles, codes - articles * self._size)
        self._present[codes] = False
        if self._dead:
            live = self.alive[evidence.topics]
            evidence = Evidence(evidence.articles[live], evidence.topics[live], evidence.leaves[live])
        return evidence, hits

    def _make_room(self, articles: int) -> None:
        if len(self._present) < articles * self._size:
            self._present = np.zeros(articles * self._size, np.bool_)
            self._scratch = np.zeros(articles * self._size, np.int32)

    def _evidence(self, articles: Int64, leaves: Int64) -> Evidence:
        topics, at = self._singles.of_rows(leaves)
        found = [Evidence(articles[at], topics, leaves[at])]
        pairs, at = self._pairs.of_rows(leaves)
        others = self.columns.pair_others[pairs].astype(np.int64)
        met = self._present[articles[at] * self._size + others].nonzero()[0]
        if len(met):
            of, topics = at[met], self.columns.pair_topics[pairs[met]]
            found += Evidence(articles[of], topics, leaves[of]), Evidence(articles[of], topics, others[met])
        found += self._rules.prove(articles, leaves, self._present, self._size)
        if len(found) == 1:
            return found[0]
        return Evidence(*(np.concatenate(columns) for columns in zip(*found, strict=True)))

    @property
    def nbytes(self) -> int:
        """Bytes held by arrays."""
        tables = (self._pairs, self._rules, self._phrases, self.columns)
        offsets = (self._words.offsets, self._words.marks, self._singles.offsets)
        own = (*offsets, self.alive, self._order, self._present, self._scratch)
        return sum(table.nbytes for table in tables) + sum(array.nbytes for array in own)


class Rules:
    """Topics that need several groups of leaves, or exclude some: proven group by group."""

    def __init__(self, columns: Columns, size: int) -> None:
        self._columns = columns
        self._groups = _offsets(columns.rule_ends)
        self._leaves = _offsets(columns.group_ends)
        anchors = self._groups[:-1]
        leaves, rules = gather(self._leaves, anchors) if len(anchors) else (np.zeros(0, np.int64),) * 2
        self._anchors = Rows.of(columns.group_leaves[leaves], rules.astype(np.int32), size)

    def prove(self, articles: Int64, leaves: Int64, present: NDArray[np.bool_], size: int) -> Iterator[Evidence]:
        """Yield the topics whose rule is met, by the leaves that are ``present`` (flat over articles).

        Nothing where no rule is met. A rule whose anchor has several leaves may come several times.
        """
        rules, at = self._anchors.of_rows(leaves)
        if not len(rules):
            return
        articles = articles[at]
        groups, of_rule = gather(self._groups, rules)
        entries, of_group = gather(self._leaves, groups)
        rule = of_rule[of_group]
        found = self._columns.group_leaves[entries].astype(np.int64)
        stands = present[articles[rule] * size + found]
        signs = self._columns.group_signs[groups] > 0
        any_stands = np.logical_or.reduceat(stands, starts_of_runs(of_group))
        met = np.logical_and.reduceat(any_stands == signs, starts_of_runs(of_rule))
        speaks = (stands & signs[of_group] & met[rule]).nonzero()[0]
        if len(speaks):
            rule = rule[speaks]
            yield Evidence(articles[rule], self._columns.rule_topics[rules[rule]], found[speaks])

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._groups.nbytes + self._leaves.nbytes + self._anchors.nbytes


def _offsets(ends: Int32) -> Int32:
    return np.concatenate((np.zeros(1, np.int32), ends))


def _numbers(column: Int32) -> Int32:
    return np.arange(len(column), dtype=np.int32)
