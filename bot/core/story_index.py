"""Which stories a new article could belong to: an inverted index over the heaviest keys of the stories' heads."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.core.story_fingerprint import Fingerprint

# An article that shares none of these with a head has a cosine far below any threshold.
_INDEXED_TERMS = 24
_CANDIDATES = 40
_CANDIDATES_ACROSS = 20
_MIN_WEIGHT = 3.0  # names of a fifth of all articles («Казахстан») find nothing


@dataclass(frozen=True, slots=True)
class Head:
    """An article that stands for its story in its language."""

    article: Fingerprint
    story: str
    related: str
    at: datetime


class HeadIndex:
    """Heads by key. Looking up takes time by how many heads share an article's rare keys, not by how many there are."""

    def __init__(self, heads: Iterable[Head] = ()) -> None:
        self._heads: list[Head] = []
        self._terms: defaultdict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
        self._facts: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for head in heads:
            self.add(head)

    def __iter__(self) -> Iterator[Head]:
        """Return the heads in the order in which they came."""
        return iter(self._heads)

    def add(self, head: Head) -> None:
        """Take in a head."""
        number = len(self._heads)
        self._heads.append(head)
        for term, weight in _heaviest(head.article):
            self._terms[head.article.language, term].append((number, weight))
        for key, weight in _rare_facts(head.article).items():
            self._facts[key].append((number, weight))

    def alike(self, article: Fingerprint) -> list[Head]:
        """Return the heads in the article's language that share most with it, best first."""
        found: defaultdict[int, float] = defaultdict(float)
        for term, weight in _heaviest(article):
            for number, other in self._terms.get((article.language, term), ()):
                found[number] += weight * other
        return self._best(found, _CANDIDATES)

    def alike_across(self, article: Fingerprint) -> list[Head]:
        """Return the heads in other languages that share most rare facts with the article, best first."""
        found: defaultdict[int, float] = defaultdict(float)
        for key in _rare_facts(article):
            for number, weight in self._facts.get(key, ()):
                if self._heads[number].article.language != article.language:
                    found[number] += weight
        return self._best(found, _CANDIDATES_ACROSS)

    def _best(self, found: dict[int, float], most: int) -> list[Head]:
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most]
        return [self._heads[number] for number, _ in ranked]


def _heaviest(article: Fingerprint) -> list[tuple[str, float]]:
    return [pair for pair, _ in zip(article.terms.items(), range(_INDEXED_TERMS), strict=False)]


def _rare_facts(article: Fingerprint) -> dict[str, float]:
    return {key: fact.weight for fact in article.facts if fact.weight >= _MIN_WEIGHT for key in fact.keys}
