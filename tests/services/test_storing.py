"""Storing a document: what is as it was costs a hash, what is new goes in pieces, what broke off is taken up again."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import metrics
from bot.core.model import Feed, FeedDocument, FeedEntry, Source
from bot.core.polling import Fetched
from bot.core.shares import OWN_FEED, Amount, day_of
from bot.errors import StorageError
from bot.services import pieces, stories, storing
from bot.services.fetch_places import LEASE
from bot.services.pieces import ARTICLES, POSTINGS
from bot.services.stepwise import SLICE_SECONDS
from bot.storage.articles import Articles

SOURCE = Source("a", dict.fromkeys(("kk", "ru", "en"), "A"), "https://a.kz/", "kk")
ENTRY = FeedEntry("1", "https://a.kz/1", "Иран туралы жаңалық", "Бірінші сөйлем. Екінші сөйлем.")
LETTERS = random.Random(7)  # noqa: S311 - made-up words, no secret


def words(count):
    """Return words that nobody met before."""
    return " ".join("".join(LETTERS.choices("абвгдежзиклмнәқғ", k=9)) for _ in range(count))


@pytest.fixture
async def feed(desk):
    """The polling state of the source before anything came of it."""
    async with desk.storage.transaction() as unit:
        await unit.feeds.sync([SOURCE], desk.clock.now())
    return Feed(SOURCE.id, desk.clock.now())


async def store(desk, feed, *entries, etag="1"):
    """Store a document of these entries."""
    await desk.ingest.store(SOURCE, Fetched(replace(feed, etag=etag), FeedDocument("A", "kk", entries)))


async def rows(desk, sql):
    async with desk.storage.reading() as unit:
        return [tuple(row) for row in await unit.connection.fetch_sql(sql)]


def counted(monkeypatch, module, name):
    """Count the calls of a function from now on."""
    calls, function = [], getattr(module, name)

    def counting(*given, **named):
        calls.append(given)
        return function(*given, **named)

    monkeypatch.setattr(module, name, counting)
    return calls


async def test_an_entry_that_is_as_it_was_costs_its_hash(desk, feed, monkeypatch):
    """At the next poll it is neither cleaned nor read; one beside it that was edited is."""
    other = replace(ENTRY, id="2", url="https://a.kz/2", title="Мұнай бағасы өсті")
    await store(desk, feed, ENTRY, other)
    drafted, told = counted(monkeypatch, storing, "to_article"), counted(monkeypatch, storing, "identify")
    edited = replace(other, title="Мұнай бағасы түсті")
    await store(desk, feed, ENTRY, edited)

    assert [entry for _, entry in drafted] == [edited]
    assert len(told) == 1
    assert await rows(desk, "SELECT title FROM article ORDER BY id") == [(ENTRY.title,), (edited.title,)]


async def test_an_entry_of_which_the_same_article_is_made_is_no_edit(desk, feed, monkeypatch):
    """Neither where its furniture changes nor where an older program stored it; it is known by its new looks then."""
    await store(desk, feed, ENTRY)
    async with desk.storage.transaction() as unit:
        await unit.connection.fetch_sql("UPDATE entry SET entry_hash = ''")
    await store(desk, feed, ENTRY)
    dressed = replace(ENTRY, summary=f"{ENTRY.summary}\nЧитайте также: погода в Астане")
    await store(desk, feed, dressed)
    read = counted(monkeypatch, pieces, "fingerprinting")
    drafted = counted(monkeypatch, storing, "to_article")
    await store(desk, feed, dressed)

    assert (read, drafted) == ([], [])
    assert await rows(desk, "SELECT text FROM article") == [(ENTRY.summary,)]


async def test_a_long_document_goes_in_short_transactions(desk, feed, monkeypatch):
    """Few articles with few postings each, in the document's order; others write in between."""
    entries = [replace(ENTRY, id=f"n{n}", url="", title=f"{n} {words(5)}") for n in range(2 * ARTICLES)]
    entries += [replace(ENTRY, id=f"l{n}", url="", title=f"l{n}", summary=words(1_500)) for n in range(8)]
    sizes, others, add = [], [], Articles.add

    async def adding(self, placed):
        sizes.append([len(one.posting_keys) for one in placed])
        await add(self, placed)

    async def neighbour():
        while True:
            async with desk.storage.transaction():
                others.append(len(sizes))

    monkeypatch.setattr(Articles, "add", adding)
    writing = asyncio.create_task(neighbour())
    await store(desk, feed, *entries)
    writing.cancel()

    assert sum(map(len, sizes)) == len(entries)
    assert len(sizes) > 3
    assert max(map(len, sizes)) <= ARTICLES
    assert all(sum(piece[:-1]) < POSTINGS for piece in sizes)
    assert {*range(len(sizes))} <= {*others}  # somebody wrote after each piece
    ids = [row[0] for row in await rows(desk, "SELECT title FROM article ORDER BY id")]
    assert [title.split()[0] for title in ids] == [entry.title.split()[0] for entry in entries]


