"""A running process: its parts, its loops and ticks, and how it stops. ``app`` fills it."""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.feeds.outlets import Outlets
from bot.i18n import Catalogues
from bot.logs import outline
from bot.ports import Clock
from bot.pulse import Pulse
from bot.settings import Settings
from bot.storage import SqlStorage

log = logging.getLogger(__name__)

STOP_SECONDS = 10


class Role(StrEnum):
    """What a process does; any number of processes may share each on PostgreSQL."""

    UPDATES = "updates"
    INGEST = "ingest"
    DIGESTS = "digests"
    DELIVERY = "delivery"


@dataclass
class Program:
    """One running process: its parts, and the loops that are to run."""

    settings: Settings
    clock: Clock
    owner: str
    texts: Catalogues
    storage: SqlStorage
    stack: AsyncExitStack
    scheduler: AsyncIOScheduler = field(default_factory=lambda: AsyncIOScheduler(timezone="UTC"))
    loops: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    stops: list[Callable[[], object]] = field(default_factory=list)
    checks: dict[str, Callable[[], Awaitable[str | None]]] = field(default_factory=dict)
    nudge: Callable[[], None] = lambda: None
    outlets: Outlets | None = None

    def beside(self, work: Coroutine[Any, Any, object]) -> None:
        """Run the work beside the loops, until the program stops."""
        self.stops.append(asyncio.create_task(work).cancel)

    def every(
        self, name: str, work: Callable[[], Awaitable[object]], interval: timedelta, *, at_once: bool = False
    ) -> None:
        """Run the work at that interval, never twice at once; a stall delays it and skips nothing that is due.

        The first time is after one interval, or ``at_once`` when the program runs.
        """
        pulse = Pulse(name, work, interval)
        self.checks[name] = pulse.problem
        self.scheduler.add_job(
            pulse.beat,
            "interval",
            id=name,
            seconds=interval.total_seconds(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            **({"next_run_time": datetime.now(UTC)} if at_once else {}),
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Run all loops and ticks until ``stop``; what is in flight then has ten seconds to end."""
        self.scheduler.start()
        tasks: set[asyncio.Future[Any]] = {asyncio.ensure_future(loop()) for loop in self.loops}
        stopping: asyncio.Future[Any] = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait({stopping, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        for broken in done - {stopping}:
            if error := broken.exception():
                log.error("a loop broke: %s", outline(error))
        log.info("stopping")
        self.scheduler.shutdown(wait=False)
        for ask in self.stops:
            ask()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
        stopping.cancel()
        for task in done - {stopping}:
            task.result()


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    return stop
