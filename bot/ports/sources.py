"""What lies behind the addresses and lists that readers give: feeds, pages, files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.core.model import FeedDocument, Locale, Source


class FoundFeed(Protocol):
    """A feed that can be added: where it is, and what it holds now."""

    @property
    def url(self) -> str:
        """Its address, after redirects for good."""
        ...

    @property
    def title(self) -> str:
        """Its title, else its address."""
        ...

    @property
    def document(self) -> FeedDocument:
        """What it holds."""
        ...


class FeedFinder(Protocol):
    """Finds feeds behind the address that a reader typed."""

    async def find(self, address: str) -> Sequence[FoundFeed]:
        """Return the feeds behind an address, the likeliest first; none where there are none.

        Raises:
            FeedError: the address is no web address, may not be reached, or does not answer.
        """
        ...


class PageText(Protocol):
    """What an article's page gave."""

    @property
    def text(self) -> str:
        """Plain paragraphs; empty where there is no text."""
        ...

    @property
    def image(self) -> str | None:
        """A picture's address."""
        ...


class Pages(Protocol):
    """Reads articles' own pages, in their hosts' turns and where robots may."""

    async def read(self, url: str, *, guarded: bool) -> PageText:
        """Return the text of a page; ``guarded`` keeps to public addresses.

        Raises:
            FeedError: there is no text to be had.
        """
        ...


class ListedFeed(Protocol):
    """A feed of a list that a reader brought from another program."""

    @property
    def url(self) -> str:
        """A web address."""
        ...

    @property
    def title(self) -> str:
        """What the list calls it, else its address."""
        ...


class FeedLists(Protocol):
    """OPML, the lists of feeds that readers carry from program to program."""

    async def read(self, body: bytes) -> Sequence[ListedFeed]:
        """Return the feeds of a list, each address once.

        Raises:
            FeedError: ``feed-too-large``, or ``feed-not-a-feed`` where it is no such list.
        """
        ...

    def write(self, sources: Sequence[Source], *, locale: Locale, title: str, at: datetime) -> bytes:
        """Return a list of these sources under their names in that language."""
        ...


class Files(Protocol):
    """Files that readers sent."""

    async def read(self, file_id: str, *, limit: int) -> bytes:
        """Return a file's bytes.

        Raises:
            FeedError: ``feed-too-large``: it has more than ``limit`` bytes, and was not downloaded.
        """
        ...
