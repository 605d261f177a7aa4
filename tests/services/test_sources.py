"""Above the feeds: pages' texts in ingest, what is told of sources, what is counted, and lists to take along."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from prometheus_client import generate_latest

from bot.core.model import Feed, FeedDocument, FeedEntry, Source
from bot.core.polling import NO_ANSWER, Bounds, Fetched, Unchanged, failed
from bot.errors import FeedError
from bot.feeds.feed_lists import OpmlLists
from bot.feeds.opml import read_opml
from bot.feeds.workers.pool import ParserPool
from bot.services import pages as pages_module
from bot.services.health import SourceWatch, refresh_gauges
from bot.services.ingest import Ingest
from bot.services.pages import FRESH, MOST, PageTexts
from bot.services.sources import Sources

SOURCE = Source("aiqyn", {"kk": "Айқын", "ru": "Айкын", "en": "Aiqyn"}, "https://aiqyn.kz/rss", "kk")
OWN = Source("own-1", {"kk": "Блог", "ru": "Блог", "en": "Blog"}, "https://blog.kz/rss", "kk", public=False)
BODY = ("Пезешкиан Астанаға келді. " * 30).strip()
ADMIN = 99


@dataclass(frozen=True)
class Page:
    """What a page gives."""

    text: str
    image: str | None = None


@dataclass
class Pages:
    """Pages by address; those that are missing fail."""

    texts: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    guarded: list = field(default_factory=list)

    async def read(self, url, *, guarded):
        self.asked.append(url)
        self.guarded.append(guarded)
        if url not in self.texts:
            raise FeedError("feed-status", status=404)
        return Page(self.texts[url])


def entry(desk, number, *, summary="Қысқаша.", text="", hours_ago=1.0, host="aiqyn.kz", title=None):
    at = desk.clock.now() - timedelta(hours=hours_ago)
    return FeedEntry(
        str(number), f"https://{host}/{number}", title or f"Жаңалықтың атауы {number}", summary, text, published=at
    )


async def bring(desk, pages, *entries, source=SOURCE):
    """Let a document with these entries come through ingest with these pages."""
    async with desk.storage.transaction() as unit:
        await (
            unit.feeds.sync([source], desk.clock.now()) if source.public else unit.feeds.add(source, desk.clock.now())
        )
    ingest = Ingest(desk.storage, None, desk.clock, "test", texts=PageTexts(pages, desk.clock))
    document = FeedDocument("Feed", "kk", entries)
    await ingest.store(source, Fetched(Feed(source.id, desk.clock.now()), document))


async def texts(desk):
    async with desk.storage.reading() as unit:
        return {one.title: one.text for one in await unit.articles.after(0, since=desk.clock.now(), limit=100)}


async def test_a_page_gives_the_text_that_the_feed_does_not(desk):
    """The article is matched by what stands on its page alone, from its first appearance on."""
    await desk.say("/subscribe Пезешкиан")
    await bring(desk, Pages({"https://aiqyn.kz/1": BODY}), entry(desk, 1), entry(desk, 2))

    assert "атауы 1" in (await desk.say("/digest"))[0].text
    assert "атауы 2" not in (await desk.say("/digest"))[0].text


async def test_a_feed_that_gives_texts_is_not_helped_out(desk):
    """Neither one with bodies, nor entries whose description is long enough."""
    pages = Pages()
    await bring(desk, pages, entry(desk, 1, text=BODY), entry(desk, 2))
    await bring(desk, pages, entry(desk, 3, summary=BODY))

    assert pages.asked == []


async def test_a_page_is_read_once(desk):
    """Neither the next poll nor an edited headline asks for it again, and the text stays."""
    pages = Pages({"https://aiqyn.kz/1": BODY})
    await bring(desk, pages, entry(desk, 1))
    await bring(desk, pages, entry(desk, 1))
    await bring(desk, pages, entry(desk, 1, title="Өзгерген атау"))

    assert pages.asked == ["https://aiqyn.kz/1"]
    assert BODY in (await texts(desk))["Өзгерген атау"]


async def test_news_do_not_wait_for_an_archive(desk):
    """The newest pages come first, a bounded number of them, none of old entries."""
    numbers = range(1, MOST + 4)
    pages = Pages({f"https://aiqyn.kz/{n}": BODY for n in numbers})
    old = entry(desk, 99, hours_ago=FRESH / timedelta(hours=1) + 1)
    await bring(desk, pages, old, *(entry(desk, n, hours_ago=n) for n in reversed(numbers)))

    assert pages.asked == [f"https://aiqyn.kz/{n}" for n in range(1, MOST + 1)]
    assert len(await texts(desk)) == MOST + 4


async def test_an_outlet_that_refuses_its_pages_is_left_alone(desk):
    """Three failures in a row are enough; the articles are stored without."""
    pages = Pages()
    await bring(desk, pages, *(entry(desk, n) for n in range(1, 9)))

    assert len(pages.asked) == 3
    assert len(await texts(desk)) == 8


async def test_a_page_that_hangs_costs_a_bounded_time(desk, monkeypatch):
    """What was read before it stays read."""
    monkeypatch.setattr(pages_module, "SECONDS", 0.05)
    pages = Pages({"https://aiqyn.kz/1": BODY})
    read = pages.read

    async def hanging(url, *, guarded):
        return await (read(url, guarded=guarded) if url.endswith("/1") else asyncio.Event().wait())

    pages.read = hanging
    await bring(desk, pages, entry(desk, 1, hours_ago=1), entry(desk, 2, hours_ago=2))
    stored = await texts(desk)

    assert BODY in stored["Жаңалықтың атауы 1"]
    assert stored["Жаңалықтың атауы 2"] == "Қысқаша."


async def test_pages_elsewhere_and_pages_of_readers_feeds_are_guarded(desk):
    """Only an operator's own outlet may lie on a private address; an entry may name any address at all."""
    pages = Pages()
    await bring(desk, pages, entry(desk, 1, hours_ago=1), entry(desk, 2, host="10.0.0.1", hours_ago=2))
    await bring(desk, pages, entry(desk, 3, host="blog.kz"), source=OWN)

    assert pages.guarded == [False, True, True]


