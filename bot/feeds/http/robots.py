"""robots.txt (RFC 9309), asked before pages of HTML; feeds are made for robots and need no leave."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

from bot.core.addresses import host_of
from bot.errors import FeedError
from bot.feeds.http.client import WebClient
from bot.feeds.http.robots_rules import LIMIT, RobotsRules
from bot.feeds.workers.pool import ParserPool
from bot.ports import Clock

_KEPT = timedelta(hours=24)
_KEPT_FAILED = timedelta(hours=1)
_KEPT_SILENT = timedelta(minutes=5)
_HOSTS = 500
_RULES = 100_000
"""Rules of all hosts that are kept at a time, some 20 MB."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a host until then: its rules, or why there are none to be had and nothing of it is read."""

    until: datetime
    allows: Callable[[str], bool] = lambda _url: True
    size: int = 0
    failure: FeedError | None = None


class Robots:
    """Knows the rules of the hosts that were asked of late. A worker process reads them."""

    def __init__(self, client: WebClient, parser: ParserPool, clock: Clock) -> None:
        self._client = client
        self._parser = parser
        self._clock = clock
        self._known: dict[str, _Known] = {}

    async def check(self, url: str, *, guarded: bool) -> None:
        """Refuse what the host does not want read, or may not want: its rules cannot be had.

        Raises:
            FeedError: ``feed-robots`` (``url``); ``feed-robots-unread`` (``reason``); where the host does not answer,
                what any of its pages would raise.
        """
        key = host_of(url)
        known, now = self._known.get(key), self._clock.now()
        if known is None or not now < known.until <= now + _KEPT:  # or the clock was ahead when they were read
            known = await self._ask(url, guarded=guarded)
            size = sum(one.size for one in self._known.values())
            if len(self._known) >= _HOSTS or size + known.size > _RULES:
                self._known.clear()
            self._known[key] = known
        if known.failure is not None:
            raise FeedError(known.failure.message_id, **known.failure.values)
        if not known.allows(url):
            raise FeedError("feed-robots", url=url)

    async def _ask(self, url: str, *, guarded: bool) -> _Known:
        """Read the rules. None there (4xx) allows all; a host that fails (5xx) is left alone for an hour.

        So is one whose rules cannot be read within a worker's limits; one that does not answer, for five minutes.
        """
        now = self._clock.now()
        try:
            response = await self._client.get(urljoin(url, "/robots.txt"), guarded=guarded)
        except FeedError as error:
            return _Known(now + _KEPT_SILENT, failure=error)
        if response.status >= 500 or response.status == 429:  # noqa: PLR2004 (HTTP statuses)
            return _unread(now, f"HTTP status {response.status}")
        if response.status != 200 or _is_html(response.body):  # noqa: PLR2004 (HTTP status)
            return _Known(now + _KEPT)
        try:
            rules = await self._parser.run("robots", RobotsRules, response.body[:LIMIT])
        except FeedError as error:
            return _unread(now, str(error))
        return _Known(now + _KEPT, rules.allow, len(rules.rules))


def _unread(now: datetime, reason: str) -> _Known:
    return _Known(now + _KEPT_FAILED, failure=FeedError("feed-robots-unread", reason=reason))


def _is_html(body: bytes) -> bool:
    return re.match(rb"\s*<(?:!doctype|html)", body, re.IGNORECASE) is not None
