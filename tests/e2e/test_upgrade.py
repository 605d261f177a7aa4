"""An operator upgrades a running bot, restores backups on another machine and goes back to the old program, on both engines.

The older program is the code of a commit of this repository, run with today's libraries.
"""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from databases import empty_database
from feed_server import FeedServer, sources_document
from fleet import received
from harness import PROJECT, BotProcess, Reader, run_bot, settings_for
from news import kazakh
from old_databases import COMMITS

from bot.sandbox.faults import Rule
from bot.sandbox.server import Sandbox

COMMIT = COMMITS[12]
# A library that the older program had and this one has not: robots.txt, which nobody has here, allows all.
PROTEGO = """
class Protego:
    parse = classmethod(lambda cls, _: cls())
    can_fetch = lambda *_: True
"""
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def old_code(tmp_path_factory) -> Path:
    """The older program, its texts compiled; it is in the history of a whole clone."""
    folder = tmp_path_factory.mktemp("old")
    packed = subprocess.run(
        ["git", "-C", PROJECT, "archive", COMMIT, "bot", "handlers", "locales"],  # noqa: S607
        capture_output=True,
        check=False,
    )
    if packed.returncode:
        pytest.skip(f"commit {COMMIT} is not in this clone: it needs the whole history")
    subprocess.run(["tar", "-x", "-C", folder], input=packed.stdout, check=True)  # noqa: S607
    for texts in folder.glob("locales/*/LC_MESSAGES/*.po"):
        with texts.open("rb") as source, texts.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(source))
    (folder / "protego.py").write_text(PROTEGO, encoding="utf-8")
    return folder


