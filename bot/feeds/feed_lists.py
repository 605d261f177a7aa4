"""Lists of feeds in OPML, read in a worker process. Implements ``ports.FeedLists``."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.model import Locale, Source
from bot.feeds.opml import OpmlFeed, write_opml
from bot.feeds.workers.pool import ParserPool


class OpmlLists:
    """Reads lists of feeds, in a worker process, and writes them."""

    def __init__(self, parser: ParserPool) -> None:
        self._parser = parser

    async def read(self, body: bytes) -> tuple[OpmlFeed, ...]:
        """Return the feeds of a list, each address once. Raises ``FeedError``."""
        return await self._parser.run("opml", tuple, body)

    def write(self, sources: Sequence[Source], *, locale: Locale, title: str, at: datetime) -> bytes:
        """Return a list of these sources, a folder for each category."""
        feeds = (OpmlFeed(source.url, source.name.get(locale, source.id), source.category) for source in sources)
        return write_opml(feeds, title=title, at=at)
