"""Workers whose parser of feeds does something else; for the tests, in place of ``child.serve``."""

import os
import signal
import sys
from multiprocessing.connection import Connection

from bot.feeds.workers import child

_BEFORE = frozenset(sys.modules)


def by_signal(pipe: Connection, memory: int, seconds: float) -> None:
    """End as a library that reads past its memory does."""
    _serve("_segmentation_fault", pipe, memory, seconds)


def by_exit(pipe: Connection, memory: int, seconds: float) -> None:
    """End as a library that gives up does."""
    _serve("_exit", pipe, memory, seconds)


def by_memory(pipe: Connection, memory: int, seconds: float) -> None:
    """Want more memory than there is."""
    _serve("_all_memory", pipe, memory, seconds)


def telling_imports(pipe: Connection, memory: int, seconds: float) -> None:
    """Answer which of the parsers' libraries were imported before this module was."""
    _serve("_imports", pipe, memory, seconds)


def _serve(function: str, pipe: Connection, memory: int, seconds: float) -> None:
    child.JOBS["parse"] = f"odd_workers:{function}"
    child.serve(pipe, memory, seconds)


def _segmentation_fault(*_args: object, **_options: object) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _exit(*_args: object, **_options: object) -> None:
    os._exit(3)


def _all_memory(*_args: object, **_options: object) -> list[bytes]:
    return [b"x" * 10**7 for _ in range(10**4)]


def _imports(*_args: object, **_options: object) -> list[str]:
    return [name for name in ("feedparser", "lxml.etree", "brotli", "telegram") if name in _BEFORE]