async def fail(desk, source, before, *, status=500):
    """Let one more poll fail; return the state after it."""
    watch = SourceWatch(desk.clock, desk.texts.translator, [ADMIN])
    ingest = Ingest(desk.storage, None, desk.clock, "test", watch=watch)
    bounds = Bounds(timedelta(hours=1), timedelta(hours=24))
    error = FeedError("feed-status", status=status)
    result = failed(source, before, error, NO_ANSWER, now=desk.clock.now(), bounds=bounds, jitter=0)
    await ingest.store(source, result, before=before)
    return result.feed


async def told(desk):
    return [(answer.chat_id, answer.text) for key, answer in await desk.outbox() if key.startswith("source:")]


async def test_operators_hear_once_of_a_source_that_fails_for_a_day(desk):
    """Not of a failure, not twice; after a success the next day of failures is another."""
    async with desk.storage.transaction() as unit:
        await unit.feeds.sync([SOURCE], desk.clock.now())
    await desk.say("/language en", chat=ADMIN)
    feed = Feed(SOURCE.id, desk.clock.now())
    for _ in range(12):
        feed = await fail(desk, SOURCE, feed)
        desk.clock.forward(hours=5)
    ((chat, text),) = await told(desk)
    assert chat == ADMIN
    assert text.startswith("The source “Aiqyn” could not be read for a day: HTTP status 500")

    feed = replace(feed, failures=0, failing_since=None)
    await Ingest(desk.storage, None, desk.clock, "test").store(SOURCE, Unchanged(feed))
    for _ in range(12):
        feed = await fail(desk, SOURCE, feed)
        desk.clock.forward(hours=5)
    assert len(await told(desk)) == 2


async def test_those_who_added_a_feed_hear_that_it_closed(desk):
    """In their language, once; chats that are stopped or have it off hear nothing, operators neither."""
    async with desk.storage.transaction() as unit:
        await unit.feeds.add(OWN, desk.clock.now())
    for chat, language in ((1, "kk"), (2, "ru"), (3, "en"), (4, "en"), (5, "en")):
        await desk.say("/start", chat=chat, language=language)
    await desk.say("/stop", chat=4)
    async with desk.storage.transaction() as unit:
        for chat in (1, 2, 4, 5):
            await unit.feeds.switch(chat, OWN.id, on=chat != 5)
    feed = await fail(desk, OWN, Feed(OWN.id, desk.clock.now()), status=410)
    await fail(desk, OWN, feed, status=410)

    (first, kazakh), (second, russian) = await told(desk)
    assert (first, second) == (1, 2)
    assert "жабылды" in kazakh
    assert "закрылся" in russian


async def test_operators_hear_that_a_source_closed_and_readers_feeds_are_not_their_business(desk):
    """410 of the catalogue is told to operators; a reader's feed that rests is told to nobody."""
    async with desk.storage.transaction() as unit:
        await unit.feeds.sync([SOURCE], desk.clock.now())
        await unit.feeds.add(OWN, desk.clock.now())
    await fail(desk, SOURCE, Feed(SOURCE.id, desk.clock.now()), status=410)
    long_ago = desk.clock.now() - timedelta(days=2)
    await fail(desk, OWN, Feed(OWN.id, desk.clock.now(), failing_since=long_ago, failures=9))

    ((chat, text),) = await told(desk)
    assert chat == ADMIN
    assert "закрылся" in text


async def test_the_health_of_the_catalogue_is_counted(desk):
    """By state, and for each source how long it has failed."""
    async with desk.storage.transaction() as unit:
        await unit.feeds.sync([SOURCE, replace(SOURCE, id="tynyq")], desk.clock.now())
    await fail(desk, SOURCE, Feed(SOURCE.id, desk.clock.now()))
    desk.clock.forward(days=1)
    await refresh_gauges(desk.storage, desk.clock)
    shown = generate_latest().decode()

    assert 'jarshy_sources{health="resting"} 1.0' in shown
    assert 'jarshy_sources{health="well"} 1.0' in shown
    assert 'jarshy_source_failing_seconds{source="aiqyn"} 86400.0' in shown
    assert 'jarshy_source_failing_seconds{source="tynyq"} 0.0' in shown


@pytest.mark.parametrize(("locale", "name"), [("kk", "Айқын"), ("ru", "Айкын"), ("en", "Aiqyn")])
async def test_a_list_to_take_along_comes_back_as_it_was(desk, locale, name):
    """It holds what the chat has on, its own feeds first, under the names of its language."""
    async with desk.storage.transaction() as unit:
        await unit.feeds.sync([SOURCE, replace(SOURCE, id="off", url="https://off.kz/rss")], desk.clock.now())
        await unit.feeds.add(OWN, desk.clock.now())
    await desk.say("/start")
    async with desk.storage.transaction() as unit:
        await unit.feeds.switch(7, OWN.id, on=True)
        await unit.feeds.switch(7, "off", on=False)
        sources = await Sources(unit, desk.clock).read_by(7)
    written = OpmlLists(ParserPool()).write(sources, locale=locale, title="Жаршы & Co", at=desk.clock.now())

    assert [feed.url for feed in read_opml(written)] == [OWN.url, SOURCE.url]
    assert read_opml(written)[1].title == name
