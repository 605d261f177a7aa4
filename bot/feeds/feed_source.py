"""A source and the stored state of its feed -> one fetch and the next state. Implements ``ports.FeedSource``.

::

    (Source, Feed) | address in use | GET with validators | 304, or the bytes of last time -> Unchanged
                                                          | a new body | worker process     -> Fetched
                                                          | any error                       -> Failed

When a feed is asked again is decided in ``core.polling``.
"""

import asyncio
import hashlib
import logging
import random
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.core.model import Feed, FeedDocument, FeedEntry, Source
from bot.core.polling import (
    NO_ANSWER,
    Answer,
    Bounds,
    Failed,
    Fetched,
    FetchResult,
    Unchanged,
    address,
    failed,
    fetched,
    unchanged,
    validators,
)
from bot.errors import FeedError
from bot.feeds.http.caching_headers import read_answer
from bot.feeds.http.client import TOTAL_SECONDS, Response, WebClient
from bot.feeds.http.guard import Network, Resolver
from bot.feeds.http.robots import Robots
from bot.feeds.workers.pool import ParserPool
from bot.feeds.workers.results import MOST_ENTRIES
from bot.ports import Clock

log = logging.getLogger(__name__)

_FETCH_FACTOR = 3
"""Times ``total_seconds`` (20 s an address) that one feed may take with robots.txt, waiting, sitemaps and parsing."""
_NOT_MODIFIED = 304
_SITEMAPS_OF_INDEX = 2
_FOR_ROBOTS = re.compile(r"[/._?=&-](?:rss|feed|atom|sitemap|xml|json)\b", re.IGNORECASE)
"""Matches addresses of feeds. Feeds are made for robots; before other pages robots.txt is asked."""


class HttpFeedSource:
    """Implements ``ports.FeedSource``.

    ``allowed_networks`` are open to readers' feeds besides public addresses; ``contact`` is a page or an address in
    the User-Agent; ``jitter`` gives numbers from 0 to 1.
    """

    def __init__(
        self,
        parser: ParserPool,
        clock: Clock,
        *,
        poll_min: timedelta,
        poll_max: timedelta,
        host_pause: timedelta = timedelta(seconds=1),
        allowed_networks: Collection[Network] = (),
        contact: str = "",
        resolver: Resolver | None = None,
        total_seconds: float = TOTAL_SECONDS,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._parser = parser
        self._clock = clock
        self._bounds = Bounds(poll_min, poll_max)
        self._jitter = jitter
        self._seconds = total_seconds * _FETCH_FACTOR
        self.client = WebClient(
            host_pause=host_pause.total_seconds(),
            allowed_networks=allowed_networks,
            contact=contact,
            resolver=resolver,
            total_seconds=total_seconds,
        )
        self.robots = Robots(self.client, parser, clock)

    async def close(self) -> None:
        """Close the connections that were kept."""
        await self.client.close()

    async def fetch(self, source: Source, feed: Feed) -> FetchResult:
        """Ask the source for its feed. Never raises for what the other side does: that is ``Failed``."""
        answer = NO_ANSWER
        etag, last_modified = validators(feed, self._clock.now())
        headers = {
            **({"if-none-match": etag} if etag else {}),
            **({"if-modified-since": last_modified} if last_modified else {}),
        }
        try:
            async with asyncio.timeout(self._seconds):
                response = await self._ask(source, feed, headers)
                answer = self._answer(response)
                if _is_known(response, answer, feed, conditional=bool(headers)):
                    return self._unchanged(feed, answer)
                _expect_success(response)
                document = await self._read(source, response)
            return self._fetched(feed, answer, document)
        except FeedError as error:
            return self._failed(source, feed, answer, error)
        except TimeoutError:
            return self._failed(source, feed, answer, FeedError("feed-timeout", seconds=round(self._seconds)))

    async def _ask(self, source: Source, feed: Feed, headers: Mapping[str, str]) -> Response:
        url = address(source, feed)
        if source.selectors and not _FOR_ROBOTS.search(url):
            await self.robots.check(url, guarded=not source.public)
        return await self.client.get(url, guarded=not source.public, headers=headers, reserved=True)

    def _answer(self, response: Response) -> Answer:
        digest = hashlib.blake2b(response.body, digest_size=16).hexdigest() if response.body else None
        said = read_answer(response.headers, now=self._clock.now(), body_hash=digest, moved_to=response.moved_to)
        return replace(said, took=timedelta(seconds=response.seconds))

    async def _read(self, source: Source, response: Response) -> FeedDocument:
        document = await self._parse(source, response)
        if document.format == "sitemap-index":
            document = await self._follow(source, document)
        entries = tuple(entry for entry in document.entries if entry.title or entry.summary)
        if document.entries and not entries:
            raise FeedError("feed-not-a-feed", reason=f"none of {len(document.entries)} entries has a title")
        if len(entries) < len(document.entries):
            log.debug("feed %s: %s entries without words", source.id, len(document.entries) - len(entries))
        if document.left_out:
            log.debug("feed %s: %s entries beyond the newest %s", source.id, document.left_out, MOST_ENTRIES)
        return replace(document, entries=entries)

    async def _parse(self, source: Source, response: Response) -> FeedDocument:
        return await self._parser.parse(
            response.body,
            content_type=response.headers.get("content-type"),
            base_url=response.url,
            zone=source.zone,
            now=self._clock.now(),
            selectors=source.selectors,
            most=MOST_ENTRIES,
        )

    async def _follow(self, source: Source, index: FeedDocument) -> FeedDocument:
        """Read the newest sitemaps of an index, those of news before others."""
        entries: list[FeedEntry] = []
        for sitemap in sorted(index.entries, key=_news_then_newest, reverse=True)[:_SITEMAPS_OF_INDEX]:
            response = await self.client.get(sitemap.url, guarded=not source.public)
            _expect_success(response)
            entries += (await self._parse(source, response)).entries
        return FeedDocument(index.title, index.language, tuple(entries), "sitemap", index.ttl_minutes)

    def _unchanged(self, feed: Feed, answer: Answer) -> Unchanged:
        return unchanged(feed, answer, now=self._clock.now(), bounds=self._bounds, jitter=self._jitter())

    def _fetched(self, feed: Feed, answer: Answer, document: FeedDocument) -> Fetched:
        now = self._clock.now()
        return fetched(feed, answer, document, now=now, bounds=self._bounds, jitter=self._jitter())

    def _failed(self, source: Source, feed: Feed, answer: Answer, error: FeedError) -> Failed:
        now = self._clock.now()
        return failed(source, feed, error, answer, now=now, bounds=self._bounds, jitter=self._jitter())


def _is_known(response: Response, answer: Answer, feed: Feed, *, conditional: bool) -> bool:
    if response.status == _NOT_MODIFIED:
        return conditional
    return response.status == 200 and answer.body_hash is not None and answer.body_hash == feed.body_hash  # noqa: PLR2004


def _expect_success(response: Response) -> None:
    if not 200 <= response.status < 300:  # noqa: PLR2004 (HTTP statuses of success)
        raise FeedError("feed-status", status=response.status)


def _news_then_newest(sitemap: FeedEntry) -> tuple[bool, float]:
    return "news" in sitemap.url.lower(), sitemap.published.timestamp() if sitemap.published else 0.0
