"""A database that cannot be written to: its disk is full, or it is read-only. Told once, red, nothing lost, and it recovers."""

import asyncio
import os
import re
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import httpx
import pytest
from databases import empty_database, own_database
from feed_server import FeedServer, Item, sources_document
from harness import BotProcess, Reader, run_bot, settings_for
from news import kazakh

from bot import app
from bot.errors import DatabaseAwayError
from bot.program import Role
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from bot.storage import open_storage

StartBot = Callable[..., Awaitable[BotProcess]]
MEGABYTE = 2**20
LONG = "Мұнай мен газ туралы ұзақ хабар. " * 120
MOST_LINES = 4
"""Of an outage of a minute, or of one that begins and ends for a moment first."""


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a disk of that size during the block; only root may."""
    folder.mkdir()
    if os.geteuid() or not mounted("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)):
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # noqa: S607


def mounted(*arguments: str) -> bool:
    """Mount something; return whether that could be done."""
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0  # noqa: S607


@asynccontextmanager
async def filled(folder: Path) -> AsyncIterator[None]:
    """Leave no byte free on that disk during the block."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (MEGABYTE, 4096):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    yield
    ballast.unlink()


async def problems(bot: BotProcess) -> dict[str, str]:
    """Return what ``/readyz`` finds."""
    async with httpx.AsyncClient(base_url=bot.url, trust_env=False, timeout=15) as client:
        found: dict[str, str] = (await client.get("/readyz")).json()["problems"]
    return found


async def lives_through(
    bot: BotProcess, reader: Reader, trouble: AbstractAsyncContextManager[None], reason: str
) -> None:
    """Let the trouble befall: red, one line with the reason, what is written meanwhile waits; then all is as before."""
    async with trouble:
        await reader.write("/subscribe мұнай")
        async with asyncio.timeout(90):
            while "database" not in await problems(bot):  # noqa: ASYNC110 - only its own answer tells
                await asyncio.sleep(0.2)
        told = [line for line in bot.errors if "outage of the database" in line]
        assert reason in told[0]
        assert len(told) <= MOST_LINES
    await reader.wait_for(lambda event: event.by_bot and "жазылдыңыз" in event.message.text, seconds=60)
    async with asyncio.timeout(60):
        while not re.search("outage of the database: over after", bot.log):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    await bot.wait_ready()
    assert "мұнай" in (await reader.say("/topics")).text
    assert not [line for line in bot.errors if line.startswith("  File")]


@pytest.mark.timeout(400)
async def test_a_disk_without_room(feeds: FeedServer, join, start_bot: StartBot, tmp_path: Path):
    """SQLite on a real disk without a byte left: red all the time, whatever small writes still find room; then all comes."""
    with small_disk(tmp_path / "disk", 160) as disk:
        reader = await join("kk")
        bot = await start_bot(DATABASE_URL=f"sqlite:///{disk / 'jarshy.db'}", SOURCES_FILE=one_source(feeds, tmp_path))
        assert await reader.say("/start")
        async with filled(disk):
            await reader.write("/subscribe мұнай")
            many = [Item(f"Мұнай бағасы {n}", datetime.now(UTC), LONG, slug=str(n)) for n in range(300)]
            feeds.put_rss("/feed", many)
            async with asyncio.timeout(90):
                while "database or disk is full" not in bot.log:
                    assert (await problems(bot)).get("database", "away").startswith(("its disk has", "away"))
                    await asyncio.sleep(0.2)
        await reader.wait_for(lambda event: event.by_bot and "жазылдыңыз" in event.message.text, seconds=60)
        # A feed that could not be stored is asked again when its lease of two minutes has lapsed.
        async with asyncio.timeout(180):
            while "Мұнай бағасы" not in (await reader.say("/latest мұнай")).text:  # noqa: ASYNC110
                await asyncio.sleep(1)  # asked more often it would be a flood, which is not answered
        await bot.wait_ready()
        assert len([line for line in bot.errors if "outage of the database" in line]) <= MOST_LINES
        await bot.stop()


