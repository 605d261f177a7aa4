"""No update is lost between Telegram and the inbox, whatever breaks in between."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from telegram.error import TelegramError

from bot.errors import StorageError
from bot.ports import Clock, Storage, Unit
from bot.sandbox.faults import Rule
from bot.sandbox.readers import say
from bot.sandbox.server import Sandbox
from bot.storage import SqlStorage
from bot.telegram import inbox
from bot.telegram.api import ApiBot
from bot.telegram.inbox import QUIET_LIMIT, Poller


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the instant."""
        return datetime.now(UTC)


def poller(api: ApiBot, storage: Storage, clock: Clock, woken: list[int] | None = None) -> Poller:
    """Return a poller that waits one second for updates and counts how often it wakes."""
    return Poller(api, storage, clock, wake=lambda: (woken if woken is not None else []).append(1), poll_seconds=1)


def write(sandbox: Sandbox, text: str) -> None:
    """Let the first reader write to the bot."""
    world = sandbox.simulation.world
    user = next(user for user in world.users.values() if not user.is_bot)
    say(world, world.rooms[user.id], user, text)


async def texts(storage: SqlStorage, clock: Clock, chats: int = 1) -> list[str]:
    """Return the texts of the messages in the inbox, claimed one by one and done."""
    found = []
    while True:
        async with storage.transaction() as unit:
            claimed = await unit.inbox.claim(clock.now(), owner="t", lease=timedelta(seconds=30), limit=chats)
            for update in claimed:
                await unit.inbox.done(update.update_id, clock.now())
                found.append(json.loads(update.payload).get("message", {}).get("text"))
        if not claimed:
            return found


