"""One HTTP/1.1 exchange: h11 over asyncio's streams, to an address that was looked up and checked here.

A feed is one small request to a host of its own, so the pools, redirects, cookies and proxies of a general client are
only cost: this takes a twentieth of the processor time, and leaves no way around the guard.
"""

import asyncio
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

import h11

from bot.errors import FeedError
from bot.feeds.guard import Guard

CONNECT_SECONDS = 5.0
"""Seconds for each address of a host, so that one that is dead leaves time for the next."""
_CHUNK = 65536
HEAD_BYTES = 65536
"""Of an answer's head: status and headers."""
MOST_HEADERS = 200
"""Headers of an answer: a page that sets many cookies has some fifty."""
MOST_PIECES = 20_000
"""Pieces (chunks, packets) that a body may come in: each costs some twenty microseconds, and may hold one byte."""
MOST_INTERIM = 10
"""Answers of status 1xx before the real one."""
_BREATH = 250  # pieces after which others may run
_PORTS = {"http": 80, "https": 443}
_PATH_SAFE = "/%:@!$&'()*+,;=~-._[]"
_WITHOUT_BODY = frozenset({204, 301, 302, 303, 304, 307, 308})


@dataclass(frozen=True, slots=True)
class RawResponse:
    """An answer as it came: ``headers`` with names in lower case, values as latin-1; the body still packed.

    ``cookies`` are its Set-Cookie lines, which cannot be one header.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    cookies: tuple[str, ...] = ()


async def exchange(
    url: str, headers: Mapping[str, str], *, guard: Guard, context: ssl.SSLContext, limit: int
) -> RawResponse:
    """Send a GET and read the answer; redirects are answers.

    Raises:
        FeedError: ``feed-bad-url``, ``feed-blocked-address``, ``feed-unreachable``,
            ``feed-broken-answer``; ``feed-too-large`` past ``limit``.
    """
    parts = urlsplit(url)
    try:
        host = _ascii_host(parts)
        connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
        request = connection.send(_request(parts, host, headers)) or b""
    except (UnicodeError, h11.LocalProtocolError) as error:
        raise FeedError("feed-bad-url", url=url) from error
    try:
        reader, writer = await _connect(parts, host, guard, context)
        try:
            writer.write(request + (connection.send(h11.EndOfMessage()) or b""))
            return await _read(connection, reader, limit)
        finally:
            writer.close()
    except h11.RemoteProtocolError as error:
        raise FeedError("feed-broken-answer", reason=_reason(error)) from error
    except OSError as error:
        raise FeedError("feed-unreachable", reason=_reason(error)) from error


async def _connect(
    parts: SplitResult, host: str, guard: Guard, context: ssl.SSLContext
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the first allowed address that answers."""
    secure = parts.scheme == "https"
    port = parts.port or _PORTS[parts.scheme]
    failure: OSError = OSError(f"{host} has no address")
    for address in await guard.addresses(host, port):
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return await asyncio.open_connection(
                    address,
                    port,
                    limit=_CHUNK,
                    ssl=context if secure else None,
                    server_hostname=host if secure else None,
                )
        except OSError as error:  # TimeoutError is one
            failure = error
    raise failure


def _request(parts: SplitResult, host: str, headers: Mapping[str, str]) -> h11.Request:
    name = f"[{host}]" if ":" in host else host
    target = quote(parts.path or "/", safe=_PATH_SAFE)
    if parts.query:
        target += "?" + quote(parts.query, safe=_PATH_SAFE + "?")
    authority = name if parts.port in {None, _PORTS[parts.scheme]} else f"{name}:{parts.port}"
    fields = {"host": authority, "connection": "close", **headers}
    return h11.Request(
        method="GET",
        target=target,
        headers=[(key.encode("ascii"), value.encode("latin-1")) for key, value in fields.items()],
    )


async def _read(connection: h11.Connection, reader: asyncio.StreamReader, limit: int) -> RawResponse:
    answer = _Answer(limit)
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            await asyncio.sleep(0)  # a full buffer is read at once: let others run between two
            connection.receive_data(await reader.read(_CHUNK))
        elif answer.take(event):
            return RawResponse(answer.status, answer.fields, bytes(answer.body), answer.cookies)
        elif answer.pieces % _BREATH == 0:
            await asyncio.sleep(0)


class _Answer:
    """An answer as far as it has come, within its limits."""

    def __init__(self, limit: int) -> None:
        self.status = 0
        self.fields: dict[str, str] = {}
        self.cookies: tuple[str, ...] = ()
        self.body = bytearray()
        self.pieces = 0
        self._limit = limit

    def take(self, event: object) -> bool:
        """Take in what came next; tell whether that was all. Raises FeedError past a limit."""
        if isinstance(event, h11.Response):
            self.status, self.fields = event.status_code, _fields(event)
            self.cookies = tuple(value.decode("latin-1") for name, value in event.headers if name == b"set-cookie")
            return self.status in _WITHOUT_BODY
        if not isinstance(event, h11.InformationalResponse | h11.Data):
            return isinstance(event, h11.EndOfMessage | h11.ConnectionClosed) or event is h11.PAUSED
        self.pieces += 1
        if isinstance(event, h11.Data):
            self.body += event.data
        elif self.pieces > MOST_INTERIM:
            raise FeedError("feed-broken-answer", reason="interim answers without an end")
        if len(self.body) > self._limit:
            raise FeedError("feed-too-large", limit=self._limit)
        if self.pieces > MOST_PIECES:
            raise FeedError("feed-broken-answer", reason="it comes in crumbs")
        return False


def _fields(response: h11.Response) -> dict[str, str]:
    if len(response.headers) > MOST_HEADERS:
        raise FeedError("feed-broken-answer", reason=f"more than {MOST_HEADERS} headers")
    fields = {name.decode("ascii"): value.decode("latin-1") for name, value in response.headers}
    if sum(map(len, fields.values())) > HEAD_BYTES:
        raise FeedError("feed-broken-answer", reason=f"headers of more than {HEAD_BYTES} bytes")
    return fields


def _ascii_host(parts: SplitResult) -> str:
    """Return the host as DNS knows it: «жаңалық.қаз» is ``xn--…``."""
    host = (parts.hostname or "").rstrip(".")
    return host if host.isascii() else host.encode("idna").decode("ascii")


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "no connection in time"
    if isinstance(error, ConnectionError) and error.errno:
        return os.strerror(error.errno).lower()
    return " ".join(str(error).split())[:200] or type(error).__name__
