"""How often topics were in the news.

::

    a topic's stored matches, or a search for a topic that nobody follows | by day and language | Trend
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bot.core.charts import day_starts
from bot.core.matching.query import parse_query
from bot.core.model import Chat
from bot.core.trends import Trend, tally
from bot.errors import ReaderError
from bot.ports import Clock, Unit
from bot.services.topics import search

DAYS: Final = 30
MOST_TOPICS: Final = 2
MOST_COUNTED: Final = 300
"""Articles, of a topic that nobody follows: the newest; each is read for it."""


class Trends:
    """Trends on command, within one unit of work."""

    def __init__(self, unit: Unit, clock: Clock) -> None:
        self._unit = unit
        self._clock = clock

    async def of(self, chat: Chat, labels: Sequence[str]) -> list[Trend]:
        """Return the trends of one topic or two, by days of the chat's zone.

        Raises:
            ReaderError: ``trends-too-many``.
            TopicError: a text names no topic.
        """
        if len(labels) > MOST_TOPICS:
            raise ReaderError("trends-too-many")
        starts = day_starts(self._clock.now(), chat.zone, DAYS)
        return [await self._one(chat, label, starts) for label in labels]

    async def _one(self, chat: Chat, label: str, starts: tuple[datetime, ...]) -> Trend:
        query = parse_query(label)
        topic = await self._unit.topics.find(query.canonical)
        if topic is not None:
            return Trend(label, starts, await self._unit.articles.mentions(chat.id, topic.id, starts))
        found = await search(self._unit, chat.id, query, since=starts[0], limit=MOST_COUNTED)
        return Trend(label, starts, tally(found, starts))
