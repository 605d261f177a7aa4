"""Databases as older versions of this program made them, kept as SQL (tests/tools/old_databases.py makes that)."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import asyncpg
from databases import empty_database

DATA = Path(__file__).parents[1] / "contract/data"
COMMITS = {4: "ef81323", 8: "223204e", 12: "83c797a"}
"""The version of the schema, and a commit of this repository that has it."""


@asynccontextmanager
async def old_database(engine: str, version: int, folder: Path) -> AsyncIterator[str]:
    """Give the address of a database of that version, as its program left it; it is gone afterwards.

    It has four chats (7, 8, 9 and the group -100) that follow «Иран», «мұнай», «нефть -прогноз» and «Tokayev», six
    articles of three stories in three languages, a digest and answers that were not sent, an update not handled.
    """
    text = (DATA / f"version-{version:02}.{engine}.sql").read_text(encoding="utf-8")
    async with empty_database(engine, folder) as url:
        if engine == "sqlite":
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
                database.executescript(text)
                database.execute("PRAGMA journal_mode = WAL")
        else:
            server = await asyncpg.connect(url)
            await server.execute(text)
            await server.close()
        yield url
