"""Which articles tell the same story.

Online: an article is placed when it arrives, against the stories of the last days, and its story never changes
afterwards. Two circles are drawn: ``story``, what a digest folds into one entry (few wrong merges), and ``related``,
what "More on this" shows.

A story is known by its first article in each language, its heads; a newcomer is compared with the heads alone. So a
story cannot drift: whatever is in it is like an article that began it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.core.story_fingerprint import Fingerprint, StoryInput, fingerprint, fingerprinting
from bot.core.story_index import Head, HeadIndex
from bot.core.story_likeness import likeness, likeness_across

__all__ = ["Fingerprint", "Place", "StoryBook", "StoryInput", "fingerprint", "fingerprinting", "group"]

WINDOW = timedelta(hours=72)
MOST_WORDS = 1_500_000
"""Of all heads: 11,000 of usual news, which three days of fifty outlets do not come to, some 150 MB."""
# Likeness from which two articles tell one story, or are related. Set on judged pairs: at STORY about nine merges in
# ten are right and more than half are found, at RELATED precision and recall are about equal. Figures: docs/stories.md.
STORY = 0.48
RELATED = 0.36
STORY_ACROSS = 0.41
RELATED_ACROSS = 0.28
_PRUNE_EVERY = timedelta(hours=6)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # before any news feed


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article belongs: the ids of the first article of its story, and of the wider group."""

    story: str
    related: str


class StoryBook:
    """The stories of the last days, in memory. For one thread."""

    def __init__(self, window: timedelta = WINDOW, most_words: int = MOST_WORDS) -> None:
        self._window = window
        self._most_words = most_words
        self._index = HeadIndex()
        self._stories: dict[str, dict[str, Head]] = {}  # by story, by language
        self._places: dict[str, tuple[datetime, Place]] = {}
        self._latest = _LONG_AGO
        self._pruned = _LONG_AGO

    def __len__(self) -> int:
        """Return how many articles the book remembers."""
        return len(self._places)

    def __contains__(self, article_id: str) -> bool:
        """Say whether the book remembers an article."""
        return article_id in self._places

    def place(self, article: StoryInput | Fingerprint) -> Place:
        """Return the place of an article, for good. One that was placed before keeps its place.

        An article without a date counts as just published.
        """
        if article.id in self._places:
            return self._places[article.id][1]
        newcomer = _fingerprint(article)
        found = self._find(newcomer) or Place(newcomer.id, newcomer.id)
        self.remember(newcomer, found)
        return found

    def remember(self, article: StoryInput | Fingerprint, place: Place) -> None:
        """Take in an article with the place that it was given before, to fill a book again after a restart."""
        newcomer = _fingerprint(article)
        self._latest = max(self._latest, newcomer.published or _LONG_AGO)
        at = newcomer.published or self._latest
        self._places[newcomer.id] = (at, place)
        heads = self._stories.setdefault(place.story, {})
        if newcomer.language not in heads:
            heads[newcomer.language] = Head(newcomer, place.story, place.related, at)
            self._index.add(heads[newcomer.language])
        if self._index.words > self._most_words:
            self._index.drop_oldest(self._most_words // 2)
            self._know_heads()
        if self._latest - self._pruned > self._window + _PRUNE_EVERY:
            self.prune(self._latest - self._window)

    def prune(self, before: datetime) -> None:
        """Forget articles published before then; a story is forgotten with the last of its heads."""
        self._pruned = before
        self._places = {key: entry for key, entry in self._places.items() if entry[0] >= before}
        self._index.prune(before)
        self._know_heads()

    def _know_heads(self) -> None:
        self._stories = {}
        for head in self._index:
            self._stories.setdefault(head.story, {})[head.article.language] = head

    def _find(self, newcomer: Fingerprint) -> Place | None:
        heads = self._comparable(newcomer)
        story = _best(newcomer, heads, STORY, STORY_ACROSS)
        if story is not None:
            return Place(story.story, story.related)
        first = (head for head in heads if head.story == head.related)
        related = _best(newcomer, first, RELATED, RELATED_ACROSS)
        return None if related is None else Place(newcomer.id, related.related)

    def _comparable(self, newcomer: Fingerprint) -> list[Head]:
        """Return the heads that the newcomer may be like; of a story told in its language, that head alone."""
        at = newcomer.published or self._latest
        across = [
            head for head in self._index.alike_across(newcomer) if newcomer.language not in self._stories[head.story]
        ]
        heads = [*self._index.alike(newcomer), *across]
        return [head for head in heads if abs(head.at - at) <= self._window]


def group(articles: Sequence[StoryInput]) -> list[Place]:
    """Return the place of each article, in the order given, as if they had come in the order of publication.

    Articles without a date come last, equal ones in the order given.
    """
    book = StoryBook()
    order = sorted(range(len(articles)), key=lambda at: (articles[at].published is None, articles[at].published or at))
    placed = {at: book.place(articles[at]) for at in order}
    return [placed[at] for at in range(len(articles))]


def _fingerprint(article: StoryInput | Fingerprint) -> Fingerprint:
    return article if isinstance(article, Fingerprint) else fingerprint(article)


def _best(newcomer: Fingerprint, heads: Iterable[Head], within: float, across: float) -> Head | None:
    """Return the head by which the newcomer passes its threshold most, the first of equals; None if there is none."""
    best: Head | None = None
    most = 1.0
    for head in heads:
        measure, threshold = _scale(newcomer, head, within, across)
        passed = measure(newcomer, head.article) / threshold
        if passed >= most and (best is None or passed > most):
            best, most = head, passed
    return best


def _scale(
    newcomer: Fingerprint, head: Head, within: float, across: float
) -> tuple[Callable[[Fingerprint, Fingerprint], float], float]:
    if newcomer.language == head.article.language:
        return likeness, within
    return likeness_across, across
