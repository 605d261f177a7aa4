"""The world of feeds for one process: one client, so that all who ask a host keep to its pauses together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.feeds.discovery import FeedFinder
from bot.feeds.fetch import HttpFeedSource
from bot.feeds.lists import OpmlLists
from bot.feeds.pages import ArticlePages
from bot.feeds.workers.pool import ParserPool
from bot.ports import Clock
from bot.settings import Settings


@dataclass(frozen=True, slots=True)
class Outlets:
    """What implements the ports of feeds, pages and lists."""

    source: HttpFeedSource
    finder: FeedFinder
    pages: ArticlePages
    lists: OpmlLists
    parser: ParserPool


@asynccontextmanager
async def open_outlets(settings: Settings, clock: Clock) -> AsyncIterator[Outlets]:
    """Open the way to feeds, with workers that parse, for the length of the block."""
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
            yield Outlets(source, finder, pages, OpmlLists(parser), parser)
        finally:
            await source.close()
