"""A bounded number of places, given to the smallest job that waits: what is soon done does not wait for what is not."""

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count


class Places:
    """Places for so many at once."""

    def __init__(self, number: int) -> None:
        self._number = self._free = number
        self._numbers = count()
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []

    @property
    def full(self) -> bool:
        """Whether a job would have to wait."""
        return self._free == 0

    @property
    def empty(self) -> bool:
        """Whether nobody holds a place."""
        return self._free == self._number

    @asynccontextmanager
    async def place(self, size: int) -> AsyncIterator[None]:
        """Hold a place, after all smaller jobs that wait, and those of the same size that came before."""
        await self._enter(size)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, size: int) -> None:
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (size, next(self._numbers), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()
            raise

    def _leave(self) -> None:
        while self._waiting:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
