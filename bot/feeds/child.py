"""The worker process: reads jobs from standard input, answers on standard output, ends with its parent.

A frame is four bytes of length and a pickle. A job is ``(name, args, kwargs)``; an answer ``(True, result)`` or
``(False, message id, values)`` of a ``FeedError``.
"""

import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from bot.errors import FeedError
from bot.feeds.discover import find_links
from bot.feeds.extract import extract_page
from bot.feeds.frames import LENGTH
from bot.feeds.parse import parse_document

JOBS: dict[str, Callable[..., object]] = {
    "parse": parse_document,
    "extract": extract_page,
    "discover": find_links,
}
_HEAVY_SECONDS = 0.25  # of processor time for one document: twenty times the usual
_NICENESS = 10
Answer = tuple[bool, object] | tuple[bool, str, dict[str, object]]


def answer(name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> Answer:
    """Do one job; every failure becomes an answer, so that one document never costs the process."""
    try:
        return True, JOBS[name](*args, **kwargs)
    except FeedError as error:
        return False, error.message_id, error.values
    except MemoryError:
        return False, "feed-parse-crashed", {"reason": "out of memory"}
    except Exception as error:  # noqa: BLE001 (reported to the parent: libraries fail in ways of their own)
        return False, "feed-parse-crashed", {"reason": " ".join(f"{type(error).__name__}: {error}".split())[:200]}


def serve(jobs: BinaryIO, answers: BinaryIO) -> None:
    """Answer jobs until the parent closes its end; first say that the imports are done."""
    _send(answers, (True, "ready"))
    while header := jobs.read(LENGTH.size):
        name, args, kwargs = pickle.loads(jobs.read(*LENGTH.unpack(header)))  # noqa: S301 (from the parent)
        with _stepping_back():
            frame = answer(name, args, kwargs)
        _send(answers, frame)


def _send(answers: BinaryIO, value: object) -> None:
    frame = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    answers.write(LENGTH.pack(len(frame)) + frame)
    answers.flush()


@contextmanager
def _stepping_back() -> Iterator[None]:
    """Leave the processors to others once a document takes long; there is no way back, so the parent ends us then."""
    if sys.platform == "win32":
        yield
        return
    signal.signal(signal.SIGPROF, _step_back)
    signal.setitimer(signal.ITIMER_PROF, _HEAVY_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _step_back(_number: int, _frame: object) -> None:
    os.nice(_NICENESS)


def _restrain(memory: int) -> None:
    """Bound the address space, and leave no core files."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 (absent on Windows)

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Serve the parent; ``sys.argv`` ends with the bound of memory in bytes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not write into the frames
    _restrain(int(sys.argv[-1]))
    serve(sys.stdin.buffer, answers)
