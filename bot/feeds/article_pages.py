"""An article's text from its own page, for feeds that give headlines alone; robots.txt is asked first."""

from bot.errors import FeedError
from bot.feeds.http.client import WebClient
from bot.feeds.http.robots import Robots
from bot.feeds.workers.pool import ParserPool
from bot.feeds.workers.results import PageText


class ArticlePages:
    """Fetches pages with the client of feeds; a worker process extracts their texts."""

    def __init__(self, client: WebClient, robots: Robots, parser: ParserPool) -> None:
        self._client = client
        self._robots = robots
        self._parser = parser

    async def read(self, url: str, *, guarded: bool) -> PageText:
        """Return the text and picture of the article at ``url``; ``guarded`` for readers' feeds.

        Raises:
            FeedError: the page cannot be had, robots.txt forbids it, or it is not HTML.
        """
        await self._robots.check(url, guarded=guarded)
        response = await self._client.get(url, guarded=guarded)
        if response.status != 200:  # noqa: PLR2004 (HTTP status)
            raise FeedError("feed-status", status=response.status)
        kind = response.headers.get("content-type", "text/html")
        if "html" not in kind and "xml" not in kind:
            raise FeedError("feed-not-a-feed", reason=f"a page of type {kind.partition(';')[0]}")
        return await self._parser.run("extract", PageText, response.body, content_type=kind, url=response.url)
