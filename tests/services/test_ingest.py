"""Ingest: each entry once, no article between an index and a new topic, nothing half written."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.model import Feed, FeedDocument, Source
from bot.core.polling import Failed, Fetched, Unchanged
from bot.errors import FeedError
from bot.services.ingest import Ingest
from bot.services.topics import ANALYSES

SOURCE = Source("kazinform", {"kk": "Қазинформ", "ru": "Казинформ", "en": "Kazinform"}, "https://a.kz/", "kk")


async def count(desk, table):
    async with desk.storage.transaction() as unit:
        (row,) = await unit.connection.fetch_sql(f"SELECT count(*) AS n FROM {table}")  # noqa: S608 - a table's name
        return row["n"]


async def test_an_entry_is_stored_once(desk):
    """The same document again adds nothing."""
    entries = [desk.entry("Иран туралы жаңалық"), desk.entry("Мектептегі байқау")]
    await desk.news(*entries)
    await desk.news(*entries)

    assert await count(desk, "article") == 2


async def test_a_topic_that_came_after_the_index_was_read_is_matched(desk):
    """The transaction matches topics that are newer than the index that was used."""
    feed = Feed(SOURCE.id, desk.clock.now())
    async with desk.storage.transaction() as unit:
        await unit.feeds.sync([SOURCE], desk.clock.now())
    assert desk.ingest._live.generation == 0
    await desk.say("/subscribe Иран")
    document = FeedDocument("Feed", "kk", (desk.entry("Иран туралы жаңалық"),))
    await desk.ingest.store(SOURCE, Fetched(feed, document))

    assert desk.ingest._live.generation == 0
    assert await count(desk, "topic_match") == 1
    assert "Иран туралы" in (await desk.say("/latest"))[0].text


async def test_a_transaction_that_fails_leaves_nothing_and_the_next_one_is_whole(desk, monkeypatch):
    """No article without its matches; the stories in memory forget what was rolled back."""
    await desk.say("/subscribe Иран")

    async def broken(*_):
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("bot.storage.topics.Topics.add_stories", broken)
        with pytest.raises(RuntimeError):
            await desk.news(desk.entry("Иран туралы жаңалық"))
    assert await count(desk, "article") == 0

    desk.clock.forward(minutes=2)
    await desk.news(desk.entry("Астанада жаңа көпір ашылды"), desk.entry("Иран туралы жаңалық"))
    assert await count(desk, "article") == 2
    (latest,) = await desk.say("/latest")
    assert "Иран туралы" in latest.text
    assert "көпір" not in latest.text


async def test_a_russian_article_in_a_kazakh_feed_is_russian(desk):
    """Language belongs to the article: a Kazakh reader sees the mark."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Президент Ирана прибыл в столицу с официальным визитом", "Его встретил министр."))

    assert "орысша" in (await desk.say("/latest"))[0].text


async def test_a_failed_or_unchanged_feed_keeps_its_state(desk):
    """What the other side did is written, and the feed is free for the next poll."""
    async with desk.storage.transaction() as unit:
        await unit.feeds.sync([SOURCE], desk.clock.now())
    later = replace(Feed(SOURCE.id, desk.clock.now()), etag='"a"', failures=2, error="HTTP status 500")
    await desk.ingest.store(SOURCE, Failed(later, FeedError("feed-status", status=500)))
    async with desk.storage.transaction() as unit:
        rows = await unit.connection.fetch_sql("SELECT etag, failures, error FROM source")
    assert [dict(row) for row in rows] == [{"etag": '"a"', "failures": 2, "error": "HTTP status 500"}]

    await desk.ingest.store(SOURCE, Unchanged(replace(later, failures=0, error=None)))
    async with desk.storage.transaction() as unit:
        rows = await unit.connection.fetch_sql("SELECT failures, error FROM source")
    assert [dict(row) for row in rows] == [{"failures": 0, "error": None}]


async def test_stories_are_the_same_after_a_restart(desk):
    """A new process takes in what others stored: the second outlet joins the story of the first."""
    title = "Пезешкиан Астанаға ресми сапармен келді: Иран мен Қазақстан бес құжатқа қол қойды"
    await desk.news(desk.entry(title, id="one"))
    desk.ingest = Ingest(desk.storage, None, desk.clock, "another")
    await desk.news(desk.entry(title, id="two"))
    async with desk.storage.transaction() as unit:
        stories = {row["story_id"] for row in await unit.connection.fetch_sql("SELECT story_id FROM article")}

    assert len(stories) == 1


async def test_an_entry_that_a_slow_feed_still_lists_never_comes_back(desk):
    """Retention deletes the article; its identity stays as long as the feed lists it."""
    entry = desk.entry("Иран туралы жаңалық")
    await desk.news(entry)
    for _ in range(5):
        desk.clock.forward(days=10)
        await desk.news(entry)
        async with desk.storage.transaction() as unit:
            await unit.retention.articles(desk.clock.now() - timedelta(days=30), limit=10)
            await unit.retention.identities(desk.clock.now() - timedelta(days=30), limit=10)

    assert await count(desk, "article") == 0
    assert await count(desk, "entry") == 1


async def test_what_ingest_has_read_is_not_read_again_for_readers(desk):
    """A search, words offered as a topic and a new topic find the analyses of the articles that came."""
    before = len(ANALYSES)
    await desk.news(desk.entry("Иран туралы ерекше жаңалық"), desk.entry("Министр Иранға барды"))
    assert len(ANALYSES) == before + 2

    assert "барды" in (await desk.say("/search Иран"))[0].text
    await desk.say("/subscribe Иран")

    assert await count(desk, "topic_match") == 2
    assert len(ANALYSES) == before + 2
