"""One topic against one article, and the keys by which stored articles that may meet it are found.

For ``/search``, the backfill of a new topic and suggestions; all topics at once are the business of ``index``. Matching
is a pure function of topic, article and the tables of ``bot.language``: all ways to it give the same answers.
"""

from collections.abc import Iterator
from functools import lru_cache

from bot.core.matching.analysis import Analysis
from bot.core.matching.clause import Clause, Literal, required_groups
from bot.core.matching.compiling import compile_query
from bot.core.matching.evaluation import Evaluation, keys_of
from bot.core.matching.query_tree import Query


def match_one(query: Query, analysis: Analysis) -> tuple[str, ...] | None:
    """Return the surface forms by which an article meets a query, in order of appearance; None where it does not."""
    clause = _compiled(query)
    evaluation = Evaluation(analysis, analysis.positions_of(keys_of(clause)))
    return evaluation.reasons(clause) if evaluation.meets(clause) else None


def candidate_keys(query: Query) -> tuple[frozenset[int], ...]:
    """Return sets of posting keys: an article that meets ``query`` has at least one key of each set.

    So most articles in storage can be passed over; the others are to be matched by ``match_one``.
    """
    groups = required_groups(_compiled(query))
    return tuple(dict.fromkeys(found for group in groups for found in _postings(group)))


@lru_cache(maxsize=256)  # the same topic asks article after article
def _compiled(query: Query) -> Clause:
    return compile_query(query)


def _postings(group: tuple[Literal, ...]) -> Iterator[frozenset[int]]:
    if len(group) == 1:
        yield from (word.postings for word in group[0].words)
    else:  # the first word of a phrase tells the most: «иранские власти»
        yield frozenset().union(*(literal.words[0].postings for literal in group))
