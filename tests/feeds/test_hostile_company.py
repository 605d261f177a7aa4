"""Hostile outlets beside good ones, through ingest into a real database: each ends with a reason, none delays the others."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from feed_outlet import RSS, Handler, Outlet, TurnedClock, endless, respond, trickle

from bot.core.model import Source
from bot.feeds.feed_source import HttpFeedSource
from bot.feeds.workers.pool import ParserPool
from bot.services.ingest import Ingest
from bot.storage import SqlStorage, open_storage

GOOD = 6
HANGING = 8


def feed_of(content: bytes) -> bytes:
    """Return a feed with this in its channel."""
    return b"<rss version='2.0'><channel>" + content + b"</channel></rss>"


ATTRIBUTES = feed_of(b"<item " + b" ".join(b"a%d='1'" % n for n in range(60_000)) + b"/>")
NESTING = feed_of(b"<item>" + b"<a>" * 200_000 + b"</item>")
SLOW: dict[str, Handler] = {
    "trickle": trickle,
    **{f"hang-{n}": respond(body=ATTRIBUTES if n % 2 else NESTING) for n in range(HANGING)},
}
QUICK: dict[str, tuple[Handler, str]] = {
    "bomb": (respond(body=gzip.compress(b" " * 50_000_000), content_encoding="gzip"), "larger than 5242880 bytes"),
    "endless": (endless, "larger than 5242880 bytes"),
    "wrong-length": (respond(body=RSS, content_length="100000"), "the answer is broken: "),
    "inward": (respond(302, location="http://127.0.0.1:9/rss"), "address not allowed: 127.0.0.1"),
    "rebound": (respond(302, location="http://rebound.kz:9/rss"), "address not allowed: 10.0.0.1"),
}


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[SqlStorage]:
    """An empty database."""
    storage = await open_storage(f"sqlite:///{tmp_path}/jarshy.db")
    yield storage
    await storage.close()


class Company:
    """Ingest over good and hostile outlets, each a host of its own; readers added all of them."""

    def __init__(self, storage: SqlStorage, outlet: Outlet, clock: TurnedClock, *, seconds: float) -> None:
        self.storage = storage
        self.clock = clock
        self.pool = ParserPool(seconds=seconds)
        feeds = HttpFeedSource(
            self.pool, clock, poll_min=timedelta(minutes=5), poll_max=timedelta(days=1), host_pause=timedelta(0),
            allowed_networks=[ip_network("127.0.1.0/24")], resolver=self.resolve, total_seconds=seconds,
        )  # fmt: skip
        self.ingest = Ingest(storage, feeds, clock, "test")
        good: dict[str, Handler] = {f"good-{n}": respond(body=RSS) for n in range(GOOD)}
        self.handlers = {**SLOW, **{name: handler for name, (handler, _) in QUICK.items()}, **good}
        outlet.routes |= {f"/{name}": handler for name, handler in self.handlers.items()}
        self.sources = [
            Source(name, {"kk": name}, f"http://127.0.1.{n}:{outlet.port}/{name}", "kk", public=False)
            for n, name in enumerate(self.handlers, start=1)
        ]

    async def resolve(self, host: str, _port: int) -> list[str]:
        """Name the hosts as they are; one name leads inside."""
        return ["10.0.0.1"] if host == "rebound.kz" else [host]

    async def begin(self) -> None:
        """Ask all of them at once."""
        await self.pool.start()
        async with self.storage.transaction() as unit:
            for source in self.sources:
                await unit.feeds.add(source, self.clock.now())
        await self.ingest.warm()
        assert await self.ingest.tick() == len(self.sources)

    async def errors(self) -> dict[str, str | None]:
        """Return what is stored of those that were asked: their errors, None for those that are well."""
        async with self.storage.reading() as unit:
            rows = await unit.connection.fetch_sql("SELECT id, error FROM source WHERE checked_at IS NOT NULL")
        return {row["id"]: row["error"] for row in rows}


@pytest.fixture
async def outlet() -> AsyncIterator[Outlet]:
    """An outlet that listens on every address of loopback."""
    outlet = Outlet()
    server = await asyncio.start_server(outlet.serve, "0.0.0.0", 0)  # noqa: S104 (for 127.0.1.x)
    outlet.port = server.sockets[0].getsockname()[1]
    yield outlet
    server.close()


async def test_hostile_outlets_delay_no_other(storage, outlet, clock):
    """The articles of all good outlets are stored while every outlet that is slow or hangs is still at it.

    Time limits stand far away, so this holds whatever the machine's load.
    """
    company = Company(storage, outlet, clock, seconds=600)
    await company.begin()
    good: set[str] = set()
    while len(good) < GOOD:
        await asyncio.wait(company.ingest.places._running, return_when=asyncio.FIRST_COMPLETED)
        async with storage.reading() as unit:
            rows = await unit.connection.fetch_sql("SELECT DISTINCT source_id FROM article")
        good = {row["source_id"] for row in rows}
    done = await company.errors()
    await company.ingest.close()
    await company.pool.close()

    assert done.keys().isdisjoint(SLOW)


async def test_hostile_outlets_end_within_their_limits(storage, outlet, clock, caplog):
    """Each hostile outlet ends as a failure, by its kind in the log and with its reason in its state; others are well."""
    caplog.set_level("DEBUG", "bot.services.ingest")
    company = Company(storage, outlet, clock, seconds=2)
    await company.begin()
    await company.ingest.drain()
    errors = await company.errors()
    await company.pool.close()

    assert errors.keys() == company.handlers.keys()
    assert {name for name, error in errors.items() if error is None} == {f"good-{n}" for n in range(GOOD)}
    for name, (_, reason) in QUICK.items():
        assert errors[name].startswith(reason), name
    assert errors["trickle"] == "no answer within 2 s"
    assert {errors[f"hang-{n}"] for n in range(HANGING)} <= {"not parsed within 2 s", "no answer within 2 s"}
    for name, error in errors.items():
        told = [line for line in caplog.messages if line.startswith(f"feed {name} failed: feed-")]
        assert bool(told) == (error is not None), name
