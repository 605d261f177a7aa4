"""What runs inside a worker process: one job after another, until the pool closes its end of the pipe.

A job is ``(name, args, kwargs)``; its answer, pickled, is ``(True, result)``, or ``(False, message id, values)`` of a
``FeedError``.
"""

import gc
import os
import pickle
import resource
import signal
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from pkgutil import resolve_name

from bot.errors import FeedError

JOBS = {
    "parse": "bot.feeds.parsers.detection:parse_document",
    "extract": "bot.feeds.parsers.article_text:extract_page",
    "discover": "bot.feeds.parsers.feed_links:find_links",
    "robots": "bot.feeds.http.robots_rules:read_robots",
    "opml": "bot.feeds.opml:read_opml",
}
"""Functions by the names of jobs. The fork server has imported them; the program itself never does."""
ANSWER_BYTES = 32 * 1024 * 1024
"""Bytes of an answer, which the program reads in one go: twice what the largest body can hold as texts."""

Job = tuple[str, tuple[object, ...], dict[str, object]]
Answer = tuple[bool, object] | tuple[bool, str, dict[str, object]]


def serve(pipe: Connection, memory: int, seconds: float) -> None:
    """Say that the worker is ready, then answer jobs, within ``memory`` bytes of address space.

    A job that takes ``seconds`` ends the process. The pool kills a worker before that; this limit is for workers whose
    program has been killed.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the program, which ends its workers itself
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError):  # where the machine has no memory left, the kernel ends a parser, not the program
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # libraries that print do not print among the program's results
    gc.freeze()  # what the fork server imported stays shared with it
    with suppress(EOFError, OSError):
        pipe.send_bytes(b"ready")
        while True:
            job = pipe.recv()
            signal.setitimer(signal.ITIMER_REAL, seconds)
            frame = _frame(*job)
            signal.setitimer(signal.ITIMER_REAL, 0)
            pipe.send_bytes(frame)


def _frame(name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> bytes:
    frame = pickle.dumps(_answer(name, args, kwargs), pickle.HIGHEST_PROTOCOL)
    if len(frame) > ANSWER_BYTES:
        return pickle.dumps((False, "feed-too-large", {"limit": ANSWER_BYTES}))
    return frame


def _answer(name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> Answer:
    """Do one job; every failure becomes an answer, so that one document never costs the process."""
    try:
        return True, resolve_name(JOBS[name])(*args, **kwargs)
    except FeedError as error:
        return False, error.message_id, error.values
    except MemoryError:
        return False, "feed-parse-crashed", {"reason": "out of memory"}
    except Exception as error:  # noqa: BLE001 (reported to the pool: libraries fail in ways of their own)
        return False, "feed-parse-crashed", {"reason": " ".join(f"{type(error).__name__}: {error}".split())[:200]}
