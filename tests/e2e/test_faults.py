"""What befalls Telegram, the disk and the database: each has a name, nothing is lost, and all recovers without hands."""

import asyncio
import re
import resource
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from databases import own_database
from fleet import WINDOW, crowd, received
from harness import BotProcess, Control, Reader, free_port, processor_seconds, settings_for
from seeding import make_due, seed_news, seed_readers

from bot.core.model import ChatKind
from bot.sandbox import readers
from bot.sandbox.faults import Rule
from bot.sandbox.server import Sandbox
from bot.storage import SqlStorage, open_storage

ROLES = ("--roles", "updates,digests,delivery")
StartBot = Callable[..., Awaitable[BotProcess]]


async def run(start_bot: StartBot) -> BotProcess:
    """Start the program without its feeds, faster than Telegram's limits."""
    return await start_bot(*ROLES, SEND_RATE="500")


async def due_readers(sandbox: Sandbox, storage: SqlStorage, count: int) -> list[int]:
    """Let so many readers have a digest due now; return their chats."""
    chats = crowd(sandbox, count)
    await seed_readers(storage, chats, await seed_news(storage))
    await make_due(storage, chats)
    return chats


async def settled(storage: SqlStorage, count: int = 1, *, seconds: float = 40) -> Counter[str]:
    """Wait until there were so many messages and none is on its way any more; return how they ended."""
    async with asyncio.timeout(seconds):
        while True:
            async with storage.reading() as unit:
                counts = Counter(dict(await unit.outbox.counts()))
            if counts.total() >= count and set(+counts) <= {"sent", "failed", "expired"}:
                return +counts
            await asyncio.sleep(0.05)


async def answers(bot: BotProcess, path: str, *, seconds: float = 10) -> httpx.Response:
    """Ask the program's own server."""
    async with httpx.AsyncClient(base_url=bot.url, trust_env=False, timeout=seconds) as client:
        return await client.get(path)


async def problem(bot: BotProcess, name: str, *, seconds: float = 30) -> str:
    """Wait until ``/readyz`` names that problem, and return what it says."""
    async with asyncio.timeout(seconds):
        while True:
            problems = (await answers(bot, "/readyz")).json()["problems"]
            if name in problems:
                return str(problems[name])
            await asyncio.sleep(0.1)


async def outcomes(bot: BotProcess) -> Counter[str]:
    """Return how many attempts to send had which outcome, as the metrics say."""
    text = (await answers(bot, "/metrics")).text
    found = re.findall(r'^jarshy_sends_total\{outcome="(\w+)"\} ([\d.]+)$', text, re.MULTILINE)
    return +Counter({name: int(float(count)) for name, count in found})  # each is there from the start, as 0


def arrivals(sandbox: Sandbox, chats: list[int]) -> Counter[int]:
    """Return how many messages each chat got."""
    return Counter({chat: len(received(sandbox, chat)) for chat in chats})


def loud_repeats(sandbox: Sandbox, chats: list[int]) -> int:
    """Return how many second messages of a chat made a sound."""
    rooms = [sandbox.simulation.world.rooms[chat] for chat in chats]
    repeats = [[each for each in room.messages.values() if each.from_bot][1:] for room in rooms]
    return sum(not message.silent for room in repeats for message in room)


async def test_a_flood_over_all_chats_is_heeded(sandbox: Sandbox, storage: SqlStorage, start_bot: StartBot):
    """Far above Telegram's 30 a second: 429 is "not sent", is waited out, and each digest arrives once."""
    sandbox.simulation.limits.on = True
    chats = await due_readers(sandbox, storage, 75)
    bot = await run(start_bot)

    assert await settled(storage) == {"sent": 75}
    assert sandbox.simulation.limits.refused > 0
    assert set(await outcomes(bot)) == {"Sent", "NotSent"}
    assert arrivals(sandbox, chats) == Counter(chats)


