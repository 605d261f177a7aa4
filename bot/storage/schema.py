"""The schema: numbered files in ``migrations``, each applied in one transaction, at start, under a lock."""

import logging
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.errors import StorageError
from bot.storage.connection import Connection, Engine
from bot.storage.dialect import Dialect

_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
_COMMENT = re.compile(r"--[^\n]*")
_LOCK = 0x6A61727368  # any number that other users of the server are unlikely to take

_TABLE = """
    CREATE TABLE IF NOT EXISTS schema_version (
        version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL
    )
"""
_IS_THERE = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'",
    "postgresql": """
        SELECT 1 FROM information_schema.tables
        WHERE table_schema = current_schema() AND table_name = 'schema_version'
    """,
}
_VERSION = "SELECT COALESCE(max(version), 0) AS version FROM schema_version"
_ADD = "INSERT INTO schema_version (version, name, applied_at) VALUES (:version, :name, {{now}})"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Migration:
    """A numbered file."""

    version: int
    name: str
    text: str

    def statements(self, dialect: Dialect) -> Iterator[str]:
        """Yield its statements in the words of the dialect."""
        for statement in _COMMENT.sub("", dialect.expand(self.text)).split(";"):
            if statement.strip():
                yield statement


@cache
def migrations() -> tuple[Migration, ...]:
    """Return all migrations in order."""
    found = [
        Migration(int(match.group(1)), file.name.removesuffix(".sql"), file.read_text(encoding="utf-8"))
        for file in (files("bot.storage") / "migrations").iterdir()
        if (match := _NAME.fullmatch(file.name))
    ]
    return tuple(sorted(found, key=lambda migration: migration.version))


def newest() -> int:
    """Return the version of this program's schema."""
    return migrations()[-1].version


async def migrate(engine: Engine, *, to: int | None = None) -> list[str]:
    """Apply what the database lacks, up to the version ``to`` or the newest; return the names of what was applied.

    Raises:
        StorageError: ``database-newer``: the database knows a migration that this program does not.
    """
    wanted = newest() if to is None else to
    async with engine.reading() as reader:
        found = await version(engine, reader)
    if found == wanted:
        return []  # without the lock: a backup may hold it for minutes
    applied = []
    start = time.monotonic()
    for migration in migrations():
        if migration.version > wanted:
            break
        async with engine.transaction() as connection:
            await _lock(engine, connection, "pg_advisory_xact_lock")
            await connection.fetch_sql(_TABLE)
            if await _known_version(engine, connection) < migration.version:
                began = time.monotonic()
                await _apply(engine, connection, migration)
                if found:
                    _log.info("migration %s applied in %.1f s", migration.name, time.monotonic() - began)
                applied.append(migration.name)
    if applied and not found:
        took = time.monotonic() - start
        _log.info("a new database: %d migrations, to version %d, in %.1f s", len(applied), wanted, took)
    return applied


async def check(engine: Engine) -> None:
    """Check that the database has the schema of this program. Nothing is written.

    Raises:
        StorageError: ``database-empty``, ``database-older`` or ``database-newer``.
    """
    async with engine.reading() as connection:
        found = await _known_version(engine, connection)
    if found == 0:
        raise StorageError("database-empty", url=engine.url)
    if found < newest():
        raise StorageError("database-older", url=engine.url, found=found, known=newest())


async def version(engine: Engine, connection: Connection) -> int:
    """Return the version of a database's schema, 0 where it has none. Nothing is written."""
    if not await connection.fetch_sql(_IS_THERE[engine.dialect.name]):
        return 0
    rows = await connection.fetch_sql(_VERSION)
    found: int = rows[0]["version"]
    return found


@asynccontextmanager
async def unchanging(engine: Engine) -> AsyncIterator[tuple[Connection, int]]:
    """Open a consistent reading during which nobody migrates; yield it and the version of the schema.

    Raises:
        StorageError: ``database-empty`` or ``database-newer``.
    """
    if engine.dialect.name == "sqlite":  # its readings see the schema, too, as of one instant
        async with engine.reading() as reader:
            yield reader, await _filled_version(engine, reader)
        return
    async with engine.transaction() as guard:
        await guard.fetch_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        await _lock(engine, guard, "pg_advisory_xact_lock_shared")
        async with engine.reading() as reader:  # its snapshot is younger than the lock
            yield reader, await _filled_version(engine, reader)


async def _filled_version(engine: Engine, connection: Connection) -> int:
    found = await _known_version(engine, connection)
    if found == 0:
        raise StorageError("database-empty", url=engine.url)
    return found


async def _known_version(engine: Engine, connection: Connection) -> int:
    found = await version(engine, connection)
    if found > newest():
        raise StorageError("database-newer", found=found, known=newest())
    return found


async def _lock(engine: Engine, connection: Connection, function: str) -> None:
    if engine.dialect.name == "postgresql":  # SQLite's transaction is the lock
        await connection.fetch_sql("SET LOCAL lock_timeout = 0")  # another replica may be at a long migration
        await connection.fetch_sql(f"SELECT {function}(CAST(:lock AS BIGINT))", {"lock": _LOCK})


async def _apply(engine: Engine, connection: Connection, migration: Migration) -> None:
    for statement in migration.statements(engine.dialect):
        await connection.fetch_sql(statement)
    await connection.fetch_sql(engine.dialect.expand(_ADD), {"version": migration.version, "name": migration.name})
