"""After an upgrade old articles are found as a fresh database finds them, whichever version and engine had stored them."""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest
from databases import migrated_database
from desk import Desk, open_desk
from old_databases import CATALOGUE, COMMITS, NEWS, TOPICS, old_database

from bot import metrics

POSTINGS = "SELECT url, key FROM posting JOIN article ON id = article_id ORDER BY 1, 2"
MATCHES = """
    SELECT canonical, url, reasons FROM topic_match JOIN article ON article.id = article_id JOIN topic ON topic.id = topic_id
    ORDER BY 1, 2
"""
ARTICLES = "SELECT url, title, text, story_id FROM article ORDER BY 1"
BROUGHT = "SELECT * FROM topic_story ORDER BY 1, 2, 3"
WORDS = ("Иран", "мұнай", "нефть", "Tokayev", "шахматы", "Астана", "президент", "баррель", "oil", "торговля")


@pytest.fixture(params=COMMITS)
async def old(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """Readers at this program, over a database that an older one left."""
    async with old_database(engine, request.param, tmp_path) as url, open_desk(tmp_path, url=url) as desk:
        desk.clock.forward(minutes=45)
        desk._updates = count(1000)  # the older program handled the first ones
        yield desk


@pytest.fixture
async def fresh(engine: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """The same readers, topics and news at a database that this program made."""
    folder = tmp_path / "fresh"
    folder.mkdir()
    async with migrated_database(engine, folder) as url, open_desk(folder, url=url) as desk:
        for chat, topics in TOPICS.items():
            for topic in topics:
                await desk.say(f"/subscribe {topic}", chat=chat, kind="private" if chat > 0 else "group")
        async with desk.storage.transaction() as unit:
            await unit.feeds.sync(CATALOGUE, desk.clock.now())
        for source in CATALOGUE:
            desk.clock.forward(minutes=2)  # past the lease of the feeds before
            await desk.bring(source, *(desk.entry(title, text) for title, text in NEWS[source.id]))
        desk.clock.forward(minutes=39)
        yield desk


async def rows(desk: Desk, query: str) -> list[tuple[object, ...]]:
    async with desk.storage.reading() as unit:
        return [tuple(dict(row).values()) for row in await unit.connection.fetch_sql(query)]


async def found(desk: Desk) -> dict[str, list[str]]:
    """Return the titles that a reader is shown, by ``/search`` for each word and then by following it anew."""
    titles = [title for news in NEWS.values() for title, _ in news]
    seen = {}
    for number, word in enumerate(WORDS):
        await desk.say(f"/subscribe {word}", chat=1000 + number, language="ru")
        for command in (f"/search {word}", "/latest"):
            text = " ".join(answer.text for answer in await desk.say(command, chat=1000 + number, language="ru"))
            seen[f"{command} {word}"] = [title for title in titles if title in text]
    return seen


async def test_old_articles_are_found_as_fresh_ones_are(old: Desk, fresh: Desk) -> None:
    """Once they are renewed: the same keys, the same matches of topics, the same answers; nothing is brought again."""
    articles, brought = await rows(old, ARTICLES), await rows(old, BROUGHT)
    await old.ingest.warm()
    renewed = await old.ingest.renewal.tick()

    assert renewed == len(articles) == 6
    assert await old.ingest.renewal.tick() == 0
    assert metrics.OUTDATED_ARTICLES._value.get() == 0
    assert await rows(old, POSTINGS) == await rows(fresh, POSTINGS)
    assert await rows(old, MATCHES) == await rows(fresh, MATCHES)
    assert (await rows(old, ARTICLES), await rows(old, BROUGHT)) == (articles, brought)
    expected = await found(fresh)
    assert await found(old) == expected
    assert len([titles for titles in expected.values() if titles]) > len(WORDS)
