"""Delivery against the local Telegram, which enforces its limits and breaks on demand: nothing is lost or louder."""

import asyncio
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.core.model import OutgoingMessage, Priority
from bot.sandbox.faults import Rule
from bot.sandbox.server import Sandbox
from bot.services.delivery import WINDOW, Delivery
from bot.storage import SqlStorage, open_storage
from bot.telegram.api import make_bot
from bot.telegram.messenger import TelegramMessenger

SENDER = Path(__file__).with_name("sender_process.py")


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the instant."""
        return datetime.now(UTC)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A local Telegram."""
    async with Sandbox() as running:
        yield running


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The address of an empty database."""
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
async def storage(database: str) -> AsyncIterator[SqlStorage]:
    """That database, opened."""
    opened = await open_storage(database)
    yield opened
    await opened.close()


@asynccontextmanager
async def delivering(sandbox: Sandbox, storage: SqlStorage, *, rate: float = 500) -> AsyncIterator[Delivery]:
    """Deliver from this database to this Telegram; it waits half a second for an answer."""
    bot = make_bot(sandbox.token, sandbox.url, read_seconds=0.5)
    delivery = Delivery(storage, TelegramMessenger(bot), SystemClock(), rate=rate, owner="test")
    task = asyncio.create_task(delivery.run())
    try:
        yield delivery
    finally:
        delivery.stop()
        await task
        await bot.disconnect()


async def put_digests(sandbox: Sandbox, storage: SqlStorage, count: int) -> list[int]:
    """Let so many people join, put a digest for each into the outbox, and return their chats."""
    world = sandbox.simulation.world
    chats = []
    for number in range(count):
        user = world.add_user(f"Reader {number}", "kk")
        world.rooms[user.id].started = True
        chats.append(user.id)
    now = datetime.now(UTC)
    expires = now + timedelta(hours=24)
    messages = [OutgoingMessage(f"digest:{chat}:1:0", chat, f"{chat}", Priority.DIGEST, expires) for chat in chats]
    async with storage.transaction() as unit:
        await unit.outbox.put(messages, now)
    return chats


async def reach(storage: SqlStorage, wanted: dict[str, int], *, seconds: float = 30) -> None:
    """Wait until the outbox stands like this."""
    async with asyncio.timeout(seconds):
        while True:
            async with storage.reading() as unit:
                found = {state: count for state, count in (await unit.outbox.counts()).items() if count}
            if found == wanted:
                return
            await asyncio.sleep(0.05)


def arrivals(sandbox: Sandbox, chats: list[int]) -> Counter[int]:
    """Return how often each chat got its digest."""
    rooms = sandbox.simulation.world.rooms
    return Counter({chat: len(rooms[chat].messages) for chat in chats})


def silent_calls(sandbox: Sandbox) -> int:
    """Return how many sends asked for silence."""
    calls = sandbox.simulation.calls.after(0, "sendMessage")
    return sum("disable_notification" in call["params"] for call in calls)


async def test_limits_are_kept(sandbox: Sandbox, storage: SqlStorage):
    """At the default rate, with Telegram's limits enforced, no send is refused and the pace is within three percent."""
    sandbox.simulation.limits.on = True
    await put_digests(sandbox, storage, 101)

    async with delivering(sandbox, storage, rate=25):
        await reach(storage, {"sent": 101})

    at = [call["at"] for call in sandbox.simulation.calls.after(0, "sendMessage")]
    assert sandbox.simulation.limits.refused == 0
    assert 24.25 <= 100 / (at[-1] - at[0]) <= 25.75


async def test_flood(sandbox: Sandbox, storage: SqlStorage):
    """Above Telegram's limit the answers 429 are heeded, and every digest arrives once."""
    sandbox.simulation.limits.on = True
    chats = await put_digests(sandbox, storage, 90)

    async with delivering(sandbox, storage, rate=500):
        await reach(storage, {"sent": 90})

    assert sandbox.simulation.limits.refused > 0
    assert sandbox.simulation.limits.refused <= 4 * WINDOW
    assert arrivals(sandbox, chats) == Counter(chats)
    assert silent_calls(sandbox) == 0


@pytest.mark.parametrize("seed", range(3))
async def test_random_faults(sandbox: Sandbox, storage: SqlStorage, seed: int):
    """Under drops, hangs, garbage and errors, before and after the send, each digest arrives; repeats are quiet."""
    rng = random.Random(seed)  # noqa: S311 chance, not secrecy
    chats = await put_digests(sandbox, storage, 100)
    unseen = repeated = 0
    for chat in rng.sample(chats, 30):
        handled = rng.random() < 0.5
        action = rng.choice(["drop", "garbage", "status", "hang"])
        repeated += handled
        unseen += 1
        sandbox.simulation.faults.add(
            Rule(action, "sendMessage", chat, handled=handled, seconds=1.0 if action == "hang" else 0.0, times=1)
        )

    async with delivering(sandbox, storage):
        await reach(storage, {"sent": 100})

    arrived = arrivals(sandbox, chats)
    assert set(arrived.values()) <= {1, 2}
    assert arrived.total() == 100 + repeated
    assert silent_calls(sandbox) == unseen


async def test_telegram_away(sandbox: Sandbox, storage: SqlStorage):
    """While Telegram drops everything almost nothing is tried; when it is back all of it arrives, once where untouched."""
    chats = await put_digests(sandbox, storage, 40)
    away = sandbox.simulation.faults.add(Rule("drop"))

    async with delivering(sandbox, storage) as delivery:
        await asyncio.sleep(2)

        assert await delivery.problem() == "Telegram does not answer"
        assert len(sandbox.simulation.calls.after(0, "sendMessage")) <= WINDOW

        sandbox.simulation.faults.rules.remove(away)
        await reach(storage, {"sent": 40})

    assert arrivals(sandbox, chats) == Counter(chats)


@pytest.mark.parametrize("seed", range(2))
async def test_killed_again_and_again(sandbox: Sandbox, storage: SqlStorage, database: str, seed: int):
    """A sender that is killed at random instants loses nothing, and repeats at most what was in flight at each kill."""
    rng = random.Random(seed)  # noqa: S311 chance, not secrecy
    chats = await put_digests(sandbox, storage, 150)
    kills = 4
    for _ in range(kills):
        process = await start_sender(database, sandbox)
        before = len(sandbox.simulation.calls.after(0, "sendMessage"))
        async with asyncio.timeout(20):
            while len(sandbox.simulation.calls.after(0, "sendMessage")) < before + rng.randint(1, 20):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    process = await start_sender(database, sandbox)
    await reach(storage, {"sent": 150})
    process.terminate()
    assert await process.wait() == 0

    arrived = arrivals(sandbox, chats)
    assert min(arrived.values()) == 1
    assert len(arrived) == 150
    assert arrived.total() - 150 <= kills * WINDOW


async def start_sender(database: str, sandbox: Sandbox) -> asyncio.subprocess.Process:
    """Start a sender as a process of its own."""
    return await asyncio.create_subprocess_exec(sys.executable, str(SENDER), database, sandbox.url, sandbox.token)
