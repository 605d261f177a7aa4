"""One worker process, and the frames to and from it."""

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from bot.errors import FeedError
from bot.feeds.frames import LENGTH

_START_SECONDS = 30.0
_ROOT = Path(__file__).parents[2]
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from bot.feeds.child import main; main()"


class Worker:
    """One process, and the frames to and from it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.idle_since = 0.0

    @property
    def alive(self) -> bool:
        """Whether the process runs, as far as is known."""
        return self._process.returncode is None

    @classmethod
    async def start(cls, memory: int) -> "Worker":
        """Start a process and wait until it has imported what it needs."""
        # A session of its own: Ctrl+C is for the program, which ends its workers itself.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _PROGRAM, str(_ROOT), str(memory)), stdin=PIPE, stdout=PIPE, start_new_session=True
        )
        worker = cls(process)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await worker._receive()
        except (TimeoutError, EOFError) as error:
            await worker.end()
            raise FeedError("feed-parse-crashed", reason="the worker process did not start") from error
        except BaseException:
            await worker.end()
            raise
        return worker

    async def ask(self, job: object) -> object:
        """Send one job and wait for its answer. Raises EOFError or OSError where the process ends instead."""
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 (made with PIPE)
        frame = pickle.dumps(job, pickle.HIGHEST_PROTOCOL)
        stdin.write(LENGTH.pack(len(frame)) + frame)
        await stdin.drain()
        return await self._receive()

    def stepped_back(self) -> bool:
        """Tell whether the process has put itself behind the others, for good (see ``child``)."""
        if sys.platform == "win32" or not self.alive:
            return not self.alive
        return os.getpriority(os.PRIO_PROCESS, self._process.pid) > os.getpriority(os.PRIO_PROCESS, 0)

    async def end(self) -> None:
        """Kill the process and collect it."""
        if self._process.returncode is None:
            self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()

    async def _receive(self) -> object:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 (made with PIPE)
        (length,) = LENGTH.unpack(await stdout.readexactly(LENGTH.size))
        return pickle.loads(await stdout.readexactly(length))  # noqa: S301 (our own process, which runs no feed's code)
