"""A running process: its parts, its tasks, and how it stops. ``app`` fills it."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from enum import StrEnum

from bot.feeds.feed_services import FeedServices, open_feed_services
from bot.i18n import Catalogues
from bot.ports import Clock
from bot.services.activity import ActivityLog
from bot.settings import Settings
from bot.storage import SqlStorage
from bot.supervision import Supervisor


class Role(StrEnum):
    """What a process does; any number of processes may share each on PostgreSQL."""

    UPDATES = "updates"
    INGEST = "ingest"
    DIGESTS = "digests"
    DELIVERY = "delivery"


@dataclass
class Program:
    """One running process: its parts, the tasks that are to run, and what ``/readyz`` asks, by name."""

    settings: Settings
    clock: Clock
    owner: str
    texts: Catalogues
    storage: SqlStorage
    stack: AsyncExitStack
    activity: ActivityLog
    supervisor: Supervisor = field(default_factory=Supervisor)
    checks: dict[str, Callable[[], Awaitable[str | None]]] = field(default_factory=dict)
    nudge: Callable[[], None] = lambda: None
    feeds: FeedServices | None = None

    async def open_feeds(self) -> FeedServices:
        """Open the way to feeds, once for all roles of this process."""
        if self.feeds is None:
            self.feeds = await self.stack.enter_async_context(open_feed_services(self.settings, self.clock))
        return self.feeds


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    return stop
