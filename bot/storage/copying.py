"""Moving a whole database: from one engine to the other, or into a file as a backup.

::

    tables of the source, parents first | pages of rows by primary key | the same rows in the target | both compared
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.errors import StorageError
from bot.storage import schema, sqlite
from bot.storage.connection import Connection, Engine, Row
from bot.storage.opening import open_engine
from bot.storage.sqlite import SqliteEngine
from bot.storage.urls import sqlite_path, without_password

PAGE = 2000  # rows held in memory at once

# Parents before children; each with its primary key, by which it is read in order.
TABLES: Mapping[str, tuple[str, ...]] = {
    "counter": ("name",),
    "source": ("id",),
    "article": ("id",),
    "entry": ("source_id", "uid_hash"),
    "posting": ("key", "article_id"),
    "topic": ("id",),
    "topic_match": ("topic_id", "article_id"),
    "topic_story": ("topic_id", "story_id", "source_id"),
    "chat": ("id",),
    "chat_source": ("chat_id", "source_id"),
    "offer": ("source_id",),
    "alert_cursor": ("id",),
    "alert_pace": ("chat_id",),
    "subscription": ("chat_id", "topic_id"),
    "removal": ("chat_id", "topic_id"),
    "steward": ("user_id", "channel_id"),
    "composition": ("id",),
    "outbox": ("id",),
    "broadcast": ("id",),
    "pace": ("chat_id",),
    "send_budget": ("id",),
    "inbox": ("update_id",),
}
_SEEDED = ("counter", "send_budget", "alert_cursor")  # rows that a migration made
_NUMBERED = ("topic", "outbox", "broadcast")  # ids that the database gives


@dataclass(frozen=True, slots=True)
class _Sum:
    """How many rows there are, and a sum over them that does not depend on their order."""

    rows: int = 0
    hash: int = 0

    def plus(self, page: Sequence[Row]) -> "_Sum":
        return _Sum(self.rows + len(page), sum((hash(tuple(row)) for row in page), self.hash) & (2**64 - 1))


async def copy_database(source_url: str, target_url: str) -> dict[str, int]:
    """Move everything from one database into another, empty one; return the rows of each table.

    The source is read in one snapshot and stays as it is; the target is written in one transaction and read again.

    Raises:
        StorageError: ``database-unusable``: one of them cannot be used, the target is not empty, or it does not hold
            what the source holds: then it is left empty. Also as ``open_storage``.
    """
    source = await open_engine(source_url)
    try:
        await schema.check(source)
        target = await open_engine(target_url)
        try:
            await schema.migrate(target)
            return await _copy(source, target)
        finally:
            await target.close()
    finally:
        await source.close()


async def backup_database(url: str, file: Path) -> dict[str, int]:
    """Write a database, running or not, into a new SQLite file as of one instant; return the rows of each table.

    Raises:
        StorageError: ``database-unusable``: the file is there already, or cannot be written. Also as ``open_storage``.
    """
    _refuse_existing(file)
    part = file.with_name(f"{file.name}.part")
    try:
        path = sqlite_path(url)
        if path is None:
            await copy_database(url, f"sqlite:///{part}")
        else:
            await asyncio.to_thread(_snapshot, path, part)
        counts = await _counts_of(part)
        part.rename(file)
    except OSError as error:
        raise StorageError("database-unusable", url=file, reason=error.strerror or type(error).__name__) from error
    finally:
        for suffix in ("", "-wal", "-shm"):
            part.with_name(part.name + suffix).unlink(missing_ok=True)
    return counts


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise StorageError("database-unusable", url=file, reason="the file is there already")


def _snapshot(path: Path, part: Path) -> None:
    """Copy a SQLite file in one step, which a writer does not disturb, and which does not disturb a writer."""
    with (
        sqlite.named_errors(str(path)),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(part)) as target,
    ):
        source.backup(target)


async def _counts_of(file: Path) -> dict[str, int]:
    engine = await SqliteEngine.open(f"sqlite:///{file}", file)
    try:
        async with engine.reading() as connection:
            return {table: await _count(connection, table) for table in TABLES}
    finally:
        await engine.close()


async def _copy(source: Engine, target: Engine) -> dict[str, int]:
    counts = {}
    async with source.reading() as reader, target.transaction() as writer:
        for engine, connection in ((source, reader), (target, writer)):
            if engine.dialect.name == "postgresql":  # each waits while the other one reads a large table
                await connection.fetch_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        for table in _SEEDED:
            await writer.fetch_sql(f"DELETE FROM {table}")  # noqa: S608 - a name from the list above
        for table, keys in TABLES.items():
            if await _count(writer, table):
                raise _unusable(target, "it is not empty")
            written, read = await _copy_table(reader, writer, table, keys), await _sum(writer, table, keys)
            if written != read:
                raise _unusable(target, f"its table {table} does not hold what was written")
            counts[table] = read.rows
        if target.dialect.name == "postgresql":
            for table in _NUMBERED:
                await _continue_ids(writer, table)
    return counts


async def _copy_table(reader: Connection, writer: Connection, table: str, keys: Sequence[str]) -> _Sum:
    total = _Sum()
    async for page in _pages(reader, table, keys):
        await writer.load(table, list(page[0].keys()), [tuple(row) for row in page])
        total = total.plus(page)
    return total


async def _sum(connection: Connection, table: str, keys: Sequence[str]) -> _Sum:
    total = _Sum()
    async for page in _pages(connection, table, keys):
        total = total.plus(page)
    return total


async def _pages(reader: Connection, table: str, keys: Sequence[str]) -> AsyncIterator[Sequence[Row]]:
    order = ", ".join(keys)
    after = ", ".join(f":{key}" for key in keys)
    first = f"SELECT * FROM {table} ORDER BY {order} LIMIT {PAGE}"  # noqa: S608 - names from the list above
    further = f"SELECT * FROM {table} WHERE ({order}) > ({after}) ORDER BY {order} LIMIT {PAGE}"  # noqa: S608
    page = await reader.fetch_sql(first)
    while page:
        yield page
        page = await reader.fetch_sql(further, {key: page[-1][key] for key in keys})


async def _continue_ids(writer: Connection, table: str) -> None:
    last = f"SELECT COALESCE(max(id), 0) + 1 FROM {table}"  # noqa: S608 - a name from the list above
    await writer.fetch_sql(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), ({last}), false)")


async def _count(connection: Connection, table: str) -> int:
    rows = await connection.fetch_sql(f"SELECT count(*) AS n FROM {table}")  # noqa: S608 - a name from the list above
    count: int = rows[0]["n"]
    return count


def _unusable(engine: Engine, reason: str) -> StorageError:
    return StorageError("database-unusable", url=without_password(engine.url), reason=reason)
