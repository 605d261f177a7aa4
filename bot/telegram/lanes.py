"""Connections kept apart, so that a request costs the same however many there are.

httpcore's pool looks at every idle connection when a request begins and when it ends, and hands one idle connection to
all requests that begin in the same moment, of which all but one begin anew. Here each connection is a pool of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import cast

import httpx


class Lanes(httpx.AsyncBaseTransport):
    """At most ``count`` connections; a request that finds none free waits for its pool timeout.

    The lane that was freed last is taken first, so that a quiet bot keeps few connections.
    """

    def __init__(self, count: int) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        self._all = tuple(
            httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=limits) for _ in range(count)
        )
        self._idle: list[httpx.AsyncHTTPTransport] = list(reversed(self._all))
        self._free = asyncio.Semaphore(count)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Make the request on a lane of its own; the lane is free again once the response is closed."""
        await self._take(request)
        lane = self._idle.pop()
        try:
            response = await lane.handle_async_request(request)
        except BaseException:
            self._give(lane)
            raise
        response.stream = _Stream(cast("httpx.AsyncByteStream", response.stream), lambda: self._give(lane))
        return response

    async def aclose(self) -> None:
        """Close every connection."""
        for lane in self._all:
            await lane.aclose()

    async def _take(self, request: httpx.Request) -> None:
        try:
            async with asyncio.timeout(request.extensions.get("timeout", {}).get("pool")):
                await self._free.acquire()
        except TimeoutError:
            raise httpx.PoolTimeout("every connection is in use", request=request) from None

    def _give(self, lane: httpx.AsyncHTTPTransport) -> None:
        self._idle.append(lane)
        self._free.release()


class _Stream(httpx.AsyncByteStream):
    """A response's body that frees its lane when it is closed."""

    def __init__(self, stream: httpx.AsyncByteStream, release: Callable[[], None]) -> None:
        self._stream = stream
        self._release = release
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._stream:
            yield chunk

    async def aclose(self) -> None:
        """Close the body, once."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._stream.aclose()
        finally:
            self._release()
