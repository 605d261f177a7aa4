"""What the tests of feeds share."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from ipaddress import ip_network

import pytest
from feed_outlet import Outlet, TurnedClock

from bot.core.model import Feed, Source
from bot.feeds.feed_source import HttpFeedSource
from bot.feeds.http.client import WebClient
from bot.feeds.workers.pool import ParserPool


@pytest.fixture
async def outlet() -> AsyncIterator[Outlet]:
    """An outlet that answers 404 until it is given routes."""
    outlet = Outlet()
    server = await asyncio.start_server(outlet.serve, "127.0.0.1", 0)
    outlet.port = server.sockets[0].getsockname()[1]
    yield outlet
    server.close()


@pytest.fixture
def clock() -> TurnedClock:
    """A clock that stands at 2025-12-11 10:00 UTC."""
    return TurnedClock()


@pytest.fixture
async def pool() -> AsyncIterator[ParserPool]:
    """A pool with its usual limits, which starts no process before it has something to parse."""
    pool = ParserPool(keep=1)
    yield pool
    await pool.close()


@pytest.fixture
async def feeds(pool: ParserPool, clock: TurnedClock) -> AsyncIterator[HttpFeedSource]:
    """The real thing, without pause or jitter, in a hurry."""
    source = HttpFeedSource(
        pool,
        clock,
        poll_min=timedelta(minutes=5),
        poll_max=timedelta(days=1),
        host_pause=timedelta(0),
        contact="https://jarshy.example",
        total_seconds=1.5,
        jitter=lambda: 0.0,
    )
    yield source
    await source.close()


@pytest.fixture
async def web_client() -> AsyncIterator[Callable[..., WebClient]]:
    """Makes clients without a pause, which are closed when the test ends."""
    clients: list[WebClient] = []

    def make(**options) -> WebClient:
        clients.append(WebClient(**{"host_pause": 0, **options}))
        return clients[-1]

    yield make
    for client in clients:
        await client.close()


@pytest.fixture
def source(outlet: Outlet) -> Source:
    """The outlet as the operator's source."""
    return Source("x", {"kk": "Х", "ru": "Х", "en": "X"}, f"{outlet.url}/rss", "kk")


@pytest.fixture
def feed(clock: TurnedClock) -> Feed:
    """A feed that was never asked."""
    return Feed("x", clock.now())


@pytest.fixture
def loopback():
    """What FEED_ALLOW_NETWORKS opens for tests."""
    return (ip_network("127.0.0.0/8"),)
