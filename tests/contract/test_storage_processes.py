"""What processes tell each other: wake-ups, and who polls."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from storage_samples import NOW, BrokenOffError, message, update

from bot.errors import StorageError
from bot.storage import SqlStorage

postgres = pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)


async def _heard(changes: AsyncIterator[str], count: int) -> list[str]:
    async with asyncio.timeout(10):
        return [await anext(changes) for _ in range(count)]


@postgres
async def test_other_processes_hear_what_was_committed(storage: SqlStorage, other: SqlStorage) -> None:
    """After a start all is to be looked at; then each commit names what it brought, once, and a failed one nothing."""
    changes = other.changes()
    assert sorted(await _heard(changes, 3)) == ["inbox", "outbox", "topics"]
    with contextlib.suppress(BrokenOffError):
        async with storage.transaction() as unit:
            await unit.inbox.store([update(1)])
            raise BrokenOffError
    async with storage.transaction() as unit:
        await unit.outbox.put([message("1")], NOW)
        await unit.outbox.put([message("2")], NOW)
    assert await _heard(changes, 1) == ["outbox"]
    async with storage.transaction() as unit:
        await unit.topics.get_or_create("иран", 1)
        await unit.topics.get_or_create("иран", 2)
    assert await _heard(changes, 1) == ["topics"]

    async with storage.transaction() as unit:
        await unit.inbox.store([update(1)])
    assert await _heard(changes, 1) == ["inbox"]
    await changes.aclose()


@postgres
async def test_a_broken_connection_is_told_and_misses_nothing(storage: SqlStorage, other: SqlStorage) -> None:
    """Where the connection for wake-ups breaks, that is an error; who asks again is to look at everything again."""
    changes = other.changes()
    await _heard(changes, 3)
    async with storage.transaction() as unit:
        await unit.connection.fetch_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' || current_schema() || '%'"
        )
    with pytest.raises(StorageError, match="wake-ups"):
        await _heard(changes, 1)
    again = other.changes()

    assert sorted(await _heard(again, 3)) == ["inbox", "outbox", "topics"]
    await again.aclose()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_one_process_hears_nothing(storage: SqlStorage) -> None:
    """A SQLite file is one process's own: nothing comes from elsewhere, and waiting can be cancelled."""
    task = asyncio.create_task(anext(storage.changes()))
    async with storage.transaction() as unit:
        await unit.outbox.put([message("1")], NOW)
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


@postgres
async def test_one_process_polls_at_a_time(storage: SqlStorage, other: SqlStorage) -> None:
    """The second waits until the first has ended, and then polls."""
    order: list[str] = []
    holds = asyncio.Event()

    async def first() -> None:
        async with storage.polling() as lost:
            holds.set()
            await asyncio.sleep(0.1)
            order.append("first ends")
            assert not lost.is_set()

    async def second() -> None:
        await holds.wait()
        async with other.polling():
            order.append("second begins")

    async with asyncio.timeout(10):
        await asyncio.gather(first(), second())

    assert order == ["first ends", "second begins"]


@postgres
async def test_a_poller_learns_that_it_lost_the_lock(storage: SqlStorage, other: SqlStorage) -> None:
    """Where the connection that holds the lock breaks, the poller is told, and another may begin."""
    async with asyncio.timeout(10), storage.polling() as lost:
        async with other.transaction() as unit:
            await unit.connection.fetch_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND objid = CAST(CAST(hashtext(current_schema()) AS BIT(32)) AS BIGINT) AND objsubid = 2"
            )
        await lost.wait()
        async with other.polling() as theirs:
            assert not theirs.is_set()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_only_process_polls_at_once(storage: SqlStorage) -> None:
    """On SQLite the file's own lock keeps other processes out."""
    async with asyncio.timeout(5), storage.polling() as lost:
        assert not lost.is_set()
