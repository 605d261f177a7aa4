"""What workers give back besides documents, and its bounds; nothing that is costly to import."""

from dataclasses import dataclass

MOST_ENTRIES = 1000
"""Entries of one document: a news sitemap holds at most so many, and a hostile feed could hold half a million."""
MOST_LINKS = 50
"""Feeds of one page: a reader is offered five."""


@dataclass(frozen=True, slots=True)
class FoundLinks:
    """The feeds that a page names, as ``(address, title)`` in its order, and the page's title."""

    title: str
    feeds: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PageText:
    """What an article's page gave: plain paragraphs (empty where there is no text) and a picture's address."""

    text: str
    image: str | None = None
