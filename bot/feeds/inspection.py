"""What the commands ``parse``, ``preview`` and ``sources check`` read of feeds."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.core.model import Feed, FeedDocument, Source
from bot.core.polling import Failed, Fetched, addresses
from bot.errors import FeedError
from bot.feeds.feed_source import HttpFeedSource
from bot.feeds.http.client import WebClient
from bot.feeds.http.content_encoding import BODY_LIMIT
from bot.feeds.workers.pool import ParserPool
from bot.ports import Clock

_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """How a source does now: ``error`` is None where it is well; ``url`` is the address that was asked last."""

    source: Source
    url: str
    error: str | None
    format: str = ""
    items: int = 0
    newest: datetime | None = None


async def describe_feeds(
    names: Sequence[str], *, base: str = "", clock: Clock, contact: str = ""
) -> AsyncIterator[dict[str, object]]:
    """Yield what ``describe`` gives for each file or address, in order; ``{"source", "error"}`` for one that fails."""
    limit = asyncio.Semaphore(_AT_ONCE)
    async with ParserPool(keep=_AT_ONCE) as parser, WebClient(contact=contact) as client:

        async def one(name: str) -> dict[str, object]:
            async with limit:
                try:
                    return describe(await read_feed(name, base=base, client=client, parser=parser, clock=clock), name)
                except FeedError as error:
                    return {"source": name, "error": " ".join(str(error).split())}

        tasks = [asyncio.create_task(one(name)) for name in names]
        try:
            for task in tasks:
                yield await task
        finally:
            for task in tasks:
                task.cancel()


async def read_feed(name: str, *, base: str = "", client: WebClient, parser: ParserPool, clock: Clock) -> FeedDocument:
    """Read a feed from a file or an http address; ``base`` stands in for a file's address. Raises ``FeedError``."""
    if name.startswith(("http://", "https://")):
        response = await client.get(name, guarded=False)
        if response.status != 200:  # noqa: PLR2004 (HTTP status)
            raise FeedError("feed-status", status=response.status)
        kind = response.headers.get("content-type")
        return await parser.parse(response.body, content_type=kind, base_url=base or response.url, now=clock.now())
    body = await asyncio.to_thread(_read, Path(name))
    return await parser.parse(body, base_url=base, now=clock.now())


async def check_sources(sources: Sequence[Source], feeds: HttpFeedSource, clock: Clock) -> list[SourceCheck]:
    """Ask each source, its alternatives too where the first address fails; results in the order given."""
    limit = asyncio.Semaphore(_AT_ONCE * 2)

    async def one(source: Source) -> SourceCheck:
        async with limit:
            return await _check(source, feeds, clock)

    return list(await asyncio.gather(*map(one, sources)))


async def _check(source: Source, feeds: HttpFeedSource, clock: Clock) -> SourceCheck:
    urls = addresses(source)
    errors = []
    for index, url in enumerate(urls):
        result = await feeds.fetch(source, Feed(source.id, clock.now(), url_index=index))
        if isinstance(result, Fetched):
            return _well(source, url, result.document)
        if isinstance(result, Failed):
            errors.append(str(result.error))
    return SourceCheck(source, urls[-1], errors[0] if len(errors) == 1 else "; ".join(dict.fromkeys(errors)))


def _well(source: Source, url: str, document: FeedDocument) -> SourceCheck:
    dates = [entry.published for entry in document.entries if entry.published]
    return SourceCheck(source, url, None, document.format, len(document.entries), max(dates, default=None))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(BODY_LIMIT + 1)
    except OSError as error:
        raise FeedError("feed-no-file", reason=error.strerror or str(error)) from error


def describe(document: FeedDocument, source: str = "") -> dict[str, object]:
    """Return ``{"source", "title", "language", "entries": [{"id", "url", "title", "summary", "published"}]}``."""
    return {
        "source": source,
        "title": document.title,
        "language": document.language,
        "entries": [
            {
                "id": entry.id,
                "url": entry.url,
                "title": entry.title,
                "summary": entry.summary,
                "published": iso_utc(entry.published),
            }
            for entry in document.entries
        ],
    }


def iso_utc(moment: datetime | None) -> str | None:
    """Return an instant as ``2025-12-11T05:00:00Z``, or None."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z" if moment else None
