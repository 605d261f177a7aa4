"""``sources check``: how each source of the catalogue answers, in a table."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.cli.lines import say
from bot.clock import SystemClock
from bot.core.model import Feed, Source
from bot.core.polling import Failed, Fetched
from bot.feeds.catalogue import load_catalogue
from bot.feeds.fetch import HttpFeedSource
from bot.feeds.worker import ParserPool
from bot.settings import Settings

COLUMNS = ("source", "status", "format", "items", "newest")


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """One row: ``items`` and ``newest`` are empty where the source failed."""

    source: str
    status: str
    format: str = ""
    items: str = ""
    newest: str = ""


async def check(settings: Settings, file: Path | None) -> int:
    """Ask each enabled source once; return 1 where one fails.

    Raises:
        CatalogueError: the catalogue is broken.
    """
    sources = [source for source in load_catalogue(file or settings.sources_file) if source.enabled]
    clock = SystemClock()
    async with ParserPool() as parser:
        web = HttpFeedSource(
            parser,
            clock,
            poll_min=timedelta(minutes=5),
            poll_max=timedelta(days=1),
            host_pause=settings.host_pause,
            contact=settings.feed_contact,
        )
        rows = [await _check(web, source, Feed(source.id, clock.now())) for source in sources]
        await web.close()
    _print([COLUMNS, *((row.source, row.status, row.format, row.items, row.newest) for row in rows)])
    return 0 if all(row.status == "ok" for row in rows) else 1


async def _check(web: HttpFeedSource, source: Source, feed: Feed) -> SourceCheck:
    result = await web.fetch(source, feed)
    if isinstance(result, Failed):
        return SourceCheck(source.id, str(result.error))
    if not isinstance(result, Fetched):
        return SourceCheck(source.id, "unchanged")
    dates = [entry.published for entry in result.document.entries if entry.published]
    newest = f"{max(dates):%Y-%m-%d %H:%M}" if dates else ""
    return SourceCheck(source.id, "ok", result.document.format, str(len(result.document.entries)), newest)


def _print(rows: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
