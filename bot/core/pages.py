"""Pages of a digest: whole blocks, put together within Telegram's limits.

A page is put together from blocks (a header, a topic's name, a story), never cut inside one, so that its tags are
balanced by construction.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape

from markupsafe import Markup

from bot.core.model import DigestPage

PAGE_UNITS = 4096  # Telegram: text after entities, in UTF-16 code units
PAGE_BYTES = 30_000  # Telegram: raw text below 32,768 bytes; the rest is room for a footer
PAGE_STORIES = 10  # a page that is read, not scrolled; 4 entities a story keep it below Telegram's 100
_BETWEEN = 2  # the empty line between two blocks, in units and in bytes alike

_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a page that is never cut. A ``head`` keeps with the next one.

    ``story`` is the id of the story that it tells, 0 where it tells none; ``image`` the address of a picture of it.
    ``units`` and ``size`` measure it, in UTF-16 units after entities and in raw bytes: once, however often it is used.
    """

    html: Markup
    story: int = 0
    head: bool = False
    image: str | None = None
    units: int = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", units(self.html))
        object.__setattr__(self, "size", len(self.html.encode()))


def units(html: str) -> int:
    """Return the length of a text after entities, in UTF-16 code units, as Telegram counts."""
    return len(unescape(_TAG.sub("", html)).encode("utf-16-le")) // 2


def paginate(header: Block, blocks: Sequence[Block]) -> tuple[DigestPage, ...]:
    """Return pages of whole blocks, an empty line between them, the header on the first.

    A ``head`` (a topic's name) that would end a page moves to the next one; no block is lost or cut.
    """
    pages = [_Page([header])]
    for block in blocks:
        if not pages[-1].fits(block):
            pages.append(_Page(pages[-1].carry()))
        pages[-1].add(block)
    return tuple(page.finished() for page in pages if page.blocks)


class _Page:
    """A page being filled; what it holds is measured as it grows."""

    def __init__(self, blocks: list[Block]) -> None:
        self.blocks: list[Block] = []
        self._units = self._size = -_BETWEEN
        self._stories: list[int] = []
        for block in blocks:
            self.add(block)

    def add(self, block: Block) -> None:
        self.blocks.append(block)
        self._units += block.units + _BETWEEN
        self._size += block.size + _BETWEEN
        if block.story:
            self._stories.append(block.story)

    def fits(self, block: Block) -> bool:
        return (
            len(self._stories) + bool(block.story) <= PAGE_STORIES
            and self._units + block.units + _BETWEEN <= PAGE_UNITS
            and self._size + block.size + _BETWEEN <= PAGE_BYTES
        )

    def carry(self) -> list[Block]:
        """Take off the topics' names that would end the page."""
        carried: list[Block] = []
        while len(self.blocks) > 1 and self.blocks[-1].head:
            carried.insert(0, self.blocks.pop())
        return carried

    def finished(self) -> DigestPage:
        image = next((block.image for block in self.blocks if block.image), None)
        return DigestPage("\n\n".join(block.html for block in self.blocks), tuple(self._stories), image)
