"""GET one address: an httpx client that follows redirects itself.

So each request of a chain passes the guard, waits for its host, and counts against the same limits of time.
"""

import asyncio
import os
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.cookiejar import CookieJar
from string import printable
from types import TracebackType
from typing import Self
from urllib.parse import quote, urljoin

import httpcore
import httpx

from bot import __version__
from bot.core.bounds import ADDRESS_CHARACTERS
from bot.errors import FeedError
from bot.feeds.http.content_encoding import ACCEPT_ENCODING, BODY_LIMIT, unpack_content
from bot.feeds.http.cookies import Cookies
from bot.feeds.http.guard import Guard, Network, Resolver, check_url
from bot.feeds.http.host_limits import HostLimits
from bot.feeds.http.transport import GuardedTransport, StaleConnectionError

TOTAL_SECONDS = 20.0
"""Seconds for one address, over all its redirects; waiting for a host is not counted."""
WAIT_SECONDS = 30.0
"""Seconds, over all redirects, that may be spent on waiting for hosts."""
KEEP_SECONDS = 5.0
"""Seconds that an idle connection outlasts the pause after its request: robots.txt, a page and its feed share one."""
REDIRECT_LIMIT = 5
MOST_PIECES = 5000
"""Pieces (chunks, packets) that a body may come in: each costs some fifty microseconds, and may hold one byte.

The largest body in packets of Ethernet's size is 3,600 of them."""
_REDIRECT_BODY_BYTES = 4096
_REDIRECT_BODY_SECONDS = 1.0
"""Bytes and seconds of a redirect's body, a line of HTML: once it is read, the connection can be kept."""
_YIELD_EVERY = 250  # pieces after which other tasks may run
_QUOTED_CHARACTERS = 200  # of an address or a reason in an error
_UNPACKED_AT_ONCE = 4096
"""Bytes of a packed body up to which it is unpacked on the event loop: at worst that takes ten milliseconds."""
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
    ``seconds`` is how long the requests took, without waiting for hosts.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    moved_to: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Hop:
    """One answer as it came: the body still packed, and none of a redirect; the Set-Cookie lines."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: tuple[str, ...]


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
        self._hosts = HostLimits(host_pause)
        context = httpx.create_ssl_context(trust_env=False)
        guards = Guard(None, resolver=resolver), Guard(tuple(allowed_networks), resolver=resolver)
        # Two, so that what a guarded request asks never goes over a connection that an unguarded one has made.
        self._open, self._guarded = (
            httpx.AsyncClient(
                transport=GuardedTransport(guard, context, keep_seconds=host_pause + KEEP_SECONDS),
                cookies=_NoCookies(),
                trust_env=False,
                timeout=None,  # noqa: S113 (each exchange has a limit of its own)
            )
            for guard in guards
        )

    async def __aenter__(self) -> Self:
        """Return the client, open."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """Close the client."""
        await self.close()

    async def close(self) -> None:
        """Close the connections that were kept."""
        await self._open.aclose()
        await self._guarded.aclose()

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

        Cookies that a host sets on the way go back to it, and are dropped at the end.

        Args:
            url: the address.
            guarded: connect to public addresses (and allowed networks) only, after redirects too.
            headers: sent besides the usual ones.
            limit: bytes of the body, packed or unpacked.
            reserved: wait for the first host even where ``host_limits.MOST_WAITING`` others do.

        Raises:
            FeedError: no answer, or none that may be read; its message id and values say why.
        """
        time = asyncio.get_running_loop().time
        permanent = True
        left, wait = self._seconds, WAIT_SECONDS
        first, cookies = url, Cookies()
        for _ in range(REDIRECT_LIMIT + 1):
            check_url(url)
            came = time()
            async with self._hosts.turn(url, seconds=wait, reserved=reserved and url == first):
                began = time()
                wait -= began - came
                sent = {**self._headers, **(headers or {}), **cookies.header(url)}
                hop = await self._hop(url, sent, limit, guarded=guarded, seconds=left)
                left -= time() - began
            location = hop.headers.get("location")
            if hop.status not in _REDIRECTS or not location:
                moved = url if permanent and url != first else None
                return Response(hop.status, url, hop.headers, await _unpacked(hop, limit), moved, self._seconds - left)
            cookies.take(url, hop.cookies)
            permanent = permanent and hop.status in _PERMANENT
            url = _joined(url, location)
        raise FeedError("feed-too-many-redirects", limit=REDIRECT_LIMIT)

    async def _hop(self, url: str, headers: Mapping[str, str], limit: int, *, guarded: bool, seconds: float) -> _Hop:
        """Send one request. Raises ``FeedError``."""
        client = self._guarded if guarded else self._open
        try:
            request = httpx.Request("GET", _address(url), headers=_encoded(headers))
            async with asyncio.timeout(seconds):
                try:
                    return await _exchange(client, request, limit)
                except StaleConnectionError:  # closed while it was idle: a new one is made
                    return await _exchange(client, request, limit)
        except TimeoutError:
            raise FeedError("feed-timeout", seconds=round(self._seconds)) from None
        except (httpx.InvalidURL, httpcore.LocalProtocolError, UnicodeError) as error:
            raise FeedError("feed-bad-url", url=url) from error
        except httpx.RemoteProtocolError as error:  # what httpx says of a redirect to no address
            raise FeedError("feed-bad-url", url=_reason(error)) from error
        except httpcore.RemoteProtocolError as error:
            raise FeedError("feed-broken-answer", reason=_reason(error)) from error
        except OSError as error:
            raise FeedError("feed-unreachable", reason=_reason(error)) from error


