"""Getting one address: redirects followed by hand, every hop guarded and in its host's turn, all within limits."""

import asyncio
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from urllib.parse import urljoin

import httpx

from bot import __version__
from bot.core.bounds import ADDRESS_CHARACTERS
from bot.errors import FeedError
from bot.feeds.bodies import ACCEPT_ENCODING, BODY_LIMIT, unpack_content
from bot.feeds.cookies import Cookies
from bot.feeds.guard import Guard, Network, Resolver, check_url
from bot.feeds.hosts import HostTurns
from bot.feeds.wire import RawResponse, exchange

TOTAL_SECONDS = 20.0
"""Seconds for one address, over all its redirects; waiting for a host's turn is not counted."""
WAIT_SECONDS = 30.0
"""Seconds, over all redirects, that hosts' turns are waited for."""
REDIRECT_LIMIT = 5
_QUOTED = 200
_SMALL = 4096
"""Bytes: what is packed into less, unpacks to the limit in a hundredth of a second at worst."""
_UNPACKING = ThreadPoolExecutor(2, thread_name_prefix="unpack")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "text/html;q=0.7, */*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: ``headers`` with names in lower case, values as latin-1; the body unpacked.

    ``url`` is where it came from in the end; ``moved_to`` is where permanent redirects, and only those, led;
    ``seconds`` is how long the requests took, without the waiting for hosts' turns.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    moved_to: str | None = None
    seconds: float = 0.0


class WebClient:
    """Fetches addresses for feeds. ``host_pause`` is in seconds; ``contact`` is named in the User-Agent."""

    def __init__(
        self,
        *,
        host_pause: float = 1.0,
        allowed_networks: Collection[Network] = (),
        contact: str = "",
        resolver: Resolver | None = None,
        total_seconds: float = TOTAL_SECONDS,
    ) -> None:
        agent = (
            f"Jarshy/{__version__} (news digests; +{contact})" if contact else f"Jarshy/{__version__} (news digests)"
        )
        self._headers = {"user-agent": agent, "accept": _ACCEPT, "accept-encoding": ACCEPT_ENCODING}
        self._seconds = total_seconds
        self._turns = HostTurns(host_pause)
        self._context = httpx.create_ssl_context(trust_env=False)
        self._open = Guard(None, resolver=resolver)
        self._guarded = Guard(tuple(allowed_networks), resolver=resolver)

    async def get(
        self,
        url: str,
        *,
        guarded: bool,
        headers: Mapping[str, str] | None = None,
        limit: int = BODY_LIMIT,
        reserved: bool = False,
    ) -> Response:
        """Get an address. Any status is an answer.

        ``guarded`` keeps it, and whatever it redirects to, on public addresses; ``reserved`` waits for the turn of its
        own host however many others do. Cookies that a host sets on the way go back to it, and are forgotten then.

        Raises:
            FeedError: no answer, or none that may be read; its message id and values say why.
        """
        time = asyncio.get_running_loop().time
        permanent = True
        left, patience = self._seconds, WAIT_SECONDS
        first, cookies = url, Cookies()
        for _ in range(REDIRECT_LIMIT + 1):
            check_url(url)
            came = time()
            async with self._turns.turn(url, seconds=patience, reserved=reserved and url == first):
                began = time()
                patience -= began - came
                sent = {**(headers or {}), **cookies.header(url)}
                raw = await self._hop(url, sent, limit, guarded=guarded, seconds=left)
                left -= time() - began
            location = raw.headers.get("location")
            if raw.status not in _REDIRECTS or not location:
                moved = url if permanent and url != first else None
                return Response(raw.status, url, raw.headers, await _unpacked(raw, limit), moved, self._seconds - left)
            cookies.take(url, raw.cookies)
            permanent = permanent and raw.status in _PERMANENT
            url = _joined(url, location)
        raise FeedError("feed-too-many-redirects", limit=REDIRECT_LIMIT)

    async def _hop(
        self, url: str, headers: Mapping[str, str], limit: int, *, guarded: bool, seconds: float
    ) -> RawResponse:
        guard = self._guarded if guarded else self._open
        try:
            async with asyncio.timeout(seconds):
                return await exchange(
                    url, {**self._headers, **headers}, guard=guard, context=self._context, limit=limit
                )
        except TimeoutError:
            raise FeedError("feed-timeout", seconds=round(self._seconds)) from None


async def _unpacked(raw: RawResponse, limit: int) -> bytes:
    """Return the body, unpacked in a thread of its own where that could take a while."""
    encodings = raw.headers.get("content-encoding", "")
    if not raw.body or not encodings:
        return raw.body
    if len(raw.body) < _SMALL:
        return unpack_content(raw.body, encodings, limit)
    work = partial(unpack_content, raw.body, encodings, limit)
    return await asyncio.get_running_loop().run_in_executor(_UNPACKING, work)


def _joined(url: str, location: str) -> str:
    try:
        joined = urljoin(url, location.strip())
    except ValueError:
        raise FeedError("feed-bad-url", url=location[:_QUOTED]) from None
    if len(joined) > ADDRESS_CHARACTERS:
        raise FeedError("feed-bad-url", url=joined[:_QUOTED])
    return joined
