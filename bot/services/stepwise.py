"""Long work in the event loop: a few milliseconds at a time, others in between."""

import asyncio
from typing import Final, TypeVar

from bot.core.steps import Steps

SLICE_SECONDS: Final = 0.005
"""Time after which others run: what waits behind ten such pieces of work still waits for a twentieth of a second."""
T = TypeVar("T")


class TimeSlice:
    """The time that one task may use before others run. ``rest`` is how long it leaves the event loop to them then.

    Without a rest it goes on in the loop's next turn; an answer needs many turns, and waits at each of them.
    """

    def __init__(self, *, rest: float = 0.0) -> None:
        self._rest = rest
        self._time = asyncio.get_running_loop().time
        self._until = self._time() + SLICE_SECONDS

    async def pause(self) -> None:
        """Let others run, where the slice is used up."""
        if self._time() >= self._until:
            await asyncio.sleep(self._rest)
            self._until = self._time() + SLICE_SECONDS

    async def run(self, steps: Steps[T]) -> T:
        """Run the steps of a piece of work, with a pause wherever a slice is used up."""
        while True:
            await self.pause()
            try:
                next(steps)
            except StopIteration as end:
                result: T = end.value
                return result
