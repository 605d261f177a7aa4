"""A host that is slow costs its own feeds time, and nobody else: places, turns and what is told of them."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from feed_outlet import RSS, Outlet, Request, TurnedClock, respond

from bot import metrics
from bot.core.model import Feed, Source
from bot.core.polling import Fetched, FetchResult, Unchanged
from bot.errors import FeedError
from bot.feeds.feed_source import HttpFeedSource
from bot.feeds.http.host_limits import MOST_WAITING, HostLimits
from bot.services.fetch_places import AT_HOST, OVERDUE, OWN_PLACES, PLACES, FetchPlaces
from bot.services.health import refresh_gauges
from bot.services.ingest import Ingest
from bot.storage import SqlStorage, open_storage


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[SqlStorage]:
    """An empty database."""
    storage = await open_storage(f"sqlite:///{tmp_path}/jarshy.db")
    yield storage
    await storage.close()


@pytest.fixture
async def outlet() -> AsyncIterator[Outlet]:
    """An outlet that listens on every address of loopback."""
    outlet = Outlet()
    server = await asyncio.start_server(outlet.serve, "0.0.0.0", 0)  # noqa: S104 (for 127.0.1.x)
    outlet.port = server.sockets[0].getsockname()[1]
    yield outlet
    server.close()


async def never(_request: Request, _writer: asyncio.StreamWriter) -> None:
    """Answer nothing."""
    await asyncio.Event().wait()


def feeds_at(url: str, name: str, numbers: Iterable[int], *, public: bool = False) -> list[Source]:
    """Return feeds under one address."""
    return [Source(f"{name}-{n}", {"kk": name}, f"{url}/{name}-{n}", "kk", public=public) for n in numbers]


async def add(storage: SqlStorage, clock: TurnedClock, sources: Iterable[Source]) -> None:
    """Store feeds that are due now."""
    async with storage.transaction() as unit:
        for source in sources:
            await unit.feeds.add(source, clock.now())


async def ask_all(storage: SqlStorage, feeds: HttpFeedSource, clock: TurnedClock, wanted: set[str]) -> None:
    """Run ingest, a look a time as the scheduler does, until all of ``wanted`` were asked."""
    ingest = Ingest(storage, feeds, clock, "test")
    asked: set[str] = set()
    try:
        async with asyncio.timeout(60):
            while not asked >= wanted:
                await ingest.tick()
                await asyncio.sleep(0.05)
                async with storage.reading() as unit:
                    rows = await unit.connection.fetch_sql("SELECT id FROM source WHERE checked_at IS NOT NULL")
                asked = {row["id"] for row in rows}
    finally:
        await ingest.close()


def source_of_feeds(pool, clock: TurnedClock, *, seconds: float) -> HttpFeedSource:
    """Return the real way to feeds, without a pause; loopback is open to it."""
    return HttpFeedSource(
        pool, clock, poll_min=timedelta(hours=1), poll_max=timedelta(days=1), host_pause=timedelta(0),
        allowed_networks=[ip_network("127.0.1.0/24")], total_seconds=seconds, jitter=lambda: 0.0,
    )  # fmt: skip


async def test_a_hundred_feeds_of_a_host_that_hangs_stop_nobody(storage, outlet, clock, pool):
    """Feeds of other hosts that came due later are all asked while the slow host's hang; of it few at a time."""
    slow = feeds_at(f"http://127.0.1.1:{outlet.port}", "slow", range(100))
    good = [source for n in range(20) for source in feeds_at(f"http://127.0.1.{n + 2}:{outlet.port}", "good", [n])]
    outlet.routes |= {f"/{source.id}": never for source in slow}
    outlet.routes |= {f"/{source.id}": respond(304) for source in good}
    await add(storage, clock, slow)
    clock.turn(seconds=1)
    await add(storage, clock, good)

    await ask_all(storage, source_of_feeds(pool, clock, seconds=600), clock, {source.id for source in good})

    assert sum("slow" in target for target in outlet.targets()) == 1


async def test_many_feeds_of_a_quick_host_are_asked_in_one_look(storage, outlet, clock, pool):
    """The limit of a host is one of places, not of speed: places that become free are given away at once."""
    feeds = feeds_at(f"http://127.0.1.1:{outlet.port}", "quick", range(AT_HOST * 3))
    outlet.routes |= {f"/{source.id}": respond(304) for source in feeds}
    await add(storage, clock, feeds)
    ingest = Ingest(storage, source_of_feeds(pool, clock, seconds=600), clock, "test")

    assert await ingest.tick() > AT_HOST

    await ingest.close()


