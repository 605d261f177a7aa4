"""The nursery of parsers, and the workers that it forks: it has imported what parsing needs, so a new one costs little.

Standard input is a socket. Each byte that comes over it brings a socket of its own for one more worker; its end is the
end of all of them. A worker says its process id, then answers jobs. A frame is four bytes of length and a pickle; a
job is ``(name, args, kwargs)``, an answer ``(True, result)`` or ``(False, message id, values)`` of a ``FeedError``.
"""

import gc
import os
import pickle
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from bot.errors import FeedError
from bot.feeds.discover import find_links
from bot.feeds.extract import extract_page, load_extractor
from bot.feeds.frames import ANSWER_BYTES, LENGTH
from bot.feeds.opml import read_opml
from bot.feeds.parse import parse_document, parse_newest
from bot.feeds.robots_rules import read_robots

JOBS: dict[str, Callable[..., object]] = {
    "parse": parse_document,
    "newest": parse_newest,
    "extract": extract_page,
    "discover": find_links,
    "robots": read_robots,
    "opml": read_opml,
}
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
    """Answer jobs until the parent closes its end; first say which process this is."""
    _send(answers, os.getpid())
    while header := jobs.read(LENGTH.size):
        name, args, kwargs = pickle.loads(jobs.read(*LENGTH.unpack(header)))  # noqa: S301 (from the parent)
        _send(answers, answer(name, args, kwargs))


def _send(answers: BinaryIO, value: object) -> None:
    frame = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    if len(frame) > ANSWER_BYTES:
        frame = pickle.dumps((False, "feed-too-large", {"limit": ANSWER_BYTES}), pickle.HIGHEST_PROTOCOL)
    answers.write(LENGTH.pack(len(frame)) + frame)
    answers.flush()


def nurse(control: socket.socket, memory: int) -> None:
    """Fork a worker for each socket that comes, until the parent's end closes."""
    control.send(b"\0")
    while True:
        asked, given, *_ = socket.recv_fds(control, 1, 1)
        if not asked:
            return
        with suppress(OSError):  # no process to be had: the parent sees its socket close
            if os.fork() == 0:
                control.close()
                _work(given[0], memory)
        os.close(given[0])


def _work(given: int, memory: int) -> None:
    """Serve over one socket; the process ends with it."""
    try:
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with suppress(OSError):  # where the machine has no memory left, the kernel ends a parser, not the program
            Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
        with socket.socket(fileno=given) as line, line.makefile("rb") as jobs, line.makefile("wb") as answers:
            serve(jobs, answers)
    finally:
        os._exit(0)


def main() -> None:
    """Nurse workers for the parent. ``sys.argv`` ends with a worker's bytes of memory, and whether it reads pages."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # this process ends with its parent, its workers by that signal
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel collects workers that end
    if sys.argv[-1] == "pages":
        load_extractor()
    gc.freeze()  # what was imported stays shared between the workers
    nurse(socket.socket(fileno=0), int(sys.argv[-2]))
    os.killpg(0, signal.SIGTERM)  # those that hang too: no worker handles it
    with suppress(ChildProcessError):
        os.waitpid(-1, 0)
