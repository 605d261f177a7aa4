"""Delivery against the local Telegram, which enforces its limits and breaks on demand: nothing is lost or louder."""

import asyncio
import os
import random
import sys
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from bot.core.model import Attachment, AttachmentKind, OutgoingMessage, Priority
from bot.sandbox.faults import Rule
from bot.sandbox.server import Sandbox
from bot.services.delivery import WINDOW, Delivery
from bot.storage import SqlStorage, open_storage
from bot.telegram.api import make_bot
from bot.telegram.messenger import TelegramMessenger

POSTGRES = os.environ.get("JARSHY_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/test")
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
def engine() -> str:
    """The engine under test, where a test does not name it."""
    return "sqlite"


@pytest.fixture
async def database(engine: str, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty database of that engine."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    server = await postgres_server()
    schema = f"jarshy_{uuid.uuid4().hex}"
    try:
        await server.execute(f"CREATE SCHEMA {schema}")
        yield f"{POSTGRES}{'&' if '?' in POSTGRES else '?'}search_path={schema}"
        await server.execute(f"DROP SCHEMA {schema} CASCADE")
    finally:
        await server.close()


async def postgres_server() -> asyncpg.Connection:
    """Connect to the server for tests; without one skip, or fail where it is required."""
    try:
        return await asyncpg.connect(POSTGRES, timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        if os.environ.get("CI") == "true" or os.environ.get("JARSHY_REQUIRE_POSTGRES") == "1":
            raise
        pytest.skip(f"no PostgreSQL server answers (JARSHY_TEST_POSTGRES): {type(error).__name__}")


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
    """At the default rate, with Telegram's limits enforced, no send is refused: the pace is three percent above at most.

    How far below a busy machine stays is measured where nothing else runs: ``test_at_the_limit``, at full length.
    """
    sandbox.simulation.limits.on = True
    await put_digests(sandbox, storage, 101)

    async with delivering(sandbox, storage, rate=25):
        await reach(storage, {"sent": 101})

    at = [call["at"] for call in sandbox.simulation.calls.after(0, "sendMessage")]
    assert sandbox.simulation.limits.refused == 0
    assert 100 / (at[-1] - at[0]) <= 25.75


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


@pytest.mark.parametrize("method", ["sendDocument", "editMessageText", "sendMessage"])
async def test_a_method_that_the_server_does_not_know_stops_nobody(sandbox: Sandbox, storage: SqlStorage, method: str):
    """An older server's 404 concerns the one message: the token stays good, and all others arrive at once."""
    chats = await put_digests(sandbox, storage, 40)
    poor = chats[0]
    file = Attachment(AttachmentKind.DOCUMENT, "a.json", b"{}", "words instead")
    odd = {"sendDocument": {"attachment": file}, "editMessageText": {"edits": 1}, "sendMessage": {}}[method]
    only = poor if method == "sendMessage" else None
    sandbox.simulation.faults.add(Rule("status", method, only, code=404))
    now = datetime.now(UTC)
    message = OutgoingMessage("odd", poor, "odd", Priority.REPLY, now + timedelta(minutes=15), **odd)
    async with storage.transaction() as unit:
        await unit.outbox.put([message], now)

    async with delivering(sandbox, storage) as delivery:
        if method == "sendMessage":
            await reach(storage, {"sent": 39, "retry": 2})
            sandbox.simulation.faults.clear()
        await reach(storage, {"sent": 41})
        assert await delivery.problem() is None

    assert set(arrivals(sandbox, chats[1:]).values()) == {1}


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


@pytest.mark.parametrize(
    ("engine", "senders"), [("sqlite", 1), pytest.param("postgresql", 4, marks=pytest.mark.postgres)]
)
async def test_killed_again_and_again(sandbox: Sandbox, storage: SqlStorage, database: str, engine: str, senders: int):
    """Senders that are killed at random instants lose nothing, and repeat at most what was in flight at each kill."""
    rng = random.Random(engine)  # noqa: S311 chance, not secrecy
    chats: list[int] = []
    kills = 4
    async with sender_processes(database, sandbox) as start:
        running = [await start() for _ in range(senders)]
        for _ in range(kills):
            chats += await put_digests(sandbox, storage, 50)  # however long a start takes, each kill meets some work
            await sends(sandbox, rng.randint(5, 30))
            victim = running.pop(0)
            victim.kill()
            await victim.wait()
            await lapse(storage, victim.pid)
            running.append(await start())
        await reach(storage, {"sent": 200}, seconds=120)
        for process in running:
            process.terminate()
        assert [await process.wait() for process in running] == [0] * senders

    arrived = arrivals(sandbox, chats)
    assert set(arrived) == set(chats)
    assert min(arrived.values()) == 1
    assert arrived.total() - 200 <= kills * WINDOW


async def lapse(storage: SqlStorage, pid: int) -> None:
    """Let the time of a dead sender's leases be over, those of no other: on a busy machine a short time is too short."""
    async with storage.transaction() as unit:
        await unit.connection.fetch_sql(
            "UPDATE outbox SET lease_until = 0 WHERE lease_owner = :owner AND state IN ('leased', 'sending')",
            {"owner": str(pid)},
        )


async def sends(sandbox: Sandbox, count: int) -> None:
    """Wait until so many more messages were sent."""
    enough = sandbox.simulation.calls.counts.get("sendMessage", 0) + count
    async with asyncio.timeout(60):
        while sandbox.simulation.calls.counts.get("sendMessage", 0) < enough:  # noqa: ASYNC110 calls tell nobody
            await asyncio.sleep(0.005)


@asynccontextmanager
async def sender_processes(
    database: str, sandbox: Sandbox
) -> AsyncIterator[Callable[[], Awaitable[asyncio.subprocess.Process]]]:
    """Give a function that starts a sender as a process of its own; none of them outlives the test."""
    started: list[asyncio.subprocess.Process] = []

    async def start() -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(SENDER), database, sandbox.url, sandbox.token), stdout=asyncio.subprocess.PIPE
        )
        started.append(process)
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"delivers\n"
        return process

    try:
        yield start
    finally:
        for process in started:
            if process.returncode is None:
                process.kill()
                await process.wait()


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_where_files_are_forbidden_words_go_instead(sandbox: Sandbox, storage: SqlStorage):
    """A group that lets the bot send neither photos nor documents gets what stands instead of each, once, in order."""
    group = next(room for room in sandbox.simulation.world.rooms.values() if room.type == "group")
    group.forbidden = frozenset({"photos", "documents"})
    now = datetime.now(UTC)
    files = [Attachment(kind, "a.png", b"\x89PNG", f"no {kind} here") for kind in AttachmentKind]
    messages = [
        OutgoingMessage(
            f"reply:1:{n}", group.id, "caption", Priority.REPLY, now + timedelta(minutes=15), attachment=file
        )
        for n, file in enumerate(files)
    ]
    async with storage.transaction() as unit:
        await unit.outbox.put(messages, now)
    async with delivering(sandbox, storage), asyncio.timeout(20):
        while len(group.messages) < len(files):  # noqa: ASYNC110 the sandbox tells nobody
            await asyncio.sleep(0.02)

    assert [one.text for one in group.messages.values()] == ["no photo here", "no document here"]
    async with storage.reading() as unit:
        assert {state: count for state, count in (await unit.outbox.counts()).items() if count} == {"sent": 2}
