"""All that one process has for feeds, over one HTTP client: so all requests to a host keep its pause together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.feeds.article_pages import ArticlePages
from bot.feeds.discovery import FeedFinder
from bot.feeds.feed_lists import OpmlLists
from bot.feeds.feed_source import HttpFeedSource
from bot.feeds.workers.pool import ParserPool
from bot.ports import Clock
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class FeedServices:
    """What implements the ports of feeds, discovery, articles' pages and lists; ``parser`` is shared by all."""

    source: HttpFeedSource
    finder: FeedFinder
    pages: ArticlePages
    lists: OpmlLists
    parser: ParserPool


@asynccontextmanager
async def open_feed_services(settings: Settings, clock: Clock) -> AsyncIterator[FeedServices]:
    """Open the HTTP client and the parser processes; close them at the end of the block."""
    async with ParserPool(pages=True) as parser:
        source = HttpFeedSource(
            parser,
            clock,
            poll_min=settings.poll_min,
            poll_max=settings.poll_max,
            host_pause=settings.host_pause,
            allowed_networks=settings.allowed_networks,
            contact=settings.feed_contact,
        )
        finder = FeedFinder(source.client, parser, clock)
        pages = ArticlePages(source.client, source.robots, parser)
        try:
            yield FeedServices(source, finder, pages, OpmlLists(parser), parser)
        finally:
            await source.close()
