"""The kinds of tasks that live as long as the program, and what each does when its work ends or fails.

::

    service    runs until the stop; where it ends unasked it is started again, after a pause that doubles
    job        is done once; where it fails it is tried again, after a pause that doubles
    periodic   is done every so often, never twice at once; a run that fails or hangs is given up, the next one comes

All pauses and lags are counted on the monotonic clock, so setting the machine's clock moves none of them.
``supervision.Supervisor`` makes and runs them.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

from bot import metrics
from bot.errors import OperatorError, StorageError, TaskFailedError
from bot.heartbeat import Heartbeat
from bot.logs import outline
from bot.outages import Outage, is_told

Work = Callable[[], Awaitable[object]]

STEADY_SECONDS: Final = 60.0
"""A service that ran for so long before it ended counts as having been well: its failures are counted anew."""
MOST_FAILURES: Final = 6
"""Failures in a row, with half a minute of pauses between them, after which an essential service ends the program."""
FAILED_RUNS: Final = 3
"""Failed runs in a row that are a problem for ``/readyz``: one may be chance."""
LATE_SECONDS: Final = 60.0
"""How much later than its interval a periodic task may be before that is a problem for ``/readyz``."""
LONGEST_SERVICE_PAUSE: Final = 30.0
LONGEST_JOB_PAUSE: Final = 3600.0
LONGEST_RUN_PAUSE: Final = 5.0  # digests come no later than that after a run that failed
FIRST_JOB_PAUSE: Final = 5.0
FIRST_RUN_PAUSE: Final = 0.5  # the first failure costs no run of a task that comes each second

_log = logging.getLogger(__name__)


class Task:
    """A task, and how it does. ``is_watched`` says whether ``problem`` can ever name one."""

    is_watched = True

    def __init__(self, name: str, work: Work) -> None:
        self.name = name
        self.failures = 0  # in a row
        self._work = work
        metrics.declare(metrics.LOOP_FAILURES, name)

    async def problem(self) -> str | None:
        """Return what is wrong, in one line, None where all is well."""
        return None

    def lag(self) -> float:
        """Return by how many seconds the task is later than it should be."""
        return 0.0

    async def _attempt(self) -> BaseException | None:
        """Do the work and return the error that it ended by. Only a cancellation of this very task is passed on."""
        try:
            await self._work()
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return error  # something that the work waited for was cancelled, not the work
        except Exception as error:  # noqa: BLE001 - whatever it was, the others go on and this is tried again
            return error
        return None

    def _note_failure(self, error: BaseException | None, then: str) -> None:
        self.failures += 1
        metrics.LOOP_FAILURES.labels(self.name).inc()
        if error is None:
            self._tell(f"{self.name} ended unasked, {then}", "")
        elif not is_told(error):
            self._tell(f"{self.name} failed, {then}", _reason(error))

    def _tell(self, what: str, reason: str) -> None:
        _log.error("%s%s", what, f": {reason}" if reason else "")

    def _pause(self, first: float, longest: float) -> float:
        """Return the seconds to wait after that many failures in a row."""
        return min(first * 2.0 ** min(max(self.failures, 1) - 1, 20), longest)


class Lasting(Task):
    """A task that has an asyncio task of its own from its beginning to its end.

    What is ``last`` is stopped after all others.
    """

    last = False

    async def run(self) -> None:
        """Do the work for as long as the task lasts."""
        raise NotImplementedError

    def stop(self) -> bool:
        """Ask the task to end by itself; return False where it has to be cancelled."""
        return False


class Service(Lasting):
    """Work that runs until the program stops, and is begun again where it ends before.

    ``stop`` asks the work to end by itself; without it the work is cancelled. Where an ``essential`` service keeps
    failing ``run`` raises, for the program to end. ``heart`` is what the work beats whenever it comes round.
    """

    def __init__(
        self,
        name: str,
        work: Work,
        *,
        stop: Callable[[], object] | None,
        essential: bool,
        heart: Heartbeat | None,
        last: bool,
    ) -> None:
        super().__init__(name, work)
        self.last = last
        self._ask_to_stop = stop
        self._essential = essential
        self._heart = heart
        self._stopping = False
        self._ended_at: float | None = None  # while it waits to be begun again

    async def run(self) -> None:
        """Keep the work running.

        Raises:
            TaskFailedError: it is essential, and keeps failing.
        """
        while True:
            if self._heart:
                self._heart.beat()
            began = time.monotonic()
            error = await self._attempt()
            if self._stopping:
                if error is not None:
                    _log.error("%s failed while it was stopping: %s", self.name, _reason(error))
                return
            self._ended_at = time.monotonic()
            if self._ended_at - began >= STEADY_SECONDS:
                self.failures = 0
            await self._rest(error)
            self._ended_at = None

    async def _rest(self, error: BaseException | None) -> None:
        self._note_failure(error, "starts again")
        # What the database does to a task is no reason to end: a new process would find the same database.
        if self._essential and self.failures >= MOST_FAILURES and not isinstance(error, StorageError):
            raise TaskFailedError("task-failed", task=self.name, times=self.failures) from error
        await asyncio.sleep(self._pause(1.0, LONGEST_SERVICE_PAUSE))

    def stop(self) -> bool:
        """Ask the work to end by itself, where it can and does run."""
        self._stopping = True
        if self._ask_to_stop is None or self._ended_at is not None:
            return False
        self._ask_to_stop()
        return True

    async def problem(self) -> str | None:
        """Return that the service is down, or does not come round."""
        if self._ended_at is not None:
            return f"it ended {time.monotonic() - self._ended_at:.0f} s ago and is to start again"
        if self._heart and self._heart.lag():
            return f"no sign of life for {self._heart.silence():.0f} s"
        return None

    def lag(self) -> float:
        """Return for how long the service has been down, or has not come round."""
        if self._ended_at is not None:
            return time.monotonic() - self._ended_at
        return self._heart.lag() if self._heart else 0.0


class Job(Lasting):
    """Work that is done once, and tried again until it succeeds. Readers are served without it, unless ``needed``."""

    def __init__(self, name: str, work: Work, *, needed: bool) -> None:
        super().__init__(name, work)
        self.is_watched = needed
        self._began = time.monotonic()
        self._done = False

    async def run(self) -> None:
        """Do the work until it has succeeded once."""
        while (error := await self._attempt()) is not None:
            self._note_failure(error, "is tried again")
            await asyncio.sleep(self._pause(FIRST_JOB_PAUSE, LONGEST_JOB_PAUSE))
        self._done = True

    async def problem(self) -> str | None:
        """Return that what is needed has not been done."""
        return "it has not succeeded yet" if self.is_watched and not self._done else None

    def lag(self) -> float:
        """Return for how long the job has not succeeded."""
        return 0.0 if self._done else time.monotonic() - self._began


class Periodic(Task):
    """Work that is done at an ``interval``, first after one or ``at_once``. A run longer than ``longest`` is cancelled.

    The supervisor's scheduler calls ``run_once``. After a run that failed the next ones are passed over for a while.
    """

    def __init__(self, name: str, work: Work, interval: timedelta, *, at_once: bool, longest: timedelta) -> None:
        super().__init__(name, work)
        self.interval = interval
        self.at_once = at_once
        self._longest = longest.total_seconds()
        self._well_at = time.monotonic()
        self._not_before = 0.0
        self._outage = Outage(f"{name} failed, is tried again", log=_log)
        self._running: asyncio.Task[Any] | None = None

    @property
    def running(self) -> "asyncio.Task[Any] | None":
        """Return the task of the run that is on its way."""
        return self._running

    async def run_once(self) -> None:
        """Do the work once. Whatever becomes of it, nothing is raised: a cancelled run, too, ends here."""
        if time.monotonic() < self._not_before:
            return
        self._running = asyncio.current_task()
        try:
            error = await self._limited()
        except asyncio.CancelledError:  # the program stops; the scheduler would log this as an error
            return
        finally:
            self._running = None
        if error is None:
            self.failures = 0
            self._well_at = time.monotonic()
            self._outage.worked()
        else:
            self._note_failure(error, "is tried again")
            self._not_before = time.monotonic() + self._pause(FIRST_RUN_PAUSE, LONGEST_RUN_PAUSE)

    def _tell(self, what: str, reason: str) -> None:  # noqa: ARG002 - the outage has its own words
        self._outage.failed(reason)

    async def _limited(self) -> BaseException | None:
        try:
            async with asyncio.timeout(self._longest):
                return await self._attempt()
        except TimeoutError as error:
            return error

    async def problem(self) -> str | None:
        """Return that runs fail or are late."""
        if self.failures >= FAILED_RUNS:
            return f"the last {self.failures} runs failed"
        lag = self.lag()
        return (
            f"the last run that went well ended {lag + self.interval.total_seconds():.0f} s ago"
            if lag > LATE_SECONDS
            else None
        )

    def lag(self) -> float:
        """Return by how much more than its interval the last run that went well lies back."""
        return max(0.0, time.monotonic() - self._well_at - self.interval.total_seconds())


def log_failure(name: str) -> Callable[[asyncio.Task[None]], None]:
    """Return a callback for a task that its owner waits for late or never: an error that it ends by is logged.

    Not so what the database does, which tells of its outages itself.
    """

    def look(task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        if not is_told(error):
            _log.error("%s failed: %s", name, _reason(error))

    return look


def _reason(error: BaseException) -> str:
    """Return why, without a reader's words: the text of an error that is made for operators, else type and place."""
    return str(error) if isinstance(error, OperatorError) else outline(error)
