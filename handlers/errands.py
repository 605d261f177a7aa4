"""Slow work that a handler needs: done outside of its transaction, which would hold up every other writer.

::

    handler | asks for an errand -> rolled back | the errand | the handler again, from the start, with the result

So a handler reads as if the result were there. The update stays in the inbox until its answer is committed: what was
killed on an errand is handled again.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol, TypeVar

from bot.core.charts import Chart
from bot.core.model import Locale, Source
from bot.core.time_limits import OUTSIDE_SECONDS
from bot.errors import FeedError, ReaderError
from bot.ports import Charts, FeedFinder, FeedLists, Files, FoundFeed, ListedFeed, Members

SECONDS = OUTSIDE_SECONDS
"""The time limit of an errand."""
LIST_BYTES = 1024 * 1024
"""Of a list of feeds: Telegram's documents may be larger, lists are not."""

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Outside:
    """The world, as far as errands go into it."""

    finder: FeedFinder
    lists: FeedLists
    files: Files
    members: Members = field(kw_only=True)
    charts: Charts


@dataclass(frozen=True, slots=True)
class Limit:
    """How many errands of a kind may be under way at a time; further ones are refused with a sentence.

    With ``one_each`` a person has one of them at a time, in whatever chats.
    """

    at_once: int
    one_each: bool = False


STRANGERS = Limit(16, one_each=True)
"""For what asks hosts that strangers name: they may be as slow as they like, and hold up only one another."""
SHARED = Limit(8)
"""For files from Telegram and for charts."""
UNLIMITED = None
"""For short questions to Telegram and for what costs little: as many as there are updates in hand."""


class Errand(Protocol[T_co]):
    """A piece of slow work. Equal errands of one update are run once."""

    limit: ClassVar[Limit | None]

    async def run(self, outside: Outside) -> T_co:
        """Do it. Raises ``FeedError``, which the handler gets to see."""
        ...


@dataclass(frozen=True, slots=True)
class FindFeeds:
    """Look for feeds behind an address."""

    limit: ClassVar[Limit | None] = STRANGERS

    address: str

    async def run(self, outside: Outside) -> Sequence[FoundFeed]:
        """Ask the network."""
        return await outside.finder.find(self.address)


@dataclass(frozen=True, slots=True)
class ReadList:
    """Read a list of feeds that came as a document."""

    limit: ClassVar[Limit | None] = SHARED

    file_id: str

    async def run(self, outside: Outside) -> Sequence[ListedFeed]:
        """Download it and read it."""
        return await outside.lists.read(await outside.files.read(self.file_id, limit=LIST_BYTES))


@dataclass(frozen=True, slots=True)
class ReadFile:
    """Read a document as it is."""

    limit: ClassVar[Limit | None] = SHARED

    file_id: str

    async def run(self, outside: Outside) -> bytes:
        """Download it."""
        return await outside.files.read(self.file_id, limit=LIST_BYTES)


@dataclass(frozen=True, slots=True)
class WriteList:
    """Write a list of the feeds that a chat reads."""

    limit: ClassVar[Limit | None] = UNLIMITED

    chat_id: int
    locale: Locale
    title: str
    at: datetime = field(compare=False)  # the handler begins again a moment later
    sources: tuple[Source, ...] = field(compare=False)

    async def run(self, outside: Outside) -> bytes:
        """Put it into XML."""
        return outside.lists.write(self.sources, locale=self.locale, title=self.title, at=self.at)


@dataclass(frozen=True, slots=True)
class DrawChart:
    """Draw a chart. The name alone tells it from others: figures may have moved on when the handler begins again."""

    limit: ClassVar[Limit | None] = SHARED

    name: str
    chart: Chart = field(compare=False)

    async def run(self, outside: Outside) -> bytes:
        """Return it as a PNG."""
        return await outside.charts.draw(self.chart)


class Postponed(Exception):  # noqa: N818 - no error: the way from a handler to its errand
    """A handler needs an errand done first."""

    def __init__(self, errand: Errand[object]) -> None:
        super().__init__(errand)
        self.errand = errand


class Errands:
    """Runs errands, a bounded number of each kind at a time."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._under_way: Counter[Limit] = Counter()
        self._busy: set[tuple[Limit, int]] = set()

    async def run(self, errand: Errand[object], *, person: int, seconds: float = SECONDS) -> object:
        """Return the errand's result, or the ``FeedError`` that it ended with, within so many seconds.

        Raises:
            ReaderError: ``errands-busy``, or ``one-at-a-time`` where ``person`` has one under way.
        """
        async with self._place(errand.limit, person):
            try:
                async with asyncio.timeout(seconds):
                    return await errand.run(self._outside)
            except FeedError as error:
                return error
            except TimeoutError:
                return FeedError("feed-timeout", seconds=round(seconds))

    @asynccontextmanager
    async def _place(self, limit: Limit | None, person: int) -> AsyncIterator[None]:
        if limit is None:
            yield
            return
        if self._under_way[limit] >= limit.at_once:
            raise ReaderError("errands-busy")
        if limit.one_each and (limit, person) in self._busy:
            raise ReaderError("one-at-a-time")
        self._under_way[limit] += 1
        self._busy.add((limit, person))
        try:
            yield
        finally:
            self._under_way[limit] -= 1
            self._busy.discard((limit, person))
