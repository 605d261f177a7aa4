"""One document in one worker's hands."""

import asyncio

from bot.feeds.process import Worker

SLICE = 0.05
"""Seconds of processor time after which a document counts as heavy: four times what a usual one takes."""
_LOOK = 0.01  # seconds, at least, between two looks at the clock


class Attempt:
    """A job that a worker has begun."""

    def __init__(self, worker: Worker, job: object, seconds: float) -> None:
        """Begin. ``seconds`` is how long it may take by the clock on the wall."""
        self.worker = worker
        self._answer = asyncio.create_task(worker.ask(job))
        self._answer.add_done_callback(_look_at)
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._spent = worker.cpu_seconds()

    async def is_light(self) -> bool:
        """Wait until the job is done: True; or until it has had its slice, or its time is up: False.

        The slice is of processor time, so a busy machine makes no document heavy.
        """
        left = SLICE
        while left > 0 and (time := self._deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait({self._answer}, timeout=min(max(left, _LOOK), time))
            if self._answer.done():
                return True
            left = SLICE - (self.worker.cpu_seconds() - self._spent)
        return False

    async def answer(self) -> object:
        """Wait for the answer. Raises TimeoutError when time is up, EOFError or OSError where the worker ended."""
        async with asyncio.timeout_at(self._deadline):
            return await self._answer

    def give_up(self) -> None:
        """End the worker in the middle of the job."""
        self._answer.cancel()
        self.worker.kill()


def _look_at(answer: asyncio.Task[object]) -> None:
    """Take note of an error that nobody waits for any more."""
    if not answer.cancelled():
        answer.exception()
