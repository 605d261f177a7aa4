"""Counts for operators, on each engine."""

from datetime import UTC, datetime

from bot.core.model import Chat, ChatKind, ChatState

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
