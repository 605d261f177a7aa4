"""Finds phrases and title words in a batch of articles.

Goes in: the parts (words of phrases, ``tables``) that stand in the articles, by number, and the key at which each
stands. Comes out: ``Occurrences`` of the leaves whose names those phrases are. Words that count anywhere need no
position, so ``frozen`` finds them without this module; a phrase in the title alone and a title word are told by their
*scope*.

A phrase is found by its first two parts: wherever a first and a second part stand next to each other, the pair is
looked up, and what longer phrases need besides is checked for the few candidates that are left.
"""

import numpy as np

from bot.core.matching.clause import Scope
from bot.core.matching.index.arrays import Bools, Int32, Int64, Rows, ranges
from bot.core.matching.index.batch import NO_OCCURRENCES, BatchKeys, Occurrences
from bot.core.matching.index.tables import IndexTables

_PAIR = 2  # parts by which a phrase is found


class PhraseFinder:
    """The phrases of an index: those of one part by it, the others by their first two."""

    def __init__(self, tables: IndexTables) -> None:
        self._leaves, self._scopes, self._parts = tables.phrase_leaves, tables.phrase_scopes, tables.phrase_parts
        self._starts = np.concatenate((np.zeros(1, np.int32), tables.phrase_ends))  # of each phrase in _parts
        self._lengths = np.diff(self._starts)
        self._part_count = max(len(tables.part_ids), 1)
        title_words = np.flatnonzero(self._lengths == 1).astype(np.int32)
        self._title_words = Rows.of(self._parts[self._starts[title_words]], title_words, self._part_count)
        several = np.flatnonzero(self._lengths > 1).astype(np.int32)
        first, second = self._parts[self._starts[several]], self._parts[self._starts[several] + 1]
        self._pairs, pair_of = np.unique(self._code(first, second), return_inverse=True)  # sorted codes
        self._phrases_of_pair = Rows.of(pair_of.astype(np.int32), several, max(len(self._pairs), 1))
        self._is_first, self._is_second = np.zeros((2, self._part_count), np.bool_)
        self._is_first[first] = True
        self._is_second[second] = True

    def find(self, batch: BatchKeys, parts: Int32, at: Int64) -> tuple[Occurrences, Occurrences]:
        """Return where title words and phrases stand. ``parts`` are part numbers, ``at`` the numbers of their keys."""
        return self._find_title_words(batch, parts, at), self._find_phrases(batch, parts, at)

    def _code(self, first: Int32, second: Int32) -> Int64:
        """Return one number for each pair of parts."""
        return first.astype(np.int64) * self._part_count + second

    def _find_title_words(self, batch: BatchKeys, parts: Int32, at: Int64) -> Occurrences:
        in_title = batch.in_title(at).nonzero()[0]
        if not len(in_title):
            return NO_OCCURRENCES
        phrases, of = self._title_words.of_rows(parts[in_title])
        return self._occurrences(batch, phrases, at[in_title[of]])

    def _find_phrases(self, batch: BatchKeys, parts: Int32, at: Int64) -> Occurrences:
        positions = batch.positions[at]  # sorted, as keys come in the order of their positions
        firsts, seconds = self._is_first[parts].nonzero()[0], self._is_second[parts].nonzero()[0]
        # Each first part with the second parts at the next position: several, where a word has several readings.
        wanted, present = positions[firsts] + 1, positions[seconds]
        begin = present.searchsorted(wanted, "left")
        neighbours, of_first = ranges(begin, present.searchsorted(wanted, "right") - begin)
        if not len(neighbours):
            return NO_OCCURRENCES
        codes = self._code(parts[firsts[of_first]], parts[seconds[neighbours]])
        nearest = np.minimum(self._pairs.searchsorted(codes), len(self._pairs) - 1)
        known = (self._pairs[nearest] == codes).nonzero()[0]
        if not len(known):
            return NO_OCCURRENCES
        phrases, of_known = self._phrases_of_pair.of_rows(nearest[known])
        start = firsts[of_first[known[of_known]]]  # of each candidate, in parts and at
        met = self._are_complete(phrases, positions[start], positions, parts)
        met &= batch.in_title(at[start]) | (self._scopes[phrases] == Scope.ANYWHERE)
        return self._occurrences(batch, phrases[met], at[start[met]])

    def _are_complete(self, phrases: Int32, starts: Int64, positions: Int64, parts: Int32) -> Bools:
        """Return of phrases that begin at ``starts`` whether their parts after the first two follow."""
        complete = np.ones(len(phrases), np.bool_)
        longer = np.flatnonzero(self._lengths[phrases] > _PAIR)
        if len(longer):
            present = set((positions * self._part_count + parts).tolist())
            for candidate in longer.tolist():
                phrase, third = int(phrases[candidate]), int(starts[candidate]) + _PAIR
                rest = self._parts[self._starts[phrase] + _PAIR : self._starts[phrase + 1]].tolist()
                complete[candidate] = all(
                    position * self._part_count + part in present for position, part in enumerate(rest, third)
                )
        return complete

    def _occurrences(self, batch: BatchKeys, phrases: Int32, at: Int64) -> Occurrences:
        lengths = self._lengths[phrases].astype(np.int64)
        return Occurrences(self._leaves[phrases], batch.articles[at], batch.tokens[at], lengths)

    @property
    def nbytes(self) -> int:
        """Bytes held, besides the tables."""
        arrays = (self._starts, self._lengths, self._pairs, self._is_first, self._is_second)
        return sum(array.nbytes for array in arrays) + self._title_words.nbytes + self._phrases_of_pair.nbytes
