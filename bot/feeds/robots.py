"""robots.txt (RFC 9309), asked before pages of HTML; feeds are made for robots and need no leave."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin

from protego import Protego

from bot.core.addresses import host_of
from bot.errors import FeedError
from bot.feeds.client import WebClient
from bot.ports import Clock

_KEPT = timedelta(hours=24)
_KEPT_UNREACHED = timedelta(hours=1)
_HOSTS = 500
_LIMIT = 512 * 1024
_AGENT = "Jarshy"


@dataclass(frozen=True, slots=True)
class _Rules:
    allows: Callable[[str], bool]
    until: datetime


class Robots:
    """Knows the rules of the hosts that were asked of late."""

    def __init__(self, client: WebClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._rules: dict[str, _Rules] = {}

    async def check(self, url: str, *, guarded: bool) -> None:
        """Refuse what the host does not want read. Raises ``FeedError("feed-robots")`` with ``url``."""
        key = host_of(url)
        rules = self._rules.get(key)
        if rules is None or rules.until <= self._clock.now():
            if len(self._rules) >= _HOSTS:
                self._rules.clear()
            rules = self._rules[key] = await self._ask(url, guarded=guarded)
        if not rules.allows(url):
            raise FeedError("feed-robots", url=url)

    async def _ask(self, url: str, *, guarded: bool) -> _Rules:
        """Read the rules. None there (4xx) allows all; a host that fails (5xx, no answer) is left alone for an hour."""
        now = self._clock.now()
        try:
            response = await self._client.get(urljoin(url, "/robots.txt"), guarded=guarded, limit=_LIMIT)
        except FeedError:
            return _Rules(_nothing, now + _KEPT_UNREACHED)
        if response.status >= 500 or response.status == 429:  # noqa: PLR2004 (HTTP statuses)
            return _Rules(_nothing, now + _KEPT_UNREACHED)
        if response.status != 200 or _is_html(response.body):  # noqa: PLR2004 (HTTP status)
            return _Rules(_anything, now + _KEPT)
        rules = Protego.parse(response.body.decode("utf-8", "replace"))
        return _Rules(lambda address: bool(rules.can_fetch(address, _AGENT)), now + _KEPT)


def _anything(_url: str) -> bool:
    return True


def _nothing(_url: str) -> bool:
    return False


def _is_html(body: bytes) -> bool:
    return re.match(rb"\s*<(?:!doctype|html)", body, re.IGNORECASE) is not None