@pytest.mark.postgres
async def test_a_server_without_room(feeds: FeedServer, join, start_bot: StartBot, tmp_path: Path):
    """PostgreSQL says 53100 (disk_full) to whatever is written."""
    async with empty_database("postgresql", tmp_path) as url:
        reader = await join("kk")
        bot = await start_bot(DATABASE_URL=url, SOURCES_FILE=one_source(feeds, tmp_path))
        assert await reader.say("/start")
        await lives_through(bot, reader, without_room(url), "No space left on device")
        await bot.stop()


@asynccontextmanager
async def without_room(url: str) -> AsyncIterator[None]:
    """Let PostgreSQL refuse whatever is written to the tables there."""
    server = await asyncpg.connect(url)
    tables = [row["name"] for row in await server.fetch(_TABLES)]
    try:
        await server.execute(_NO_ROOM)
        for table in tables:
            await server.execute(
                f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION no_room()"
            )
        yield
        await server.execute("DROP FUNCTION no_room() CASCADE")
    finally:
        await server.close()


_TABLES = "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema"
_NO_ROOM = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$
"""


@pytest.mark.postgres
async def test_a_server_that_only_reads(feeds: FeedServer, join, start_bot: StartBot, tmp_path: Path):
    """PostgreSQL becomes a standby, as it were: existing connections are cut, new ones may only read."""
    async with own_database() as (url, say):
        reader = await join("kk")
        bot = await start_bot(DATABASE_URL=url, SOURCES_FILE=one_source(feeds, tmp_path))
        assert await reader.say("/start")
        await lives_through(bot, reader, read_only(say), "")
        assert await bot.stop() == 0


@asynccontextmanager
async def read_only(say: Callable[[str], Awaitable[object]]) -> AsyncIterator[None]:
    """Let a database of PostgreSQL only be read."""
    await say("ALTER DATABASE {name} SET default_transaction_read_only = on")
    await say(_CUT)
    yield
    await say("ALTER DATABASE {name} RESET default_transaction_read_only")
    await say(_CUT)


_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"


@pytest.mark.postgres
async def test_a_server_that_only_reads_is_waited_for_at_the_start(monkeypatch: pytest.MonkeyPatch):
    """It may be promoted: the start waits, then ends by the error of exit code 1, for the unit to start it again."""
    monkeypatch.setattr(app, "DATABASE_SECONDS", 0.5)
    async with own_database() as (url, say):
        await (await open_storage(url)).close()
        await say("ALTER DATABASE {name} SET default_transaction_read_only = on")
        settings = Settings.from_env({"DATABASE_URL": url, "HTTP_PORT": "0"}, need_token=False)
        with pytest.raises(DatabaseAwayError, match="read-only transaction"):
            await app.serve(settings, [Role.DIGESTS], stop=asyncio.Event())


async def test_a_disk_that_is_read_only_ends_the_start(sandbox: Sandbox, tmp_path: Path):
    """SQLite on a disk that is mounted read-only: one line, and exit code 2, for a person has to mend it."""
    with small_disk(tmp_path / "disk", 24) as disk:
        settings = settings_for(sandbox, tmp_path, DATABASE_URL=f"sqlite:///{disk / 'jarshy.db'}", HTTP_PORT="0")
        assert (await run_bot("migrate", environment=settings, folder=tmp_path)).code == 0
        assert mounted("-o", "remount,ro", str(disk))
        finished = await run_bot("run", environment=settings, folder=tmp_path)

    assert finished.code == 2
    assert [line for line in finished.errors.splitlines() if line.startswith("jarshy: ")] == [
        f"jarshy: cannot use the database sqlite:///{disk / 'jarshy.db'}: Read-only file system"
    ]
    assert "Traceback" not in finished.errors


def one_source(feeds: FeedServer, folder: Path) -> str:
    """Make a catalogue of one source, which has news; return its path."""
    url = feeds.put_rss("/feed", [kazakh(datetime.now(UTC))])
    path = folder / "sources.toml"
    path.write_text(sources_document(("outlet", url, "kk")), encoding="utf-8")
    return str(path)
