"""Topic queries as readers type them, on articles that people judged."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.core.matching.query_tree import Query
from tests.evaluation.figures import Counts, Measured, with_f1
from tests.evaluation.matcher import Matcher, every_word
from tests.evaluation.records import Article, JudgedQuery

# Only some articles were judged for each query. Of the others that a search by all words brings, every fourth was
# wrong when a sample was read.
_UNJUDGED_WRONG = 0.25


def topics(queries: Sequence[JudgedQuery], articles: Iterable[Article]) -> dict[str, Measured]:
    """Return precision, recall and F1 over all queries together, as the bot matches and with every word asked for."""
    read = list(articles)
    plain = _figures(queries, _met(queries, read, lambda query: query), read, "")
    strict = _figures(queries, _met(queries, read, every_word), read, "every word")
    return {name.strip(): value for name, value in (plain | strict).items()}


def _met(
    queries: Iterable[JudgedQuery], articles: Iterable[Article], reading: Callable[[Query], Query]
) -> Mapping[str, set[str]]:
    """Return the ids of the articles that meet each query."""
    matcher = Matcher([query.text for query in queries], reading)
    found: dict[str, set[str]] = defaultdict(set)
    for article in articles:
        for text in matcher.met(article.title, article.text, "kk"):
            found[text].add(article.id)
    return found


def _figures(
    queries: Iterable[JudgedQuery], met: Mapping[str, set[str]], articles: Iterable[Article], name: str
) -> dict[str, Measured]:
    titles = {article.id: article.title for article in articles}
    right, amiss, missed = 0, 0.0, 0
    cases: dict[str, list[str]] = {"missed": [], "wrong": []}
    for query in queries:
        found = met.get(query.text, set())
        wrong, lost = found - query.relevant, query.relevant - found
        right += len(found & query.relevant)
        missed += len(lost)
        amiss += len(wrong & query.judged) + _UNJUDGED_WRONG * len(wrong - query.judged)
        cases["missed"] += [f"{query.text}: {titles.get(article, article)}" for article in sorted(lost)]
        cases["wrong"] += [f"{query.text}: {titles.get(article, article)}" for article in sorted(wrong & query.judged)]
    return with_f1(Counts(right, amiss, missed), name, missed=tuple(cases["missed"]), wrong=tuple(cases["wrong"]))
