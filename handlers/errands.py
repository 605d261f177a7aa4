"""Slow work that a handler needs: done outside of its transaction, which would hold up every other writer.

::

    handler | asks for an errand -> rolled back | the errand | the handler again, from the start, with the result

So a handler reads as if the result were there. The update stays in the inbox until its answer is committed: what was
killed on an errand is handled again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from bot.core.charts import Chart
from bot.core.model import Locale, Source
from bot.errors import FeedError, ReaderError
from bot.ports import Charts, FeedFinder, FeedLists, Files, FoundFeed, ListedFeed, Members

SECONDS = 30.0
"""The time limit of an errand; an update's own (45 s) leaves room for the handler."""
AT_ONCE = 8
"""Errands under way at a time; further ones are refused, so that the other half of the inbox's places stays free."""
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


class Errand(Protocol[T_co]):
    """A piece of slow work. Equal errands of one update are run once."""

    async def run(self, outside: Outside) -> T_co:
        """Do it. Raises ``FeedError``, which the handler gets to see."""
        ...


@dataclass(frozen=True, slots=True)
class FindFeeds:
    """Look for feeds behind an address."""

    address: str

    async def run(self, outside: Outside) -> Sequence[FoundFeed]:
        """Ask the network."""
        return await outside.finder.find(self.address)


@dataclass(frozen=True, slots=True)
class ReadList:
    """Read a list of feeds that came as a document."""

    file_id: str

    async def run(self, outside: Outside) -> Sequence[ListedFeed]:
        """Download it and read it."""
        return await outside.lists.read(await outside.files.read(self.file_id, limit=LIST_BYTES))


@dataclass(frozen=True, slots=True)
class ReadFile:
    """Read a document as it is."""

    file_id: str

    async def run(self, outside: Outside) -> bytes:
        """Download it."""
        return await outside.files.read(self.file_id, limit=LIST_BYTES)


@dataclass(frozen=True, slots=True)
class WriteList:
    """Write a list of the feeds that a chat reads."""

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
    """Runs errands, a bounded number at a time."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._under_way = 0

    async def run(self, errand: Errand[object]) -> object:
        """Return the errand's result, or the ``FeedError`` that it ended with.

        Raises:
            ReaderError: ``errands-busy``.
        """
        if self._under_way >= AT_ONCE:
            raise ReaderError("errands-busy")
        self._under_way += 1
        try:
            async with asyncio.timeout(SECONDS):
                return await errand.run(self._outside)
        except FeedError as error:
            return error
        except TimeoutError:
            return FeedError("feed-timeout", seconds=round(SECONDS))
        finally:
            self._under_way -= 1