async def test_a_flood_in_one_chat_holds_that_chat_alone(sandbox: Sandbox, storage: SqlStorage, start_bot: StartBot):
    """The others are not held up by one chat's ``retry_after``, and it gets its digest after it."""
    chats = await due_readers(sandbox, storage, 20)
    sandbox.simulation.faults.add(
        Rule(
            "status",
            "sendMessage",
            chats[3],
            code=429,
            description="Too Many Requests",
            parameters={"retry_after": 3},
            times=1,
        )
    )
    await run(start_bot)

    assert await settled(storage) == {"sent": 20}
    calls = [call for call in sandbox.simulation.calls.after(0, "sendMessage") if call["status"] == 200]
    at = {int(str(call["params"]["chat_id"])): float(str(call["at"])) for call in calls}
    assert max(at, key=at.__getitem__) == chats[3]
    assert at[chats[3]] - min(at.values()) >= 2.9
    assert sorted(at.values())[-2] - min(at.values()) < 2
    assert arrivals(sandbox, chats) == Counter(chats)


async def test_a_reader_who_blocked_the_bot_is_let_go_and_comes_back(
    sandbox: Sandbox, storage: SqlStorage, start_bot: StartBot, control: Control
):
    """403 ends the row and rests the chat; after "start" again the topics and the hours are as they were."""
    chats = await due_readers(sandbox, storage, 5)
    away = Reader(control, chats[0])
    bot = await run(start_bot)
    await settled(storage)
    await control.post("bot", chat_id=chats[0], user_id=chats[0], status="kicked")
    await make_due(storage, chats)
    async with asyncio.timeout(20):
        while True:
            if (await _chat(storage, chats[0])).gone:
                break
            await asyncio.sleep(0.05)

    await control.post("bot", chat_id=chats[0], user_id=chats[0], status="member")
    await away.say("/start")
    assert "Иран" in (await away.say("/topics")).text
    chat = await _chat(storage, chats[0])
    assert (chat.receives, chat.schedule) == (True, "08:30")
    assert set(await outcomes(bot)) <= {"Sent", "ChatGone"}


async def _chat(storage: SqlStorage, chat_id: int):
    async with storage.reading() as unit:
        return await unit.chats.get(chat_id)


async def test_a_refused_chat_ends_its_row_alone(sandbox: Sandbox, storage: SqlStorage, start_bot: StartBot):
    """403 on a digest is final: its row fails, the chat rests, and everybody else gets theirs once."""
    chats = await due_readers(sandbox, storage, 10)
    sandbox.simulation.world.rooms[chats[4]].bot_status = "kicked"
    bot = await run(start_bot)

    assert await settled(storage) == {"sent": 9, "failed": 1}
    assert await outcomes(bot) == {"Sent": 9, "ChatGone": 1}
    assert (await _chat(storage, chats[4])).gone


async def test_a_group_that_moved_gets_its_digest_there(
    sandbox: Sandbox, storage: SqlStorage, start_bot: StartBot, control: Control
):
    """A group that became a supergroup while the bot was away: the row follows, and the chat's settings too."""
    owner = await Reader.join(control, "kk")
    group = int(str((await control.post("chats", type="group", title="Топ", user_id=owner.user_id))["id"]))
    await seed_readers(storage, [group], await seed_news(storage))
    await make_due(storage, [group])
    async with storage.transaction() as unit:
        await unit.chats.put(replace(await unit.chats.get(group), kind=ChatKind.GROUP))
    sandbox.simulation.world.updates.allow(["callback_query"])  # the update that tells of it is lost
    supergroup = int(str((await control.post("migrate", chat_id=group))["chat_id"]))
    bot = await run(start_bot)

    assert await settled(storage) == {"sent": 1}
    assert len(received(sandbox, supergroup)) == 1
    assert (await outcomes(bot))["Migrated"] == 1
    assert (await _chat(storage, supergroup)).schedule == "08:30"
    assert await _chat(storage, group) is None


