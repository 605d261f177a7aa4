"""Upkeep: what is old goes in small steps, what is in use stays."""

from datetime import timedelta

import pytest

from bot.services import upkeep
from bot.services.upkeep import Upkeep


async def count(desk, table):
    async with desk.storage.reading() as unit:
        (row,) = await unit.connection.fetch_sql(f"SELECT count(*) AS n FROM {table}")  # noqa: S608 - a table's name
        return row["n"]


@pytest.fixture
def kept(desk):
    """The tick under test, with the usual times."""
    return Upkeep(desk.storage, desk.clock, articles=timedelta(days=30), messages=timedelta(days=7))


async def test_a_month_later_the_news_are_gone_and_the_reader_is_as_before(desk, kept):
    """Articles, their matches, messages and updates go; chats, topics and settings stay."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Иран туралы жаңалық"))
    await desk.say("/latest")
    assert await count(desk, "topic_match") == 1
    desk.clock.at += timedelta(days=31)
    async with desk.storage.transaction() as unit:
        await unit.connection.fetch_sql("UPDATE outbox SET state = 'sent', settled_at = created_at RETURNING id")
    await kept.tick()

    tables = ("article", "posting", "topic_match", "topic_story", "outbox", "inbox")
    assert [await count(desk, table) for table in tables] == [0] * len(tables)
    (answer,) = await desk.say("/topics")
    assert "Иран" in answer.text


async def test_nothing_young_goes(desk, kept):
    """Before their time is over nothing is deleted."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry("Иран туралы жаңалық"))
    desk.clock.at += timedelta(days=6)

    assert await kept.tick() == 0


async def test_many_rows_go_by_small_transactions(desk, monkeypatch):
    """No transaction deletes more than a step; a tick ends after so many, and the next one goes on."""
    monkeypatch.setattr(upkeep, "ARTICLES", 2)
    monkeypatch.setattr(upkeep, "STEPS", 2)
    monkeypatch.setattr(upkeep, "BREATH_SECONDS", 0)
    small = Upkeep(desk.storage, desk.clock, articles=timedelta(days=30), messages=timedelta(days=7))
    await desk.news(*(desk.entry(f"{number} мектептегі байқау") for number in range(5)))
    desk.clock.at += timedelta(days=31)
    left = []
    for _ in range(2):
        await small.tick()
        left.append(await count(desk, "article"))

    assert left == [1, 0]


async def test_topics_that_nobody_follows_are_found_wherever_they_stand(desk, kept, monkeypatch):
    """They are looked for a window at a time, to the end; those that are followed stay."""
    monkeypatch.setattr(upkeep, "TOPICS", 2)
    for topic in ("Иран", "футбол", "мұнай", "ғарыш", "теңге"):
        await desk.say(f"/subscribe {topic}")
    for topic in ("Иран", "ғарыш", "теңге"):
        await desk.say(f"/unsubscribe {topic}")

    await kept.tick()
    async with desk.storage.reading() as unit:
        assert len(await unit.topics.since(0)) == 2
