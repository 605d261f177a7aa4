"""What the program says while something that it depends on is away: one line when it begins, one when it is over."""

import asyncio
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
from databases import empty_database
from feed_server import FeedServer, sources_document
from harness import BotProcess, Reader
from news import kazakh
from relay import Relay

from bot.sandbox.faults import Rule
from bot.sandbox.server import Sandbox

StartBot = Callable[..., Awaitable[BotProcess]]

MOST_LINES = 4
"""Of an outage of a minute: it begins, a line after each minute, it is over."""


def one_source(feeds: FeedServer, folder: Path) -> str:
    """Make a catalogue of one source, which has news; return its path."""
    url = feeds.put_rss("/feed", [kazakh(datetime.now(UTC))])
    path = folder / "sources.toml"
    path.write_text(sources_document(("outlet", url, "kk")), encoding="utf-8")
    return str(path)


@asynccontextmanager
async def said_by(bot: BotProcess) -> AsyncIterator[list[str]]:
    """Give the lines that the log gets during the block; no traceback is among them."""
    before, lines = len(bot.errors), []
    yield lines
    lines += list(bot.errors)[before:]
    assert not [line for line in lines if "Traceback" in line or line.startswith(("  File", "asyncpg", "sqlite3"))]


async def ask(bot: BotProcess, path: str) -> httpx.Response:
    """Ask the program's own server."""
    async with httpx.AsyncClient(base_url=bot.url, trust_env=False, timeout=15) as client:
        return await client.get(path)


async def away_for(bot: BotProcess, name: str, seconds: float) -> str:
    """Ask for readiness and metrics each second for so long, both are answered; return what was the problem at last."""
    problem, until = "", time.monotonic() + seconds
    while time.monotonic() < until:
        ready, metrics = await ask(bot, "/readyz"), await ask(bot, "/metrics")
        assert metrics.status_code == 200
        problem = ready.json()["problems"].get(name, "")
        assert not problem or ready.status_code == 503
        await asyncio.sleep(1)
    return problem


async def is_over(bot: BotProcess, what: str) -> int:
    """Wait until the log says that it is over; return how many failures that line counts."""
    pattern = re.compile(rf"{re.escape(what)}: over after .*, (\d+) failure")
    async with asyncio.timeout(40):
        while not (found := pattern.search(bot.log)):  # noqa: ASYNC110 - only its log tells
            await asyncio.sleep(0.1)
    return int(found[1])


@pytest.mark.postgres
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "seconds", [pytest.param(25, id="short"), pytest.param(600, id="long", marks=pytest.mark.torture)]
)
async def test_a_database_that_is_away_is_told_once(
    feeds: FeedServer, join, start_bot: StartBot, tmp_path: Path, *, seconds: int
):
    """Without PostgreSQL, with updates and feeds on their way: two lines for hundreds of failures, four in ten minutes.

    ``/readyz`` names it; ``/metrics`` shows what there is, and that it is away.
    """
    async with empty_database("postgresql", tmp_path) as url:
        server = urlsplit(url)
        async with Relay(server.hostname or "", server.port or 5432) as relay:
            way = urlunsplit(server._replace(netloc=server.netloc.replace(f":{server.port}", f":{relay.port}")))
            reader: Reader = await join("kk")
            bot = await start_bot(DATABASE_URL=way, SOURCES_FILE=one_source(feeds, tmp_path))
            assert await reader.say("/start")
            async with said_by(bot) as lines:
                await relay.cut()
                await reader.write("/help")
                problem = await away_for(bot, "database", seconds)
                metrics = (await ask(bot, "/metrics")).text
                await relay.open()
                failures = await is_over(bot, "outage of the database")
                await reader.next_message(seconds=40)
                await bot.wait_ready()

            assert problem.startswith("away since 20")
            assert "jarshy_database_up 0.0" in metrics
            assert 'jarshy_problem{check="database"} 1.0' in metrics
            print(f"{failures} failures in {len(lines)} lines:", *lines, sep="\n")
            told = [line for line in lines if "outage of the database" in line]
            assert len(told) <= MOST_LINES
            assert len(lines) <= len(told) + 2
            assert failures >= 20
            await bot.stop()


async def test_a_locked_database_is_red(feeds: FeedServer, join, start_bot: StartBot, tmp_path: Path):
    """Another process keeps SQLite's file locked: it can be read, and yet is away until it can be written to."""
    reader: Reader = await join("kk")
    bot = await start_bot(SOURCES_FILE=one_source(feeds, tmp_path))
    assert await reader.say("/start")
    other = sqlite3.connect(tmp_path / "jarshy.db", isolation_level=None)
    async with said_by(bot) as lines:
        other.execute("BEGIN IMMEDIATE")
        await reader.write("/help")
        problem = await away_for(bot, "database", 16)
        other.execute("ROLLBACK")
        await is_over(bot, "outage of the database")
        await bot.wait_ready()
        await reader.next_message(seconds=40)
    other.close()

    assert problem.startswith("away since 20")
    print(*lines, sep="\n")
    assert len(lines) <= MOST_LINES


async def test_a_telegram_that_is_away_is_told_once(
    sandbox: Sandbox, feeds: FeedServer, join, start_bot: StartBot, tmp_path: Path
):
    """Polling, sending and asking for a sign of life all fail: two lines."""
    reader: Reader = await join("kk")
    bot = await start_bot(SOURCES_FILE=one_source(feeds, tmp_path))
    assert await reader.say("/start")
    async with said_by(bot) as lines:
        await sandbox.stop()
        await asyncio.sleep(12)
        await sandbox.start()
        await is_over(bot, "outage of Telegram")
        await bot.wait_ready()
        assert await reader.say("/help")

    print(*lines, sep="\n")
    assert len(lines) <= MOST_LINES


async def test_a_token_that_is_refused_is_told_as_such(
    sandbox: Sandbox, feeds: FeedServer, join, start_bot: StartBot, tmp_path: Path
):
    """Telegram answers, and takes the token no longer: the line names the setting, and says when it is taken again."""
    reader: Reader = await join("kk")
    bot = await start_bot(SOURCES_FILE=one_source(feeds, tmp_path))
    assert await reader.say("/start")
    async with said_by(bot) as lines:
        rule = sandbox.simulation.faults.add(Rule("status", "", code=401, description="Unauthorized"))
        await reader.write("/help")
        await asyncio.sleep(8)
        sandbox.simulation.faults.rules.remove(rule)
        await is_over(bot, "Telegram refuses the token (BOT_TOKEN)")
        await reader.next_message(seconds=40)

    print(*lines, sep="\n")
    assert len(lines) <= MOST_LINES