class OldProgram:
    """The older program's command line."""

    def __init__(self, code: Path) -> None:
        self.code = code

    async def start(self, environment: dict[str, str], folder: Path, *arguments: str) -> asyncio.subprocess.Process:
        """Start a command."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *arguments),
            cwd=folder,
            env={**kept, "PYTHONPATH": str(self.code), **environment},
        )

    async def does(self, environment: dict[str, str], folder: Path, *arguments: str) -> None:
        """Run a command to its end, which is a success."""
        process = await self.start(environment, folder, *arguments)
        assert await asyncio.wait_for(process.wait(), 60) == 0

    @asynccontextmanager
    async def running(self, environment: dict[str, str], folder: Path) -> AsyncIterator[None]:
        """Run the bot during the block, from ``/readyz`` says yes to a clean end by SIGTERM."""
        process = await self.start(environment, folder, "run")
        try:
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{environment['HTTP_PORT']}", trust_env=False
            ) as http:
                await _ready(http, process)
            yield
        finally:
            if process.returncode is None:
                process.terminate()
            code = await asyncio.wait_for(process.wait(), 30)
        assert code == 0


async def _ready(http: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(60):
        while True:
            assert process.returncode is None
            try:
                if (await http.get("/readyz")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


def answers(sandbox: Sandbox, reader: Reader, words: str) -> int:
    """Return how many messages with these words the reader got."""
    return sum(words in text for text in received(sandbox, reader.chat_id))


def overdue(backup: Path, chat_id: int) -> None:
    """Let a backup have been made before a digest that was due two days ago."""
    due = int((datetime.now(UTC) - timedelta(days=2)).timestamp() * 1000)
    with closing(sqlite3.connect(backup)) as database:
        database.execute("UPDATE chat SET next_digest_at = ?, next_slot_at = ? WHERE id = ?", (due, due, chat_id))
        database.commit()


async def restored(engine: str, backup: Path, url: str, *, by: OldProgram | None = None) -> None:
    """Bring a backup to another machine, as docs/operations.md has it."""
    if engine == "sqlite":
        shutil.copy(backup, url.removeprefix("sqlite:///"))
        return
    command = ("migrate", "--from", f"sqlite:///{backup}", "--to", url)
    if by is not None:
        await by.does({}, backup.parent, *command)
    else:
        assert (await run_bot(*command, environment={}, folder=backup.parent)).code == 0


@asynccontextmanager
async def another_machine(engine: str, folder: Path) -> AsyncIterator[tuple[Path, str]]:
    """Give a folder and the address of an empty database there."""
    folder.mkdir()  # noqa: ASYNC240 - the test waits for nothing else
    async with empty_database(engine, folder) as url:
        yield folder, url


@pytest.mark.parametrize("engine", ENGINES)
async def test_an_upgrade_restores_and_the_way_back(  # noqa: PLR0917 - fixtures
    engine: str, sandbox: Sandbox, feeds: FeedServer, join, old_code: Path, tmp_path: Path
) -> None:
    """An answer that Telegram did not take comes once, from the new program; topics stay; backups of all times work."""
    old, reader = OldProgram(old_code), await join("kk")
    address = feeds.put_rss("/kk.xml", [kazakh(datetime.now(UTC))], language="kk")
    catalogue = tmp_path / "sources.toml"
    catalogue.write_text(sources_document(("qazaq", address, "kk")), encoding="utf-8")

    def settings(folder: Path, url: str) -> dict[str, str]:
        return settings_for(sandbox, folder, DATABASE_URL=url, SOURCES_FILE=str(catalogue))

    async def save(name: str, url: str) -> None:
        saved = await run_bot("backup", str(tmp_path / name), environment={"DATABASE_URL": url}, folder=tmp_path)
        assert saved.code == 0, saved.errors

    async with another_machine(engine, tmp_path / "first") as (folder, url):
        environment = settings(folder, url)
        async with old.running(environment, folder):
            assert "жазылдыңыз" in (await reader.say("/subscribe Иран")).text
            async with asyncio.timeout(30):
                while "Пезешкиан" not in (await reader.say("/latest Иран")).text:
                    pass  # each answer is waited for
            slow = Rule("status", "sendMessage", reader.chat_id, code=429, parameters={"retry_after": 1})
            refusing = sandbox.simulation.faults.add(slow)
            await reader.write("/timezone Berlin")
            async with asyncio.timeout(20):
                while not refusing.taken:  # noqa: ASYNC110 - calls tell nobody
                    await asyncio.sleep(0.05)
            await save("before.db", url)
            await old.does({"DATABASE_URL": url}, folder, "backup", str(tmp_path / "before-by-the-old-program.db"))
        new = BotProcess(environment, folder)
        try:
            await new.start(ready=False)
            await save("during.db", url)
            await new.wait_ready()
            assert not answers(sandbox, reader, "Берлин")
            sandbox.simulation.faults.clear()
            assert "Берлин" in (await reader.next_message()).text
            assert "Иран" in (await reader.say("/topics")).text
            assert "Пезешкиан" in (await reader.say("/search Пезешкиан")).text
            await save("after.db", url)
            assert await new.stop() == 0
        finally:
            await new.sweep()
            print(new.log)
    assert answers(sandbox, reader, "Берлин") == 1

    for number, name in enumerate(("before.db", "during.db", "after.db")):
        overdue(tmp_path / name, reader.chat_id)
        async with another_machine(engine, tmp_path / f"restored-{number}") as (folder, url):
            await restored(engine, tmp_path / name, url)
            new = BotProcess(settings(folder, url), folder)
            try:
                await new.start()
                assert "Иран" in (await reader.say("/topics")).text
                assert await new.stop() == 0
            finally:
                await new.sweep()
                print(new.log)
    # What was sent after a backup may be sent once more: by the two whose backup had it unsent. No digest of two days ago.
    assert answers(sandbox, reader, "Берлин") <= 3
    assert not answers(sandbox, reader, "Жаңалықтар шолуы")

    async with another_machine(engine, tmp_path / "back") as (folder, url):
        await restored(engine, tmp_path / "before-by-the-old-program.db", url, by=old)
        async with old.running(settings(folder, url), folder):
            await reader.write("/topics")
            await reader.wait_for(lambda event: event.by_bot and "Иран" in event.message.text)
