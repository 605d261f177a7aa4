"""Storing new and edited articles a piece at a time, so that no transaction is long, however much a document brings.

::

    articles | read, matched, made comparable, until the piece is full | topics that came meanwhile |
    one transaction: articles, postings, matches, first appearances

All that takes long is done before the transaction. That one first takes the sequence lock and then matches the topics
that are newer than those which were matched, so no article falls between an index and a new topic.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Final

from bot import metrics
from bot.core.matching.analysis import Analysis
from bot.core.matching.index.matched_topics import in_steps
from bot.core.model import NewArticle, PlacedArticle, StoredEntry, TopicMatch, TopicStory
from bot.core.shares import Amount, day_of
from bot.core.stories import Fingerprint, fingerprinting
from bot.isolation import isolated
from bot.language.data_version import keys_version
from bot.ports import Clock, Storage, Unit
from bot.services.live_index import LiveIndex
from bot.services.stepwise import TimeSlice
from bot.services.stories import KnownStories, StoryKeeper, as_told
from bot.services.topics import ANALYSES, is_fresh

ARTICLES: Final = 50
"""In one transaction at most."""
POSTINGS: Final = 10_000
"""After so many a transaction takes no more articles: they take most of its time."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that may be new or edited, and all that is to be known of it to store it.

    ``matches`` are the topics that it meets, each with its words; ``told`` is None where it cannot be compared.
    """

    article: NewArticle
    analysis: Analysis
    posting_keys: frozenset[int]
    matches: dict[int, tuple[str, ...]]
    told: Fingerprint | None


@dataclass(frozen=True, slots=True)
class Piece:
    """Articles of one feed for one transaction, and the generation up to which topics were matched."""

    candidates: Sequence[Candidate]
    generation: int

    @property
    def amount(self) -> Amount:
        """What it takes of the feed's share of a day."""
        return Amount(len(self.candidates), sum(len(candidate.posting_keys) for candidate in self.candidates))


class Pieces:
    """Prepares and stores pieces of documents."""

    def __init__(self, storage: Storage, clock: Clock, live: LiveIndex, stories: StoryKeeper) -> None:
        self._storage = storage
        self._clock = clock
        self._live = live
        self._stories = stories

    async def prepare(self, waiting: deque[NewArticle]) -> Piece:
        """Take the next articles, until there are enough for one transaction, and do with them all that takes long."""
        generation = self._live.generation
        time = TimeSlice()
        candidates: list[Candidate] = []
        postings = 0
        while waiting and len(candidates) < ARTICLES and postings < POSTINGS:
            found = await self._candidate(waiting.popleft(), time)
            if found is not None:
                candidates.append(found)
                postings += len(found.posting_keys)
        if candidates:
            generation = await self._match_newer(candidates, generation)
        return Piece(candidates, generation)

    async def store(self, piece: Piece, first: Callable[[Unit], Awaitable[bool]]) -> bool:
        """Write a piece after what ``first`` writes in the same transaction; nothing more where that returns False."""
        if not piece.candidates:
            async with self._storage.transaction() as unit:
                return await first(unit)
        async with self._stories.placing(self._storage) as stories, self._storage.transaction() as unit:
            is_wanted = await first(unit)
            if is_wanted:
                await self._write(unit, stories, piece)
            return is_wanted

    async def _candidate(self, article: NewArticle, time: TimeSlice) -> Candidate | None:
        told: Fingerprint | None = None
        with isolated("entry", _name(article), what="a story of its own"):
            told = await time.run(fingerprinting(as_told(article)))
        with isolated("entry", _name(article)):
            # Kept: readers search what has just come.
            analysis = await time.run(ANALYSES.reading(article.title, article.text, article.language))
            matches = await time.run(in_steps(self._live.index.match(analysis)))
            return Candidate(article, analysis, analysis.posting_keys, matches, told)
        return None

    async def _match_newer(self, candidates: Sequence[Candidate], generation: int) -> int:
        """Match topics that are newer than the index, beside the event loop; return the newest generation."""
        found = await self._live.meet_newer(self._storage, generation, [one.analysis for one in candidates])
        for candidate, matches in zip(candidates, found.matches, strict=True):
            candidate.matches.update(matches)
        return found.generation

    async def _write(self, unit: Unit, stories: KnownStories, piece: Piece) -> None:
        source_id, now = piece.candidates[0].article.source_id, self._clock.now()
        await unit.feeds.bring(source_id, day_of(now), piece.amount)
        first = await unit.sequences.take("seq", 0)
        newer = await unit.topics.since(piece.generation)
        found = self._live.match_newer(newer, [candidate.analysis for candidate in piece.candidates])
        for candidate, met in zip(piece.candidates, found, strict=True):
            candidate.matches.update(met)
        known = await unit.articles.known(source_id, [candidate.article.uid for candidate in piece.candidates])
        new = [candidate for candidate in piece.candidates if candidate.article.uid not in known]
        changed = [candidate for candidate in piece.candidates if candidate.article.uid in known]
        await stories.catch_up(unit)
        placed = await _place(unit, stories, new, now)
        await unit.articles.add(placed)
        metrics.ARTICLES.labels("new").inc(len(new))
        metrics.ARTICLES.labels("edited").inc(len(changed))
        matches = [
            TopicMatch(topic, article.id, reasons)
            for article, candidate in zip(placed, new, strict=True)
            for topic, reasons in candidate.matches.items()
        ]
        await unit.topics.add_matches(matches)
        appearances = [
            (topic, article)
            for article, candidate in zip(placed, new, strict=True)
            if is_fresh(candidate.article.published_at, article.stored_at)
            for topic in candidate.matches
        ]
        await unit.sequences.take("seq", len(appearances))
        await unit.topics.add_stories(
            [
                TopicStory(topic, article.story_id, number, article.stored_at)
                for number, (topic, article) in zip(count(first), appearances)
            ]
        )
        await _rewrite(unit, changed, known)


def _name(article: NewArticle) -> str:
    return f"of {article.published_at:%Y-%m-%dT%H:%MZ} of feed {article.source_id}"


async def _place(unit: Unit, stories: KnownStories, new: Sequence[Candidate], now: datetime) -> list[PlacedArticle]:
    first = await unit.sequences.take("article", len(new))
    time = TimeSlice()
    placed = []
    for number, candidate in zip(count(first), new):
        await time.pause()
        story, related = stories.place(number, candidate.told)
        keys = candidate.posting_keys
        placed.append(PlacedArticle(number, story, now, candidate.article, keys, related, keys_version()))
    return placed


async def _rewrite(unit: Unit, changed: Sequence[Candidate], known: Mapping[str, StoredEntry]) -> None:
    """Replace edited articles and what they match. What was brought stays brought: an edit is never news again."""
    for candidate in changed:
        await unit.articles.change(
            known[candidate.article.uid].article_id,
            candidate.article,
            candidate.posting_keys,
            keys_version=keys_version(),
        )
    await unit.topics.drop_matches([known[candidate.article.uid].article_id for candidate in changed])
    await unit.topics.add_matches(
        [
            TopicMatch(topic, known[candidate.article.uid].article_id, reasons)
            for candidate in changed
            for topic, reasons in candidate.matches.items()
        ]
    )
