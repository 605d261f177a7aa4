"""httpx's way to the network for feeds: each connection is made to an address that the guard has just allowed.

::

    httpx.AsyncClient | GuardedTransport | httpcore's pool | GuardedNetwork: look up, check, connect | Connection

What a connection reads passes through here before httpcore's parser sees it: the head of each answer is kept within
limits, and header lines that the parser would refuse the whole answer for are repaired or left out.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from functools import partial
from typing import SupportsIndex, cast

import httpcore
import httpx

from bot.errors import FeedError
from bot.feeds.http.guard import Guard

CONNECT_SECONDS = 5.0
"""Seconds for each address of a host, so that one that is dead leaves time for the next; as many for TLS."""
HEAD_BYTES = 65536
"""Of an answer's head: status and headers."""
MOST_HEADERS = 200
"""Header lines of an answer: a page that sets many cookies has some fifty."""
MOST_INTERIM = 10
"""Answers of status 1xx before the real one."""
KEPT_CONNECTIONS = 20
"""Idle connections that are kept: the pool looks at each of them at every request."""
_CHUNK = 65536
_SWITCHING_PROTOCOLS = b"101"
_HEAD_END = re.compile(rb"\n\r?\n")
_STATUS = re.compile(rb"HTTP/1\.[01] +([0-9]{3})\b")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_HEADER = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*(:[^\x00\x0b\x0c\r\n]*)\r?")


class GuardedTransport(httpx.AsyncBaseTransport):
    """Sends httpx's requests over connections that ``guard`` allows; idle ones are kept for ``keep_seconds``.

    Besides httpcore's own errors, requests raise ``OSError`` and ``FeedError`` from below, as they are.
    """

    def __init__(self, guard: Guard, context: ssl.SSLContext, *, keep_seconds: float) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=None,
            max_keepalive_connections=KEPT_CONNECTIONS,
            keepalive_expiry=keep_seconds,
            network_backend=GuardedNetwork(guard),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; the body of the answer is still to be read."""
        url = request.url
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


class _Body(httpx.AsyncByteStream):
    """The body of an answer, as httpcore reads it."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(cast("AsyncIterable[bytes]", self._answer.stream))

    async def aclose(self) -> None:
        await self._answer.aclose()


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Looks a host up, and connects to the first of its allowed addresses that answers."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 (httpcore's interface)
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[object] | None = None,  # noqa: ARG002
    ) -> "Connection":
        """Connect. Raises ``FeedError`` where the guard refuses, OSError (a time-out is one) where none answers."""
        loop = asyncio.get_running_loop()
        failure = OSError(f"{host} has no address")
        for address in await self._guard.addresses(host, port):
            reader = _Reader(limit=_CHUNK, loop=loop)
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    transport, protocol = await loop.create_connection(
                        partial(asyncio.StreamReaderProtocol, reader, loop=loop), address, port
                    )
            except TimeoutError:
                failure = ConnectionError("no connection in time")
            except OSError as error:
                failure = error
            else:
                return Connection(reader, asyncio.StreamWriter(transport, protocol, reader, loop))
        raise failure


class _Reader(asyncio.StreamReader):
    """Counts what comes, so that what comes unasked is seen."""

    received = 0

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        """Take in what the socket gave."""
        self.received += len(cast("bytes", data))
        super().feed_data(data)


class StaleConnectionError(ConnectionError):
    """The server closed a kept connection when the next request was on its way: it has to be sent again."""


class Connection(httpcore.AsyncNetworkStream):
    """One connection; it reads the head of an answer to its end before it hands anything on."""

    def __init__(self, reader: _Reader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._requests = 0
        self._taken = 0
        self._in_head = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109
        """Return the next bytes, none at the end: a whole head with what came after it, or some of a body."""
        await asyncio.sleep(0)  # a full buffer is read at once: let others run between two
        if self._in_head:
            return await self._read_head()
        return await self._take(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        """Send a request (httpcore hands it over whole, and an empty body after it)."""
        if buffer:
            self._requests += 1
            self._in_head = True
            self._writer.write(buffer)

    async def aclose(self) -> None:
        """Close without waiting for the other side."""
        self._writer.close()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
    ) -> "Connection":
        """Go on in TLS. Raises OSError, of which ``ssl.SSLError`` is one."""
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._writer.start_tls(ssl_context, server_hostname=server_hostname)
        except TimeoutError:
            raise ConnectionError("no connection in time") from None
        return self

    def get_extra_info(self, info: str) -> object:
        """Tell for ``is_readable`` whether an idle connection is spoilt: it has ended, or something came unasked."""
        if info == "is_readable":
            return self._reader.at_eof() or self._reader.received > self._taken
        return self._writer.get_extra_info(info)

    async def _take(self, most: int) -> bytes:
        data = await self._reader.read(most)
        self._taken += len(data)
        return data

    async def _read_head(self) -> bytes:
        received = bytearray()
        interim = 0
        while True:
            seen = 0
            while (end := _HEAD_END.search(received, max(seen - 2, 0))) is None:
                seen = len(received)
                if seen > HEAD_BYTES:
                    raise FeedError("feed-broken-answer", reason=f"headers of more than {HEAD_BYTES} bytes")
                more = await self._take(_CHUNK)
                if not more and not received and self._requests > 1:
                    raise StaleConnectionError
                if not more:
                    return bytes(received)
                received += more
            head, rest = bytes(received[: end.end()]), received[end.end() :]
            status = _STATUS.match(head)
            if status is None or not status[1].startswith(b"1") or status[1] == _SWITCHING_PROTOCOLS:
                self._in_head = False
                return repaired_head(head) + rest
            interim += 1
            if interim > MOST_INTERIM:
                raise FeedError("feed-broken-answer", reason="interim answers without an end")
            received = rest


def repaired_head(head: bytes) -> bytes:
    """Return a head without the blanks before colons, and without lines that are no headers.

    Raises:
        FeedError: ``feed-broken-answer`` where it has too many lines or is too long.
    """
    first, *lines = _FOLD.sub(b" ", head.rstrip(b"\r\n")).split(b"\n")
    if len(lines) > MOST_HEADERS:
        raise FeedError("feed-broken-answer", reason=f"more than {MOST_HEADERS} headers")
    if len(head) > HEAD_BYTES:
        raise FeedError("feed-broken-answer", reason=f"headers of more than {HEAD_BYTES} bytes")
    headers = (found[1] + found[2] for found in map(_HEADER.fullmatch, lines) if found)
    return b"\r\n".join((first.rstrip(b"\r"), *headers, b"", b""))
