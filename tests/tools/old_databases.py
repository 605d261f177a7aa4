"""Make the databases of older versions that the tests of upgrades, backups and ways back start from.

    python tests/tools/old_databases.py            needs the repository's history, pg_dump and a PostgreSQL server

For each commit of tests/support/old_databases.py its own code is unpacked, readers talk to it and news come in, all in SQLite; then its own
``copy_database`` brings that into PostgreSQL. Both are kept as SQL in tests/contract/data, because a clone may be shallow.
"""

import asyncio
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))

from databases import empty_database  # noqa: E402 - of the tests' support
from old_databases import COMMITS, DATA  # noqa: E402

# What the older program does; every command was there in each of them.
SCENE = """
import asyncio, sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from desk import open_desk
from bot.core.model import FeedDocument, InboxUpdate, Source
from bot.core.polling import Fetched
from bot.storage import copy_database

CATALOGUE = [
    Source("dala", {"kk": "Дала жаршысы", "ru": "Степной вестник", "en": "Steppe Herald"}, "https://dala.kz/rss", "kk"),
    Source("kurier", {"kk": "Курьер", "ru": "Курьер", "en": "Courier"}, "https://kurier.kz/rss", "ru"),
    Source("monitor", {"kk": "Монитор", "ru": "Монитор", "en": "Monitor"}, "https://monitor.kz/rss", "en"),
]

async def scene(folder):
    async with open_desk(folder) as desk:
        storage, clock = desk.storage, desk.clock
        async with storage.transaction() as unit:
            await unit.feeds.sync(CATALOGUE, clock.now())
        for chat, language, commands in (
            (7, "kk", ["/start", "/subscribe Иран", "/subscribe мұнай", "/schedule 11:30", "/timezone Asia/Almaty"]),
            (8, "ru", ["/start", "/subscribe нефть -прогноз", "/schedule mon,fri 09:00", "/schedule weekly sun 10:00"]),
            (9, "en", ["/start", "/subscribe Tokayev", "/quiet 23:00-07:00", "/language en", "/pause"]),
        ):
            for command in commands:
                await desk.say(command, language=language, chat=chat)
        await desk.say("/subscribe Иран", language="ru", chat=-100, kind="group")
        for source, entries in zip(CATALOGUE, (
            [("Тоқаев Иран президентімен кездесті", "Астанада екі ел басшысы сауданы талқылады."),
             ("Мұнай бағасы төрт пайызға өсті", "Баррель бағасы 68 доллардан асты.")],
            [("Токаев встретился с президентом Ирана", "В Астане главы двух стран обсудили торговлю."),
             ("Нефть подорожала на четыре процента", "Баррель стоит дороже 68 долларов.")],
            [("Tokayev meets Iran's president", "The two leaders discussed trade in Astana."),
             ("Chess: a draw in round nine", "The match is level.")],
        )):
            async with storage.transaction() as unit:
                due = await unit.feeds.claim_due(clock.now(), owner="test", lease=timedelta(0), limit=100)
            feed = {found.id: feed for found, feed in due}[source.id]
            await store(desk, source, feed, [desk.entry(title, text) for title, text in entries])
        clock.forward(minutes=45)  # past 11:30 in Almaty: a digest is composed and waits to be sent
        await desk.digests.tick()
        async with storage.transaction() as unit:
            await unit.inbox.store([InboxUpdate(900, 7, '{"update_id": 900, "message": {}}', clock.now(), 0)])

async def store(desk, source, feed, entries):
    document = FeedDocument("Feed", source.language, tuple(entries))
    await desk.ingest.store(source, Fetched(replace(feed, next_fetch_at=desk.clock.now()), document))

folder = Path(sys.argv[1])
asyncio.run(scene(folder))
asyncio.run(copy_database(f"sqlite:///{folder / 'jarshy.db'}", sys.argv[2]))
"""


# Lines of pg_dump that are about its server, or say nothing; texts of messages may hold blank lines, which stay.
_OF_THE_SERVER = re.compile(
    r"^(--( Name: .*| Data for Name: .*| Dumped .*| PostgreSQL .*)?|\\(un)?restrict .*|SET \w+ = .*;|"
    r"SELECT pg_catalog\.set_config\('search_path'.*)\n",
    re.MULTILINE,
)


def unpack(commit: str, folder: str) -> None:
    """Put a commit's files into a folder."""
    packed = subprocess.run(["git", "-C", ROOT, "archive", commit], check=True, capture_output=True).stdout  # noqa: S607
    subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)  # noqa: S607


def dump_sqlite(file: Path) -> str:
    """Return a database's statements."""
    with closing(sqlite3.connect(file)) as database:
        return "\n".join(database.iterdump()) + "\n"


def dump_postgres(url: str) -> str:
    """Return the statements of the schema that the address names, without that name."""
    server, _, schema = url.partition("search_path=")
    command = ["pg_dump", f"--schema={schema}", "--inserts", "--no-owner", "--no-privileges", server.rstrip("?&")]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    text = _OF_THE_SERVER.sub("", text.replace(f"CREATE SCHEMA {schema};\n", "").replace(f"{schema}.", ""))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


async def make(version: int, commit: str) -> None:
    """Make and keep the databases of one version."""
    with tempfile.TemporaryDirectory() as code, tempfile.TemporaryDirectory() as folder:
        unpack(commit, code)
        data = Path(folder)
        async with empty_database("postgresql", data) as url:
            places = os.pathsep.join([code, f"{code}/tests/support"])
            arguments = [sys.executable, "-c", SCENE, str(data), url]
            await asyncio.to_thread(
                subprocess.run, arguments, check=True, cwd=data, env={**os.environ, "PYTHONPATH": places}
            )
            postgres = dump_postgres(url)
        kept = {"sqlite": dump_sqlite(data / "jarshy.db"), "postgresql": postgres}
    for engine, text in kept.items():
        (DATA / f"version-{version:02}.{engine}.sql").write_text(text, encoding="utf-8")
        print(f"version {version} ({commit}), {engine}: {len(text)} bytes")


if __name__ == "__main__":
    for number, commit in COMMITS.items():
        asyncio.run(make(number, commit))
