"""What the stages of the index hand on: the keys of a batch of articles, and the leaves found in them.

Both are flat columns over all articles of the batch. ``articles`` are numbers within the batch, ``tokens`` numbers of
tokens within their article. Positions run over the whole batch, with a gap between title and text and between two
articles: tokens are next to each other exactly where their positions are, and no phrase spans a gap.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bot.core.matching.analysis import Analysis
from bot.core.matching.index.arrays import Bools, Int32, Int64

_GAP = 2  # positions left out; one would do


class BatchKeys(NamedTuple):
    """The keys of a batch of articles in the order of their positions, and how many tokens each title has."""

    keys: Int64
    articles: Int64
    tokens: Int64
    positions: Int64
    title_tokens: Int64

    def in_title(self, at: Int64) -> Bools:
        """Return whether the keys numbered ``at`` stand in titles."""
        in_title: Bools = self.tokens[at] < self.title_tokens[self.articles[at]]
        return in_title


class Occurrences(NamedTuple):
    """Leaves that stand in articles: which leaf, in which article, from which token on, over how many tokens."""

    leaves: Int32
    articles: Int64
    tokens: Int64
    lengths: Int64

    def of_article(self, number: int) -> "Occurrences":
        """Return those in one article of the batch."""
        own = np.flatnonzero(self.articles == number)
        return Occurrences(self.leaves[own], self.articles[own], self.tokens[own], self.lengths[own])


NO_OCCURRENCES = Occurrences(np.zeros(0, np.int32), *(np.zeros(0, np.int64) for _ in range(3)))


def batch_keys(batch: Sequence[Analysis]) -> BatchKeys:
    """Return the keys of a batch, at least one article."""
    if len(batch) == 1:
        return _keys_of_one(batch[0])
    counts = np.array([len(article.keys) for article in batch], np.int64)
    spans = np.array([len(article.tokens) + 2 * _GAP for article in batch], np.int64)
    title_tokens = np.array([article.title_tokens for article in batch], np.int64)
    articles = np.repeat(np.arange(len(batch), dtype=np.int64), counts)
    tokens = np.concatenate([article.key_positions for article in batch]).astype(np.int64)
    positions = tokens + (np.cumsum(spans) - spans)[articles] + (tokens >= title_tokens[articles]) * _GAP
    return BatchKeys(np.concatenate([article.keys for article in batch]), articles, tokens, positions, title_tokens)


def _keys_of_one(article: Analysis) -> BatchKeys:
    """Return the keys of a single article: the usual batch, whose time would go into the calls above."""
    tokens = article.key_positions.astype(np.int64)
    title = article.title_tokens
    positions = tokens + (tokens >= title) * _GAP
    return BatchKeys(article.keys, np.zeros(len(tokens), np.int64), tokens, positions, np.array((title,), np.int64))


def joined(*found: Occurrences) -> Occurrences:
    """Return all of them in one."""
    some = [occurrences for occurrences in found if len(occurrences.leaves)]
    if len(some) <= 1:
        return some[0] if some else found[0]
    return Occurrences(*(np.concatenate(columns) for columns in zip(*some, strict=True)))
