"""Which feeds are asked now: a bounded number at a time, few of them of one host, and not all of them readers'.

::

    due feeds | of a host with a free place | as many as there are places: leased | each in a task of its own

A feed whose host is busy is not leased: it holds no place while it waits, and comes up when its host is free. So a host
that is slow costs its own feeds time, and nobody else.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot import metrics
from bot.core.addresses import host_of
from bot.core.model import Feed, Source
from bot.core.polling import address, put_off
from bot.errors import FeedError, StorageError
from bot.isolation import set_aside
from bot.ports import Clock, Storage
from bot.tasks import log_failure

PLACES = 64
"""Feeds that are asked, read or stored at a time."""
OWN_PLACES = 48
"""So many of them may be feeds that readers added: the rest stays free for the catalogue."""
AT_HOST = 4
"""So many of them may be of one host, over all processes: one is asked, the others come at once after it."""
LEASE = timedelta(seconds=120)
"""Outlasts a fetch with all that belongs to it (60 s), pages (15 s) and storing."""
OVERDUE = timedelta(minutes=10)
"""A feed that waits longer although its host is free is a problem: the places are all taken, for too long."""
LINGER = 0.9
"""Seconds that a look goes on filling places which become free, where feeds had to wait: less than a tick."""
_GATHER = 0.05  # seconds between two claims of one look, so that feeds which end together cost one

Take = Callable[[Source, Feed], Awaitable[None]]


class FetchPlaces:
    """Leases due feeds and hands each to ``take``, which settles it."""

    def __init__(self, storage: Storage, clock: Clock, owner: str, take: Take) -> None:
        self._storage = storage
        self._clock = clock
        self._owner = owner
        self._take = take
        self._running: dict[asyncio.Task[None], Source] = {}
        self._more = False  # whether the last look left feeds that are due
        self._waiting_since: datetime | None = None  # for a place, not for a host
        self._started = clock.now()
        self._closed = False

    async def problem(self) -> str | None:
        """Return that feeds wait too long for a place, None where they do not. A slow host's own feeds do not count."""
        if self._waiting_since is None:
            return None
        waited = self._clock.now() - max(self._waiting_since, self._started)
        if waited < OVERDUE:
            return None
        return f"feeds wait for {waited.total_seconds():.0f} s: {len(self._running)} of {PLACES} places are taken"

    async def fill(self) -> int:
        """Start on what is due, as far as there are places; return how many feeds were begun.

        Where feeds had to wait for a place or for their host, it goes on for ``LINGER`` seconds and gives away the
        places that become free.
        """
        time = asyncio.get_running_loop().time
        until = time() + LINGER
        begun = await self._begin()
        while self._more and self._running and (left := until - time()) > 0:
            done, _ = await asyncio.wait(self._running, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            if done:
                await asyncio.sleep(_GATHER)
                begun += await self._begin()
        return begun

    async def drain(self) -> None:
        """Wait until all that was begun is stored."""
        while self._running:
            await asyncio.wait(self._running)

    async def close(self) -> None:
        """Give up what is under way; its leases lapse."""
        self._closed = True
        for task in self._running:
            task.cancel()
        await self.drain()

    async def _begin(self) -> int:
        due = [] if self._closed else await self._claim()
        for source, feed in due:
            task = asyncio.create_task(self._run(source, feed))
            self._running[task] = source
            task.add_done_callback(self._finished)
            task.add_done_callback(log_failure(f"feed {source.id}"))
        metrics.FETCHES_IN_FLIGHT.set(len(self._running))
        return len(due)

    async def _claim(self) -> list[tuple[Source, Feed]]:
        """Lease what is due and fits, and note whether something has to wait, and since when it waits for a place."""
        now = self._clock.now()
        free = PLACES - len(self._running)
        own = min(free, OWN_PLACES - self._own())
        async with self._storage.reading() as unit:
            self._more = await unit.feeds.due_since(now) is not None
            if not self._more:
                self._waiting_since = None
                return []
            catalogue = await unit.feeds.claimable_since(now, public=True, at_host=AT_HOST)
            readers = await unit.feeds.claimable_since(now, public=False, at_host=AT_HOST)
        due: list[tuple[Source, Feed]] = []
        if (catalogue and free > 0) or (readers and own > 0):
            async with self._storage.transaction() as unit:
                due = await unit.feeds.claim_due(
                    now, owner=self._owner, lease=LEASE, limit=free, own=own, at_host=AT_HOST
                )
                self._more = await unit.feeds.due_since(now) is not None
        full = len(due) >= free
        full_of_own = full or sum(not source.public for source, _ in due) >= own
        waiting = (catalogue if full else None, readers if full_of_own else None)
        self._waiting_since = min(filter(None, waiting), default=None)
        return due

    async def _run(self, source: Source, feed: Feed) -> None:
        try:
            await self._take(source, feed)
        except StorageError:  # the database may come back: the lease lapses, and the feed is asked again
            raise
        except Exception as error:  # noqa: BLE001 - one feed's failure must neither stop others nor hold its host's place
            set_aside("feed", source.id, error, what="not stored, asked again after a pause")
            later = put_off(feed, FeedError("feed-not-stored"), now=self._clock.now())
            async with self._storage.transaction() as unit:
                await unit.feeds.settle(later, host=host_of(address(source, feed)))

    def _own(self) -> int:
        return sum(not source.public for source in self._running.values())

    def _finished(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        metrics.FETCHES_IN_FLIGHT.set(len(self._running))