@asynccontextmanager
async def polling(poller_: Poller) -> AsyncIterator[None]:
    """Poll in the background."""
    task = asyncio.create_task(poller_.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def stored(storage: SqlStorage, update_id: int) -> None:
    """Wait until that update is in the inbox."""
    async with asyncio.timeout(10):
        while True:
            async with storage.reading() as unit:
                if await unit.connection.fetch_sql("SELECT 1 FROM inbox WHERE update_id = :id", {"id": update_id}):
                    return
            await asyncio.sleep(0.02)


async def test_stored_before_confirmed(sandbox: Sandbox, api: ApiBot, storage: SqlStorage, clock: Clock):
    """An update is confirmed only by the poll after the one that stored it, and wakes the runner."""
    write(sandbox, "/start")
    woken: list[int] = []
    polls = poller(api, storage, clock, woken)
    updates = sandbox.simulation.world.updates

    assert await polls.poll() == 1
    assert len(updates.pending) == 1
    assert woken == [1]

    assert await polls.poll() == 0
    assert len(updates.pending) == 0
    assert await texts(storage, clock) == ["/start"]


async def test_killed_before_confirming(sandbox: Sandbox, api: ApiBot, storage: SqlStorage, clock: Clock):
    """A batch that was stored and not confirmed comes again to the next process, and is stored once."""
    write(sandbox, "/start")
    await poller(api, storage, clock).poll()
    write(sandbox, "/help")

    assert await poller(api, storage, clock).poll() == 1
    assert await texts(storage, clock) == ["/start", "/help"]


async def test_storage_that_fails(sandbox: Sandbox, api: ApiBot, storage: SqlStorage, clock: Clock):
    """What could not be stored is not confirmed."""

    class Failing:
        """A storage that takes nothing."""

        reading = storage.reading

        @asynccontextmanager
        async def transaction(self) -> AsyncIterator[Unit]:
            """Fail."""
            raise StorageError("database-unusable", url="…", reason="full")
            yield

    write(sandbox, "/start")
    polls = poller(api, Failing(), clock)
    for _ in range(2):
        with pytest.raises(StorageError):
            await polls.poll()

    assert await poller(api, storage, clock).poll() == 1


FAULTS = [
    Rule("status", "getUpdates", code=409, description="Conflict: terminated by other getUpdates request", times=2),
    Rule("status", "getUpdates", code=502, times=2),
    Rule("status", "getUpdates", code=429, times=1, parameters={"retry_after": 1}),
    Rule("drop", "getUpdates", times=2),
    Rule("drop", "getUpdates", handled=True, times=1),
    Rule("garbage", "getUpdates", times=1),
    Rule("status", "getUpdates", code=401, times=1),
]


@pytest.mark.parametrize("fault", range(len(FAULTS)))
async def test_polling_goes_on(
    sandbox: Sandbox, api: ApiBot, storage: SqlStorage, fault: int, caplog: pytest.LogCaptureFixture
):
    """Whatever getUpdates answers, polling backs off, says so in the log, and goes on."""
    caplog.set_level(logging.WARNING)
    clock = SystemClock()
    sandbox.simulation.faults.add(replace(FAULTS[fault]))
    write(sandbox, "/start")

    async with polling(poller(api, storage, clock)):
        await stored(storage, 100_000_001)

    assert len(caplog.records) >= 1
    assert await texts(storage, clock) == ["/start"]


async def test_strange_updates(sandbox: Sandbox, api: ApiBot, storage: SqlStorage, clock: Clock):
    """An update of any shape is stored as it came, and hinders none after it."""
    updates = sandbox.simulation.world.updates
    for content in ({"brand_new": {"x": [1, None]}}, {"odd": "text"}, {"message": {"text": "a \u0000"}}, {}):
        updates.add_raw(content)
    write(sandbox, "/start")

    assert await poller(api, storage, clock).poll() == 5
    assert (await texts(storage, clock, chats=10))[-1] == "/start"


async def test_updates_without_an_id(sandbox: Sandbox, api: ApiBot, storage: SqlStorage, clock: Clock):
    """They cannot be confirmed, so they would come at once, again and again: it is an error, after which polling waits."""
    sandbox.simulation.world.updates.pending[0] = {"message": {"text": "who?"}}

    with pytest.raises(TelegramError, match="without an id"):
        await poller(api, storage, clock).poll()


async def test_a_full_inbox_leaves_updates_to_telegram(
    sandbox: Sandbox,
    api: ApiBot,
    storage: SqlStorage,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    """No more are asked for until some are handled; then those that waited at Telegram come."""
    monkeypatch.setattr(inbox, "MOST_WAITING", 1)
    monkeypatch.setattr(inbox, "ROOM_SECONDS", 0.01)
    caplog.set_level(logging.WARNING)
    clock = SystemClock()
    polls = poller(api, storage, clock)
    write(sandbox, "/start")
    await polls.poll()
    write(sandbox, "/help")
    waiting = asyncio.create_task(polls.poll())
    while "no more are asked for" not in caplog.text:  # noqa: ASYNC110 - the log tells nobody
        await asyncio.sleep(0.01)

    assert len(sandbox.simulation.calls.after(0, "getUpdates")) == 1
    assert await texts(storage, clock) == ["/start"]
    assert await waiting == 1
    assert await texts(storage, clock) == ["/help"]


class Moving:
    """A clock that is set."""

    at = datetime.fromisoformat("2026-01-05T08:30:00+00:00")

    def now(self) -> datetime:
        """Return the instant."""
        return self.at


async def test_silence_is_a_problem(api: ApiBot, storage: SqlStorage):
    """Polling that was answered a while ago, or never, is a problem; an answer ends it."""
    polls = poller(api, storage, Moving())

    assert await polls.problem() is None

    polls.heart._at -= 120

    assert await polls.problem() == "getUpdates has not answered for 120 s"

    await polls.poll()

    assert await polls.problem() is None


@pytest.mark.parametrize("moved", [QUIET_LIMIT + timedelta(minutes=1), timedelta(days=-31)])
async def test_offset_is_forgotten_after_a_quiet_week(
    sandbox: Sandbox, api: ApiBot, storage: SqlStorage, moved: timedelta
):
    """After a week Telegram may begin at a lower id: what comes under it is not confirmed unseen.

    A clock that was set back hides how long it was quiet: then it may have been a week.
    """
    clock = Moving()
    updates = sandbox.simulation.world.updates
    write(sandbox, "/start")
    polls = poller(api, storage, clock)
    await polls.poll()
    await polls.poll()
    clock.at += moved
    await polls.poll()
    updates.next_id = 5
    write(sandbox, "/help")

    assert await polls.poll() == 1
