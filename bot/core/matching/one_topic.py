"""Which topics an article meets, and by which of its words: the face of matching.

Matching is a pure function of (topic, article, versioned data in the package): the same in ingest, backfill, search
and on the command line.
"""

import hashlib
from collections.abc import Iterator
from functools import cache, lru_cache

from bot.core.matching.analysis import Analysis, analyse
from bot.core.matching.clause import Clause, Literal, required_groups
from bot.core.matching.compiling import compile_query
from bot.core.matching.evaluation import Evaluation, keys_of
from bot.core.matching.index.topic_index import TopicIndex
from bot.core.matching.query_tree import Query
from bot.language.form_cache import data_version

__all__ = ["Analysis", "TopicIndex", "analyse", "candidate_keys", "keys_version", "match_one"]


def match_one(query: Query, analysis: Analysis) -> tuple[str, ...] | None:
    """Return the surface forms by which an article meets a query, in order of appearance; None where it does not."""
    clause = _compiled(query)
    evaluation = Evaluation(analysis, analysis.places_of(keys_of(clause)))
    return evaluation.reasons(clause) if evaluation.meets(clause) else None


def candidate_keys(query: Query) -> tuple[frozenset[int], ...]:
    """Return sets of posting keys: an article that meets ``query`` has at least one key of each set.

    A superset filter, for articles in storage: what passes is to be proven by ``match_one``.
    """
    groups = required_groups(_compiled(query))
    return tuple(dict.fromkeys(found for group in groups for found in _postings(group)))


@cache
def keys_version() -> int:
    """Return a number that stands for what posting keys are made by; another version's keys may not meet these."""
    return int.from_bytes(hashlib.blake2b(data_version().encode(), digest_size=6).digest())


@lru_cache(maxsize=256)  # the same topic asks article after article
def _compiled(query: Query) -> Clause:
    return compile_query(query)


def _postings(group: tuple[Literal, ...]) -> Iterator[frozenset[int]]:
    if len(group) == 1:
        yield from (word.postings for word in group[0].words)
    else:  # the first word of a phrase tells the most: «иранские власти»
        yield frozenset().union(*(literal.words[0].postings for literal in group))
