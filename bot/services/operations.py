"""What administrators ask for: figures, the health of sources, and messages to all."""

from datetime import datetime
from typing import Final

from bot.core.admin import Operation
from bot.core.charts import day_starts
from bot.core.model import Chat, Feed, Source
from bot.ports import Clock, Unit

DAYS: Final = 14


class Operations:
    """Administration, within one unit of work."""

    def __init__(self, unit: Unit, clock: Clock) -> None:
        self._unit = unit
        self._clock = clock

    @property
    def now(self) -> datetime:
        """The instant at which it is asked."""
        return self._clock.now()

    async def figures(self, chat: Chat) -> Operation:
        """Return how much there is of what, and what the last days of the chat's zone brought."""
        starts = day_starts(self.now, chat.zone, DAYS)
        return Operation(await self._unit.figures.counts(), starts, await self._unit.figures.by_day(starts))

    async def sources(self) -> list[tuple[Source, Feed]]:
        """Return the sources of the catalogue with their polling state."""
        return await self._unit.feeds.states()

    async def draft(self, chat: Chat, text: str) -> tuple[int, int]:
        """Keep a message to all until it is confirmed; return its id, and to how many chats it would go."""
        return await self._unit.broadcasts.add(chat.id, text, self.now), await self._unit.broadcasts.reach()

    async def send(self, chat: Chat, broadcast_id: int) -> bool:
        """Let a message go out that was written in this chat; False where there is none, or it did before."""
        return await self._unit.broadcasts.start(broadcast_id, chat.id)
