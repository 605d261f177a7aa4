"""Asks the database for a sign of life, reading and writing, so that its outage ends when it is over, and no sooner.

A question that hangs is not cancelled, which would take as long: the next look waits for it, and meanwhile the database
counts as away. So does one whose file another process keeps locked, although it can be read.
"""

import asyncio
import shutil
import time
from datetime import timedelta
from typing import Final

from bot.errors import StorageError
from bot.storage.saved_state import leave_mark
from bot.storage.storage import SqlStorage
from bot.storage.urls import sqlite_path

INTERVAL: Final = timedelta(seconds=2)
PATIENCE_SECONDS: Final = 5.0
"""A database that takes longer is away."""
LEAST_FREE: Final = 64 * 2**20
"""Bytes: what SQLite's write-ahead log may grow by at once, where a large index is kept."""


class DatabaseProbe:
    """The tick that asks. ``Storage.outage`` hears what comes of it."""

    def __init__(self, storage: SqlStorage) -> None:
        self._storage = storage
        self._question: asyncio.Task[None] | None = None
        self._asked_at = 0.0

    async def tick(self) -> None:
        """Ask, or go on waiting for the answer to what was asked before."""
        if self._question is None:
            self._asked_at = time.monotonic()
            self._question = asyncio.create_task(self._ask())
        await asyncio.wait({self._question}, timeout=PATIENCE_SECONDS)
        if not self._question.done():
            self._storage.outage.failed(f"no answer for {time.monotonic() - self._asked_at:.0f} s")
            return
        question, self._question = self._question, None
        try:
            question.result()
        except StorageError:
            return  # the storage has heard of it
        self._storage.outage.worked()

    async def _ask(self) -> None:
        """Take the right to write, which nobody else has then. In an outage write, too: a full disk still locks."""
        async with self._storage.transaction() as unit:
            if self._storage.outage.since:
                await leave_mark(unit.connection)

    async def problem(self) -> str | None:
        """Return since when the database is away, or that its disk is about to be full; None where all is well.

        On a full disk what is small still finds room, in a log that was long before, and what is large does not: so
        failures alone would not tell.

        Raises:
            StorageError: it does not, since a moment ago.
        """
        if since := self._storage.outage.since:
            return f"away since {since}"
        await self._storage.ping()
        path = sqlite_path(self._storage.engine.url)
        if path is not None and (free := shutil.disk_usage(path).free) < LEAST_FREE:
            return f"its disk has {free // 2**20} MB left"
        return None

    async def close(self) -> None:
        """Give up what was asked."""
        if self._question is not None:
            self._question.cancel()
            await asyncio.wait({self._question})
