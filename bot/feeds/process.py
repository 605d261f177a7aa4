"""The parent's side of the nursery of parsers and of its workers."""

import asyncio
import os
import pickle
import signal
import socket
import sys
import time
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
from pathlib import Path
from typing import Self

from bot.errors import FeedError
from bot.feeds.frames import ANSWER_BYTES, LENGTH

_START_SECONDS = 30.0
_END_SECONDS = 5.0
_NICENESS = 5  # a third of the others' share: enough for them, and no large feed starves on a busy machine
_ROOT = Path(__file__).parents[2]
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from bot.feeds.child import main; main()"


class Worker:
    """One process that parses, and the frames to and from it."""

    def __init__(self, pid: int, reader: StreamReader, writer: StreamWriter) -> None:
        self.pid = pid
        self.stepped_back = False
        self.jobs = 0
        self._reader = reader
        self._writer = writer

    @property
    def alive(self) -> bool:
        """Whether the process runs, as far as is known."""
        return not self._reader.at_eof() and self._reader.exception() is None

    async def ask(self, job: object) -> object:
        """Send one job and wait for its answer. Raises EOFError or OSError where the process ends instead."""
        self.jobs += 1
        frame = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
        self._writer.write(LENGTH.pack(len(frame)) + frame)
        await self._writer.drain()
        return await _receive(self._reader)

    def cpu_seconds(self) -> float:
        """Return the processor time that the process has taken; where the system does not tell, the time of day."""
        if sys.platform != "linux":
            return time.monotonic()
        with suppress(OSError):
            return time.clock_gettime((~self.pid << 3) | 2)  # the kernel's name for another process's clock
        return 0.0  # it has just ended

    def step_back(self) -> None:
        """Leave the processors to others; there is no way back."""
        self.stepped_back = True
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _NICENESS)

    def kill(self) -> None:
        """End the process, whatever it does; its nursery has it collected."""
        if self.alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        self._writer.transport.abort()


class Nursery:
    """A process that has imported what parsing needs, and forks workers at a few milliseconds each."""

    def __init__(self, process: Process, control: socket.socket) -> None:
        self._process = process
        self._control = control

    @classmethod
    async def start(cls, memory: int, *, pages: bool) -> Self:
        """Start the process and wait until it is ready. Raises ``FeedError("feed-parse-crashed")``."""
        control, theirs = socket.socketpair()
        control.setblocking(False)
        # A session of its own: Ctrl+C is for the program, which ends its workers itself.
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", _PROGRAM, str(_ROOT), str(memory), "pages" if pages else "feeds"),
                stdin=theirs.fileno(), stdout=DEVNULL, start_new_session=True,
            )  # fmt: skip
        nursery = cls(process, control)
        try:
            async with asyncio.timeout(_START_SECONDS):
                ready = await asyncio.get_running_loop().sock_recv(control, 1)
        except (TimeoutError, OSError):
            ready = b""
        except BaseException:
            await nursery.close()
            raise
        if not ready:
            await nursery.close()
            raise FeedError("feed-parse-crashed", reason="the parser did not start")
        return nursery

    @property
    def alive(self) -> bool:
        """Whether the process runs, as far as is known."""
        return self._process.returncode is None

    async def fork(self) -> Worker:
        """Return a new worker. Raises ``FeedError("feed-parse-crashed")``."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._control, [b"\0"], [theirs.fileno()])
            reader, writer = await asyncio.open_unix_connection(sock=ours)
        except OSError as error:
            ours.close()
            raise FeedError("feed-parse-crashed", reason="no worker process could be started") from error
        try:
            async with asyncio.timeout(_START_SECONDS):
                pid = await _receive(reader)
        except (TimeoutError, EOFError, OSError) as error:
            writer.close()
            raise FeedError("feed-parse-crashed", reason="no worker process could be started") from error
        except BaseException:
            writer.close()
            raise
        assert isinstance(pid, int)  # noqa: S101 (what a worker says first)
        return Worker(pid, reader, writer)

    async def close(self) -> None:
        """End the process and all its workers."""
        self._control.close()
        try:
            async with asyncio.timeout(_END_SECONDS):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            await self._process.wait()


async def _receive(reader: StreamReader) -> object:
    """Return the next frame's content. Raises EOFError or OSError where the other side ends instead."""
    (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
    if length > ANSWER_BYTES:
        raise OSError(f"an answer of {length} bytes")
    return pickle.loads(await reader.readexactly(length))  # noqa: S301 (our own process, which runs no feed's code)
