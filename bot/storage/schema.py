"""The schema: numbered files in ``migrations``, each applied in one transaction, at start, under a lock."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.errors import StorageError
from bot.storage.connection import Connection, Engine

_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
_COMMENT = re.compile(r"--[^\n]*")
_LOCK = 0x6A61727368  # any number that other users of the server are unlikely to take

_TABLE = """
    CREATE TABLE IF NOT EXISTS schema_version (
        version BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL
    )
"""
_ADD = "INSERT INTO schema_version (version, name, applied_at) VALUES (:version, :name, {{now}})"


@dataclass(frozen=True, slots=True)
class Migration:
    """A numbered file."""

    version: int
    name: str
    text: str


@cache
def migrations() -> tuple[Migration, ...]:
    """Return all migrations in order."""
    found = [
        Migration(int(match.group(1)), file.name.removesuffix(".sql"), file.read_text(encoding="utf-8"))
        for file in (files("bot.storage") / "migrations").iterdir()
        if (match := _NAME.fullmatch(file.name))
    ]
    return tuple(sorted(found, key=lambda migration: migration.version))


async def migrate(engine: Engine) -> list[str]:
    """Apply what the database lacks and return the names of what was applied.

    Raises:
        StorageError: ``database-newer``: the database knows a migration that this program does not.
    """
    applied = []
    for migration in migrations():
        async with engine.transaction() as connection:
            if await _version(engine, connection) < migration.version:
                await _apply(engine, connection, migration)
                applied.append(migration.name)
    return applied


async def check(engine: Engine) -> None:
    """Check that the database has the schema of this program.

    Raises:
        StorageError: ``database-newer``, or ``database-unusable`` where it is older.
    """
    async with engine.transaction() as connection:
        found = await _version(engine, connection)
    if found < migrations()[-1].version:
        raise StorageError("database-unusable", url=engine.url, reason="its schema is older: run `jarshy migrate`")


async def _version(engine: Engine, connection: Connection) -> int:
    if engine.dialect.name == "postgresql":  # SQLite's transaction is the lock
        await connection.fetch_sql("SET LOCAL lock_timeout = 0")  # another replica may be at a long migration
        await connection.fetch_sql("SELECT pg_advisory_xact_lock(CAST(:lock AS BIGINT))", {"lock": _LOCK})
    await connection.fetch_sql(_TABLE)
    rows = await connection.fetch_sql("SELECT COALESCE(max(version), 0) AS version FROM schema_version")
    found: int = rows[0]["version"]
    known = migrations()[-1].version
    if found > known:
        raise StorageError("database-newer", found=found, known=known)
    return found


async def _apply(engine: Engine, connection: Connection, migration: Migration) -> None:
    for statement in _COMMENT.sub("", engine.dialect.expand(migration.text)).split(";"):
        if statement.strip():
            await connection.fetch_sql(statement)
    await connection.fetch_sql(engine.dialect.expand(_ADD), {"version": migration.version, "name": migration.name})