async def test_a_document_that_broke_off_is_read_again(desk, feed, monkeypatch):
    """The feed's headers are written with the last piece: until then it is asked for the whole document."""
    await desk.say("/subscribe Иран")
    entries = [replace(ENTRY, id=str(n), title=f"{n} Иран {words(5)}") for n in range(3 * ARTICLES)]
    calls, add = [], Articles.add

    async def breaking(self, placed):
        calls.append(len(placed))
        if len(calls) == 2:
            raise StorageError("database-unusable", url="sqlite:///x", reason="the disk is full")
        await add(self, placed)

    with monkeypatch.context() as broken:
        broken.setattr(Articles, "add", breaking)
        with pytest.raises(StorageError):
            await store(desk, feed, *entries)
    assert await rows(desk, "SELECT count(*) FROM article") == [(ARTICLES,)]
    assert await rows(desk, "SELECT etag FROM source") == [(None,)]

    await store(desk, feed, *entries)
    assert await rows(desk, "SELECT etag FROM source") == [("1",)]
    assert await rows(desk, "SELECT count(*), count(DISTINCT title) FROM article") == [(len(entries), len(entries))]
    assert await rows(desk, "SELECT count(*) FROM topic_match") == [(len(entries),)]


async def test_nothing_more_is_stored_of_a_feed_that_is_deleted_meanwhile(desk, feed, monkeypatch):
    """Each piece looks whether the feed is still there."""
    entries = [replace(ENTRY, id=str(n), title=words(5)) for n in range(3 * ARTICLES)]
    prepare, prepared = pieces.Pieces.prepare, []

    async def forgotten(self, *given):
        prepared.append(await prepare(self, *given))
        if len(prepared) == 2:
            async with desk.storage.transaction() as unit:
                await unit.connection.fetch_sql("UPDATE source SET url = ''")
        return prepared[-1]

    monkeypatch.setattr(pieces.Pieces, "prepare", forgotten)
    await store(desk, feed, *entries)

    assert len(prepared) == 2
    assert await rows(desk, "SELECT count(*) FROM article") == [(ARTICLES,)]


async def test_a_lease_outlasts_a_long_document(desk, feed, monkeypatch):
    """No other process asks for a feed whose document is being stored, however long that takes."""
    async with desk.storage.transaction() as unit:
        await unit.feeds.claim_due(desk.clock.now(), owner="me", lease=timedelta(seconds=1), limit=1, own=0, at_host=1)
    leases, prepare = [], pieces.Pieces.prepare

    async def noting(self, *given):
        leases.extend(await rows(desk, "SELECT lease_until FROM source"))
        return await prepare(self, *given)

    monkeypatch.setattr(pieces.Pieces, "prepare", noting)
    await store(desk, feed, *[replace(ENTRY, id=str(n), title=words(5)) for n in range(2 * ARTICLES)])

    assert leases[1][0] - leases[0][0] == (LEASE - timedelta(seconds=1)) / timedelta(milliseconds=1)
    assert await rows(desk, "SELECT lease_until FROM source") == [(0,)]