class Answers:
    """``FetchPlaces.take`` by hand: feeds wait until they are let go."""

    def __init__(self, storage: SqlStorage, clock: TurnedClock) -> None:
        self.begun: list[str] = []
        self.go = asyncio.Event()
        self.places = FetchPlaces(storage, clock, "test", self.take)
        self._storage = storage
        self._clock = clock

    async def take(self, source: Source, feed: Feed) -> None:
        """Settle the feed once it is let go."""
        self.begun.append(source.id)
        await self.go.wait()
        async with self._storage.transaction() as unit:
            await unit.feeds.settle(replace(feed, next_fetch_at=self._clock.now() + timedelta(hours=1)))


async def test_readers_feeds_leave_places_to_the_catalogue(storage, clock):
    """However many feeds of readers hang, each at a host of its own, the catalogue is asked."""
    answers = Answers(storage, clock)
    await add(storage, clock, [s for n in range(PLACES * 2) for s in feeds_at(f"http://x{n}.kz", "own", [n])])
    begun = await answers.places.fill()
    async with storage.transaction() as unit:
        catalogue = [s for n in range(5) for s in feeds_at(f"http://y{n}.kz", "public", [n], public=True)]
        await unit.feeds.sync(catalogue, clock.now())
    begun_later = await answers.places.fill()
    await answers.places.close()

    assert begun == OWN_PLACES
    assert begun_later == len(catalogue)


async def test_feeds_that_wait_too_long_for_a_place_are_a_problem(storage, clock, monkeypatch):
    """``problem`` tells it after ten minutes, and that it is over; a slow host's own feeds are none."""
    monkeypatch.setattr("bot.services.fetch_places.LEASE", timedelta(days=1))
    answers = Answers(storage, clock)
    await add(storage, clock, feeds_at("http://slow.kz", "slow", range(AT_HOST + 1)))
    await answers.places.fill()
    clock.turn(minutes=30)
    await answers.places.fill()
    assert await answers.places.problem() is None

    await add(storage, clock, [s for n in range(PLACES) for s in feeds_at(f"http://x{n}.kz", "own", [n])])
    await answers.places.fill()
    assert await answers.places.problem() is None
    clock.at += OVERDUE
    await answers.places.fill()
    assert (await answers.places.problem()).startswith(f"feeds wait for {OVERDUE.total_seconds():.0f} s: ")

    answers.go.set()
    while (await answers.places.problem()) is not None:
        await answers.places.fill()
    await answers.places.drain()


async def test_a_backlog_of_before_the_start_is_no_problem_yet(storage, clock):
    """After a night without the program everything is overdue; it gets the same ten minutes."""
    await add(storage, clock, [s for n in range(PLACES * 2) for s in feeds_at(f"http://x{n}.kz", "own", [n])])
    clock.turn(hours=8)
    answers = Answers(storage, clock)
    await answers.places.fill()

    assert await answers.places.problem() is None

    await answers.places.close()


async def test_a_feed_that_cannot_be_stored_frees_its_place(storage, clock, caplog):
    """It is logged by its id, counted, and asked again later; its host is free for others at once."""
    words = "words of a reader"

    async def broken(_source: Source, _feed: Feed) -> None:
        raise ValueError(words)

    places = FetchPlaces(storage, clock, "test", broken)
    await add(storage, clock, feeds_at("http://x.kz", "own", [1]))
    before = metrics.SET_ASIDE.labels("feed")._value.get()
    await places.fill()
    await places.drain()
    async with storage.reading() as unit:
        due = await unit.feeds.due_since(clock.now() + timedelta(hours=1))

    assert metrics.SET_ASIDE.labels("feed")._value.get() == before + 1
    assert "own-1" in caplog.text
    assert words not in caplog.text
    assert due is not None
    assert due > clock.now()


async def test_what_waits_is_measured(storage, clock, monkeypatch):
    """Places in use, and how long the feed that has waited longest has been due."""
    monkeypatch.setattr("bot.services.fetch_places.LEASE", timedelta(days=1))
    answers = Answers(storage, clock)
    await add(storage, clock, feeds_at("http://slow.kz", "slow", range(AT_HOST + 1)))
    await answers.places.fill()
    clock.turn(minutes=3)
    await refresh_gauges(storage, clock)

    assert metrics.FETCHES_IN_FLIGHT._value.get() == AT_HOST
    assert metrics.FEED_OVERDUE._value.get() == 180

    await answers.places.close()


