"""Which stories a new article could belong to: an inverted index over the heaviest keys of the stories' heads."""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.core.model import LOCALES, Locale
from bot.core.story_fingerprint import Fingerprint

# An article that shares none of these with a head has a likeness far below any threshold.
_INDEXED_TERMS = 24
_INDEXED_FACTS = 16
_CANDIDATES = 24
_CANDIDATES_ACROSS = 12
_MOST_OF_A_KEY = 1_000
"""Heads, the newest, in which one key is looked up. What more stories of three days share tells hardly one from
another, and without a bound each article of a feed that repeats the same words would be held against all before it."""


# By language and key: the number of each head that has the key, and the key's weight there.
_Postings = dict[tuple[str, str], list[tuple[int, float]]]


@dataclass(frozen=True, slots=True)
class Head:
    """An article that stands for its story in its language."""

    article: Fingerprint
    story: str
    related: str
    at: datetime


class HeadIndex:
    """Heads by key, and how many ``words`` they have in all.

    Looking up takes time by how many heads share an article's rare keys, not by how many there are.
    """

    def __init__(self) -> None:
        self.words = 0
        self._heads: dict[int, Head] = {}
        self._added = 0
        self._terms: _Postings = {}
        self._facts: _Postings = {}

    def __iter__(self) -> Iterator[Head]:
        """Return the heads in the order in which they came."""
        return iter(self._heads.values())

    def add(self, head: Head) -> None:
        """Take in a head."""
        number, language = self._added, head.article.language
        self._added += 1
        self._heads[number] = head
        self.words += _words(head)
        for term, weight in _heaviest(head.article):
            self._terms.setdefault((language, term), []).append((number, weight))
        for key, weight in _rarest(head.article).items():
            self._facts.setdefault((language, key), []).append((number, weight))

    def prune(self, before: datetime) -> None:
        """Forget the heads from before then."""
        self._keep({number: head for number, head in self._heads.items() if head.at >= before})

    def drop_oldest(self, most_words: int) -> None:
        """Forget the heads that came first, until those that are left have no more than so many words."""
        kept: dict[int, Head] = {}
        words = 0
        for number, head in reversed(self._heads.items()):
            words += _words(head)
            if words > most_words:
                break
            kept[number] = head
        self._keep(dict(reversed(kept.items())))

    def _keep(self, heads: dict[int, Head]) -> None:
        self._heads, self.words = heads, sum(map(_words, heads.values()))
        self._terms, self._facts = self._kept(self._terms), self._kept(self._facts)

    def _kept(self, postings: _Postings) -> _Postings:
        kept = {key: [entry for entry in entries if entry[0] in self._heads] for key, entries in postings.items()}
        return {key: entries for key, entries in kept.items() if entries}

    def alike(self, article: Fingerprint) -> list[Head]:
        """Return the heads in the article's language that share most with it, best first."""
        found: defaultdict[int, float] = defaultdict(float)
        for term, weight in _heaviest(article):
            for number, other in self._newest(self._terms, article.language, term):
                found[number] += weight * other
        return self._best(found, _CANDIDATES)

    def alike_across(self, article: Fingerprint) -> list[Head]:
        """Return the heads in other languages that share most rare facts with the article, best first."""
        found: defaultdict[int, float] = defaultdict(float)
        others = [language for language in LOCALES if language != article.language]
        for key in _rarest(article):
            for language in others:
                for number, weight in self._newest(self._facts, language, key):
                    found[number] += weight
        return self._best(found, _CANDIDATES_ACROSS)

    def _newest(self, postings: _Postings, language: Locale, key: str) -> list[tuple[int, float]]:
        return postings.get((language, key), [])[-_MOST_OF_A_KEY:]

    def _best(self, found: dict[int, float], most: int) -> list[Head]:
        ranked = heapq.nsmallest(most, found.items(), key=lambda item: (-item[1], item[0]))
        return [self._heads[number] for number, _ in ranked]


def _words(head: Head) -> int:
    return len(head.article.terms) + len(head.article.fact_keys)


def _heaviest(article: Fingerprint) -> list[tuple[str, float]]:
    return [pair for pair, _ in zip(article.terms.items(), range(_INDEXED_TERMS), strict=False)]


def _rarest(article: Fingerprint) -> dict[str, float]:
    rarest = sorted(article.facts, key=lambda fact: -fact.weight)[:_INDEXED_FACTS]
    return {key: fact.weight for fact in rarest for key in sorted(fact.keys)}
