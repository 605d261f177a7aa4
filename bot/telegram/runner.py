"""Handles the inbox: chats in parallel, one chat's updates in order, each once.

::

    inbox.claim | handle (commits "done" with the change and the reply) | or inbox.fail: again, then set aside
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from bot import metrics
from bot.core.delivery import backoff
from bot.core.model import InboxUpdate
from bot.core.time_limits import ANSWER_SECONDS, HANDLING_SECONDS
from bot.errors import StorageError
from bot.heartbeat import Heartbeat
from bot.logs import outline
from bot.ports import Clock, Storage
from bot.tasks import log_failure

Handle = Callable[[InboxUpdate], Awaitable[None]]

LEASE: Final = timedelta(seconds=ANSWER_SECONDS)
"""Outlasts one handling (``HANDLING_SECONDS``), so that no update is in two hands."""
RETRIES: Final = (timedelta(seconds=1), timedelta(seconds=5))
"""When a failed update is tried again. After the last it is set aside."""
MOST_ATTEMPTS: Final = 10
"""An update that was begun so often and never ended takes the process down with it: it is set aside untried."""
ROUND_SECONDS: Final = 60.0
"""How long a round may take, the longest pause after a failure included, before that is a problem."""
LOOK_SECONDS: Final = 1.0
"""How often the inbox is looked at without being woken: for retries, and for what other processes stored."""

_log = logging.getLogger(__name__)


class InboxRunner:
    """Hands stored updates to ``handle``, at most ``parallel`` at a time.

    ``handle`` notes the update as done in its own transaction, together with all that it changes.
    """

    def __init__(self, storage: Storage, clock: Clock, handle: Handle, *, owner: str, parallel: int = 8) -> None:
        self._storage = storage
        self._clock = clock
        self._handle = handle
        self._owner = owner
        self._parallel = parallel
        self._woken = asyncio.Event()
        self._stopping = False
        self._failures = 0
        self._running: set[asyncio.Task[None]] = set()
        self.heart = Heartbeat(ROUND_SECONDS)

    def wake(self) -> None:
        """Look at the inbox now."""
        self._woken.set()

    def stop(self) -> None:
        """Take nothing new; ``run`` returns once what is being handled is finished."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Handle updates until ``stop``; cancelling cuts off what is being handled (its lease lapses)."""
        try:
            while not self._stopping:
                self.heart.beat()
                await self._round()
            if self._running:
                await asyncio.wait(self._running)
        finally:
            for task in self._running:
                task.cancel()

    async def _round(self) -> None:
        self._woken.clear()
        try:
            claimed = await self._claim()
        except StorageError:  # the database may come back
            metrics.LOOP_FAILURES.labels("inbox").inc()
            await asyncio.sleep(min(backoff(self._failures).total_seconds(), 15))
            self._failures += 1
            return
        self._failures = 0
        for update in claimed:
            task = asyncio.create_task(self._run_one(update))
            self._running.add(task)
            task.add_done_callback(self._finished)
            task.add_done_callback(log_failure(f"update {update.update_id}"))
        if not claimed:
            await self._sleep()

    async def _claim(self) -> list[InboxUpdate]:
        free = self._parallel - len(self._running)
        if free <= 0:
            return []
        async with self._storage.transaction() as unit:
            return await unit.inbox.claim(self._clock.now(), owner=self._owner, lease=LEASE, limit=free)

    async def _sleep(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._woken.wait()
        except TimeoutError:
            return

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._woken.set()

    async def _run_one(self, update: InboxUpdate) -> None:
        if update.attempts >= MOST_ATTEMPTS:
            await self._fail(update, "it never came to an end", for_good=True)
            return
        try:
            with metrics.UPDATE_SECONDS.time():
                async with asyncio.timeout(HANDLING_SECONDS):
                    await self._handle(update)
        except StorageError as error:
            await self._fail(update, type(error).__name__, for_good=False)
        except Exception as error:  # noqa: BLE001 one update's failure must stop neither its chat nor the others
            ids = {"update_id": update.update_id, "chat_id": update.chat_id}
            _log.error("update %d failed: %s", update.update_id, outline(error), extra=ids)
            await self._fail(update, type(error).__name__, for_good=update.attempts >= len(RETRIES))
        else:
            metrics.UPDATES_HANDLED.labels("done").inc()

    async def _fail(self, update: InboxUpdate, error: str, *, for_good: bool) -> None:
        """Set the update aside, or have it tried again: what the database failed is no fault of the update's."""
        now = self._clock.now()
        retry_at = None if for_good else now + RETRIES[min(update.attempts, len(RETRIES) - 1)]
        metrics.UPDATES_HANDLED.labels("set_aside" if for_good else "failed").inc()
        try:
            async with self._storage.transaction() as unit:
                await unit.inbox.fail(update.update_id, now, error=error, retry_at=retry_at)
        except StorageError:
            pass  # its lease lapses, and it is handled again then
