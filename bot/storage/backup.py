"""Backups: a database of either engine, running or not and of whatever version, in one SQLite file.

::

    SQLite:      pages of one snapshot, some at a time, by SQLite's online backup
    PostgreSQL:  rows of one snapshot, into the schema of the same version

    either:      a temporary file beside the target | counted | on the disk | renamed
"""

import asyncio
import os
import sqlite3
import tempfile
import threading
from contextlib import closing
from pathlib import Path

from bot.errors import StorageError
from bot.storage import sqlite
from bot.storage.copying import Copied, copy_database
from bot.storage.urls import shown, sqlite_path

STEP_PAGES = 2500  # 10 MB; between two steps it can be stopped

_OF_THE_SOURCE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)  # all else befalls what is written

_TABLES = """
    SELECT name FROM sqlite_master
    WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ('schema_version', 'saved_state', 'kept_work')
    ORDER BY rowid -- kept_work: saved_state in older versions
"""


async def backup_database(url: str, file: Path) -> Copied:
    """Write a database, running or not, into a new SQLite file as of one instant, which its owner alone may read.

    The file keeps the version of the database's schema: the program that made the database, and any later one, opens
    it. Writers go on meanwhile; where it fails nothing is left behind.

    Raises:
        StorageError: ``backup-failed``: the file is there already, or cannot be written. ``database-missing`` or
            ``database-empty``: there is nothing to save. Also as ``open_storage``.
    """
    path = sqlite_path(url)
    part = _temporary(file)
    try:
        if path is None:
            await copy_database(url, f"sqlite:///{part}", migrate=False)
        else:
            await _snapshot(url, path, part)
        copied = await asyncio.to_thread(_finish, part, file)
    except (OSError, sqlite3.Error) as error:
        raise _failed(file, error) from error
    except StorageError as error:
        if error.values.get("url") == shown(f"sqlite:///{part}"):
            raise _failed(file, error) from error
        raise
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            part.with_name(part.name + suffix).unlink(missing_ok=True)
    return copied


def _temporary(file: Path) -> Path:
    """Make an empty file beside the target, readable by its owner alone."""
    try:
        _refuse_existing(file)
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
    except OSError as error:
        raise _failed(file, error) from error
    os.close(handle)
    return Path(name)


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise StorageError("backup-failed", file=file.absolute(), reason="the file is there already")


async def _snapshot(url: str, path: Path, part: Path) -> None:
    stop = threading.Event()
    copying = asyncio.create_task(asyncio.to_thread(_copy_pages, url, path, part, stop))
    try:
        await asyncio.shield(copying)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait({copying})
        raise


class _StoppedError(Exception):
    pass


def _copy_pages(url: str, path: Path, part: Path, stop: threading.Event) -> None:
    """Copy a SQLite file page by page, in steps.

    One reading spans them all: SQLite would begin anew after each write of a running bot that comes between two steps.
    """

    def stop_where_asked(*_: int) -> None:
        if stop.is_set():
            raise _StoppedError

    with closing(sqlite.connect(part)) as target:
        with sqlite.named_errors(shown(url)):
            source = sqlite.connect(path, must_exist=True)
        with closing(source):
            with sqlite.named_errors(shown(url)):
                source.execute("PRAGMA query_only = ON")
                source.execute("BEGIN")
                is_filled = source.execute("SELECT 1 FROM sqlite_master WHERE name = 'schema_version'").fetchone()
            if not is_filled:
                raise StorageError("database-empty", url=shown(url))
            try:
                source.backup(target, pages=STEP_PAGES, progress=stop_where_asked)
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorcode & 0xFF in _OF_THE_SOURCE:
                    raise StorageError("database-unusable", url=shown(url), reason=str(error)) from error
                raise


def _finish(part: Path, file: Path) -> Copied:
    """Count what the file holds, make one file of it that lasts, and give it its name."""
    with closing(sqlite.connect(part)) as copy:
        ((version,),) = copy.execute("SELECT max(version) FROM schema_version")
        rows = {}
        for (table,) in copy.execute(_TABLES).fetchall():
            ((rows[table],),) = copy.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name of the schema
        copy.execute("PRAGMA journal_mode = DELETE")
    _flush(part)
    _refuse_existing(file)
    part.rename(file)
    _flush(file.parent)
    return Copied(version, rows)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _failed(file: Path, error: Exception) -> StorageError:
    match error:
        case StorageError():
            reason = error.values["reason"]
        case OSError():
            reason = error.strerror or type(error).__name__
        case _:
            reason = str(error)
    return StorageError("backup-failed", file=file.absolute(), reason=reason)
