"""One supervisor for all tasks that live as long as the program: it starts them, keeps them running, and ends them.

No such task is started any other way, so none can end unseen. What each kind does when its work ends: ``bot.tasks``.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot import metrics
from bot.heartbeat import Heartbeat
from bot.tasks import Job, Lasting, Periodic, Service, Task, Work

STOP_SECONDS: Final = 10.0
"""How long services may take to finish what is in flight once the program stops."""
LONGEST_RUN: Final = timedelta(minutes=10)
"""After this long a run of a periodic task is cancelled: it waits for something that does not come."""
_TOLERANCE: Final = timedelta(seconds=1)  # the machine's clock is slewed, and read at two moments
_CANCEL_SECONDS: Final = 3.0  # how long a cancelled task may take to end

_log = logging.getLogger(__name__)


class Supervisor:
    """All tasks of a program."""

    def __init__(self) -> None:
        self.linger = 0.0
        """Seconds: see ``service``."""
        self.stopping = False
        self._tasks: list[Task] = []

    @property
    def tasks(self) -> tuple[Task, ...]:
        """Return the tasks, in the order in which they are started."""
        return tuple(self._tasks)

    def service(
        self,
        name: str,
        work: Work,
        *,
        stop: Callable[[], object] | None = None,
        essential: bool = False,
        heart: Heartbeat | None = None,
        last: bool = False,
    ) -> None:
        """Keep the work running until the program stops.

        Args:
            name: what it is called in logs, in metrics and in ``/readyz``.
            work: may be begun again after it has ended by an error.
            stop: asks the work to end by itself; without it the work is cancelled.
            essential: where it keeps failing the program ends.
            heart: what the work beats whenever it comes round.
            last: stopped once all others have ended, and no sooner than ``linger`` after the stop began.
        """
        self._tasks.append(Service(name, work, stop=stop, essential=essential, heart=heart, last=last))

    def job(self, name: str, work: Work, *, needed: bool = False) -> None:
        """Do the work once, beside everything else, again and again until it succeeds.

        While what is ``needed`` has not succeeded that is a problem for ``/readyz``.
        """
        self._tasks.append(Job(name, work, needed=needed))

    def every(
        self, name: str, work: Work, interval: timedelta, *, at_once: bool = False, longest: timedelta = LONGEST_RUN
    ) -> None:
        """Do the work at that interval, first after one, or ``at_once``; a stall delays it.

        A run that has not ended after ``longest`` is cancelled, so the next run must go on where one was cut off.
        """
        self._tasks.append(Periodic(name, work, interval, at_once=at_once, longest=longest))

    async def problem(self) -> str | None:
        """Return that the program is stopping: a balancer is to send nothing more here."""
        return "the program is stopping" if self.stopping else None

    def report(self) -> None:
        """Bring the metric of lags up to date."""
        for task in self._tasks:
            metrics.TASK_LAG.labels(task.name).set(task.lag())

    async def run(self, stop: asyncio.Event) -> None:
        """Run all tasks until ``stop``; what is in flight then has ten seconds to end.

        Raises:
            TaskFailedError: an essential service kept failing; the others were ended in order.
        """
        lasting = {
            asyncio.create_task(task.run(), name=task.name): task for task in self._tasks if isinstance(task, Lasting)
        }
        periodic = [task for task in self._tasks if isinstance(task, Periodic)]
        scheduler = _scheduled(periodic)
        stopping = asyncio.create_task(stop.wait())
        waited: set[asyncio.Task[object]] = {stopping, *lasting}
        try:
            while not stopping.done():
                done, waited = await asyncio.wait(waited, timeout=1.0, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()  # nothing of a job that is done; of an essential service, why the program has to end
                _bring_back(scheduler)
        finally:
            _log.info("stopping")
            self.stopping = True
            until = time.monotonic() + self.linger
            stopping.cancel()
            scheduler.pause()
            last = {task: how for task, how in lasting.items() if how.last}
            first = {task: how for task, how in lasting.items() if not how.last}
            await _end(first, [task.running for task in periodic if task.running])
            if last:
                await asyncio.sleep(until - time.monotonic())
                await _end(last, [])
            scheduler.shutdown(wait=False)


class _FromNow(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """Fires an interval after it last fired. It has no backlog, so a clock that was set a month ahead makes none."""

    def __init__(self, interval: timedelta) -> None:
        self.interval = interval

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """Return when to fire next."""
        return now + self.interval


def _bring_back(scheduler: AsyncIOScheduler) -> None:
    """Make due what lies further ahead than its interval: it was planned while the machine's clock was set ahead."""
    now = datetime.now(UTC)
    for job in scheduler.get_jobs():
        if job.next_run_time > now + job.trigger.interval + _TOLERANCE:
            job.modify(next_run_time=now)


def _scheduled(tasks: Sequence[Periodic]) -> AsyncIOScheduler:
    """Return a scheduler that runs the tasks, each never twice at once; a stall delays them, and skips none."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.start()
    now = datetime.now(UTC)
    for task in tasks:
        scheduler.add_job(
            task.run_once,
            _FromNow(task.interval),
            id=task.name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=now if task.at_once else now + task.interval,
        )
    return scheduler


async def _end(lasting: Mapping[asyncio.Task[None], Lasting], runs: Sequence[asyncio.Task[None]]) -> None:
    """Let services finish, cancel the rest, and wait for all of them, with a limit."""
    alive = {task for task in lasting if not task.done()}
    finishing = {task for task in alive if lasting[task].stop()}
    for task in (alive - finishing) | set(runs):
        task.cancel()
    if finishing:
        await asyncio.wait(finishing, timeout=STOP_SECONDS)
    for task in finishing:
        task.cancel()  # nothing where it has ended
    if ending := alive | set(runs):
        _, stuck = await asyncio.wait(ending, timeout=_CANCEL_SECONDS)
        for task in stuck:
            _log.error("%s did not end when it was cancelled", task.get_name())
