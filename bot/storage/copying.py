"""Moving a whole database from one engine to the other, of whatever version its schema is.

::

    version of the source | the same schema in the target | its tables, parents first: pages of rows by primary key
        | the same rows in the target, both compared | the target's schema brought up to date
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.errors import StorageError
from bot.storage import schema
from bot.storage.connection import Connection, Engine, Row
from bot.storage.layout import Table, tables
from bot.storage.opening import open_engine

PAGE = 2000  # rows held in memory at once


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: the version of the schema, and the rows of each table."""

    version: int
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Sum:
    """How many rows there are, and a sum over them that does not depend on their order."""

    rows: int = 0
    hash: int = 0

    def plus(self, page: Sequence[Row]) -> "_Sum":
        return _Sum(self.rows + len(page), sum((hash(tuple(row)) for row in page), self.hash) & (2**64 - 1))


async def copy_database(source_url: str, target_url: str, *, migrate: bool = True) -> Copied:
    """Move everything from one database, of this or an older version, into another, empty one.

    The source is read in one snapshot and stays as it is; the target is written in one transaction and read again.
    Then the target's schema is brought up to date, unless told not to ``migrate``.

    Raises:
        StorageError: ``database-unusable``: one of them cannot be used, the target is not empty, or it does not hold
            what the source holds: then it is left empty. Also as ``open_storage``, ``read_only`` for the source.
    """
    async with AsyncExitStack() as stack:
        source = await open_engine(source_url, read_only=True)
        stack.push_async_callback(source.close)
        async with schema.unchanging(source) as (reader, version):
            target = await open_engine(target_url)  # not before: a mistyped source makes nothing
            stack.push_async_callback(target.close)
            await schema.migrate(target, to=version)
            rows = await _copy(source, reader, target, version)
        if migrate:
            await schema.migrate(target)
    return Copied(version, rows)


async def _copy(source: Engine, reader: Connection, target: Engine, version: int) -> dict[str, int]:
    counts = {}
    async with target.transaction() as writer:
        if await schema.version(target, writer) != version:
            raise _unusable(target, "its schema is of another version than the source's: name a database without any")
        for engine, connection in ((source, reader), (target, writer)):
            if engine.dialect.name == "postgresql":  # each waits while the other one reads a large table
                await connection.fetch_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        layout = tables(version)
        for table in layout:
            if table.is_seeded:
                await writer.fetch_sql(f"DELETE FROM {table.name}")  # noqa: S608 - here and below: names of the schema
        for table in layout:
            if await _count(writer, table):
                raise _unusable(target, "it is not empty")
            written, read = await _copy_table(reader, writer, table), await _sum(writer, table)
            if written != read:
                raise _unusable(target, f"its table {table.name} does not hold what was written")
            counts[table.name] = read.rows
            if table.is_numbered and target.dialect.name == "postgresql":
                await _continue_ids(writer, table)
    return counts


async def _copy_table(reader: Connection, writer: Connection, table: Table) -> _Sum:
    total = _Sum()
    async for page in _pages(reader, table):
        await writer.load(table.name, table.columns, [tuple(row) for row in page])
        total = total.plus(page)
    return total


async def _sum(connection: Connection, table: Table) -> _Sum:
    total = _Sum()
    async for page in _pages(connection, table):
        total = total.plus(page)
    return total


async def _pages(reader: Connection, table: Table) -> AsyncIterator[Sequence[Row]]:
    order = ", ".join(table.keys)
    after = ", ".join(f":{key}" for key in table.keys)
    every = f"SELECT {', '.join(table.columns)} FROM {table.name}"  # noqa: S608
    page = await reader.fetch_sql(f"{every} ORDER BY {order} LIMIT {PAGE}")
    while page:
        yield page
        last = {key: page[-1][key] for key in table.keys}
        page = await reader.fetch_sql(f"{every} WHERE ({order}) > ({after}) ORDER BY {order} LIMIT {PAGE}", last)


async def _continue_ids(writer: Connection, table: Table) -> None:
    last = f"SELECT COALESCE(max(id), 0) + 1 FROM {table.name}"  # noqa: S608
    await writer.fetch_sql(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), ({last}), false)")


async def _count(connection: Connection, table: Table) -> int:
    rows = await connection.fetch_sql(f"SELECT count(*) AS n FROM {table.name}")  # noqa: S608
    count: int = rows[0]["n"]
    return count


def _unusable(engine: Engine, reason: str) -> StorageError:
    return StorageError("database-unusable", url=engine.url, reason=reason)