async def test_what_this_process_stores_is_not_read_again_as_a_story(desk, feed, monkeypatch):
    """An article is made comparable once, before the locks; the next document's second version joins its story."""
    read_again = counted(monkeypatch, stories, "fingerprinting")
    title = "Пезешкиан Астанаға ресми сапармен келді: Иран мен Қазақстан бес құжатқа қол қойды"
    await store(desk, feed, replace(ENTRY, title=title))
    await desk.ingest._stories.catch_up(desk.storage)
    await desk.bring(replace(SOURCE, id="b"), replace(ENTRY, title=title), sync=True)

    assert read_again == []
    assert await rows(desk, "SELECT count(*), count(DISTINCT story_id) FROM article") == [(2, 1)]


async def test_readers_feeds_leave_time_to_others(desk, feed, monkeypatch):
    """There is a pause after each slice of work and after each piece of a reader's feed; the catalogue's goes on."""
    pauses, sleep = [], asyncio.sleep

    async def noting(seconds, *more):
        if seconds:
            pauses.append(seconds)
        await sleep(seconds, *more)

    entries = [replace(ENTRY, id=str(n), title=words(5)) for n in range(2 * ARTICLES)]
    monkeypatch.setattr(asyncio, "sleep", noting)
    await store(desk, feed, *entries)
    assert pauses == []

    own = replace(SOURCE, id="own", public=False)
    async with desk.storage.transaction() as unit:
        await unit.feeds.add(own, desk.clock.now())
    await desk.ingest.store(own, Fetched(Feed("own", desk.clock.now()), FeedDocument("A", "kk", tuple(entries))))
    assert len([pause for pause in pauses if pause == SLICE_SECONDS]) > 2
    assert len([pause for pause in pauses if pause != SLICE_SECONDS]) == 2


@pytest.mark.usefixtures("feed")
async def test_a_feed_that_has_brought_its_share_waits_for_the_next_day(desk, monkeypatch, caplog):
    """Its entries are not even cleaned, what is stored stays, the others' news come; the day after it goes on."""
    own = replace(SOURCE, id="own", public=False)
    async with desk.storage.transaction() as unit:
        await unit.feeds.add(own, desk.clock.now())
        await unit.feeds.bring("own", day_of(desk.clock.now()), Amount(OWN_FEED.articles - ARTICLES, 0))
    entries = tuple(replace(ENTRY, id=str(n), title=words(5)) for n in range(2 * ARTICLES))

    async def poll(source=own):
        state = Feed(source.id, desk.clock.now())
        await desk.ingest.store(source, Fetched(state, FeedDocument("A", "kk", entries)))
        found = await rows(desk, "SELECT source_id, count(*) FROM article GROUP BY source_id")
        return dict(found)[source.id]

    before = metrics.OVER_SHARE.labels("feed")._value.get()
    assert await poll() == ARTICLES
    drafted = counted(monkeypatch, storing, "to_article")
    assert await poll() == ARTICLES
    assert drafted == []
    assert metrics.OVER_SHARE.labels("feed")._value.get() == before + 2
    assert f"feed own: {ARTICLES} entries wait: the feed's share of today is used up" in caplog.text
    assert await poll(SOURCE) == 2 * ARTICLES

    desk.clock.forward(days=1)
    assert await poll() == 2 * ARTICLES


async def test_edits_take_of_the_share_too(desk, feed):
    """A feed that edits all of its articles at each poll costs as much as one that brings new ones."""
    for number in range(3):
        await store(desk, feed, replace(ENTRY, title=f"Мұнай бағасы {number} рет өсті"))

    assert await rows(desk, "SELECT brought_articles FROM source") == [(3,)]
    assert await rows(desk, "SELECT count(*) FROM article") == [(1,)]
