"""The SQLite driver: one writer behind a lock and up to ``READERS`` readers beside it, all on aiosqlite.

A connection that tasks share would let one task's rollback erase another's insert, so a transaction owns the writer
from its BEGIN IMMEDIATE to its end, and a reading owns its reader. By the write-ahead log neither waits for the other.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Self

import aiosqlite

from bot.errors import DatabaseAwayError, ReadingOnlyError, StorageError
from bot.storage import sql
from bot.storage.connection import Connection, Params, Row
from bot.storage.dialect import SQLITE
from bot.storage.urls import shown

BUSY_SECONDS = 10.0  # how long another process may hold the write lock before a transaction gives up
READERS = 8
"""Readings at a time; further ones wait. Each is a thread, and up to 8 MB of pages."""

# FULL, not NORMAL: what Telegram was told to be taken must outlive a power cut, and a commit is one fsync a batch.
_PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA journal_size_limit = 67108864",
)
_WRITER_PRAGMAS = ("PRAGMA cache_size = -32768",)
_READER_PRAGMAS = ("PRAGMA cache_size = -8192", "PRAGMA query_only = ON")
# https://www.sqlite.org/rescode.html
_MAY_PASS = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
_BUGS = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.NotSupportedError)


class SqliteConnection:
    """A connection for the length of one transaction; unusable afterwards."""

    def __init__(self, raw: aiosqlite.Connection, queries: Mapping[str, str], url: str) -> None:
        self._raw: aiosqlite.Connection | None = raw
        self._queries = queries
        self._url = url

    async def fetch(self, name: str, params: Params | None = None) -> Sequence[Row]:
        """Run a named query in one hop to the database's thread."""
        return await self.fetch_sql(self._queries[name], params)

    async def execute(self, name: str, params: Params | None = None) -> None:
        """Run a named statement."""
        await self.fetch_sql(self._queries[name], params)

    async def executemany(self, name: str, params: Iterable[Params]) -> None:
        """Run a named statement for each set of parameters in one hop."""
        await self.executemany_sql(self._queries[name], params)

    async def fetch_sql(self, text: str, params: Params | None = None) -> Sequence[Row]:
        """Run SQL in one hop."""
        with named_errors(self._url):
            return list(await self._open().execute_fetchall(text, _bound(params or {})))

    async def executemany_sql(self, text: str, params: Iterable[Params]) -> None:
        """Run SQL for each set of parameters in one hop."""
        with named_errors(self._url):
            await self._open().executemany(text, map(_bound, params))

    async def load(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert many rows as they are."""
        places = ", ".join("?" * len(columns))
        text = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"  # noqa: S608 - names of the schema
        with named_errors(self._url):
            await self._open().executemany(text, rows)

    async def notify(self, name: str) -> None:
        """Do nothing: one process has the file for itself."""

    def end(self) -> None:
        """Make this connection unusable: outside its transaction each statement would commit by itself."""
        self._raw = None

    def _open(self) -> aiosqlite.Connection:
        if self._raw is None:
            raise RuntimeError("this transaction has ended")
        return self._raw


class SqliteEngine:
    """A database file, opened."""

    dialect = SQLITE

    def __init__(self, url: str, writer: aiosqlite.Connection, readers: "_Readers") -> None:
        self.url = url
        self._writer = writer
        self._write_lock = asyncio.Lock()
        self._readers = readers
        self._queries = sql.load(SQLITE)

    @classmethod
    async def open(cls, url: str, path: Path, *, read_only: bool = False) -> Self:
        """Open a database file, making it where it is absent; ``read_only`` makes and changes nothing.

        Raises:
            StorageError: ``database-unusable``, ``database-missing``.
        """
        url = shown(url)
        with named_errors(url):
            writer = await _connect(path, read_only=read_only)
            try:
                connect = partial(_connect, path, read_only=read_only, query_only=True)
                return cls(url, writer, _Readers(await connect(), connect))
            except BaseException:
                await writer.close()
                raise

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Own the writer for one transaction."""
        async with self._write_lock, self._within(self._writer, "BEGIN IMMEDIATE") as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """Own a reader for one snapshot; SQLite refuses its writes."""
        async with self._readers.one(self.url) as reader, self._within(reader, "BEGIN") as connection:
            yield connection

    async def changes(self) -> AsyncIterator[str]:
        """Wait for ever: there are no other processes."""
        await asyncio.Event().wait()
        yield ""

    @asynccontextmanager
    async def polling(self) -> AsyncIterator[asyncio.Event]:
        """Be the one at once: the file's lock keeps others out."""
        yield asyncio.Event()

    async def close(self) -> None:
        """Close every connection, after whatever still runs on it."""
        async with self._write_lock:
            await self._readers.close()
            await self._writer.close()

    @asynccontextmanager
    async def _within(self, raw: aiosqlite.Connection, begin: str) -> AsyncIterator[Connection]:
        connection = SqliteConnection(raw, self._queries, self.url)
        try:
            with named_errors(self.url):
                await raw.execute(begin)
            yield connection
            with named_errors(self.url):
                await finished(raw.commit())
        except BaseException:
            await finished(raw.rollback())  # nothing where the transaction never began or has ended
            raise
        finally:
            connection.end()


class _Readers:
    """Connections that only read, each for one reading at a time; opened as they are needed."""

    def __init__(self, first: aiosqlite.Connection, connect: Callable[[], Awaitable[aiosqlite.Connection]]) -> None:
        self._idle = [first]
        self._connect = connect
        self._places = asyncio.Semaphore(READERS)
        self._closed = False

    @asynccontextmanager
    async def one(self, url: str) -> AsyncIterator[aiosqlite.Connection]:
        """Own a reader; the one that was used last, whose pages are warm, comes first."""
        async with self._places:
            if self._closed:
                raise StorageError("database-unusable", url=url, reason="it is closed")
            with named_errors(url):
                reader = self._idle.pop() if self._idle else await self._connect()
            try:
                yield reader
            finally:
                self._idle.append(reader)

    async def close(self) -> None:
        """Close all, as soon as nothing reads any more."""
        self._closed = True
        for _ in range(READERS):
            await self._places.acquire()
        for reader in self._idle:
            await reader.close()
        for _ in range(READERS):
            self._places.release()


async def finished(operation: Coroutine[Any, Any, None]) -> None:
    """Run an operation to its end even if the task is cancelled meanwhile; the cancellation is raised after it."""
    task = asyncio.ensure_future(operation)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled


@contextmanager
def named_errors(url: str) -> Iterator[None]:
    """Tell what befalls a database (full, locked, gone) by a StorageError; mistakes in SQL and keys stay as they are.

    Raises:
        StorageError: ``database-unusable``, as ``DatabaseAwayError`` where it may pass, as ``ReadingOnlyError`` where
            a reading was to write.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, _BUGS):
            raise
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code of an extended one
        refused = ReadingOnlyError if code == sqlite3.SQLITE_READONLY else StorageError
        kind = DatabaseAwayError if code in _MAY_PASS else refused
        raise kind("database-unusable", url=url, reason=" ".join(str(error).split())) from error


def connect(path: Path, *, must_exist: bool = False) -> sqlite3.Connection:
    """Open a file, outside any transaction; one that must exist is not made where it is absent.

    A file that is made is its owner's alone to read, and so are those of its write-ahead log, which SQLite makes alike.

    Not as ``mode=ro``: such a connection leaves the files of the write-ahead log behind, beside a database that rests.

    Raises:
        StorageError: ``database-missing``.
        sqlite3.Error: it cannot be opened.
    """
    if must_exist and _is_missing(path):
        raise StorageError("database-missing", url=shown(f"sqlite:///{path}"))
    if not must_exist:
        with suppress(OSError):  # it is there, or SQLite says why it cannot be made
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    place = f"{path.absolute().as_uri()}?mode={'rw' if must_exist else 'rwc'}"
    return sqlite3.connect(place, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def _is_missing(path: Path) -> bool:
    try:
        path.stat()
    except OSError as error:
        return isinstance(error, FileNotFoundError | NotADirectoryError)  # of anything else SQLite says what it is
    return False


async def _connect(path: Path, *, read_only: bool, query_only: bool = False) -> aiosqlite.Connection:
    # Opened first and wrapped then: where opening fails, aiosqlite's thread would outlive the loop and complain.
    opened = await asyncio.to_thread(connect, path, must_exist=read_only)
    raw = await aiosqlite.Connection(lambda: opened, iter_chunk_size=64)
    try:
        raw.row_factory = sqlite3.Row
        if not read_only:
            await _write_ahead(raw)
        for pragma in (*_PRAGMAS, *(_READER_PRAGMAS if read_only or query_only else _WRITER_PRAGMAS)):
            await raw.execute(pragma)
    except BaseException:
        await raw.close()
        raise
    return raw


async def _write_ahead(raw: aiosqlite.Connection) -> None:
    """Turn on the write-ahead log. SQLite waits for no other process that does so at once: it is tried again."""
    deadline = asyncio.get_running_loop().time() + BUSY_SECONDS
    while True:
        try:
            await raw.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            locked = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
            if not locked or asyncio.get_running_loop().time() > deadline:
                raise
            await asyncio.sleep(0.05)
        else:
            return


def _bound(params: Params) -> dict[str, Any]:
    return dict(params)
