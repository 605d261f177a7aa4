"""What fails of one owner is set aside, told once and counted; everybody else's news goes on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot import metrics
from bot.core.matching import analysis_cache
from bot.core.model import FeedDocument, Source
from bot.core.polling import NO_ANSWER, Bounds, fetched
from bot.errors import StorageError
from bot.services import live_index, pieces, scheduled, storing
from bot.services.ingest import Ingest
from bot.services.upkeep import Upkeep

A = Source("a", {"kk": "A", "ru": "A", "en": "A"}, "https://a.kz/", "kk")
B = Source("b", {"kk": "B", "ru": "B", "en": "B"}, "https://b.kz/", "kk")
BOUNDS = Bounds(timedelta(minutes=5), timedelta(days=1))


class OddError(Exception):
    """What nobody planned for."""


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


@pytest.mark.parametrize(
    ("module", "step"), [(storing, "identify"), (storing, "to_article"), (analysis_cache, "analysing")]
)
async def test_an_entry_that_cannot_be_worked_on_stops_no_other_of_its_feed(desk, monkeypatch, module, step):
    """Whichever step it breaks; it is tried again at the next poll."""
    work = getattr(module, step)

    def broken(*given, **named):
        if any("қате" in str(one) for one in given):
            raise RecursionError
        return work(*given, **named)

    monkeypatch.setattr(module, step, broken)
    monkeypatch.setattr(pieces, "ANALYSES", analysis_cache.AnalysisCache())  # none that another test has read
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


# ------------------------------------------------------------------------------- alerts, digests, broadcasts, upkeep


def breaks_for(chat, work):
    """Return the translators, but for one chat's zone: rendering for it fails."""

    def translators(locale, zone):
        if zone == chat:
            raise KeyError(zone)
        return work(locale, zone)

    return translators


async def in_zone(desk, chat, zone):
    async with desk.storage.transaction() as unit:
        await unit.chats.put(replace(await unit.chats.get(chat), zone=zone))


async def alerts_of(desk, chat):
    return [answer for key, answer in await desk.outbox() if key.startswith(f"alert:{chat}:")]


@pytest.mark.parametrize("fails", ["rendering", "hours", "row"])
async def test_a_chat_whose_alert_cannot_be_made_keeps_back_no_others(desk, monkeypatch, fails):
    """The cursor moves on; the chat is looked at again in an hour, not each second, and gets what it missed."""
    for chat in (7, 8):
        await desk.say("/alerts Иран", chat=chat)
    if fails == "rendering":
        await in_zone(desk, 7, "Europe/London")
        monkeypatch.setattr(desk.alerts, "_translators", breaks_for("Europe/London", desk.texts.translator))
    else:
        await change(desk, "quiet = 'never'" if fails == "hours" else "kind = 'planet'")
    await desk.news(desk.entry("Иран туралы жаңалық"))
    assert await desk.alerts.tick() == 2
    assert len(await alerts_of(desk, 8)) == 1
    assert await desk.alerts.tick() == 0
    desk.clock.forward(minutes=5)
    await desk.news(desk.entry("Иранда жер сілкінді"))
    await desk.alerts.tick()
    assert len(await alerts_of(desk, 8)) == 2
    assert await alerts_of(desk, 7) == []

    monkeypatch.undo()
    await change(desk, "quiet = '', kind = 'private'")
    desk.clock.forward(hours=1, seconds=1)
    await desk.alerts.tick()
    (missed,) = await alerts_of(desk, 7)
    assert "Иран туралы" in missed.text
    assert "сілкінді" in missed.text


async def change(desk, what):
    async with desk.storage.transaction() as unit:
        await unit.connection.fetch_sql(f"UPDATE chat SET {what} WHERE id = 7 RETURNING id")  # noqa: S608 - a test's own


async def test_a_chat_whose_buttons_cannot_be_made_keeps_back_no_others_digest(desk, monkeypatch):
    """Its stories stay unseen and come with its next digest."""
    for chat in (7, 8):
        await desk.say("/subscribe Иран", chat=chat)
    await in_zone(desk, 7, "Asia/Aqtau")
    await desk.news(desk.entry("Иран туралы жаңалық"))
    messages = scheduled._messages

    def broken(brought, *more):
        if brought.chat.id == 7:
            raise OddError
        return messages(brought, *more)

    monkeypatch.setattr(scheduled, "_messages", broken)
    desk.clock.forward(days=1)
    assert await desk.digests.tick() == 2
    assert [key.split(":")[1] for key, _ in await desk.outbox() if key.startswith("digest:")] == ["8"]

    monkeypatch.undo()
    desk.clock.forward(days=1)
    await desk.digests.tick()
    (late,) = [answer for key, answer in await desk.outbox() if key.startswith("digest:7:")]
    assert "Иран туралы" in late.text


async def test_a_broadcast_that_cannot_go_out_keeps_back_no_other(desk, monkeypatch):
    """After three tries it is ended, and the next one goes out."""
    await desk.say("/start")
    async with desk.storage.transaction() as unit:
        for text in ("first", "second"):
            assert await unit.broadcasts.start(await unit.broadcasts.add(7, text, desk.clock.now()), 7)
    put = desk.broadcasting._put

    async def broken(unit, going, chats):
        if going.text == "first":
            raise OddError
        await put(unit, going, chats)

    monkeypatch.setattr(desk.broadcasting, "_put", broken)
    before = set_aside("broadcast")
    for _ in range(2):
        with pytest.raises(OddError):
            await desk.broadcasting.tick()
    await desk.broadcasting.tick()

    assert [answer.text for key, answer in await desk.outbox() if key.startswith("broadcast:")] == ["second"]
    assert set_aside("broadcast") == before + 1


async def test_what_upkeep_cannot_delete_keeps_no_other_kind(desk, monkeypatch):
    """The tick fails after all the others, so that it shows in ``/readyz``."""
    await desk.news(desk.entry("Иран туралы жаңалық"))
    desk.clock.forward(days=31)

    async def broken(*_, **__):
        raise OddError

    monkeypatch.setattr("bot.storage.retention.Retention.unfollowed", broken)
    monkeypatch.setattr("bot.storage.retention.Retention.stories", broken)
    with pytest.raises(OddError):
        await Upkeep(desk.storage, desk.clock, articles=timedelta(days=30), messages=timedelta(days=7)).tick()

    assert await titles(desk) == []
