"""Phrases and title words in the keys of a batch of articles: what an index needs places for."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.core.matching.analysis import Analysis
from bot.core.matching.clause import Zone
from bot.core.matching.index.arrays import Int32, Int64, Rows, ranges
from bot.core.matching.index.tables import Columns

_GAP = 2  # between the places of title and text, and of two articles: no phrase spans them


class Keys(NamedTuple):
    """The keys of a batch of articles, flat: the article and token of each, and its place over the whole batch."""

    keys: Int64
    articles: Int64
    tokens: Int64
    places: Int64
    title_tokens: Int64


class Hits(NamedTuple):
    """Leaves that stand in articles: which, in which article of the batch, at which token, over how many tokens."""

    leaves: Int32
    articles: Int64
    tokens: Int64
    lengths: Int64

    def of_article(self, number: int) -> "Hits":
        """Return the hits of one article of the batch."""
        own = np.flatnonzero(self.articles == number)
        return Hits(self.leaves[own], self.articles[own], self.tokens[own], self.lengths[own])


_NONE = Hits(np.zeros(0, np.int32), *(np.zeros(0, np.int64) for _ in range(3)))


def flatten(batch: Sequence[Analysis]) -> Keys:
    """Lay out the keys of a batch."""
    if len(batch) == 1:
        return _alone(batch[0])
    counts = np.array([len(article.keys) for article in batch], np.int64)
    spans = np.array([len(article.tokens) + 2 * _GAP for article in batch], np.int64)
    title_tokens = np.array([article.title_tokens for article in batch], np.int64)
    articles = np.repeat(np.arange(len(batch), dtype=np.int64), counts)
    tokens = np.concatenate([article.key_places for article in batch]).astype(np.int64)
    places = tokens + (np.cumsum(spans) - spans)[articles] + (tokens >= title_tokens[articles]) * _GAP
    return Keys(np.concatenate([article.keys for article in batch]), articles, tokens, places, title_tokens)


def _alone(article: Analysis) -> Keys:
    """Lay out the keys of one article: most articles come alone, and the time is in the calls."""
    tokens = article.key_places.astype(np.int64)
    title = article.title_tokens
    places = tokens + (tokens >= title) * _GAP
    return Keys(article.keys, np.zeros(len(tokens), np.int64), tokens, places, np.array((title,), np.int64))


def joined(*found: Hits) -> Hits:
    """Put hits together."""
    some = [hits for hits in found if len(hits.leaves)]
    if len(some) <= 1:
        return some[0] if some else found[0]
    return Hits(*(np.concatenate(columns) for columns in zip(*some, strict=True)))


class Phrases:
    """Phrases by their first two words, and title words."""

    def __init__(self, columns: Columns) -> None:
        self._leaves, self._zones, self._words = columns.phrase_leaves, columns.phrase_zones, columns.phrase_words
        self._starts = np.concatenate((np.zeros(1, np.int32), columns.phrase_ends))
        self._lengths = np.diff(self._starts)
        self._size = max(len(columns.part_ids), 1)
        single = np.flatnonzero(self._lengths == 1)
        self._title_words = Rows.of(self._words[self._starts[single]], single.astype(np.int32), self._size)
        several = np.flatnonzero(self._lengths > 1)
        first, second = self._words[self._starts[several]], self._words[self._starts[several] + 1]
        self._codes, code_of = np.unique(first.astype(np.int64) * self._size + second, return_inverse=True)
        self._of_codes = Rows.of(code_of.astype(np.int32), several.astype(np.int32), max(len(self._codes), 1))
        self._is_first, self._is_second = np.zeros((2, self._size), np.bool_)
        self._is_first[first] = True
        self._is_second[second] = True

    def find(self, flat: Keys, words: Int32, at: Int64) -> tuple[Hits, Hits]:
        """Return the leaves of phrases and title words. ``words`` stand at the keys numbered ``at``."""
        return self._find_title_words(flat, words, at), self._find_phrases(flat, words, at)

    def _find_title_words(self, flat: Keys, words: Int32, at: Int64) -> Hits:
        in_title = (flat.tokens[at] < flat.title_tokens[flat.articles[at]]).nonzero()[0]
        if not len(in_title):
            return _NONE
        phrases, of = self._title_words.of_rows(words[in_title])
        return self._hits(flat, phrases, at[in_title[of]])

    def _find_phrases(self, flat: Keys, words: Int32, at: Int64) -> Hits:
        places = flat.places[at]
        firsts, seconds = self._is_first[words].nonzero()[0], self._is_second[words].nonzero()[0]
        # Keys come in the order of their places, so these are sorted.
        following, open_to = places[firsts] + 1, places[seconds]
        starts = open_to.searchsorted(following, "left")
        entries, of = ranges(starts, open_to.searchsorted(following, "right") - starts)
        if not len(entries):
            return _NONE
        codes = words[firsts[of]].astype(np.int64) * self._size + words[seconds[entries]]
        known = np.minimum(self._codes.searchsorted(codes), len(self._codes) - 1)
        met = (self._codes[known] == codes).nonzero()[0]
        if not len(met):
            return _NONE
        phrases, of_met = self._of_codes.of_rows(known[met])
        start = firsts[of[met[of_met]]]
        keep = self._are_whole(phrases, places[start], places, words)
        in_title = flat.tokens[at[start]] < flat.title_tokens[flat.articles[at[start]]]
        keep &= in_title | (self._zones[phrases] == Zone.ANYWHERE)
        return self._hits(flat, phrases[keep], at[start[keep]])

    def _are_whole(self, phrases: Int32, starts: Int64, places: Int64, words: Int32) -> NDArray[np.bool_]:
        """Say of phrases whose first two words stand at ``starts`` whether the others follow."""
        whole = np.ones(len(phrases), np.bool_)
        longer = np.flatnonzero(self._lengths[phrases] > 2)  # noqa: PLR2004 - the first two are found already
        if len(longer):
            stands = set((places * self._size + words).tolist())
            for candidate in longer.tolist():
                start, phrase = int(starts[candidate]), int(phrases[candidate])
                rest = self._words[self._starts[phrase] + 2 : self._starts[phrase + 1]].tolist()
                whole[candidate] = all((start + 2 + n) * self._size + word in stands for n, word in enumerate(rest))
        return whole

    def _hits(self, flat: Keys, phrases: Int32, at: Int64) -> Hits:
        return Hits(self._leaves[phrases], flat.articles[at], flat.tokens[at], self._lengths[phrases].astype(np.int64))

    @property
    def nbytes(self) -> int:
        """Bytes held, besides the columns."""
        arrays = (self._starts, self._lengths, self._codes, self._is_first, self._is_second)
        return sum(array.nbytes for array in arrays) + self._title_words.nbytes + self._of_codes.nbytes
