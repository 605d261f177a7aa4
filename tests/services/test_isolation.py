"""What fails of one owner is set aside, told once and counted; everybody else's news goes on."""

from datetime import timedelta

import pytest

from bot import metrics
from bot.core.model import FeedDocument, Source
from bot.core.polling import NO_ANSWER, Bounds, fetched
from bot.errors import StorageError
from bot.services import live_index, storing
from bot.services.ingest import Ingest

A = Source("a", {"kk": "A", "ru": "A", "en": "A"}, "https://a.kz/", "kk")
B = Source("b", {"kk": "B", "ru": "B", "en": "B"}, "https://b.kz/", "kk")
BOUNDS = Bounds(timedelta(minutes=5), timedelta(days=1))


class Feeds:
    """The port of feeds: what each source brings, by hand."""

    def __init__(self, clock, **entries):
        self.clock = clock
        self.entries = entries
        self.asked = []

    async def fetch(self, source, feed):
        self.asked.append(source.id)
        document = FeedDocument("Feed", "kk", tuple(self.entries[source.id]))
        return fetched(feed, NO_ANSWER, document, now=self.clock.now(), bounds=BOUNDS, jitter=0)


def set_aside(kind):
    return metrics.SET_ASIDE.labels(kind)._value.get()


async def ticked(desk, feeds, *, ticks=1):
    ingest = Ingest(desk.storage, feeds, desk.clock, "test")
    async with desk.storage.transaction() as unit:
        await unit.feeds.sync([A, B], desk.clock.now())
    for _ in range(ticks):
        await ingest.tick()
        await ingest.drain()
    return ingest


async def titles(desk):
    async with desk.storage.reading() as unit:
        return [row["title"] for row in await unit.connection.fetch_sql("SELECT title FROM article ORDER BY id")]


async def make_unreadable(desk, *canonicals):
    """Store topics that no version of the program can read."""
    async with desk.storage.transaction() as unit:
        for canonical in canonicals:
            await unit.topics.get_or_create(canonical, await unit.sequences.take("generation", 1))


async def test_a_stored_topic_that_cannot_be_read_stops_nobodys_news(desk, caplog):
    """Not at the start, not at a tick, not at storing; it is told once and not each second."""
    await make_unreadable(desk, "-иран", "")
    await desk.say("/subscribe Иран")
    before = set_aside("topic")
    ingest = await ticked(desk, Feeds(desk.clock, a=[desk.entry("Иран туралы жаңалық")], b=[]))
    assert "Иран туралы" in (await desk.say("/latest"))[0].text
    assert set_aside("topic") == before + 2

    await make_unreadable(desk, "-спорт")
    await desk.say("/subscribe футбол", chat=8)
    ingest._feeds.entries["a"].append(desk.entry("Футбол матчы аяқталды"))
    await ingest.store(A, await ingest._feeds.fetch(A, (await feed_of(desk, "a"))))
    for _ in range(3):
        await ingest.tick()
    assert "Футбол матчы" in (await desk.say("/latest футбол", chat=8))[0].text
    assert set_aside("topic") == before + 3
    assert len([record for record in caplog.records if record.name == "bot.isolation"]) == 3
    assert not any(word in caplog.text for word in ("иран", "спорт"))


async def feed_of(desk, source_id):
    async with desk.storage.reading() as unit:
        return next(feed for source, feed in await unit.feeds.states() if source.id == source_id)


async def test_a_topic_that_cannot_be_matched_stops_nobodys_news(desk, monkeypatch):
    """A topic newer than the index is matched by itself; what it raises stays its own."""
    await ticked(desk, Feeds(desk.clock, a=[], b=[]))
    await desk.say("/subscribe Иран")
    await desk.say("/subscribe футбол")
    match = live_index.match_one

    def broken(query, analysis):
        if query.canonical == "футбол":
            raise RecursionError
        return match(query, analysis)

    monkeypatch.setattr(live_index, "match_one", broken)
    await desk.news(desk.entry("Иран құрамасы футбол ойнады"))

    assert "футбол ойнады" in (await desk.say("/latest Иран"))[0].text


@pytest.mark.parametrize("step", ["identify", "to_article", "analyse"])
async def test_an_entry_that_cannot_be_worked_on_stops_no_other_of_its_feed(desk, monkeypatch, step):
    """Whichever step it breaks; it is tried again at the next poll."""
    work = getattr(storing, step)

    def broken(*given, **named):
        if any("қате" in str(one) for one in given):
            raise RecursionError
        return work(*given, **named)

    monkeypatch.setattr(storing, step, broken)
    before = set_aside("entry")
    entries = [desk.entry("Бірінші жаңалық"), desk.entry("Бұл жаңалықта қате бар"), desk.entry("Үшінші жаңалық")]
    await ticked(desk, Feeds(desk.clock, a=entries, b=[]))
    assert await titles(desk) == ["Бірінші жаңалық", "Үшінші жаңалық"]
    assert set_aside("entry") == before + 1

    monkeypatch.undo()
    desk.clock.forward(days=1)
    await ticked(desk, Feeds(desk.clock, a=entries, b=[]))
    assert "Бұл жаңалықта қате бар" in await titles(desk)


async def test_a_feed_that_cannot_be_stored_is_asked_ever_more_seldom(desk, monkeypatch):
    """It pauses, twice as long each time, to a day; the other feeds bring their news."""
    settle = storing.DocumentStore.store

    async def broken(self, source, feed, document):
        if source.id == "a":
            raise ValueError("не слова читателя")
        await settle(self, source, feed, document)

    monkeypatch.setattr(storing.DocumentStore, "store", broken)
    feeds = Feeds(desk.clock, a=[desk.entry("Бірінші")], b=[desk.entry("Екінші")])
    ingest = await ticked(desk, feeds)
    assert await titles(desk) == ["Екінші"]

    pauses = []
    for _ in range(12):
        feed = await feed_of(desk, "a")
        pauses.append(feed.next_fetch_at - desk.clock.now())
        desk.clock.at = feed.next_fetch_at
        await ingest.tick()
        await ingest.drain()
    assert pauses[:3] == [timedelta(minutes=5), timedelta(minutes=10), timedelta(minutes=20)]
    assert max(pauses) == pauses[-1] == timedelta(days=1)
    assert (await feed_of(desk, "a")).error == "its entries could not be stored"

    monkeypatch.undo()
    desk.clock.forward(days=1)
    await ingest.tick()
    await ingest.drain()
    assert set(await titles(desk)) == {"Екінші", "Бірінші"}
    assert (await feed_of(desk, "a")).failures == 0


async def test_a_database_that_fails_puts_no_feed_off(desk, monkeypatch):
    """That is no feed's fault: the lease lapses, and it is asked again within two minutes."""

    async def broken(*_):
        raise StorageError("database-unusable", url="sqlite", reason="the disk is full")

    monkeypatch.setattr(storing.DocumentStore, "store", broken)
    ingest = await ticked(desk, Feeds(desk.clock, a=[], b=[]))
    assert {(await feed_of(desk, name)).failures for name in "ab"} == {0}

    monkeypatch.undo()
    desk.clock.forward(seconds=121)
    ingest._feeds.asked.clear()
    await ingest.tick()
    await ingest.drain()
    assert sorted(ingest._feeds.asked) == ["a", "b"]