@pytest.mark.parametrize("handled", [False, True], ids=["before", "after"])
async def test_an_answer_that_is_lost_costs_at_most_a_quiet_repeat(
    sandbox: Sandbox, storage: SqlStorage, start_bot: StartBot, *, handled: bool
):
    """500, a cut connection, a hang, an unreadable answer: what may have arrived is sent again, without a sound."""
    chats = await due_readers(sandbox, storage, 24)
    unlucky = dict(zip(chats[4:20:2], ["status", "drop", "hang", "garbage"] * 2, strict=True))
    for chat, action in unlucky.items():
        seconds = 0.5 if action == "hang" else 0.0
        sandbox.simulation.faults.add(Rule(action, "sendMessage", chat, handled=handled, seconds=seconds, times=1))
    bot = await run(start_bot)

    assert await settled(storage, 24) == {"sent": 24}
    assert arrivals(sandbox, chats) == Counter(chats) + (Counter(unlucky.keys()) if handled else Counter())
    assert loud_repeats(sandbox, chats) == 0
    assert await outcomes(bot) == {"Sent": 24, "Unknown": 8}


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "minutes", [pytest.param(0, id="short"), pytest.param(10, id="long", marks=pytest.mark.torture)]
)
async def test_telegram_goes_away_and_returns(
    sandbox: Sandbox, storage: SqlStorage, start_bot: StartBot, control: Control, *, minutes: int
):
    """Meanwhile readiness says so and little is tried; then all arrives once, what readers wrote meanwhile is answered."""
    bot = await run(start_bot)
    await sandbox.stop()
    chats = await due_readers(sandbox, storage, 30)
    assert await problem(bot, "telegram") == "Telegram does not answer"
    world = sandbox.simulation.world
    for chat in chats[:10]:
        readers.say(world, world.rooms[chat], world.users[chat], "/subscribe мұнай")
    began, used = time.monotonic(), processor_seconds(bot.pid)
    await asyncio.sleep(60 * minutes)  # the outage itself
    idle = (processor_seconds(bot.pid) - used) / (time.monotonic() - began) if minutes else 0
    await sandbox.start()

    assert await settled(storage, 40, seconds=60) == {"sent": 40}
    assert arrivals(sandbox, chats) == Counter(chats) + Counter(chats[:10])
    assert loud_repeats(sandbox, chats[10:]) == 0
    assert set(await outcomes(bot)) <= {"Sent", "NotSent", "Unknown"}
    assert "Иран" in (await Reader(control, chats[0]).say("/topics", seconds=30)).text
    await bot.wait_ready()
    print(f"away for {minutes} minutes: {100 * idle:.1f} % of a core meanwhile")
    assert idle < 0.05


async def test_a_stop_waits_for_what_is_in_flight_and_not_for_ever(
    sandbox: Sandbox, storage: SqlStorage, start_bot: StartBot
):
    """What Telegram takes meanwhile is settled; an answer that never comes holds the end up for less than ten seconds."""
    chats = await due_readers(sandbox, storage, 4)
    sandbox.simulation.faults.add(Rule("slow", "sendMessage", chats[0], seconds=2, times=1))
    sandbox.simulation.faults.add(Rule("hang", "sendMessage", chats[1], seconds=60, times=1))
    bot = await run(start_bot)
    while sandbox.simulation.calls.counts.get("sendMessage", 0) < 4:  # noqa: ASYNC110 - calls tell nobody
        await asyncio.sleep(0.01)
    asked = time.monotonic()
    assert await bot.stop() == 0
    took = time.monotonic() - asked
    async with storage.reading() as unit:
        left = +Counter(dict(await unit.outbox.counts()))

    assert took < 10
    assert left == {"sent": 3, "sending": 1}
    await bot.start()
    assert await settled(storage) == {"sent": 4}
    assert arrivals(sandbox, chats) == Counter(chats)


