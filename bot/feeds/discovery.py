"""From the address that a reader gives to the feeds behind it, each fetched and read before it is offered.

::

    address | a feed itself? | feeds that the page names | where feeds usually are
"""

import logging
import re
from dataclasses import dataclass
from urllib.parse import urljoin

from bot.core.model import FeedDocument
from bot.errors import FeedError
from bot.feeds.client import Response, WebClient
from bot.feeds.worker import ParserPool
from bot.ports import Clock

log = logging.getLogger(__name__)

# Where the region's content systems put their feeds (outlets' addresses, WordPress, Joomla, Bitrix).
USUAL_PATHS = ("feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "rss/all.rss", "news.rss", "index.xml", "feed.json")
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

    def __init__(self, client: WebClient, parser: ParserPool, clock: Clock) -> None:
        self._client = client
        self._parser = parser
        self._clock = clock

    async def find(self, address: str) -> tuple[FoundFeed, ...]:
        """Return the feeds behind ``address``, the likeliest first; none where there are none.

        An address without a scheme is tried with https, then http.

        Raises:
            FeedError: the address is no web address, is not allowed, or does not answer.
        """
        urls = candidates(address)
        for url in urls[:-1]:
            try:
                return await self._behind(url)
            except FeedError as error:
                if error.message_id in {"feed-blocked-address", "feed-bad-url"}:
                    raise
                log.info("%s: %s", url, error)
        return await self._behind(urls[-1])

    async def _behind(self, url: str) -> tuple[FoundFeed, ...]:
        response = await self._client.get(url, guarded=True)
        if response.status != 200:  # noqa: PLR2004 (HTTP status)
            raise FeedError("feed-status", status=response.status)
        try:
            return (_found(response, await self._parse(response)),)
        except FeedError as error:
            if error.message_id not in {"feed-not-a-feed", "feed-empty"}:
                raise
        return await self._named(response) or await self._usual(response.url)

    async def _named(self, page: Response) -> tuple[FoundFeed, ...]:
        kind = page.headers.get("content-type")
        try:
            links = await self._parser.discover(page.body, content_type=kind, url=page.url)
        except FeedError as error:
            log.info("%s: %s", page.url, error)
            return ()
        found = [await self._try(url, title) for url, title in links.feeds[:_OFFERED]]
        return tuple(feed for feed in found if feed)

    async def _usual(self, url: str) -> tuple[FoundFeed, ...]:
        for guess in usual_addresses(url):
            if feed := await self._try(guess):
                return (feed,)
        return ()

    async def _try(self, url: str, title: str = "") -> FoundFeed | None:
        try:
            response = await self._client.get(url, guarded=True)
            if response.status != 200:  # noqa: PLR2004 (HTTP status)
                return None
            return _found(response, await self._parse(response), title)
        except FeedError as error:
            log.info("%s: %s", url, error)
            return None

    async def _parse(self, response: Response) -> FeedDocument:
        kind = response.headers.get("content-type")
        return await self._parser.parse(response.body, content_type=kind, base_url=response.url, now=self._clock.now())


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
    beside = url if url.endswith("/") else f"{url}/"
    root = urljoin(url, "/")
    bases = dict.fromkeys((beside, root))
    return tuple(urljoin(base, path) for base in bases for path in USUAL_PATHS)


def _found(response: Response, document: FeedDocument, title: str = "") -> FoundFeed:
    return FoundFeed(response.moved_to or response.url, document.title or title or response.url, document)
