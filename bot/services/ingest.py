"""From feeds to stored, matched articles.

::

    due feeds (leased) | fetch | ``storing``: articles, what they match, the feed's headers
"""

import asyncio
import logging
from datetime import timedelta

from bot import metrics
from bot.core.model import Feed, Source
from bot.core.polling import Failed, Fetched, FetchResult
from bot.ports import Clock, FeedSource, Storage
from bot.services.health import SourceWatch
from bot.services.live_index import LiveIndex
from bot.services.pages import PageTexts
from bot.services.stories import StoryKeeper
from bot.services.storing import DocumentStore

log = logging.getLogger(__name__)

PARALLEL = 64  # fetches under way at once: many of them wait for their host's turn
LEASE = timedelta(seconds=120)  # outlasts a fetch (20 s), a parse (5 s), pages (15 s) and the wait for a host


class Ingest:
    """The tick that asks due feeds and stores what they bring."""

    def __init__(
        self,
        storage: Storage,
        feeds: FeedSource,
        clock: Clock,
        owner: str,
        *,
        texts: PageTexts | None = None,
        watch: SourceWatch | None = None,
    ) -> None:
        self._storage = storage
        self._feeds = feeds
        self._clock = clock
        self._owner = owner
        self._watch = watch
        self._live = LiveIndex()
        self._warm = False
        self._stories = StoryKeeper(clock)
        self._documents = DocumentStore(storage, clock, self._live, self._stories, texts)
        self._running: set[asyncio.Task[None]] = set()

    async def warm(self) -> None:
        """Fill the index and the stories. The first tick does it; cancelling gives it up."""
        await self._live.warm(self._storage)
        async with self._storage.reading() as unit:
            await self._stories.catch_up(unit)
        self._warm = True

    async def problem(self) -> str | None:
        """Return that no article can be matched yet, None once it can."""
        return None if self._warm else "the topics are being read"

    async def tick(self) -> int:
        """Start on what is due, as far as there are free places; return how many feeds were begun.

        A slow outlet holds its own place only: the others go on with the next tick.
        """
        if not self._warm:
            await self.warm()
        due = await self._claim(PARALLEL - len(self._running))
        for source, feed in due:
            task = asyncio.create_task(self._take(source, feed))
            self._running.add(task)
            task.add_done_callback(self._finished)
        return len(due)

    async def drain(self) -> None:
        """Wait until all that was begun is stored."""
        while self._running:
            await asyncio.wait(self._running)

    async def close(self) -> None:
        """Give up what is under way; its leases lapse."""
        for task in self._running:
            task.cancel()
        await self.drain()
        if self._warm:
            await self._live.keep(self._storage)

    async def _claim(self, free: int) -> list[tuple[Source, Feed]]:
        now = self._clock.now()
        async with self._storage.reading() as unit:
            await self._live.refresh(unit)
            await self._stories.catch_up(unit)
            if free <= 0 or not await unit.feeds.any_due(now):
                return []
        async with self._storage.transaction() as unit:
            return await unit.feeds.claim_due(now, owner=self._owner, lease=LEASE, limit=free)

    async def _take(self, source: Source, feed: Feed) -> None:
        await self.store(source, await self._feeds.fetch(source, feed), before=feed)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a feed could not be stored; its lease lapses and it is asked again", exc_info=error)

    async def store(self, source: Source, result: FetchResult, *, before: Feed | None = None) -> None:
        """Write what a fetch brought, its articles and the feed's state in one transaction.

        ``before`` is the feed's state before the fetch; with it, a turn for the worse is told.
        """
        metrics.FETCHES.labels(type(result).__name__.lower()).inc()
        if isinstance(result, Failed):
            log.warning("feed %s failed: %s", source.id, result.error)
        if isinstance(result, Fetched):
            await self._documents.store(source, result.feed, result.document)
        else:
            async with self._storage.transaction() as unit:
                await unit.feeds.settle(result.feed)
                if self._watch and before:
                    await self._watch.note(unit, source, before, result.feed)
