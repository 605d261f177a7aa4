"""Who may read the files of a SQLite database: their owner alone."""

import logging
from pathlib import Path
from typing import Final

SUFFIXES: Final = ("", "-wal", "-shm", ".lock")
_OTHERS: Final = 0o077

log = logging.getLogger(__name__)


def tighten(database: Path) -> None:
    """Take from everybody but their owner the rights to a database's files that are there, and say so.

    Older versions made them, and a copy that is put back may be, readable by others. Where that cannot be changed, as
    they are another user's, a warning says so.
    """
    for suffix in SUFFIXES:
        path = database.with_name(database.name + suffix)
        try:
            mode = path.stat().st_mode & 0o7777
        except OSError:  # it is not there, or opening it says what is wrong
            continue
        if not mode & _OTHERS:
            continue
        try:
            path.chmod(mode & ~_OTHERS)
        except OSError as error:
            log.warning("%s can be read by others (mode %04o), which cannot be changed: %s", path, mode, error.strerror)
        else:
            log.info("%s could be read by others (mode %04o): now by its owner alone", path, mode)
