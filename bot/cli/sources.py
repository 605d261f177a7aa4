"""``sources check``: how each source of the catalogue answers, in a table."""

from pathlib import Path

from bot.cli.lines import say, warn
from bot.clock import SystemClock
from bot.feeds.catalogue import load_catalogue
from bot.feeds.feed_services import open_feed_services
from bot.feeds.inspection import SourceCheck, check_sources
from bot.settings import Settings

COLUMNS = ("source", "status", "format", "items", "newest", "address")


async def check(settings: Settings, file: Path | None) -> int:
    """Ask each enabled source once; return 1 where one fails, or where there is none to ask.

    Raises:
        CatalogueError: the catalogue is broken.
    """
    sources = [source for source in load_catalogue(file or settings.sources_file) if source.enabled]
    if not sources:
        warn("the catalogue has no enabled source")
        return 1
    clock = SystemClock()
    async with open_feed_services(settings, clock) as feed_services:
        found = await check_sources(sources, feed_services.source, clock)
    _print([COLUMNS, *map(_row, found)])
    return 1 if any(one.error for one in found) else 0


def _row(one: SourceCheck) -> tuple[str, ...]:
    if one.error:
        return (one.source.id, one.error, "", "", "", one.url)
    newest = f"{one.newest:%Y-%m-%d %H:%M}" if one.newest else ""
    return (one.source.id, "ok", one.format, str(one.items), newest, one.url)


def _print(rows: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
