"""A new topic is filled from the stored articles, whatever ingest stores meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from desk import SetClock
from storage_samples import NOW, new_article, placed, source

from bot.core.matching.analysis import analyse
from bot.core.matching.query import parse_query
from bot.core.model import Article, PlacedArticle
from bot.ports import Unit
from bot.services.topics import follow
from bot.storage import SqlStorage

only_postgres = pytest.mark.parametrize(
    "engine", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)


class Interrupted:
    """The articles of a unit, during whose first search something happens."""

    def __init__(self, articles: Any, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._articles = articles
        self._meanwhile = [meanwhile]

    async def to_backfill(self, *groups: Any, **limits: Any) -> list[Article]:
        """Search as the unit does."""
        found: list[Article] = await self._articles.to_backfill(*groups, **limits)
        while self._meanwhile:
            await self._meanwhile.pop()()
        return found


def _about(number: int, title: str) -> PlacedArticle:
    keys = analyse(title, "", "kk").posting_keys
    return placed(number, keys=sorted(keys), title=title, text="", content_hash=title)


async def _follow(unit: Unit, text: str, meanwhile: Callable[[], Awaitable[None]]) -> int:
    articles = Interrupted(unit.articles, meanwhile)
    watched: Any = SimpleNamespace(articles=articles, topics=unit.topics, sequences=unit.sequences)
    return (await follow(watched, 1, parse_query(text), SetClock(NOW))).id


async def _matched(storage: SqlStorage, topic: int) -> dict[int, str]:
    async with storage.reading() as unit:
        rows = await unit.connection.fetch_sql(
            "SELECT topic_id, article_id, reasons FROM topic_match ORDER BY article_id"
        )
    return {row["article_id"]: row["reasons"] for row in rows if row["topic_id"] == topic}


async def test_a_new_topic_is_filled_from_the_stored_articles(storage: SqlStorage) -> None:
    """It has what meets it, with the words, and one number for each story; nothing else."""

    async def nothing() -> None:
        """Let nothing happen."""

    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform")], NOW)
        await unit.articles.add([_about(1, "Иранның жаңалығы"), _about(2, "Мектеп"), _about(3, "Иран мен Ирак")])
    async with storage.transaction() as unit:
        topic = await _follow(unit, "Иран", nothing)
        assert await unit.sequences.last("seq") == 2

    assert await _matched(storage, topic) == {1: '["Иранның"]', 3: '["Иран"]'}


@only_postgres
async def test_ingest_goes_on_while_a_new_topic_reads(storage: SqlStorage, other: SqlStorage) -> None:
    """The lock of the sequence is free meanwhile; what was stored or edited is matched, what was read is not lost."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform")], NOW)
        await unit.articles.add([_about(1, "Иранның жаңалығы"), _about(2, "Иран туралы"), _about(3, "Мектеп")])

    async def ingest() -> None:
        edited = analyse("Ирак туралы", "", "kk").posting_keys
        async with asyncio.timeout(5), other.transaction() as unit:
            await unit.sequences.take("seq", 0)
            await unit.articles.add([_about(4, "Иранда жер сілкінді")])
            await unit.articles.change(2, new_article("a2", title="Ирак туралы", text="", content_hash="b"), edited)

    async with storage.transaction() as unit:
        topic = await _follow(unit, "Иран", ingest)

    assert await _matched(storage, topic) == {1: '["Иранның"]', 4: '["Иранда"]'}
