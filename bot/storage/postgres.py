"""The PostgreSQL driver: a pool of asyncpg. Any number of processes may share the database."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

from bot.errors import DatabaseAwayError, ReadingOnlyError, StorageError
from bot.storage import postgres_watch as watch
from bot.storage import sql
from bot.storage.connection import Connection, Params, Row
from bot.storage.dialect import POSTGRES
from bot.storage.urls import shown

if TYPE_CHECKING:
    import asyncpg

POOL = 10  # connections of one process; a role uses one or two at a time
CONNECT_SECONDS = 10.0

_SETTINGS = {
    "application_name": "jarshy",
    # Queries are short look-ups: a row by an index costs little more than one that is read in order, and neither a
    # compiler nor a second worker is worth its start.
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    # A process that is frozen inside a transaction must not hold up all others for ever.
    "idle_in_transaction_session_timeout": "60000",
    "lock_timeout": "30000",
}

# Both go through many rows of one table, each of which leads to few of the next. A planner that has no statistics of a
# table yet (after a move, in the first minutes) takes each for half a percent of it, and reads all of it once instead.
# For their length they are joined as they are written, by index. ``tests/contract/test_postgres_reads.py`` counts rows.
_JOINED_BY_INDEX = frozenset({"expansion.reasons", "subscriptions.unseen"})
_SWITCHES = {
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    "join_collapse_limit": "1",
    "from_collapse_limit": "1",
}
_SWITCH = "; ".join(f"SET LOCAL {name} = {value}" for name, value in _SWITCHES.items())
_SWITCH_BACK = "; ".join(f"SET LOCAL {name} = DEFAULT" for name in _SWITCHES)

# SQLSTATE classes of what befalls a server: connection, transaction state (a write in a reading), log-in, deadlock,
# rights (42501), schemas, resources, object state, shutdown, system.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BEFALLS = ("08", "25", "28", "3D", "3F", "40", "42501", "53", "55", "57", "58")
_MAY_PASS = ("08", "40", "53", "55", "57", "58")  # of those: not a wrong password, database, schema or right
_READ_ONLY = "25006"

Numbered = tuple[str, tuple[str, ...]]


class PostgresConnection:
    """A pooled connection for the length of one transaction."""

    def __init__(self, raw: "asyncpg.Connection[Any]", queries: Mapping[str, Numbered], url: str) -> None:
        self._raw = raw
        self._queries = queries
        self._url = url

    async def fetch(self, name: str, params: Params | None = None) -> Sequence[Row]:
        """Run a named query; asyncpg keeps it prepared."""
        if name not in _JOINED_BY_INDEX:
            return await self._fetch(self._queries[name], params or {})
        with named_errors(self._url):
            await self._raw.execute(_SWITCH)
            rows = await self._fetch(self._queries[name], params or {})
            await self._raw.execute(_SWITCH_BACK)
        return rows

    async def execute(self, name: str, params: Params | None = None) -> None:
        """Run a named statement."""
        await self._fetch(self._queries[name], params or {})

    async def executemany(self, name: str, params: Iterable[Params]) -> None:
        """Run a named statement for each set of parameters, pipelined."""
        await self._executemany(self._queries[name], params)

    async def fetch_sql(self, text: str, params: Params | None = None) -> Sequence[Row]:
        """Run SQL that has no name."""
        return await self._fetch(sql.numbered(text), params or {})

    async def executemany_sql(self, text: str, params: Iterable[Params]) -> None:
        """Run SQL for each set of parameters."""
        await self._executemany(sql.numbered(text), params)

    async def notify(self, name: str) -> None:
        """Wake other processes when this transaction commits; equal names of one transaction wake once."""
        await self._fetch((watch.NOTIFY, ("name",)), {"name": name})

    async def load(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert many rows as they are, by COPY."""
        with named_errors(self._url):
            await self._raw.copy_records_to_table(table, columns=columns, records=rows)

    async def _fetch(self, query: Numbered, params: Params) -> Sequence[Row]:
        text, names = query
        with named_errors(self._url):
            rows: list[Row] = await self._raw.fetch(text, *[params[name] for name in names])
        return rows

    async def _executemany(self, query: Numbered, params: Iterable[Params]) -> None:
        text, names = query
        with named_errors(self._url):
            await self._raw.executemany(text, [[row[name] for name in names] for row in params])


