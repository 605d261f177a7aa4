"""Transactions: what commits, what rolls back, who sees what when."""

import asyncio
import contextlib
import threading

import pytest
from storage_samples import NOW, BrokenOffError, chat

from bot.errors import ReadingOnlyError
from bot.storage import SqlStorage, SqlUnit, open_storage


async def _chats(storage: SqlStorage, *ids: int) -> list[int]:
    async with storage.reading() as unit:
        return [chat_id for chat_id in ids if await unit.chats.get(chat_id) is not None]


def _threads() -> int:
    """Return how many threads serve connections of SQLite."""
    return sum("connection_worker" in thread.name for thread in threading.enumerate())


async def test_a_transaction_commits_at_its_end(storage: SqlStorage) -> None:
    """What a transaction wrote is there for whoever reads after it."""
    async with storage.transaction() as unit:
        await unit.chats.put(chat(1))

    assert await _chats(storage, 1) == [1]


async def test_an_exception_rolls_everything_back(storage: SqlStorage) -> None:
    """A transaction that fails leaves no trace, and the storage works on."""
    with contextlib.suppress(BrokenOffError):
        async with storage.transaction() as unit:
            await unit.chats.put(chat(1))
            raise BrokenOffError

    async with storage.transaction() as unit:
        await unit.chats.put(chat(2))

    assert await _chats(storage, 1, 2) == [2]


async def test_one_tasks_rollback_spares_anothers_insert(storage: SqlStorage) -> None:
    """Tasks that write at the same time do not share a transaction."""

    async def write(chat_id: int) -> None:
        async with storage.transaction() as unit:
            await unit.chats.put(chat(chat_id))
            await asyncio.sleep(0)
            if chat_id % 2:
                raise BrokenOffError

    await asyncio.gather(*(write(number) for number in range(1, 21)), return_exceptions=True)

    assert await _chats(storage, *range(1, 21)) == list(range(2, 21, 2))


async def test_cancellation_rolls_back(storage: SqlStorage) -> None:
    """A task that is cancelled inside a transaction leaves no trace, and the next transaction is not kept waiting."""
    inside = asyncio.Event()

    async def write() -> None:
        async with storage.transaction() as unit:
            await unit.chats.put(chat(1))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(write())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async with storage.transaction() as unit:
        await unit.chats.put(chat(2))

    assert await _chats(storage, 1, 2) == [2]


async def test_cancellation_at_any_moment_leaves_all_or_nothing(storage: SqlStorage) -> None:
    """Wherever a cancellation strikes, between two awaits or within one, both rows are there or neither."""

    async def write(first: int) -> None:
        async with storage.transaction() as unit:
            await unit.chats.put(chat(first))
            await unit.chats.put(chat(first + 1))

    for number in range(40):
        task = asyncio.create_task(write(number * 2 + 2))
        for _ in range(number):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    there = set(await _chats(storage, *range(2, 82)))
    assert all((first in there) == (first + 1 in there) for first in range(2, 82, 2))


async def test_two_writers_wait_for_each_other(storage: SqlStorage, other: SqlStorage) -> None:
    """Two processes that write the same rows lose nothing of each other's work."""

    async def count(one: SqlStorage) -> None:
        for _ in range(20):
            async with one.transaction() as unit:
                await unit.sequences.take("seq", 1)

    await asyncio.gather(count(storage), count(other))

    async with storage.reading() as unit:
        assert await unit.sequences.last("seq") == 40


async def test_a_reading_is_consistent_beside_a_writer(storage: SqlStorage) -> None:
    """A reading sees one state of the database from its first look to its end, whatever commits meanwhile."""
    async with storage.reading() as unit:
        before = await unit.chats.get(1)
        async with storage.transaction() as writer:
            await writer.chats.put(chat(1))
        after = await unit.chats.get(1)

    assert before is None
    assert after is None
    assert await _chats(storage, 1) == [1]


async def test_a_reading_cannot_write(storage: SqlStorage) -> None:
    """Writing in a reading fails by a named error and changes nothing."""
    with pytest.raises(ReadingOnlyError) as caught:
        async with storage.reading() as unit:
            await unit.chats.put(chat(1))

    assert caught.value.message_id == "database-unusable"
    assert await _chats(storage, 1) == []


async def test_readings_wait_for_no_writer_and_not_for_each_other(storage: SqlStorage) -> None:
    """Eight readings may be open at once, beside a transaction that has written and goes on."""
    async with asyncio.timeout(20), storage.transaction() as writer, contextlib.AsyncExitStack() as stack:
        await writer.chats.put(chat(1))
        readings = [await stack.enter_async_context(storage.reading()) for _ in range(8)]
        seen = [await unit.chats.get(1) for unit in readings]

    assert seen == [None] * 8
    assert await _chats(storage, 1) == [1]


async def test_closing_ends_every_reader(storage: SqlStorage, database_url: str) -> None:
    """However many readings there were at once, no connection and no thread is left; what asks afterwards is refused."""
    assert storage is not None
    before = _threads()
    opened = await open_storage(database_url)
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(8):
            await stack.enter_async_context(opened.reading())
    await opened.close()
    async with asyncio.timeout(10):
        while _threads() > before:  # noqa: ASYNC110 - a closed connection's thread ends a moment later, and tells nobody
            await asyncio.sleep(0.01)

    assert _threads() == before
    with pytest.raises(Exception, match="clos"):
        await _chats(opened, 1)


async def test_a_unit_ends_with_its_transaction(storage: SqlStorage) -> None:
    """A unit that was kept past its transaction writes nothing: it would not be part of any transaction."""
    kept: list[SqlUnit] = []
    async with storage.transaction() as unit:
        kept.append(unit)

    with pytest.raises(Exception, match=r"ended|released"):
        await kept[0].chats.put(chat(1))

    assert await _chats(storage, 1) == []


async def test_ping_answers(storage: SqlStorage) -> None:
    """A database that works answers."""
    await storage.ping()


async def test_instants_lose_nothing_above_a_millisecond(storage: SqlStorage) -> None:
    """An instant comes back as it was, aware and in UTC."""
    async with storage.transaction() as unit:
        await unit.chats.put(chat(1, created_at=NOW))
        stored = await unit.chats.get(1)

    assert stored is not None
    assert stored.created_at == NOW
    assert stored.created_at.utcoffset() is not None
