"""``parse``: what feeds say, one JSON line for each."""

from collections.abc import Sequence

from bot.cli.documents import DocumentReader, document_reader
from bot.cli.lines import write_line
from bot.errors import FeedError
from bot.feeds.describe import describe


async def parse(sources: Sequence[str], *, base: str) -> int:
    """Print each document, or why it cannot be read; return 1 if any cannot."""
    failed = False
    async with document_reader() as reader:
        for source in sources:
            line = await _line(reader, source, base)
            failed |= "error" in line
            write_line(line)
    return 1 if failed else 0


async def _line(reader: DocumentReader, source: str, base: str) -> dict[str, object]:
    try:
        return describe(await reader.read(source, base=base), source)
    except FeedError as error:
        return {"source": source, "error": str(error)}