async def test_a_full_disk_loses_nothing(sandbox: Sandbox, storage: SqlStorage, start_bot: StartBot, control: Control):
    """While no file can grow nothing is confirmed to Telegram; with room again, commands and digests go on."""
    bot = await run(start_bot)
    chats = await due_readers_quietly(sandbox, storage, 20)
    reader = Reader(control, chats[0])
    await make_due(storage, chats)
    unlimited = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    await reader.write("/subscribe мұнай")
    assert "failed" in await problem(bot, "digests")
    assert "cannot use the database" in bot.log
    before = len(received(sandbox, chats[0]))
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, unlimited)

    await reader.wait_for(lambda event: event.by_bot and "жазылдыңыз" in event.message.text, seconds=40)
    assert await settled(storage, 21) == {"sent": 21}
    assert before == 0
    assert arrivals(sandbox, chats[1:]) == Counter(chats[1:])
    await bot.wait_ready()


async def test_a_process_without_file_descriptors_says_so_once(start_bot: StartBot):
    """Connections that cannot be taken cost two lines, however often it is tried; with room again all are answered."""
    bot = await run(start_bot)
    before = resource.prlimit(bot.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(bot.pid, resource.RLIMIT_NOFILE, (open_files(bot.pid), before[1]))
    asked = [asyncio.create_task(answers(bot, "/healthz", seconds=60)) for _ in range(40)]
    async with asyncio.timeout(30):
        while "no connection can be taken: Too many open files" not in bot.log:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await asyncio.sleep(3)  # three more tries
    resource.prlimit(bot.pid, resource.RLIMIT_NOFILE, before)

    assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
    async with asyncio.timeout(30):
        while not re.search(r"no connection can be taken: over after \d+ s, \d\d+ failures", bot.log):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    assert bot.log.count("accept") == 0
    assert len([line for line in bot.errors if "no connection can be taken" in line]) == 2


def open_files(pid: int) -> int:
    """Return how many file descriptors a process has."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


async def due_readers_quietly(sandbox: Sandbox, storage: SqlStorage, count: int) -> list[int]:
    """Let so many readers follow a topic whose digest is not due yet; return their chats."""
    chats = crowd(sandbox, count)
    await seed_readers(storage, chats, await seed_news(storage))
    return chats


@pytest.mark.postgres
async def test_a_server_that_goes_away_and_returns(sandbox: Sandbox, control: Control, tmp_path: Path):
    """Every connection is cut and none let in for two seconds: the program says so, and goes on where it was."""
    async with own_database() as (url, say):
        storage = await open_storage(url)
        chats = await due_readers_quietly(sandbox, storage, 60)
        settings = settings_for(sandbox, tmp_path, DATABASE_URL=url, SEND_RATE="40", HTTP_PORT=str(free_port()))
        bot = BotProcess(settings, tmp_path, *ROLES)
        try:
            await bot.start()
            await make_due(storage, chats)
            await some_sends(sandbox, 10)
            await say("ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            await say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
            reader = Reader(control, chats[0])
            await reader.catch_up()
            await reader.write("/topics")
            await problem(bot, "database", seconds=60)
            await say("ALTER DATABASE {name} ALLOW_CONNECTIONS true")

            answer = await reader.wait_for(lambda event: event.by_bot and "1. Иран" in event.message.text, seconds=120)
            assert answer
            assert await settled(storage, 61, seconds=120) == {"sent": 61}
            arrived = arrivals(sandbox, chats[1:])
            assert set(arrived) == set(chats[1:])
            assert arrived.total() - 59 <= WINDOW
            assert loud_repeats(sandbox, chats[1:]) == 0
            await bot.wait_ready()
        finally:
            await bot.sweep()
            print(bot.log)
            await storage.close()


async def some_sends(sandbox: Sandbox, count: int) -> None:
    """Wait until so many messages were sent."""
    async with asyncio.timeout(60):
        while sandbox.simulation.calls.counts.get("sendMessage", 0) < count:  # noqa: ASYNC110 - calls tell nobody
            await asyncio.sleep(0.01)