class PostgresEngine:
    """A server's database, opened."""

    dialect = POSTGRES

    def __init__(self, url: str, pool: "asyncpg.Pool[Any]") -> None:
        self.url = shown(url)
        self._pool = pool
        self._dsn = url
        self._queries = {name: sql.numbered(text) for name, text in sql.load(POSTGRES).items()}

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect to the server.

        Raises:
            StorageError: ``driver-missing``, ``database-url``, ``database-unusable``.
        """
        try:
            import asyncpg  # noqa: PLC0415 - an extra: only a PostgreSQL address needs it
        except ImportError as error:
            raise StorageError("driver-missing") from error
        try:
            with named_errors(shown(url)):
                pool = await asyncpg.create_pool(
                    url, min_size=1, max_size=POOL, timeout=CONNECT_SECONDS, server_settings=_SETTINGS
                )
        except asyncpg.PostgresError as error:  # the address has an option that the server does not know
            raise StorageError("database-unusable", url=shown(url), reason=_one_line(error)) from error
        except (ValueError, OverflowError):  # no port, no option; the text of the error may hold the password
            raise StorageError("database-url") from None
        return cls(url, pool)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Open a READ COMMITTED transaction: claims by SKIP LOCKED must see what others committed meanwhile."""
        async with self._within(isolation="read_committed") as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """Open one snapshot; the server refuses its writes."""
        async with self._within(isolation="repeatable_read", readonly=True) as connection:
            yield connection

    async def changes(self) -> AsyncIterator[str]:
        """Name what processes committed, this one too, until the connection breaks."""
        with named_errors(self.url):
            async for name in watch.changes(self._connect):
                yield name
            raise OSError("the connection for wake-ups broke")

    @asynccontextmanager
    async def polling(self) -> AsyncIterator[asyncio.Event]:
        """Wait for the advisory lock, which the server frees with its connection."""
        async with watch.polling(self._connect) as lost:
            yield lost

    async def close(self) -> None:
        """Close the pool, after whatever still runs on it."""
        await self._pool.close()

    async def _connect(self) -> "asyncpg.Connection[Any]":
        import asyncpg  # noqa: PLC0415 - an extra

        return await asyncpg.connect(self._dsn, timeout=CONNECT_SECONDS, server_settings=_SETTINGS)

    @asynccontextmanager
    async def _within(self, **options: Any) -> AsyncIterator[Connection]:
        with named_errors(self.url):
            raw = await self._pool.acquire()
        try:
            transaction = raw.transaction(**options)
            with named_errors(self.url):
                await transaction.start()
            try:
                yield PostgresConnection(raw, self._queries, self.url)
            except BaseException:
                with suppress(StorageError), named_errors(self.url):  # a broken connection has rolled back by itself
                    await transaction.rollback()
                raise
            with named_errors(self.url):
                await transaction.commit()
        finally:
            with suppress(StorageError), named_errors(self.url):  # what broke only now had committed or rolled back
                await self._pool.release(raw)


@contextmanager
def named_errors(url: str) -> Iterator[None]:
    """Tell what befalls a server by a StorageError; mistakes in SQL and keys stay as they are.

    Raises:
        StorageError: ``database-unusable``, as ``DatabaseAwayError`` where it may pass, as ``ReadingOnlyError`` where
            a reading was to write.
    """
    import asyncpg  # noqa: PLC0415 - an extra

    try:
        yield
    except asyncpg.PostgresError as error:
        if not str(error.sqlstate).startswith(_BEFALLS):
            raise
        refused = ReadingOnlyError if error.sqlstate == _READ_ONLY else StorageError
        kind = DatabaseAwayError if str(error.sqlstate).startswith(_MAY_PASS) else refused
        raise kind("database-unusable", url=url, reason=_one_line(error)) from error
    except (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        if isinstance(error, ValueError):  # a value that its column cannot hold; the error quotes it
            raise
        # The library's own errors tell of its state: "cannot switch to state 15".
        reason = "the connection broke" if isinstance(error, asyncpg.InternalClientError) else _one_line(error)
        raise DatabaseAwayError("database-unusable", url=url, reason=reason) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
