"""Opening a database by its address."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from bot.errors import DatabaseAwayError, ReadingOnlyError
from bot.storage import schema
from bot.storage.connection import Connection, Engine
from bot.storage.lock import FileLock
from bot.storage.permissions import tighten
from bot.storage.postgres import PostgresEngine
from bot.storage.saved_state import leave_mark
from bot.storage.sqlite import SqliteEngine
from bot.storage.storage import SqlStorage
from bot.storage.urls import sqlite_path

_PAUSE_SECONDS: Final = 1.0

log = logging.getLogger(__name__)


async def open_storage(url: str, *, exclusive: bool = False, read_only: bool = False) -> SqlStorage:
    """Open ``sqlite:///relative``, ``sqlite:////absolute`` or ``postgresql://…`` and bring its schema up to date.

    With ``exclusive`` a SQLite file is locked for this process until ``close`` or its end, and is from then on its
    owner's alone to read; PostgreSQL is for many.
    With ``read_only`` nothing is made or changed: a database that is not there, or of another version, is refused.

    Raises:
        StorageError: ``database-url``, ``database-password``, ``database-unusable``, ``database-locked``,
            ``database-newer``, ``driver-missing``; with ``read_only`` also ``database-missing``, ``database-empty``
            and ``database-older``.
    """
    release = _lock(url) if exclusive else _nothing
    try:
        engine = await open_engine(url, read_only=read_only)
    except BaseException:
        release()
        raise
    storage = SqlStorage(engine, release)
    try:
        await (schema.check(engine) if read_only else schema.migrate(engine))
        if exclusive:
            await _write(engine, url)
    except ReadingOnlyError as error:
        await storage.close()
        if sqlite_path(url) is not None:
            raise
        raise DatabaseAwayError(error.message_id, **error.values) from error  # a standby, which may be promoted
    except BaseException:
        await storage.close()
        raise
    return storage


async def open_when_up(url: str, *, seconds: float) -> SqlStorage:
    """Open a database for a program that is to run; wait up to ``seconds`` where it is away, as after a reboot.

    Raises:
        StorageError: as ``open_storage``; ``DatabaseAwayError`` where it was away for all that time.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    waiting = False
    while True:
        try:
            return await open_storage(url, exclusive=True)
        except DatabaseAwayError as error:
            if loop.time() >= deadline:
                raise
            if not waiting:
                log.warning("waiting for the database, up to %.0f s: %s", seconds, error)
            waiting = True
            await asyncio.sleep(_PAUSE_SECONDS)


async def migrate(url: str) -> list[str]:
    """Bring a database's schema up to date and return the names of the migrations that it lacked.

    Raises:
        StorageError: as ``open_storage``.
    """
    engine = await open_engine(url)
    try:
        return await schema.migrate(engine)
    finally:
        await engine.close()


async def open_engine(url: str, *, read_only: bool = False) -> Engine:
    """Open the database alone, whatever its schema; ``read_only`` makes no file where there is none.

    Raises:
        StorageError: ``database-url``, ``database-password``, ``database-unusable``, ``driver-missing``; with
            ``read_only`` also ``database-missing``.
    """
    path = sqlite_path(url)
    if path is None:
        return await PostgresEngine.open(url)
    return await SqliteEngine.open(url, path, read_only=read_only)


async def _write(engine: Engine, url: str) -> None:
    """Write something, so that a full disk, or a database that is read-only, shows now."""
    async with engine.transaction() as connection:
        await leave_mark(connection)
        if sqlite_path(url) is not None:
            await _lapse_leases(connection)


async def _lapse_leases(connection: Connection) -> None:
    """End the leases of the process that had the file before: it is dead, or its lock could not have been taken.

    So what a kill interrupted goes on at the restart, not when its lease would have lapsed.
    """
    for name in ("opening.lapse_outbox", "opening.lapse_inbox", "opening.lapse_sources", "opening.lapse_imports"):
        await connection.execute(name)


def _lock(url: str) -> Callable[[], None]:
    path = sqlite_path(url)
    if path is None:
        return _nothing
    lock = FileLock(path)
    tighten(path)
    return lock.release


def _nothing() -> None:
    pass
