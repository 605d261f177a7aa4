"""Each stored update is handled once, chats in parallel, one chat's in order, whatever a handler does."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.model import InboxUpdate
from bot.errors import StorageError
from bot.ports import Clock
from bot.storage import SqlStorage
from bot.telegram import runner as runner_module
from bot.telegram.runner import MOST_ATTEMPTS, InboxRunner


class Handler:
    """Handles updates as a test says, and notes them as done as a real one does."""

    def __init__(self, storage: SqlStorage) -> None:
        self.storage = storage
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.most = 0
        self.act: Callable[[InboxUpdate], Awaitable[None]] | None = None

    async def __call__(self, update: InboxUpdate) -> None:
        """Handle."""
        self.begun.append(update.update_id)
        self.most = max(self.most, len(self.begun) - len(self.ended))
        try:
            if self.act is not None:
                await self.act(update)
            async with self.storage.transaction() as unit:
                await unit.inbox.done(update.update_id, datetime.now(UTC))
        finally:
            self.ended.append(update.update_id)


@asynccontextmanager
async def running(runner: InboxRunner) -> AsyncIterator[InboxRunner]:
    """Run in the background and stop gracefully."""
    task = asyncio.create_task(runner.run())
    try:
        yield runner
    finally:
        runner.stop()
        await asyncio.wait_for(task, 10)


async def store(storage: SqlStorage, *updates: tuple[int, int | None], payload: str = "{}") -> None:
    """Store updates, given as (update id, chat id)."""
    now = datetime.now(UTC)
    async with storage.transaction() as unit:
        await unit.inbox.store([InboxUpdate(update, chat, payload, now) for update, chat in updates])


async def until(found: Callable[[], bool]) -> None:
    """Wait until that holds; fail after ten seconds."""
    async with asyncio.timeout(10):
        while not found():  # noqa: ASYNC110 a handler is no event
            await asyncio.sleep(0.01)


async def test_order_and_parallelism(storage: SqlStorage, clock: Clock):
    """One chat's updates are handled one after another in their order; others run beside them, within the bound."""
    handler = Handler(storage)
    running_in: set[int | None] = set()
    overlaps = []

    async def act(update: InboxUpdate) -> None:
        overlaps.append(update.chat_id in running_in)
        running_in.add(update.chat_id)
        await asyncio.sleep(0.01)
        running_in.discard(update.chat_id)

    handler.act = act
    await store(storage, *((number, number % 6) for number in range(1, 61)))

    async with running(InboxRunner(storage, clock, handler, owner="a", parallel=4)):
        await until(lambda: len(handler.ended) == 60)

    assert not any(overlaps)
    assert 1 < handler.most <= 4
    assert sorted(handler.begun) == list(range(1, 61))
    for chat in range(6):
        own = [update for update in handler.begun if update % 6 == chat]
        assert own == sorted(own)


async def test_woken_at_once(storage: SqlStorage, clock: Clock):
    """A stored update is handled at once after ``wake``, and soon without it."""
    handler = Handler(storage)

    async with running(InboxRunner(storage, clock, handler, owner="a")) as runner:
        await asyncio.sleep(0.1)
        await store(storage, (1, 5))
        runner.wake()
        started = asyncio.get_running_loop().time()
        await until(lambda: len(handler.ended) == 1)
        assert asyncio.get_running_loop().time() - started < 0.3

        await store(storage, (2, 5))
        await until(lambda: len(handler.ended) == 2)


async def test_an_update_waits_for_the_database(storage: SqlStorage, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    """What the database fails is tried again beyond the retries: an outage sets no reader's words aside."""
    monkeypatch.setattr(runner_module, "RETRIES", (timedelta(0), timedelta(0)))
    handler = Handler(storage)

    async def act(_: InboxUpdate) -> None:
        if len(handler.begun) < 6:
            raise StorageError("database-unusable", url="sqlite:///x", reason="database or disk is full")

    handler.act = act
    await store(storage, (1, 5))

    async with running(InboxRunner(storage, clock, handler, owner="a")):
        await until(lambda: len(handler.ended) == 6)

    assert handler.begun == [1] * 6


async def test_failing_update_is_set_aside(
    storage: SqlStorage, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """An update that fails is tried twice more, then set aside; its chat goes on; the log has no reader's words."""
    monkeypatch.setattr(runner_module, "RETRIES", (timedelta(0), timedelta(0)))
    caplog.set_level(logging.ERROR)
    handler = Handler(storage)

    async def act(update: InboxUpdate) -> None:
        if update.update_id == 1:
            raise LookupError(update.payload)

    handler.act = act
    await store(storage, (1, 5), (2, 5), (3, None), payload='{"text":"secret words"}')

    async with running(InboxRunner(storage, clock, handler, owner="a")):
        await until(lambda: 2 in handler.ended and 3 in handler.ended)

    assert handler.begun.count(1) == 3
    assert handler.begun[-1] == 2
    assert "update 1 failed" in caplog.text
    assert "secret" not in caplog.text


async def test_killed_in_between(storage: SqlStorage, clock: Clock):
    """An update whose handling was cut off is handled again when its lease lapses."""
    handler = Handler(storage)
    hanging = asyncio.Event()

    async def act(_: InboxUpdate) -> None:
        hanging.set()
        await asyncio.Event().wait()

    handler.act = act
    await store(storage, (1, 5))
    task = asyncio.create_task(InboxRunner(storage, clock, handler, owner="a").run())
    await hanging.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    handler.act = None

    class Later:
        """A clock two minutes ahead."""

        def now(self) -> datetime:
            """Return the instant."""
            return datetime.now(UTC) + timedelta(minutes=2)

    async with running(InboxRunner(storage, Later(), handler, owner="b")):
        await until(lambda: len(handler.begun) == 2)

    assert handler.ended[-1] == 1


async def test_update_that_never_ends(storage: SqlStorage):
    """An update that took the process down many times is set aside untried."""
    handler = Handler(storage)
    await store(storage, (1, 5), (2, 5))
    later = datetime.now(UTC) - timedelta(days=1)
    for _ in range(MOST_ATTEMPTS):
        later += timedelta(minutes=2)
        async with storage.transaction() as unit:
            await unit.inbox.claim(later + timedelta(days=1), owner="a", lease=timedelta(seconds=1), limit=1)

    class Later:
        """A clock an hour ahead."""

        def now(self) -> datetime:
            """Return the instant."""
            return datetime.now(UTC) + timedelta(hours=1)

    async with running(InboxRunner(storage, Later(), handler, owner="b")):
        await until(lambda: 2 in handler.ended)

    assert handler.begun == [2]


async def test_graceful_stop(storage: SqlStorage, clock: Clock):
    """A stop finishes what is being handled and begins nothing new."""
    handler = Handler(storage)

    async def act(_: InboxUpdate) -> None:
        await asyncio.sleep(0.2)

    handler.act = act
    await store(storage, *((number, number) for number in range(1, 11)))

    async with running(InboxRunner(storage, clock, handler, owner="a", parallel=2)):
        await until(lambda: len(handler.begun) == 2)

    assert handler.begun == handler.ended == [1, 2]
