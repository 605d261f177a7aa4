"""The whole program with a clock that is a month ahead for a while, and right again."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from clocks import MovableClock
from feed_server import FeedServer, sources_document
from inprocess import readiness, serving, until
from news import kazakh, unrelated

from bot.storage import SqlStorage, open_storage

pytestmark = pytest.mark.timeout(240)

MONTH = timedelta(days=31)
TABLES = ("article", "entry", "posting", "topic_story", "topic_match", "outbox", "inbox", "composition", "subscription")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request) -> str:
    """Name the engine under test."""
    return request.param


async def rows(storage: SqlStorage) -> dict[str, int]:
    """Return how many rows each table has."""
    async with storage.reading() as unit:
        return {
            table: (await unit.connection.fetch_sql(f"SELECT count(*) AS n FROM {table}"))[0]["n"]  # noqa: S608
            for table in TABLES
        }


async def slots(storage: SqlStorage, chat_id: int) -> tuple[datetime | None, datetime | None]:
    """Return the next slots of a chat."""
    async with storage.reading() as unit:
        chat = await unit.chats.get(chat_id)
    return chat.next_digest_at, chat.next_weekly_at


async def until_slots(storage: SqlStorage, chat_id: int, found: Callable[[tuple[datetime, datetime]], bool]) -> None:
    """Wait until the slots of a chat are such."""
    async with asyncio.timeout(60):
        while True:
            if found(await slots(storage, chat_id)):
                return
            await asyncio.sleep(0.1)


def is_digest(event) -> bool:
    """Return whether the bot brought a scheduled digest."""
    return event.kind == "message" and event.by_bot and event.message.text.startswith("Жаңалықтар шолуы")


async def test_a_month_ahead_for_a_minute(  # noqa: PLR0917 - fixtures
    sandbox, feeds: FeedServer, join, database_url, tmp_path, monkeypatch
):
    """Within a minute of the right clock feeds are polled, replies go out, digests have their hours, nothing was deleted.

    A month's slots bring nothing, and at the right hour comes what is new, once.
    """
    monkeypatch.setattr("bot.app.UPKEEP", timedelta(seconds=1))
    real, clock = datetime.now(UTC), MovableClock()
    address = feeds.put_rss("/kk.xml", [kazakh(real), unrelated(real)])
    (tmp_path / "sources.toml").write_text(sources_document(("qazaq", address, "kk")), encoding="utf-8")
    reader = await join("kk")
    settings = {"DATABASE_URL": database_url, "SOURCES_FILE": str(tmp_path / "sources.toml")}
    async with serving(sandbox, tmp_path, clock, **settings) as url:
        await readiness(url, "topics", until=False)
        storage = await open_storage(database_url)
        assert "жазылдыңыз" in (await reader.say("/subscribe Иран")).text
        await until(lambda: feeds.count("/kk.xml") > 1)
        right, before = await slots(storage, reader.chat_id), await rows(storage)

        clock.ahead = MONTH
        asked = feeds.count("/kk.xml")
        await until(lambda: feeds.count("/kk.xml") > asked + 2)
        assert (await reader.say("/help")).text
        assert "clock" in str(await readiness(url, "clock", until=True))
        await until_slots(storage, reader.chat_id, lambda now: now[0] > real + MONTH)

        clock.ahead = timedelta()
        began, asked = time.monotonic(), feeds.count("/kk.xml")
        assert (await reader.say("/help", seconds=60)).text
        await until(lambda: feeds.count("/kk.xml") > asked + 2, seconds=60)
        await until_slots(storage, reader.chat_id, lambda now: now == right)
        assert time.monotonic() - began < 60
        assert all(count >= before[table] for table, count in (await rows(storage)).items())

        feeds.put_rss("/kk.xml", [new_item(real), kazakh(real), unrelated(real)])
        await until(lambda: feeds.count("/kk.xml") > asked + 5)
        clock.ahead = right[0] - datetime.now(UTC) + timedelta(seconds=1)
        digest = await reader.wait_for(is_digest)
        assert "елшісі" in digest.message.text
        assert "Пезешкиан" in digest.message.text
        await storage.close()
    assert sum(is_digest(event) for event in reader.seen) == 1


def new_item(now: datetime):
    """Return news that came after the clock was right again."""
    seed = kazakh(now)
    return type(seed)("Иран елшісі Алматыда іскерлермен кездесті", now, "Кездесуде сауда туралы айтылды.", "ambassador")
