"""More than one machine: replicas start, share the work and are replaced, and no reader notices."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from feed_server import FeedServer, sources_document
from fleet import crowd, received
from harness import BotProcess, Control, Reader, free_port, settings_for
from news import kazakh, unrelated

from bot.sandbox import readers
from bot.sandbox.server import Sandbox
from bot.sandbox.updates import Webhook
from bot.storage import SqlStorage

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

ROLES = "updates,digests,delivery"
SECRET = "sesam"


@pytest.fixture
def engine() -> str:
    """Many processes need the engine that is made for them."""
    return "postgresql"


class Replicas:
    """Processes on one database, each with its own port."""

    def __init__(self, sandbox: Sandbox, url: str, folder: Path) -> None:
        self.running: list[BotProcess] = []
        self._sandbox = sandbox
        self._url = url
        self._folder = folder

    async def start(self, count: int, *, webhook: bool = False, roles: str = ROLES, **more: str) -> list[BotProcess]:
        """Start so many at the same moment and wait until all are ready."""
        for _ in range(count):
            port = str(free_port())
            hook = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "WEBHOOK_SECRET": SECRET} if webhook else {}
            settings = settings_for(
                self._sandbox, self._folder, DATABASE_URL=self._url, SEND_RATE="200", HTTP_PORT=port, **hook, **more
            )
            self.running.append(BotProcess(settings, self._folder, "--roles", roles))
        await asyncio.gather(*(process.start() for process in self.running[-count:]))
        return self.running


@pytest.fixture
async def replicas(sandbox: Sandbox, database_url: str, tmp_path: Path) -> AsyncIterator[Replicas]:
    """Replicas on an empty database, which nobody else has opened; none outlives the test."""
    made = Replicas(sandbox, database_url, tmp_path)
    yield made
    for process in made.running:
        await process.sweep()
        print(process.log)


async def test_replicas_that_start_together_migrate_once_and_one_of_them_polls(
    sandbox: Sandbox, replicas: Replicas, control: Control
):
    """Two processes find an empty database: both come up, Telegram never sees two of them ask for updates."""
    await replicas.start(2)
    reader = await Reader.join(control, "kk")

    assert "Сәлем" in (await reader.say("/start")).text
    polls = sandbox.simulation.calls.after(0, "getUpdates")
    assert polls
    assert not [poll for poll in polls if poll["status"] == 409]


async def test_a_rolling_restart_is_not_noticed(sandbox: Sandbox, replicas: Replicas):
    """While both processes are replaced, one after the other, each command is answered once, in order, without an error."""
    running = await replicas.start(2)
    chats = crowd(sandbox, 20)
    writing = asyncio.create_task(keep_writing(sandbox, chats))
    for process in running:
        await process.restart()
    said = await stop(writing)
    await answered(sandbox, chats, said)

    for chat in chats:
        texts = received(sandbox, chat)
        topics = [text.partition("«")[2].partition("»")[0] for text in texts]
        assert topics == [f"тақырып{number}" for number in range(said[chat])]
        assert all("жазылдыңыз" in text for text in texts)
    assert not any("another program polls" in process.log for process in running)


async def test_a_topic_taken_by_one_process_is_matched_by_another(
    replicas: Replicas, feeds: FeedServer, control: Control, tmp_path: Path
):
    """The process that reads feeds knows within five seconds what a reader told another one, and its match shows there."""
    sources = tmp_path / "sources.toml"
    now = datetime.now(UTC)
    sources.write_text(sources_document(("qazaq", feeds.put_rss("/kk.xml", [unrelated(now)], language="kk"), "kk")))
    await replicas.start(1)
    await replicas.start(1, roles="ingest", SOURCES_FILE=str(sources))
    reader = await Reader.join(control, "kk")
    assert "жазылдыңыз" in (await reader.say("/subscribe Иран")).text
    feeds.put_rss("/kk.xml", [kazakh(now), unrelated(now)], language="kk")

    async with asyncio.timeout(5):
        while kazakh(now).title not in (await reader.say("/latest")).text:
            pass


async def keep_writing(sandbox: Sandbox, chats: list[int]) -> Counter[int]:
    """Let the readers write, one every 50 ms, until cancelled; return how many commands each wrote."""
    said: Counter[int] = Counter()
    world = sandbox.simulation.world
    try:
        while True:
            for chat in chats:
                readers.say(world, world.rooms[chat], world.users[chat], f"/subscribe тақырып{said[chat]}")
                said[chat] += 1
                await asyncio.sleep(0.05)
    except asyncio.CancelledError:
        return said


async def stop(writing: "asyncio.Task[Counter[int]]") -> Counter[int]:
    """End the writing."""
    writing.cancel()
    return await writing


async def answered(sandbox: Sandbox, chats: list[int], said: Counter[int]) -> None:
    """Wait until every command has an answer."""
    async with asyncio.timeout(40):
        while any(len(received(sandbox, chat)) < said[chat] for chat in chats):  # noqa: ASYNC110 - rooms tell nobody
            await asyncio.sleep(0.05)


async def test_any_replica_takes_the_webhook(sandbox: Sandbox, replicas: Replicas, storage: SqlStorage):
    """Updates reach either process, some both: each is handled once, a wrong secret is refused."""
    running = await replicas.start(2, webhook=True)
    (chat,) = crowd(sandbox, 1)
    world = sandbox.simulation.world
    for number, process in enumerate([*running, *running]):
        world.updates.webhook = Webhook(f"{process.url}/hook", SECRET)
        readers.say(world, world.rooms[chat], world.users[chat], f"/subscribe тақырып{number}")
        (update,) = world.updates.pending.values()
        world.updates.bell.ring()
        await answered(sandbox, [chat], Counter({chat: number + 1}))
        async with httpx.AsyncClient(trust_env=False) as client:
            for each in running:
                again = await client.post(
                    f"{each.url}/hook", json=update, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET}
                )
                assert again.status_code == 200
                wrong = await client.post(
                    f"{each.url}/hook", json=update, headers={"X-Telegram-Bot-Api-Secret-Token": "x"}
                )
                assert wrong.status_code in {401, 403}

    async with storage.reading() as unit:
        labels = [subscription.label for subscription in await unit.subscriptions.of(chat)]
    assert labels == [f"тақырып{number}" for number in range(4)]
    assert len(received(sandbox, chat)) == 4
