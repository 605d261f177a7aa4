"""Feed documents by address or by file, for the commands that look at them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.clock import SystemClock
from bot.core.model import FeedDocument
from bot.errors import FeedError
from bot.feeds.client import WebClient
from bot.feeds.worker import ParserPool

BODY_LIMIT = 5_000_000  # bytes: what the bot itself reads of a feed


class DocumentReader:
    """Reads documents; whoever typed an address on the command line may reach any."""

    def __init__(self, parser: ParserPool, client: WebClient) -> None:
        self._parser = parser
        self._client = client
        self._clock = SystemClock()

    async def read(self, source: str, *, base: str = "", zone: str = "Asia/Almaty") -> FeedDocument:
        """Return the document at an address, or in a file.

        Raises:
            FeedError: it cannot be had, or is no feed.
        """
        if source.startswith(("http://", "https://")):
            return await self._fetch(source, base, zone)
        body = await asyncio.to_thread(_file, Path(source))
        return await self._parser.parse(body, base_url=base, zone=zone, now=self._clock.now())

    async def _fetch(self, url: str, base: str, zone: str) -> FeedDocument:
        response = await self._client.get(url, guarded=False)
        if response.status != 200:  # noqa: PLR2004 - HTTP: all is well
            raise FeedError("feed-status", status=response.status)
        return await self._parser.parse(
            response.body,
            content_type=response.headers.get("content-type"),
            base_url=base or response.url,
            zone=zone,
            now=self._clock.now(),
        )


@asynccontextmanager
async def document_reader() -> AsyncIterator[DocumentReader]:
    """Open a reader with its worker process and its connections."""
    async with ParserPool() as parser:
        yield DocumentReader(parser, WebClient(host_pause=0))


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            body = file.read(BODY_LIMIT + 1)
    except OSError as error:
        raise FeedError("feed-no-file", reason=error.strerror or error) from error
    if len(body) > BODY_LIMIT:
        raise FeedError("feed-too-large", limit=BODY_LIMIT)
    return body
