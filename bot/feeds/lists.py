"""OPML behind ``ports.FeedLists``."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.core.model import Locale, Source
from bot.feeds.opml import OpmlFeed, read_opml, write_opml


class OpmlLists:
    """Reads and writes lists of feeds."""

    async def read(self, body: bytes) -> tuple[OpmlFeed, ...]:
        """Return the feeds of a list, read beside the event loop. Raises ``FeedError``."""
        return await asyncio.to_thread(read_opml, body)

    def write(self, sources: Sequence[Source], *, locale: Locale, title: str, at: datetime) -> bytes:
        """Return a list of these sources, a folder for each category."""
        feeds = (OpmlFeed(source.url, source.name.get(locale, source.id), source.category) for source in sources)
        return write_opml(feeds, title=title, at=at)
