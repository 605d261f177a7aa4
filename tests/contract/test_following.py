"""A new topic is filled from the stored articles, whatever ingest stores meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from desk import SetClock
from storage_samples import NOW, new_article, placed, source

from bot.core.matching.analysis import analyse
from bot.core.matching.query import parse_query
from bot.core.model import PlacedArticle
from bot.services.backfill import ReadAhead, ReadAheadNeededError, follow
from bot.storage import SqlStorage, SqlUnit
from bot.storage.connection import Params, Row


def _about(number: int, title: str) -> PlacedArticle:
    keys = analyse(title, "", "kk").posting_keys
    return placed(number, keys=sorted(keys), title=title, text="", content_hash=title)


async def _nothing() -> None:
    """Let nothing happen."""


async def _follow(storage: SqlStorage, text: str, meanwhile: Callable[[], Awaitable[None]] = _nothing) -> int:
    """Follow a topic; ``meanwhile`` comes between what was read ahead and the transaction."""
    ahead, query, clock = ReadAhead(storage), parse_query(text), SetClock(NOW)
    with pytest.raises(ReadAheadNeededError) as caught:
        async with storage.transaction() as unit:
            await follow(unit, 1, query, clock, ahead)
    await ahead.read(caught.value)
    await meanwhile()
    return (await ahead.transact(lambda unit: follow(unit, 1, query, clock, ahead))).id


async def _matched(storage: SqlStorage, topic: int) -> dict[int, str]:
    async with storage.reading() as unit:
        rows = await unit.connection.fetch_sql(
            "SELECT topic_id, article_id, reasons FROM topic_match ORDER BY article_id"
        )
    return {row["article_id"]: row["reasons"] for row in rows if row["topic_id"] == topic}


async def test_a_new_topic_is_filled_from_the_stored_articles(storage: SqlStorage) -> None:
    """It has what meets it, with the words, and one number for each story; nothing else."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform")], NOW)
        await unit.articles.add([_about(1, "Иранның жаңалығы"), _about(2, "Мектеп"), _about(3, "Иран мен Ирак")])
    topic = await _follow(storage, "Иран")
    async with storage.reading() as unit:
        assert await unit.sequences.last("seq") == 2

    assert await _matched(storage, topic) == {1: '["Иранның"]', 3: '["Иран"]'}


async def test_what_others_write_meanwhile_is_not_missed(storage: SqlStorage, other: SqlStorage) -> None:
    """Stored, edited to meet the topic or no longer, given other keys, deleted: the transaction looks again.

    And none of it waits for the reading: what was read ahead is no transaction.
    """
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform")], NOW)
        await unit.articles.add(
            [_about(1, "Иранның жаңалығы"), _about(2, "Иран туралы"), _about(3, "Мектеп"), _about(4, "Иран мектебі")]
        )
        await unit.articles.add([placed(5, keys=[1], title="Иран елшісі", text="", content_hash="Иран елшісі")])

    async def ingest() -> None:
        away, here = analyse("Ирак туралы", "", "kk").posting_keys, analyse("Иранда мектеп", "", "kk").posting_keys
        async with asyncio.timeout(5), other.transaction() as unit:
            await unit.sequences.take("seq", 0)
            await unit.articles.add([_about(6, "Иранда жер сілкінді")])
            await unit.articles.change(2, new_article("a2", title="Ирак туралы", text="", content_hash="b"), away)
            await unit.articles.change(3, new_article("a3", title="Иранда мектеп", text="", content_hash="c"), here)
            ((old, _),) = await unit.articles.read([5])
            await unit.articles.renew_keys({old: analyse("Иран елшісі", "", "kk").posting_keys}, 9)
            await unit.connection.fetch_sql("DELETE FROM posting WHERE article_id = 4")
            await unit.connection.fetch_sql("DELETE FROM article WHERE id = 4")

    topic = await _follow(storage, "Иран", ingest)

    assert await _matched(storage, topic) == {
        1: '["Иранның"]', 3: '["Иранда"]', 5: '["Иран"]', 6: '["Иранда"]',
    }  # fmt: skip


async def test_a_topic_that_another_makes_meanwhile_is_filled_once(storage: SqlStorage, other: SqlStorage) -> None:
    """What was read for a topic that was new then is read again for one that others follow: its own feeds alone."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform")], NOW)
        await unit.articles.add([_about(1, "Иранның жаңалығы")])
    theirs = []

    async def another() -> None:
        theirs.append(await _follow(other, "Иран"))

    mine = await _follow(storage, "Иран", another)
    async with storage.reading() as unit:
        numbers = await unit.sequences.last("seq")

    assert [mine] == theirs
    assert numbers == 1


async def test_the_transaction_reads_no_article_that_was_read_ahead(storage: SqlStorage) -> None:
    """However many meet the topic, others wait for ids, hashes and rows, not for texts."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform")], NOW)
        await unit.articles.add([_about(number, f"Иран туралы {number}") for number in range(1, 60)])
    ahead, query, clock = ReadAhead(storage), parse_query("Иран"), SetClock(NOW)
    read = []

    async def filled(unit: SqlUnit) -> int:
        fetch = unit.connection.fetch

        async def noting(name: str, params: Params) -> Sequence[Row]:
            rows = await fetch(name, params)
            if name == "articles.read":
                read.append(len(rows))
            return rows

        unit.connection.fetch = noting  # type: ignore[method-assign]
        return (await follow(unit, 1, query, clock, ahead)).id

    topic = await ahead.transact(filled)

    assert read == []
    assert len(await _matched(storage, topic)) == 59
