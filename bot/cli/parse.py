"""``parse``: what feeds say, one JSON line for each."""

from collections.abc import Sequence

from bot.cli.lines import write_line
from bot.clock import SystemClock
from bot.feeds.inspection import describe_feeds


async def parse(sources: Sequence[str], *, base: str) -> int:
    """Print each document, or why it cannot be read; return 1 if any cannot."""
    failed = False
    async for line in describe_feeds(sources, base=base, clock=SystemClock()):
        failed |= "error" in line
        write_line(line)
    return 1 if failed else 0
