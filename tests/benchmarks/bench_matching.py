"""How fast matching is, as ratios within one run: ``python tests/benchmarks/bench_matching.py [--full]``.

A million Zipfian subscriptions over 231,000 distinct topics, articles of 620 words in three languages; all made up by
``workload``. Times are of the processor: they depend on the machine, ratios hardly do. Without ``--full``, which takes
some ten minutes and 2 GB, all numbers are a tenth but that of unseen articles.
"""

import argparse
import gc
import random
import time
from collections.abc import Callable, Sequence

from workload import Workload

from bot.core.matching.analysis import Analysis, analyse
from bot.core.matching.index import TopicIndex
from bot.core.matching.query import parse_lenient
from bot.core.matching.query_tree import Query

ARTICLES = 192
BATCH = 64
UNSEEN = 5_000  # articles, at any scale: of fewer each has more words that none before had
ROUNDS = 3


def show(label: str, milliseconds: float, ratio: float | None, meaning: str) -> None:
    """Print a row of the table as soon as it is known."""
    print(f"{label:62} {milliseconds:10.3f} {'' if ratio is None else f'{ratio:8.2f}':8}  {meaning}", flush=True)


def best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the least seconds that ``work`` took: what is left when others did not disturb it."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def match_each(index: TopicIndex, articles: Sequence[Analysis]) -> None:
    """Find the topics of each article by itself."""
    for article in articles:
        _ = index.match(article).ids


def match_batches(index: TopicIndex, articles: Sequence[Analysis]) -> None:
    """Find the topics of articles, 64 at a time."""
    for start in range(0, len(articles), BATCH):
        for matches in index.match_batch(articles[start : start + BATCH]):
            _ = matches.ids


def naive(subscriptions: Sequence[Sequence[str]], texts: Sequence[str]) -> None:
    """Look for each subscription's words in the text, as simple bots do."""
    for text in texts:
        _ = [words for words in subscriptions if all(word in text for word in words)]


class Bench:
    """One workload, measured."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._work = Workload()
        self._texts = list(self._work.articles(ARTICLES))
        self._articles = [analyse(*article) for article in self._texts]
        gc.freeze()  # as a running bot does: what stays is not looked at again and again
        self.tokenising = best(lambda: [analyse(*article) for article in self._texts]) / ARTICLES
        show("tokenise an article, forms known", self.tokenising * 1e3, None, "ms")

    def run(self) -> None:
        """Measure everything, showing a row for each figure."""
        distinct = int(231_000 * self._scale)
        queries = self._work.queries(max(distinct, int(1_000_000 * self._scale)))
        self._growth(queries, distinct)
        self._loop(queries, distinct)
        self._memory(queries)
        self._misses()

    def _growth(self, queries: list[Query], distinct: int) -> None:
        costs = {}
        for subscriptions in (1_000, 10_000, 100_000, 1_000_000):
            followed = set(self._work.subscriptions(distinct, int(subscriptions * self._scale)))
            index = TopicIndex((topic, queries[topic]) for topic in followed)
            gc.freeze()
            match_each(index, self._articles[:8])
            costs[subscriptions] = best(lambda index=index: match_each(index, self._articles)) / ARTICLES
            batched = best(lambda index=index: match_batches(index, self._articles)) / ARTICLES
            label = f"{int(subscriptions * self._scale):,} subscriptions, {len(followed):,} topics"
            self._row(f"one article, {label}", costs[subscriptions], "of tokenising; 1.0 allowed")
            self._row(f"in batches of 64, {label}", batched, "of tokenising; 0.5 allowed")
        met = sum(len(index.match(article)) for article in self._articles) / ARTICLES
        show("topics met by an article, a million", met, None, "(no time)")
        growth = costs[1_000_000] / costs[1_000]
        show("growth from a thousand to a million", costs[1_000_000] * 1e3, growth, "times; 4 allowed")
        why = best(lambda: [dict(index.match(article)) for article in self._articles]) / ARTICLES
        self._row("one article with all reasons, a million", why, "of tokenising")
        self._changes(index, queries)

    def _changes(self, index: TopicIndex, queries: list[Query]) -> None:
        fresh = random.Random(2).sample(queries, 1_000)  # noqa: S311 - a workload, no secret
        ids = range(10**9, 10**9 + len(fresh))
        TopicIndex(zip(ids, fresh, strict=True))  # their words are compiled once
        start = time.process_time()
        for topic, query in zip(ids, fresh, strict=True):
            index.add(topic, query)
        added = time.process_time()
        for topic in ids:
            index.remove(topic)
        removed = time.process_time()
        show("add a topic", (added - start) * 1e3 / len(fresh), (added - start) * 1e6 / len(fresh), "us; 100")
        show("remove a topic", (removed - added) * 1e3 / len(fresh), (removed - added) * 1e6 / len(fresh), "us; 100")

    def _loop(self, queries: list[Query], distinct: int) -> None:
        followed = self._work.subscriptions(distinct, 10_000)
        words = [str(queries[topic]).replace('"', "").replace("| ", "").split(" -")[0].split() for topic in followed]
        texts = [f"{title} {text}".lower() for title, text, _ in self._texts]
        loop = best(lambda: naive(words, texts[:16]), 1) / 16
        index = TopicIndex((topic, queries[topic]) for topic in set(followed))
        match_each(index, self._articles[:8])
        lookup = best(lambda: match_each(index, self._articles)) / ARTICLES
        show("`in` for each of 10,000 subscriptions", loop * 1e3, loop / lookup, "of look-up; 150 wanted")

    def _memory(self, queries: list[Query]) -> None:
        for count in (231_000, 1_000_000):
            held = queries[: int(count * self._scale)]
            start = time.process_time()
            index = TopicIndex(enumerate(held))
            show(f"build {len(held):,} topics, words compiled", (time.process_time() - start) * 1e3, None, "ms")
            megabytes = index.nbytes / 1e6
            show(f"memory of {len(held):,} topics", megabytes, megabytes, "MB; 100 and 400 allowed")
            if count == 1_000_000:
                match_each(index, self._articles[:8])
                cost = best(lambda index=index: match_each(index, self._articles)) / ARTICLES
                self._row("one article, a million distinct topics", cost, "of tokenising; 2.5 allowed")
        dumped = TopicIndex(enumerate(queries[: int(200_000 * self._scale)])).dump()
        start = time.process_time()
        TopicIndex.load(dumped)
        show("restart with 200,000 topics: load", (time.process_time() - start) * 1e3, None, "ms; 5,000 allowed")
        start = time.process_time()
        for query in queries[:20_000]:
            parse_lenient(query.canonical)
        show("read 20,000 topics", (time.process_time() - start) * 1e3, None, "ms")

    def _misses(self) -> None:
        unseen = list(self._work.articles(UNSEEN))
        start = time.process_time()
        for article in unseen:
            analyse(*article)
        self._row(
            "tokenise unseen articles, the usual forms known", (time.process_time() - start) / len(unseen), "3 allowed"
        )

    def _row(self, label: str, seconds: float, meaning: str) -> None:
        show(label, seconds * 1e3, seconds / self.tokenising, meaning)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="the full size; without it, a tenth of everything")
    print(f"{'':62} {'ms':>10} {'ratio':>8}")
    Bench(1.0 if parser.parse_args().full else 0.1).run()


if __name__ == "__main__":
    main()