class _NoCookies(CookieJar):
    """Keeps nothing: cookies live as long as one fetch (``cookies``)."""

    def extract_cookies(self, response: object, request: object) -> None:
        """Take in nothing."""


async def _exchange(client: httpx.AsyncClient, request: httpx.Request, limit: int) -> _Hop:
    response = await client.send(request, stream=True)
    try:
        headers = {name.decode("ascii").lower(): value.decode("latin-1") for name, value in response.headers.raw}
        cookies = tuple(
            value.decode("latin-1") for name, value in response.headers.raw if name.lower() == b"set-cookie"
        )
        if response.status_code not in _REDIRECTS:
            return _Hop(response.status_code, headers, await _read(response, limit), cookies)
        with suppress(FeedError, httpcore.ProtocolError, OSError):
            async with asyncio.timeout(_REDIRECT_BODY_SECONDS):
                await _read(response, _REDIRECT_BODY_BYTES)
        return _Hop(response.status_code, headers, b"", cookies)
    finally:
        await response.aclose()


async def _read(response: httpx.Response, limit: int) -> bytes:
    """Return the body, still packed. Raises ``FeedError`` past ``limit`` bytes or ``MOST_PIECES`` pieces."""
    body = bytearray()
    pieces = 0
    async for piece in response.aiter_raw():
        body += piece
        pieces += 1
        if len(body) > limit:
            raise FeedError("feed-too-large", limit=limit)
        if pieces > MOST_PIECES:
            raise FeedError("feed-broken-answer", reason="a body in too many pieces")
        if pieces % _YIELD_EVERY == 0:
            await asyncio.sleep(0)
    return bytes(body)


async def _unpacked(hop: _Hop, limit: int) -> bytes:
    """Return the body, unpacked in a thread of its own where that could take a while."""
    encodings = hop.headers.get("content-encoding", "")
    if not hop.body or not encodings:
        return hop.body
    if len(hop.body) < _UNPACKED_AT_ONCE:
        return unpack_content(hop.body, encodings, limit)
    work = partial(unpack_content, hop.body, encodings, limit)
    return await asyncio.get_running_loop().run_in_executor(_UNPACKING, work)


def _address(url: str) -> httpx.URL:
    """Return the address as it is asked for: the host as DNS and certificates name it, without a last dot."""
    address = httpx.URL(url)
    return address.copy_with(host=address.host.rstrip(".")) if address.host.endswith(".") else address


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Return headers as latin-1: a validator goes back byte for byte."""
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]


def _joined(url: str, location: str) -> str:
    """Return where a Location leads; it may be raw UTF-8, and other bytes that are not ASCII are kept, escaped."""
    raw = location.strip().encode("latin-1")
    try:
        joined = urljoin(url, _text(raw))
    except ValueError:
        raise FeedError("feed-bad-url", url=location[:_QUOTED_CHARACTERS]) from None
    if len(joined) > ADDRESS_CHARACTERS:
        raise FeedError("feed-bad-url", url=joined[:_QUOTED_CHARACTERS])
    return joined


def _text(location: bytes) -> str:
    try:
        return location.decode("utf-8")
    except UnicodeDecodeError:
        return quote(location, safe=printable)


def _reason(error: BaseException) -> str:
    if isinstance(error, ConnectionError) and error.errno:
        return os.strerror(error.errno).lower()
    return " ".join(str(error).split())[:_QUOTED_CHARACTERS] or type(error).__name__
