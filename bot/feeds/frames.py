"""What the parser pool and its workers have in common; nothing that is costly to import."""

import struct
from dataclasses import dataclass

MOST_ENTRIES = 1000
"""Of one document: a news sitemap holds at most so many, and a hostile feed could hold half a million."""
ANSWER_BYTES = 32 * 1024 * 1024
"""Of an answer, which the program has to read in one go: twice what the largest body can hold as texts."""
MOST_LINKS = 50
"""Feeds of one page: a reader is offered five."""
LENGTH = struct.Struct(">I")
"""The length that stands before each pickle."""


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
