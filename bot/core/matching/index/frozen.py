"""The frozen part of a topic index: a batch of articles against hundreds of thousands of topics, in NumPy.

Goes in: ``IndexTables``, once, and batches of analysed articles. Comes out: ``Evidence``, which names the topics that
are met and the leaves that met them, and ``Occurrences``, which says where those leaves stand::

    keys of the articles --KeyTable--> leaves that are single words
                         --KeyTable--> parts --PhraseFinder--> leaves that are phrases or title words
    leaves --> singles: met | pairs: met if the other leaf stands too | rules: met if all their groups say so

What a leaf, part, single, pair and rule are: ``tables``. Topics are only removed from a frozen index, never added: how
new ones are matched, and when a new frozen index is made, is decided in ``topic_index``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from bot.core.matching.analysis import Analysis
from bot.core.matching.index.arrays import Bools, Int32, Int64, KeyTable, Rows, distinct, gather, starts_of_runs
from bot.core.matching.index.batch import Occurrences, batch_keys, joined
from bot.core.matching.index.phrases import PhraseFinder
from bot.core.matching.index.tables import IndexTables


class Evidence(NamedTuple):
    """What met which topic: article of the batch, topic number, and a leaf that met it; several rows a topic."""

    articles: Int64
    topics: Int32
    leaves: Int64


class FrozenIndex:
    """The topics of some tables. Not for several threads at once: matching writes to arrays that are kept."""

    def __init__(self, tables: IndexTables) -> None:
        self._leaf_count = max(len(tables.leaf_ids), 1)
        self._words = KeyTable.of(tables.word_keys, tables.word_targets)
        self._phrases = PhraseFinder(tables)
        self._singles = Rows.of(tables.single_leaves, tables.single_topics, self._leaf_count)
        pairs = np.arange(len(tables.pair_topics), dtype=np.int32)
        self._pairs = Rows.of(tables.pair_anchors, pairs, self._leaf_count)
        self._rules = Rules(tables, self._leaf_count)
        self.kept = np.ones(len(tables.topic_ids), np.bool_)  # whether each topic is still asked for
        self._removed = 0
        self._largest_id = int(tables.topic_ids.max(initial=-1))
        self._by_id = np.argsort(tables.topic_ids, kind="stable").astype(np.int32)
        # Of each article and leaf of a batch, whether the leaf stands in it; all False between two calls.
        self._stands = np.zeros(self._leaf_count, np.bool_)
        self._scratch = np.zeros(self._leaf_count, np.int32)
        # The structures above hold these columns in another order: one copy is enough.
        leaves, topics = self._singles.pairs()
        self.tables = replace(
            tables,
            word_keys=self._words.keys,
            word_targets=self._words.values,
            single_leaves=leaves,
            single_topics=topics,
        )

    def __len__(self) -> int:
        return len(self.kept) - self._removed

    def remove(self, topic_id: int) -> bool:
        """Remove a topic. False where it is not here."""
        if topic_id > self._largest_id:
            return False  # the usual case: a new topic has an id above all others
        ids = self.tables.topic_ids
        at = int(np.searchsorted(ids, topic_id, sorter=self._by_id))
        topic = self._by_id[at] if at < len(ids) else 0
        if at == len(ids) or ids[topic] != topic_id or not self.kept[topic]:
            return False
        self.kept[topic] = False
        self._removed += 1
        return True

    def match(self, articles: Sequence[Analysis]) -> tuple[Evidence, Occurrences]:
        """Return the topics that the articles of a batch meet, and where leaves stand in them."""
        occurrences = self._find_leaves(articles)
        self._make_room(len(articles))
        found = distinct(occurrences.articles * self._leaf_count + occurrences.leaves, self._scratch)
        self._stands[found] = True
        article = found // self._leaf_count if len(articles) > 1 else np.zeros(len(found), np.int64)
        evidence = self._evidence(article, found - article * self._leaf_count)
        self._stands[found] = False
        if self._removed:
            kept = self.kept[evidence.topics]
            evidence = Evidence(evidence.articles[kept], evidence.topics[kept], evidence.leaves[kept])
        return evidence, occurrences

    def _find_leaves(self, articles: Sequence[Analysis]) -> Occurrences:
        batch = batch_keys(articles)
        targets, at = self._words.join(batch.keys)
        leaf, part = (targets >= 0).nonzero()[0], (targets < 0).nonzero()[0]
        at_leaf = at[leaf]
        one = np.ones(len(at_leaf), np.int64)
        words = Occurrences(targets[leaf], batch.articles[at_leaf], batch.tokens[at_leaf], one)
        return joined(words, *self._phrases.find(batch, -1 - targets[part], at[part]))

    def _make_room(self, articles: int) -> None:
        if len(self._stands) < articles * self._leaf_count:
            self._stands = np.zeros(articles * self._leaf_count, np.bool_)
            self._scratch = np.zeros(articles * self._leaf_count, np.int32)

    def _evidence(self, articles: Int64, leaves: Int64) -> Evidence:
        """Return the topics met by leaves: ``leaves[n]`` stands in article ``articles[n]``, each such pair once."""
        topics, at = self._singles.of_rows(leaves)
        found = [Evidence(articles[at], topics, leaves[at])]
        pairs, at = self._pairs.of_rows(leaves)
        others = self.tables.pair_others[pairs].astype(np.int64)
        met = self._stands[articles[at] * self._leaf_count + others].nonzero()[0]
        if len(met):
            of, topics = at[met], self.tables.pair_topics[pairs[met]]
            found += Evidence(articles[of], topics, leaves[of]), Evidence(articles[of], topics, others[met])
        found += self._rules.met(articles, leaves, self._stands)
        if len(found) == 1:
            return found[0]
        return Evidence(*(np.concatenate(columns) for columns in zip(*found, strict=True)))

    @property
    def nbytes(self) -> int:
        """Bytes held by arrays."""
        structures = (self._pairs, self._rules, self._phrases, self.tables)
        offsets = (self._words.offsets, self._words.marks, self._singles.offsets)
        own = (*offsets, self.kept, self._by_id, self._stands, self._scratch)
        return sum(structure.nbytes for structure in structures) + sum(array.nbytes for array in own)


class Rules:
    """Topics that need leaves of several groups, or exclude some: found by a leaf of their anchor, then checked."""

    def __init__(self, tables: IndexTables, leaf_count: int) -> None:
        self._tables, self._leaf_count = tables, leaf_count
        self._groups = _offsets(tables.rule_ends)
        self._leaves = _offsets(tables.group_ends)
        anchors = self._groups[:-1]  # the first group of each rule
        leaves, rules = gather(self._leaves, anchors) if len(anchors) else (np.zeros(0, np.int64),) * 2
        self._by_anchor = Rows.of(tables.group_leaves[leaves], rules.astype(np.int32), leaf_count)

    def met(self, articles: Int64, leaves: Int64, stands: Bools) -> Iterator[Evidence]:
        """Yield the topics whose rule is met; nothing where none is.

        ``leaves[n]`` stands in article ``articles[n]``; ``stands`` has a flag for each article and leaf of the batch.
        A rule whose anchor has several leaves may come several times.
        """
        rules, at = self._by_anchor.of_rows(leaves)
        if not len(rules):
            return
        # From here on three arrays of different lengths: candidates (rules), their groups, and the leaves of those.
        articles = articles[at]
        groups, rule_of_group = gather(self._groups, rules)
        entries, group_of_leaf = gather(self._leaves, groups)
        rule = rule_of_group[group_of_leaf]
        leaf = self._tables.group_leaves[entries].astype(np.int64)
        present = stands[articles[rule] * self._leaf_count + leaf]
        needed = self._tables.group_needed[groups] > 0
        any_present = np.logical_or.reduceat(present, starts_of_runs(group_of_leaf))
        met = np.logical_and.reduceat(any_present == needed, starts_of_runs(rule_of_group))
        speaks = (present & needed[group_of_leaf] & met[rule]).nonzero()[0]
        if len(speaks):
            rule = rule[speaks]
            yield Evidence(articles[rule], self._tables.rule_topics[rules[rule]], leaf[speaks])

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._groups.nbytes + self._leaves.nbytes + self._by_anchor.nbytes


def _offsets(ends: Int32) -> Int32:
    """Return where each row begins, and where the last one ends."""
    return np.concatenate((np.zeros(1, np.int32), ends))
