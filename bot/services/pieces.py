"""Storing new and edited articles a piece at a time, so that no transaction is long, however much a document brings.

::

    articles | read, matched, made comparable, until the piece is full | topics that came meanwhile |
    one transaction: articles, postings, matches, first appearances

All that takes long is done before the transaction. That one first takes the sequence lock and then matches the topics
that are newer than those which were matched, so no article falls between an index and a new topic.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Final

from bot import metrics
from bot.core.decide import without_hashes
from bot.core.matching.analysis import Analysis
from bot.core.matching.index.matched_topics import in_steps
from bot.core.model import NewArticle, PlacedArticle, StoredEntry
from bot.core.shares import Amount, day_of
from bot.core.stories import Fingerprint, fingerprinting
from bot.isolation import isolated
from bot.language.data_version import keys_version
from bot.ports import Clock, Storage, Unit
from bot.services import match_rows
from bot.services.live_index import LiveIndex
from bot.services.match_rows import MatchRow, News
from bot.services.stepwise import TimeSlice
from bot.services.stories import KnownStories, StoryKeeper, as_told
from bot.services.topics import ANALYSES, is_fresh

ARTICLES: Final = 50
"""In one transaction at most."""
POSTINGS: Final = 3_000
"""After so many a transaction takes no more articles: they take most of its time."""

Step = Callable[[Unit], Awaitable[bool]]


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
        """What it takes of the feed's share of a day: a topic that an article meets is a row as a key is."""
        return Amount(len(self.candidates), sum(len(one.posting_keys) + len(one.matches) for one in self.candidates))


@dataclass(slots=True)
class Rest:
    """What is still to be written of a piece, and the articles that are finished only then, by id."""

    rows: list[MatchRow]
    unfinished: Mapping[int, NewArticle]


class Pieces:
    """Prepares and stores pieces of documents."""

    def __init__(self, storage: Storage, clock: Clock, live: LiveIndex, stories: StoryKeeper) -> None:
        self._storage = storage
        self._clock = clock
        self._live = live
        self._stories = stories

    async def prepare(self, waiting: deque[NewArticle], time: TimeSlice) -> Piece:
        """Take the next articles, until there are enough for one transaction, and do with them all that takes long."""
        generation = self._live.generation
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

    async def store(self, piece: Piece, hold: Step, close: Step | None) -> bool:
        """Write a piece; return False where its feed is not wanted any more.

        ``hold`` or, with the last piece, ``close`` runs first in the transaction, and says so. Where the articles meet
        more topics than are written at once, ``close`` waits for the last of them: until then the articles count as
        unfinished, and a process that takes the document up again begins anew with them.
        """
        if not piece.candidates:
            return close is None or await self._alone(close)
        is_small = sum(len(candidate.matches) for candidate in piece.candidates) <= match_rows.MOST
        first, close = (close or hold, None) if is_small else (hold, close)
        async with self._stories.placing(self._storage) as stories, self._storage.transaction() as unit:
            if not await first(unit):
                return False
            rest = await self._write(unit, stories, piece)
        while rest.rows:
            rows, rest.rows = rest.rows[: match_rows.MOST], rest.rows[match_rows.MOST :]
            async with self._storage.transaction() as unit:
                if not await hold(unit):
                    return False
                await match_rows.write(unit, rows)
                if not rest.rows:
                    await unit.articles.finish(rest.unfinished)
        return close is None or await self._alone(close)

    async def _alone(self, step: Step) -> bool:
        async with self._storage.transaction() as unit:
            return await step(unit)

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

    async def _write(self, unit: Unit, stories: KnownStories, piece: Piece) -> Rest:
        """Write the articles and as many of the topics that they meet as one transaction takes; return the rest."""
        source_id, now = piece.candidates[0].article.source_id, self._clock.now()
        await unit.feeds.bring(source_id, day_of(now), piece.amount)
        await unit.sequences.take("seq", 0)
        newer = await unit.topics.since(piece.generation)
        found = self._live.match_newer(newer, [candidate.analysis for candidate in piece.candidates])
        for candidate, met in zip(piece.candidates, found, strict=True):
            candidate.matches.update(met)
        known = await unit.articles.known(source_id, [candidate.article.uid for candidate in piece.candidates])
        new = [candidate for candidate in piece.candidates if candidate.article.uid not in known]
        changed = {
            known[candidate.article.uid]: candidate for candidate in piece.candidates if candidate.article.uid in known
        }
        await stories.catch_up(unit)
        placed = await _place(unit, stories, new, now)
        metrics.ARTICLES.labels("new").inc(len(new))
        metrics.ARTICLES.labels("edited").inc(len(changed))
        rows = [*await _rows_of_changed(unit, changed, now)]
        for article, candidate in zip(placed, new, strict=True):
            news = News(article.story_id, now) if is_fresh(candidate.article.published_at, now) else None
            rows += match_rows.rows_of(article.id, candidate.matches, news=news)
        unfinished = {row.article_id for row in rows[match_rows.MOST :]}
        await unit.articles.add([_unfinished(one) if one.id in unfinished else one for one in placed])
        for entry, candidate in changed.items():
            edited = without_hashes(candidate.article) if entry.article_id in unfinished else candidate.article
            keys = candidate.posting_keys
            await unit.articles.change(entry.article_id, edited, keys, keys_version=keys_version())
        await match_rows.write(unit, rows[: match_rows.MOST])
        ids = {entry.article_id: candidate.article for entry, candidate in changed.items()}
        ids |= {one.id: one.article for one in placed}
        return Rest(rows[match_rows.MOST :], {each: ids[each] for each in unfinished})


async def _rows_of_changed(unit: Unit, changed: Mapping[StoredEntry, Candidate], now: datetime) -> list[MatchRow]:
    """Return what edited articles meet and what they no longer do. An edit is never news again.

    What was not finished is: where it has appeared already, that stays as it is.
    """
    if not changed:
        return []
    before = await unit.topics.met_by([entry.article_id for entry in changed])
    unfinished = [entry.article_id for entry in changed if not entry.content_hash]
    stories = await unit.articles.story_ids(unfinished) if unfinished else {}
    rows: list[MatchRow] = []
    for entry, candidate in changed.items():
        is_news = entry.article_id in stories and is_fresh(candidate.article.published_at, now)
        news = News(stories[entry.article_id], now) if is_news else None
        number = entry.article_id
        rows += match_rows.rows_of(number, candidate.matches, before=before.get(number, ()), news=news)
    return rows


def _unfinished(placed: PlacedArticle) -> PlacedArticle:
    return replace(placed, article=without_hashes(placed.article))


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
