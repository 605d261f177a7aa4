"""Counts for operators, on each engine."""

from datetime import UTC, datetime

from storage_samples import DAY, MINUTE, chat, message, placed, source

from bot.core.model import Chat, ChatKind, ChatState, SettledState, Settlement
from bot.ports.figures import Brought
from bot.storage import SqlStorage

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


async def test_counts_name_what_there_is(storage):
    """An empty database has zeros; a chat shows under its state."""
    async with storage.reading() as unit:
        before = dict(await unit.figures.counts())
    async with storage.transaction() as unit:
        await unit.chats.put(Chat(1, ChatKind.PRIVATE, "kk", "Asia/Almaty", "08:30", ChatState.PAUSED, NOW))
    async with storage.reading() as unit:
        after = dict(await unit.figures.counts())

    assert before["articles"] == before["topics"] == before["updates waiting"] == 0
    assert after["chats paused"] == 1


async def test_what_each_day_brought_is_counted(storage: SqlStorage) -> None:
    """Articles by storing, chats by their beginning, sent messages by sending; a day ends before the next begins."""
    starts = [NOW - DAY, NOW, NOW + DAY]
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        await unit.articles.add(
            [placed(1, stored_at=NOW), placed(2, stored_at=NOW - MINUTE), placed(3, stored_at=NOW + DAY)]
        )
        await unit.chats.put(chat(1, created_at=NOW - DAY))
        await unit.outbox.put([message("a", expires_at=NOW + DAY), message("b", 2, expires_at=NOW + DAY)], NOW)
        claim = await unit.outbox.claim(NOW, owner="a", lease=DAY, limit=1, rate=1e6)
        await unit.outbox.settle([Settlement(claim.messages[0].id, SettledState.SENT)], NOW)

    async with storage.reading() as unit:
        found = await unit.figures.by_day(starts)
    assert {key: number for key, number in found.items() if number} == {
        (0, "articles"): 1,
        (1, "articles"): 1,
        (1, "messages"): 1,
        (0, "chats"): 1,
    }


async def test_what_feeds_brought_in_a_while_is_counted(storage: SqlStorage) -> None:
    """The catalogue's articles, outlets and stories, and readers' feeds apart; the end of the while is not in it."""
    own = source("own", public=False)
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        await unit.feeds.add(own, NOW)
        await unit.articles.add(
            [
                placed(1, stored_at=NOW),
                placed(2, story=1, stored_at=NOW + MINUTE),
                placed(3, stored_at=NOW + DAY),
                placed(4, source_id="own", stored_at=NOW),
            ]
        )

    async with storage.reading() as unit:
        assert await unit.figures.brought(NOW, NOW + DAY) == Brought(1, 2, 1, 1)
        assert await unit.figures.brought(NOW - DAY, NOW) == Brought(0, 0, 0, 0)
