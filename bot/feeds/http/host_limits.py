"""One request at a time to each host, and a pause after it; a host is a name and a port.

Waiting for a host is bounded in time and in the number of requests that wait, so that a slow or popular host delays
nothing but its own requests.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot import metrics
from bot.core.addresses import host_of
from bot.errors import FeedError

MOST_WAITING = 8
"""Requests that may hold a host or wait for it at a time, besides those for feeds, whose number storage bounds."""


@dataclass(slots=True)
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    free_at: float = 0.0


class HostLimits:
    """A lock for each host. ``pause`` is in seconds, from the end of a request to the start of the next."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._turns: dict[str, _Turn] = {}

    @asynccontextmanager
    async def turn(self, url: str, *, seconds: float, reserved: bool = False) -> AsyncIterator[None]:
        """Wait for the host's turn, hold it, and let the pause begin at the end.

        Args:
            url: the address that is to be asked.
            seconds: how long to wait at most.
            reserved: wait even where ``MOST_WAITING`` others do.

        Raises:
            FeedError: ``feed-host-busy``.
        """
        loop = asyncio.get_running_loop()
        key = host_of(url)
        turn = self._turns.setdefault(key, _Turn())
        if turn.waiting >= MOST_WAITING and not reserved:
            raise FeedError("feed-host-busy", seconds=0)
        turn.waiting += 1
        try:
            await self._acquire(turn, seconds)
            try:
                yield
            finally:
                turn.free_at = loop.time() + self._pause
                turn.lock.release()
        finally:
            turn.waiting -= 1
            self._drop_free(loop.time())

    async def _acquire(self, turn: _Turn, seconds: float) -> None:
        """Hold the lock, the pause over; or raise FeedError and hold nothing."""
        metrics.HOST_WAITS.inc()
        try:
            async with asyncio.timeout(seconds):
                await turn.lock.acquire()
                try:
                    if (left := turn.free_at - asyncio.get_running_loop().time()) > 0:
                        await asyncio.sleep(left)
                except BaseException:
                    turn.lock.release()
                    raise
        except TimeoutError:
            raise FeedError("feed-host-busy", seconds=round(seconds)) from None
        finally:
            metrics.HOST_WAITS.dec()

    def _drop_free(self, now: float) -> None:
        """Drop hosts whose pause is over, so that the table does not grow with all hosts ever met."""
        if len(self._turns) > 1000 or not self._pause:  # noqa: PLR2004 (a sweep is rare, and small)
            self._turns = {key: turn for key, turn in self._turns.items() if turn.waiting or turn.free_at > now}