async def test_a_crowd_at_a_host_is_turned_away():
    """Beyond a few, requests to a busy host fail at once, but for those of feeds, which storage bounds; none hangs."""
    turns = HostLimits(0)
    holding, free = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with turns.turn("http://x.kz/", seconds=60):
            holding.set()
            await free.wait()

    async def wait(*, reserved: bool = False) -> str:
        try:
            async with turns.turn("http://x.kz/page", seconds=60, reserved=reserved):
                return "asked"
        except FeedError as error:
            return error.message_id

    tasks = [asyncio.create_task(hold())]
    await holding.wait()
    tasks += [asyncio.create_task(wait()) for _ in range(MOST_WAITING - 1)]
    await asyncio.sleep(0)
    assert metrics.HOST_WAITS._value.get() == MOST_WAITING - 1
    assert await wait() == "feed-host-busy"
    feed = asyncio.create_task(wait(reserved=True))
    await asyncio.sleep(0)
    free.set()

    assert await feed == "asked"
    assert (await asyncio.gather(*tasks))[1:] == ["asked"] * (MOST_WAITING - 1)
    assert metrics.HOST_WAITS._value.get() == 0


async def test_waiting_for_a_host_ends(outlet, monkeypatch, web_client):
    """Whoever waits longer than the limit for a host gives up, and the next one still gets its turn."""
    monkeypatch.setattr("bot.feeds.http.client.WAIT_SECONDS", 0.05)
    client = web_client(total_seconds=60)
    came = asyncio.Event()

    async def hang(request: Request, writer: asyncio.StreamWriter) -> None:
        came.set()
        await never(request, writer)

    outlet.routes["/never"] = hang
    hanging = asyncio.create_task(client.get(f"{outlet.url}/never", guarded=False))
    await came.wait()
    with pytest.raises(FeedError) as caught:
        await client.get(f"{outlet.url}/rss", guarded=False)
    hanging.cancel()
    await asyncio.gather(hanging, return_exceptions=True)

    assert caught.value.message_id == "feed-host-busy"
    assert (await client.get(f"{outlet.url}/rss", guarded=False)).status == 404


async def test_all_that_belongs_to_one_feed_has_a_limit(outlet, clock, pool, source, feed):
    """However many steps there are, each within its own limit, a fetch ends: here an index and sitemaps that hang."""
    feeds = source_of_feeds(pool, clock, seconds=0.5)
    index = "".join(f"<sitemap><loc>{outlet.url}/{n}</loc></sitemap>" for n in range(2))
    outlet.routes["/rss"] = respond(body=f"<sitemapindex>{index}</sitemapindex>".encode())

    async def late(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.4)
        await respond(302, location="/more")(request, writer)

    outlet.routes |= {"/0": late, "/1": late}
    feeds._seconds = 0.3
    result: FetchResult = await feeds.fetch(source, feed)

    assert str(getattr(result, "error", "")).startswith("no answer within")


async def test_a_slow_feed_is_asked_less_often(outlet, clock, pool, source, monkeypatch):
    """What takes long waits long: however often a feed wishes to be read, it holds a place for little of the time."""
    monkeypatch.setattr("bot.core.polling.SLOW_AFTER", timedelta(seconds=0.1))
    monkeypatch.setattr("bot.core.polling.SLOW_FACTOR", 60 * 60 * 10)
    feeds, feed = source_of_feeds(pool, clock, seconds=20), Feed(source.id, clock.now())

    async def late(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        await respond(body=RSS)(request, writer)

    outlet.routes["/rss"] = respond(body=RSS)
    quick = await feeds.fetch(source, feed)
    outlet.routes["/rss"] = late
    slow = await feeds.fetch(source, feed)
    again = await feeds.fetch(source, slow.feed)

    assert isinstance(quick, Fetched)
    assert quick.feed.next_fetch_at == clock.now() + timedelta(hours=1)
    assert slow.feed.next_fetch_at >= clock.now() + timedelta(hours=2)
    assert isinstance(again, Unchanged)
    assert again.feed.next_fetch_at >= clock.now() + timedelta(hours=2)
