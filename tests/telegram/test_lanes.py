"""Connections kept apart behave as one pool: bounded, reused, and freed whatever happens to a request."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.telegram.lanes import Lanes


class Server:
    """Answers requests after ``seconds``, and counts its connections; the path ``/drop`` is cut."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.connections = 0
        self.url = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer on one connection until it ends."""
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if b"/drop" in head:
                    break
                await asyncio.sleep(self.seconds)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A running server."""
    answering = Server()
    listening = await asyncio.start_server(answering.handle, "127.0.0.1", 0)
    answering.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield answering
    listening.close()


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client over three lanes."""
    timeout = httpx.Timeout(5, pool=0.1)
    async with httpx.AsyncClient(transport=Lanes(3), trust_env=False, timeout=timeout) as opened:
        yield opened


async def test_connections_are_reused(server: Server, client: httpx.AsyncClient):
    """One request after another uses one connection; many at a time use no more than there are lanes."""
    for _ in range(5):
        assert (await client.get(server.url)).text == "ok"
    assert server.connections == 1

    for _ in range(5):
        await asyncio.gather(*(client.get(server.url) for _ in range(3)))
    assert server.connections == 3


async def test_pool_timeout(server: Server, client: httpx.AsyncClient):
    """A request that finds no lane free fails as one that was never sent; the others are unharmed."""
    server.seconds = 0.3
    results = await asyncio.gather(*(client.get(server.url) for _ in range(5)), return_exceptions=True)

    assert sum(isinstance(result, httpx.PoolTimeout) for result in results) == 2
    assert sum(isinstance(result, httpx.Response) for result in results) == 3


async def test_lanes_are_freed(server: Server, client: httpx.AsyncClient):
    """Dropped, cancelled and unread requests give their lanes back."""
    for _ in range(4):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(f"{server.url}/drop")
    server.seconds = 5
    for _ in range(4):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await client.get(server.url)
    server.seconds = 0
    for _ in range(4):
        async with client.stream("GET", server.url):
            pass

    answers = await asyncio.gather(*(client.get(server.url) for _ in range(3)))

    assert [answer.text for answer in answers] == ["ok"] * 3
