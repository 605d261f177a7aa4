"""After an upgrade search and new topics find in old articles what they find in those that a fresh database stores."""

import pytest

from bot import metrics
from bot.language.data_version import keys_version
from bot.services import key_renewal

TABLES = ("SELECT key, article_id FROM posting ORDER BY 1, 2", "SELECT * FROM topic_match ORDER BY 1, 2")


async def rows(desk, query):
    async with desk.storage.reading() as unit:
        return [tuple(row) for row in await unit.connection.fetch_sql(query)]


async def state(desk):
    return [await rows(desk, query) for query in TABLES]


async def grow_old(desk):
    """Leave the stored articles as another version would have: other keys, no matches."""
    async with desk.storage.transaction() as unit:
        await unit.connection.fetch_sql("UPDATE article SET keys_version = 1, posting_keys = :none", {"none": b""})
        await unit.connection.fetch_sql("DELETE FROM posting")
        await unit.connection.fetch_sql("DELETE FROM topic_match")


@pytest.fixture
async def aged(desk):
    """A desk with a topic and articles of an older version, and what they should be."""
    await desk.say("/subscribe Иран")
    await desk.news(*(desk.entry(f"Иран мен Қытай: {number} жаңалық", minutes_ago=number) for number in range(25)))
    await desk.ingest.warm()
    fresh = await state(desk)
    assert all(fresh)
    await grow_old(desk)
    return fresh


async def test_articles_of_another_version_become_as_fresh_ones(desk, aged):
    """Keys and matches are what a fresh database holds; search finds again; a second tick has nothing to do."""
    assert "Иран" not in (await desk.say("/search Қытай"))[0].html
    assert await desk.ingest.renewal.tick() == 25

    assert await state(desk) == aged
    assert "Иран" in (await desk.say("/search Қытай"))[0].html
    assert await rows(desk, "SELECT DISTINCT keys_version FROM article") == [(keys_version(),)]
    assert await desk.ingest.renewal.tick() == 0


async def test_a_topic_that_came_since_the_index_was_read_is_matched_too(desk, aged):
    """A topic made while old articles wait misses them at first, and has them once they are renewed."""
    generation = desk.ingest._live.generation
    assert aged
    await desk.say("/subscribe Қытай")
    assert desk.ingest._live.generation == generation
    await desk.ingest.renewal.tick()

    assert len(await rows(desk, "SELECT DISTINCT article_id FROM topic_match")) == 25
    (topic,) = await rows(desk, "SELECT id FROM topic WHERE canonical LIKE '%қытай%'")
    assert len(await rows(desk, f"SELECT 1 FROM topic_match WHERE topic_id = {topic[0]}")) == 25  # noqa: S608


async def test_what_was_brought_is_not_brought_again(desk, aged):
    """Renewing makes no appearance: neither the digest nor an alert sees an old article as new."""
    before = await rows(desk, "SELECT * FROM topic_story ORDER BY 1, 2, 3")
    await desk.ingest.renewal.tick()

    assert await rows(desk, "SELECT * FROM topic_story ORDER BY 1, 2, 3") == before
    assert aged


async def test_nothing_is_renewed_before_the_topics_are_read(desk):
    """Without the index an article would lose its matches: the tick waits."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Иран туралы жаңалық"))
    await grow_old(desk)

    assert await desk.ingest.renewal.tick() == 0
    assert await rows(desk, "SELECT keys_version FROM article") == [(1,)]


async def test_an_article_that_cannot_be_read_keeps_its_keys_and_is_tried_once(desk, aged, monkeypatch):
    """One article's trouble is its own: it is set aside, counted, and the others are renewed."""
    counted = metrics.SET_ASIDE.labels("article")
    before = counted._value.get()
    (first,) = await rows(desk, "SELECT min(id) FROM article")
    title = (await rows(desk, f"SELECT title FROM article WHERE id = {first[0]}"))[0][0]  # noqa: S608
    real = key_renewal.ANALYSES.reading

    class Analyses:
        def reading(self, head, *rest, **more):
            if head == title:
                raise ValueError
            return real(head, *rest, **more)

    monkeypatch.setattr(key_renewal, "ANALYSES", Analyses())
    await desk.ingest.renewal.tick()

    assert counted._value.get() == before + 1
    assert len(await rows(desk, "SELECT DISTINCT article_id FROM posting")) == 24
    assert await desk.ingest.renewal.tick() == 0
    assert aged
