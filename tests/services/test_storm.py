"""An event that meets most topics: no transaction is long, nothing is told twice, and what broke off is taken up again."""

from dataclasses import replace

import pytest

from bot.core.model import Feed, FeedDocument, FeedEntry, Source
from bot.core.polling import Fetched
from bot.errors import StorageError
from bot.language.data_version import keys_version
from bot.services import match_rows
from bot.services.match_rows import MOST
from bot.storage.topics import Topics

SOURCE = Source("a", dict.fromkeys(("kk", "ru", "en"), "A"), "https://a.kz/", "kk")
ENTRY = FeedEntry("1", "https://a.kz/1", "Бүкіл ел күткен оқиға болды", "Бірінші сөйлем.")
TOPICS = 10 * MOST + 1
"""A tenth of what one event may meet: the size of a transaction is the same."""


@pytest.fixture
async def storm(desk, monkeypatch):
    """A desk whose every article meets all topics, and the rows of matches of each transaction."""
    async with desk.storage.transaction() as unit:
        await unit.feeds.sync([SOURCE], desk.clock.now())
    await desk.ingest.warm()
    met = dict.fromkeys(range(1, TOPICS + 1), ("оқиға",))
    monkeypatch.setattr(desk.ingest._live.index, "match", lambda _: met)
    written, add = [], Topics.add_matches

    async def adding(self, matches):
        written.append(len(matches))
        await add(self, matches)

    monkeypatch.setattr(Topics, "add_matches", adding)
    desk.met, desk.written = met, written
    return desk


async def store(desk, *entries):
    feed = replace(Feed(SOURCE.id, desk.clock.now()), etag="1")
    await desk.ingest.store(SOURCE, Fetched(feed, FeedDocument("A", "kk", entries)))


async def state(desk):
    """Return how many matches and appearances there are, how many numbers those have, and the feed's tag."""
    async with desk.storage.reading() as unit:
        (matches,) = await unit.connection.fetch_sql("SELECT count(*) AS n FROM topic_match")
        (told,) = await unit.connection.fetch_sql(
            "SELECT count(*) AS n, count(DISTINCT first_seq) AS numbers, max(first_seq) AS last FROM topic_story"
        )
        (feed,) = await unit.connection.fetch_sql("SELECT etag FROM source")
        assert (told["last"] or 0) <= await unit.sequences.last("seq")
    return matches["n"], told["n"], told["numbers"], feed["etag"]


async def test_an_event_that_meets_most_topics_is_written_in_short_transactions(storm):
    """Each topic has its match and its first appearance, under a number of its own."""
    await store(storm, ENTRY)

    assert max(storm.written) <= MOST
    assert len(storm.written) == 11
    assert await state(storm) == (TOPICS, TOPICS, TOPICS, "1")


async def test_what_broke_off_is_told_under_the_rest_of_the_topics(storm, monkeypatch):
    """The document is read again, and the article counts as unfinished until then; nothing appears a second time."""
    add = Topics.add_matches

    async def breaking(self, matches):
        if len(storm.written) == 4:
            raise StorageError("database-unusable", url="sqlite:///x", reason="the disk is full")
        await add(self, matches)

    with monkeypatch.context() as broken:
        broken.setattr(Topics, "add_matches", breaking)
        with pytest.raises(StorageError):
            await store(storm, ENTRY)
    assert await state(storm) == (4 * MOST, 4 * MOST, 4 * MOST, None)
    async with storm.storage.reading() as unit:
        before = [tuple(row) for row in await unit.connection.fetch_sql("SELECT topic_id, first_seq FROM topic_story")]

    await store(storm, ENTRY)
    assert await state(storm) == (TOPICS, TOPICS, TOPICS, "1")
    async with storm.storage.reading() as unit:
        after = [tuple(row) for row in await unit.connection.fetch_sql("SELECT topic_id, first_seq FROM topic_story")]
    assert {*before} <= {*after}
    written = len(storm.written)
    await store(storm, ENTRY)
    assert len(storm.written) == written  # it is finished


async def test_an_edit_leaves_topics_in_short_transactions(storm, monkeypatch):
    """What an edited article no longer meets goes, a bounded number of rows at a time, and is no news again."""
    await store(storm, ENTRY)
    dropped, drop = [], Topics.drop_matches

    async def dropping(self, pairs):
        dropped.append(len(pairs))
        await drop(self, pairs)

    monkeypatch.setattr(Topics, "drop_matches", dropping)
    for topic in range(8, TOPICS + 1):
        del storm.met[topic]
    await store(storm, replace(ENTRY, title="Ештеңе болған жоқ"))

    assert max(dropped) <= MOST
    assert await state(storm) == (7, TOPICS, TOPICS, "1")


async def test_search_keys_of_such_an_article_are_renewed_in_short_transactions(storm):
    """Matches that are missing come back; until the last of them the article counts as one of another version."""
    await store(storm, ENTRY)
    async with storm.storage.transaction() as unit:
        await unit.connection.fetch_sql("UPDATE article SET keys_version = 1")
        await unit.connection.fetch_sql("DELETE FROM topic_match WHERE topic_id % 2 = 0")
    storm.written.clear()

    assert await storm.ingest.renewal.tick() == 1
    assert max(storm.written) <= MOST
    assert await state(storm) == (TOPICS, TOPICS, TOPICS, "1")
    async with storm.storage.reading() as unit:
        rows = await unit.connection.fetch_sql("SELECT keys_version FROM article")
    assert [row["keys_version"] for row in rows] == [keys_version()]


def test_rows_tell_what_is_met_and_what_no_longer_is():
    """A topic of before that is met still is written once."""
    rows = list(match_rows.rows_of(1, {2: ("a",), 3: ("b",)}, before=[3, 4]))

    assert [(row.topic_id, row.reasons) for row in rows] == [(4, None), (2, ("a",)), (3, ("b",))]
