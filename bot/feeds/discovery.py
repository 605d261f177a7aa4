"""Feed discovery: an address that a reader typed -> the feeds behind it, each fetched and parsed.

::

    address | itself a feed? | feeds that the page links to | usual paths of feeds -> what is found within the time
"""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from bot.core.model import FeedDocument
from bot.core.time_limits import DISCOVERY_SECONDS
from bot.errors import FeedError
from bot.feeds.http.client import Response, WebClient
from bot.feeds.workers.pool import ParserPool
from bot.feeds.workers.results import MOST_ENTRIES, FoundLinks
from bot.ports import Clock

log = logging.getLogger(__name__)

# Where WordPress, Joomla, Bitrix and outlets of the region put their feeds. Each try costs a host's pause (1 s), so
# only as many are listed as fit into the time of a search.
USUAL_PATHS = ("rss", "feed/", "rss.xml", "feed.xml", "news.rss", "rss/all.rss", "atom.xml", "feed.json")
PATHS_BESIDE = ("feed/", "rss", "?format=feed&type=rss")
_GUESS_SECONDS = 8.0
_OFFERED = 5
_URL_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that can be followed: where it is, and what it holds now (for the preview)."""

    url: str
    title: str
    document: FeedDocument


class FeedFinder:
    """Looks for feeds; always guarded, as the address is a reader's."""

    def __init__(
        self, client: WebClient, parser: ParserPool, clock: Clock, *, seconds: float = DISCOVERY_SECONDS
    ) -> None:
        self._client = client
        self._parser = parser
        self._clock = clock
        self._seconds = seconds

    async def find(self, address: str) -> tuple[FoundFeed, ...]:
        """Return the feeds behind ``address``, the likeliest first; none where there are none.

        An address without a scheme is tried with https, then http. When time is up, it is what was found by then.

        Raises:
            FeedError: the address is no web address, is not allowed, or does not answer (``feed-timeout``); or it
                does, but too slowly to find out what there is (``feed-too-slow``).
        """
        found: list[FoundFeed] = []
        answered = False
        try:
            async with asyncio.timeout(self._seconds):
                page = await self._first(candidates(address))
                answered = True
                async for feed in self._behind(page):
                    found.append(feed)  # noqa: PERF401 (what was found before time is up counts)
        except TimeoutError:
            if not found:
                reason = "feed-too-slow" if answered else "feed-timeout"
                raise FeedError(reason, seconds=round(self._seconds)) from None
        return tuple(found)

    async def _first(self, urls: tuple[str, ...]) -> Response:
        """Return the first answer; all but the last address are guesses, which may fail."""
        for url in urls[:-1]:
            try:
                async with asyncio.timeout(min(_GUESS_SECONDS, self._seconds / 2)):
                    return await self._page(url)
            except TimeoutError:
                log.debug("looking for a feed: no answer")
            except FeedError as error:
                if error.message_id in {"feed-blocked-address", "feed-bad-url"}:
                    raise
                log.debug("looking for a feed: %s", error.message_id)
        return await self._page(urls[-1])

    async def _page(self, url: str) -> Response:
        response = await self._client.get(url, guarded=True)
        if response.status != 200:  # noqa: PLR2004 (HTTP status)
            raise FeedError("feed-status", status=response.status)
        return response

    async def _behind(self, response: Response) -> AsyncIterator[FoundFeed]:
        try:
            yield _found(response, await self._parse(response))
        except FeedError as error:
            if error.message_id not in {"feed-not-a-feed", "feed-empty"}:
                raise
        else:
            return
        named = False
        for url, title in await self._links(response):
            if feed := await self._try(url, title):
                named = True
                yield feed
        for guess in () if named else usual_addresses(response.url):
            if feed := await self._try(guess):
                yield feed
                return

    async def _links(self, page: Response) -> tuple[tuple[str, str], ...]:
        kind = page.headers.get("content-type")
        try:
            found = await self._parser.run("discover", FoundLinks, page.body, content_type=kind, url=page.url)
            return found.feeds[:_OFFERED]
        except FeedError as error:
            log.debug("looking for a feed: %s", error.message_id)
            return ()

    async def _try(self, url: str, title: str = "") -> FoundFeed | None:
        try:
            response = await self._client.get(url, guarded=True)
            if response.status != 200:  # noqa: PLR2004 (HTTP status)
                return None
            return _found(response, await self._parse(response), title)
        except FeedError as error:
            log.debug("looking for a feed: %s", error.message_id)
            return None

    async def _parse(self, response: Response) -> FeedDocument:
        kind = response.headers.get("content-type")
        return await self._parser.parse(
            response.body, content_type=kind, base_url=response.url, now=self._clock.now(), most=MOST_ENTRIES
        )


def candidates(address: str) -> tuple[str, ...]:
    """Return the addresses to try for what a reader typed. Raises ``FeedError("feed-bad-url")``."""
    text = address.strip()
    if not text or len(text) > _URL_LIMIT or re.search(r"\s", text):
        raise FeedError("feed-bad-url", url=text[:100])
    text = re.sub(r"^feed:(?://)?(?=https?://)|^feed(?=://)", lambda found: "http" if found[0] == "feed" else "", text)
    if re.match(r"[a-z][a-z0-9+.-]*://", text, re.IGNORECASE):
        return (text,)
    if "." not in text.partition("/")[0]:
        raise FeedError("feed-bad-url", url=text[:100])
    return f"https://{text}", f"http://{text}"


def usual_addresses(url: str) -> tuple[str, ...]:
    """Return where a site's feed usually is, for a page that names none: beside the page, then at the root."""
    root = urljoin(url, "/")
    page = urljoin(url, urlsplit(url).path)
    beside = page if page.endswith("/") else f"{page}/"
    near = () if beside == root else (urljoin(page if path.startswith("?") else beside, path) for path in PATHS_BESIDE)
    return tuple(dict.fromkeys((*near, *(urljoin(root, path) for path in USUAL_PATHS))))


def _found(response: Response, document: FeedDocument, title: str = "") -> FoundFeed:
    return FoundFeed(response.moved_to or response.url, document.title or title or response.url, document)
