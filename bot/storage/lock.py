"""The lock by which one process runs on a SQLite file."""

import os
from pathlib import Path

from bot.errors import StorageError
from bot.storage.urls import shown

_held: set[Path] = set()  # a record lock does not keep its own process out


class FileLock:
    """A record lock on ``<file>.lock``: the system frees it when the process ends, however it ends.

    Record locks are not inherited by child processes, so a worker that outlives a killed bot holds nothing.
    """

    def __init__(self, database: Path) -> None:
        """Take the lock.

        Raises:
            StorageError: ``database-locked``: another process holds it; ``database-unusable``: it cannot be made.
        """
        import fcntl  # noqa: PLC0415 - not on every system; only an exclusive opening needs it

        self._path = database.with_name(database.name + ".lock").absolute()
        if self._path in _held:
            raise StorageError("database-locked", path=database.absolute())
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StorageError(
                "database-unusable", url=shown(f"sqlite:///{database}"), reason=error.strerror
            ) from error
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise StorageError("database-locked", path=database.absolute()) from error
        _held.add(self._path)

    def release(self) -> None:
        """Free the lock."""
        _held.discard(self._path)
        os.close(self._file)
