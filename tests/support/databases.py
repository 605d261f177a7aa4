"""Databases for tests, on either engine: empty ones, and ones that are brought up to date already."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from bot.storage import migrate

SERVER = os.environ.get("JARSHY_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/test")
REQUIRED = os.environ.get("CI") == "true" or os.environ.get("JARSHY_REQUIRE_POSTGRES") == "1"

# Columns of tables and indexes, and migrations. A schema whose structure a test changed is not used again.
_STRUCTURE = """
    SELECT relname::text, attname::text, atttypid::bigint FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
    WHERE relnamespace = current_schema()::regnamespace AND attnum > 0
    UNION ALL SELECT name, '', version FROM schema_version
    ORDER BY 1, 2, 3
"""
# Tables that others refer to come last.
_TABLES = """
    SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
    ORDER BY oid IN (SELECT confrelid FROM pg_constraint WHERE contype = 'f')
"""
_DELETE_ALL = f"""
    DO $$ DECLARE one record; BEGIN
        FOR one IN {_TABLES}
        LOOP EXECUTE format('DELETE FROM %s', one.name); END LOOP;
        PERFORM setval(oid::regclass, 1, false) FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace AND relkind = 'S';
    END $$
"""  # noqa: S608 - from constants


@dataclass(frozen=True)
class MigratedSchema:
    """A schema of PostgreSQL that has this program's tables, and what the migrations put there."""

    name: str
    structure: list[asyncpg.Record]
    rows: dict[str, list[asyncpg.Record]]

    @classmethod
    async def make(cls, server: asyncpg.Connection) -> Self:
        """Make a new one; ``server`` looks into it afterwards."""
        name = f"jarshy_{uuid.uuid4().hex}"
        await server.execute(f"CREATE SCHEMA {name}; SET search_path TO {name}")
        await migrate(_address(name))
        tables = [row[0] for row in await server.fetch(_TABLES)]
        rows = {table: await server.fetch(f"SELECT * FROM {table}") for table in tables}  # noqa: S608
        return cls(name, await server.fetch(_STRUCTURE), {table: found for table, found in rows.items() if found})

    async def restore(self, server: asyncpg.Connection) -> bool:
        """Make it as it was at first; return whether that can be done: its structure is still the same."""
        await server.execute(
            f"SET search_path TO {self.name}; SET lock_timeout TO '20s'"
        )  # a killed process may linger
        if await server.fetch(_STRUCTURE) != self.structure:
            return False
        async with server.transaction():
            await server.execute(_DELETE_ALL)
            for table, rows in self.rows.items():
                await server.copy_records_to_table(table, records=rows, schema_name=self.name)
        return True

    async def drop(self, server: asyncpg.Connection) -> None:
        """Remove it."""
        await server.execute(f"DROP SCHEMA {self.name} CASCADE")


_unused: list[MigratedSchema] = []
"""Those of this process that no test uses now."""


@asynccontextmanager
async def empty_database(engine: str, folder: Path) -> AsyncIterator[str]:
    """Give the address of an empty database of that engine; it is gone afterwards."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'jarshy.db'}"
        return
    server = await postgres_server()
    name = f"jarshy_{uuid.uuid4().hex}"
    try:
        await server.execute(f"CREATE SCHEMA {name}")
        yield _address(name)
        await server.execute(f"DROP SCHEMA {name} CASCADE")
    finally:
        await server.close()


@asynccontextmanager
async def migrated_database(engine: str, folder: Path) -> AsyncIterator[str]:
    """Give the address of a database that has this program's schema and holds nothing; what a test leaves is gone.

    Applying all migrations takes most of a second, so it is done once a process: further files are copies of the first
    one, and a schema of PostgreSQL is emptied and used again.
    """
    if engine == "sqlite":
        (folder / "jarshy.db").write_bytes(migrated_file())
        yield f"sqlite:///{folder / 'jarshy.db'}"
        return
    server = await postgres_server()
    try:
        schema = _unused.pop() if _unused else await MigratedSchema.make(server)
        yield _address(schema.name)
        if await schema.restore(server):
            _unused.append(schema)
        else:
            await schema.drop(server)
    finally:
        await server.close()


@cache
def migrated_file() -> bytes:
    """Return a SQLite file that has this program's schema and holds nothing."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "jarshy.db"
        apart = Thread(target=asyncio.run, args=(migrate(f"sqlite:///{file}"),))  # a test's loop may run in this thread
        apart.start()
        apart.join()
        return file.read_bytes()


def drop_schemas() -> None:
    """Drop the schemas that were kept to be used again."""

    async def drop() -> None:
        server = await asyncpg.connect(SERVER, timeout=5)
        while _unused:
            await _unused.pop().drop(server)
        await server.close()

    if _unused:
        asyncio.run(drop())


def _address(schema: str) -> str:
    return f"{SERVER}{'&' if '?' in SERVER else '?'}search_path={schema}"


async def postgres_server() -> asyncpg.Connection:
    """Connect to the server for tests; without one skip, or fail where it is required."""
    try:
        return await asyncpg.connect(SERVER, timeout=5)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        reason = f"no PostgreSQL server answers (JARSHY_TEST_POSTGRES): {type(error).__name__}"
        if REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)


def names(folder: Path) -> list[str]:
    """Return the names of all that lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


@asynccontextmanager
async def own_database() -> AsyncIterator[tuple[str, Callable[[str], Awaitable[object]]]]:
    """Give the address of a database of its own, and a function that runs SQL about it from elsewhere."""
    server = await postgres_server()
    name = f"jarshy_{uuid.uuid4().hex}"

    async def say(text: str) -> object:
        return await server.execute(text.format(name=name))

    await say("CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(SERVER)._replace(path=f"/{name}")), say
    finally:
        await say("DROP DATABASE {name} WITH (FORCE)")
        await server.close()
