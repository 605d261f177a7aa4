"""One worker process: forked from a server that has imported the parsers, asked over a pipe, killed at any moment."""

import asyncio
import multiprocessing
import os
import pickle
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Self

from bot.errors import FeedError
from bot.feeds.workers.child import ANSWER_BYTES, JOBS, Job, serve

_FORKS = multiprocessing.get_context("forkserver")
_PIPES = ThreadPoolExecutor(64, thread_name_prefix="parser-pipe")
"""Threads that wait for workers: one for each document that is being parsed."""
_START_SECONDS = 30.0
_END_SECONDS = 5.0
_NICENESS = 5  # a third of the others' share: enough for them, and no large feed starves on a busy machine


_STARTING = threading.Lock()


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide the program's main module for a moment: else each worker would import it once more, for nothing."""
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def prepare(*, pages: bool) -> None:
    """Say what the fork server imports ahead, before the first worker; ``pages`` adds what articles' pages need."""
    modules = [serve.__module__, *(function.partition(":")[0] for function in JOBS.values())]
    _FORKS.set_forkserver_preload([*modules, "trafilatura"] if pages else modules)


class Worker:
    """A process that parses, one job at a time."""

    def __init__(self, process: BaseProcess, pipe: Connection) -> None:
        self._process = process
        self._pipe = pipe
        self.jobs = 0

    @classmethod
    async def start(cls, memory: int, seconds: float) -> Self:
        """Fork a worker; see ``child.serve`` for its limits. Raises ``FeedError("feed-parse-crashed")``."""
        return await asyncio.get_running_loop().run_in_executor(_PIPES, cls._start, memory, seconds)

    @classmethod
    def _start(cls, memory: int, seconds: float) -> Self:
        ours, theirs = _FORKS.Pipe()
        process = _FORKS.Process(target=serve, args=(theirs, memory, seconds), daemon=True)
        try:
            with _STARTING, _without_main():
                process.start()
            theirs.close()
            if ours.poll(_START_SECONDS):
                ours.recv_bytes()
                return cls(process, ours)
            process.kill()
        except (OSError, EOFError) as error:
            raise FeedError("feed-parse-crashed", reason=f"no worker process could be started: {error}") from error
        finally:
            theirs.close()
        raise FeedError("feed-parse-crashed", reason="no worker process started in time")

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid or 0

    @property
    def ready(self) -> bool:
        """Whether a worker that has no job can take one; what could be read of it then is only the end of its pipe."""
        return self._process.is_alive() and not self._pipe.poll()

    def ask(self, job: Job) -> asyncio.Future[object]:
        """Send a job; return what will be its answer. It fails with EOFError or OSError where the process ends."""
        self.jobs += 1
        answer = asyncio.get_running_loop().run_in_executor(_PIPES, self._exchange, job)
        answer.add_done_callback(_mark_seen)
        return answer

    def _exchange(self, job: Job) -> object:
        self._pipe.send(job)
        return pickle.loads(self._pipe.recv_bytes(ANSWER_BYTES))  # noqa: S301 (our own process, which runs no feed's code)

    def cpu_seconds(self) -> float:
        """Return the processor time that the process has taken; where the system does not tell, the time of day."""
        if sys.platform != "linux":
            return time.monotonic()
        with suppress(OSError):
            return time.clock_gettime((~self.pid << 3) | 2)  # the kernel's name for another process's clock
        return 0.0  # it has just ended

    def lower_priority(self) -> None:
        """Give way to other processes, for good: such a worker takes no further job."""
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _NICENESS)

    def kill(self) -> None:
        """End the process, whatever it does."""
        if self._process.is_alive():
            self._process.kill()

    async def ended(self) -> None:
        """Wait until the process that was killed is gone."""
        await asyncio.get_running_loop().run_in_executor(_PIPES, self._process.join, _END_SECONDS)


def _mark_seen(answer: asyncio.Future[object]) -> None:
    """Mark an error as seen: a killed worker's answer is not waited for."""
    if not answer.cancelled():
        answer.exception()
