"""From feeds to stored, matched articles.

::

    due feeds (leased) | fetch | ``storing``: articles, what they match, the feed's headers
"""

import logging

from bot import metrics
from bot.core.addresses import host_of
from bot.core.model import Feed, Source
from bot.core.polling import Failed, Fetched, FetchResult, address
from bot.ports import Clock, FeedSource, Storage
from bot.services.fetch_places import FetchPlaces
from bot.services.health import SourceWatch
from bot.services.key_renewal import KeyRenewal
from bot.services.live_index import LiveIndex
from bot.services.pages import PageTexts
from bot.services.reach import Reach
from bot.services.stories import StoryKeeper
from bot.services.storing import DocumentStore

log = logging.getLogger(__name__)


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
        self._watch = watch
        self._reach = Reach()
        self._live = LiveIndex()
        self.renewal = KeyRenewal(storage, self._live)
        self._warm = False
        self._stories = StoryKeeper(clock)
        self._documents = DocumentStore(storage, clock, self._live, self._stories, texts)
        self.places = FetchPlaces(storage, clock, owner, self._take)

    async def warm(self) -> None:
        """Fill the index and the stories. The first tick does it; cancelling gives it up."""
        await self._live.warm(self._storage)
        await self._stories.catch_up(self._storage)
        self._warm = True

    async def problem(self) -> str | None:
        """Return that no article can be matched yet, None once it can."""
        return None if self._warm else "the topics are being read"

    async def tick(self) -> int:
        """Start on what is due, as far as there are free places; return how many feeds were begun."""
        if not self._warm:
            await self.warm()
        await self._live.refresh(self._storage)
        await self._stories.catch_up(self._storage)
        return await self.places.fill()

    async def drain(self) -> None:
        """Wait until all that was begun is stored."""
        await self.places.drain()

    async def close(self) -> None:
        """Give up what is under way; its leases lapse."""
        await self.places.close()
        if self._warm:
            await self._live.save(self._storage)

    async def _take(self, source: Source, feed: Feed) -> None:
        await self.store(source, await self._feeds.fetch(source, feed), before=feed)

    async def store(self, source: Source, result: FetchResult, *, before: Feed | None = None) -> None:
        """Write what a fetch brought, its articles and the feed's state in one transaction.

        ``before`` is the feed's state before the fetch; with it, a turn for the worse is told.
        """
        metrics.FETCHES.labels(type(result).__name__.lower()).inc()
        error = result.error if isinstance(result, Failed) else None
        self._reach.note(source, error)
        if error is not None:  # at debug: the hour's line counts the outlets that fail and names those that began to
            reason = error if source.public else error.message_id
            log.debug("feed %s failed: %s", source.id, reason, extra={"feed_id": source.id})
        if isinstance(result, Fetched):
            await self._documents.store(source, result.feed, result.document)
        else:
            async with self._storage.transaction() as unit:
                await unit.feeds.settle(result.feed, host=host_of(address(source, result.feed)))
                if self._watch and before:
                    await self._watch.note(unit, source, before, result.feed)
