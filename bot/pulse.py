"""A tick that says when it is late."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot import metrics
from bot.errors import StorageError
from bot.logs import outline

log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=60)  # a tick that has not ended for so long, beyond its interval, is a problem
FAILURES = 3  # failures in a row that are a problem: one may be chance


class Pulse:
    """Runs a tick's work, outlives its failures, and knows when it last went well."""

    def __init__(self, name: str, work: Callable[[], Awaitable[object]], interval: timedelta) -> None:
        self._name = name
        self._work = work
        self._limit = (interval + PATIENCE).total_seconds()
        self._well_at = asyncio.get_running_loop().time()
        self._failures = 0
        metrics.declare(metrics.LOOP_FAILURES, name)

    async def beat(self) -> None:
        """Do the work once; a failure is logged, and the next beat tries again."""
        try:
            await self._work()
        except StorageError as error:  # the database may come back
            self._note_failure()
            log.error("%s failed and will be tried again: %s", self._name, error)  # noqa: TRY400 - it is named
        except Exception as error:  # noqa: BLE001 - a tick must come again, whatever went wrong in this one
            self._note_failure()
            log.error("%s failed and will be tried again: %s", self._name, outline(error))  # noqa: TRY400 - see outline
        else:
            self._failures = 0
            self._well_at = asyncio.get_running_loop().time()

    async def problem(self) -> str | None:
        """Return that the tick fails or is late, None where all is well."""
        if self._failures >= FAILURES:
            return f"the last {self._failures} ticks failed"
        late = asyncio.get_running_loop().time() - self._well_at
        return f"the last tick that went well was {late:.0f} s ago" if late > self._limit else None

    def _note_failure(self) -> None:
        self._failures += 1
        metrics.LOOP_FAILURES.labels(self._name).inc()
