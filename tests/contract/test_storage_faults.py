"""What befalls a database: it fills up, is kept busy, goes away and returns."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from storage_samples import NOW, chat, message

from bot.errors import StorageError
from bot.storage import SqlStorage, SqlUnit, open_storage
from bot.storage.saved_state import leave_mark

only_postgres = pytest.mark.parametrize(
    "engine", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
only_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@only_sqlite
async def test_a_full_disk_loses_nothing_that_was_committed(storage: SqlStorage) -> None:
    """A transaction that finds no room fails by name and whole; with room again the same storage goes on."""
    async with storage.transaction() as unit:
        await unit.chats.put(chat(1))
        (pages,) = await unit.connection.fetch_sql("PRAGMA page_count")
        await unit.connection.fetch_sql(f"PRAGMA max_page_count = {pages['page_count'] + 5}")
    many = [message(str(number), number, text="мәтін" * 200) for number in range(200)]
    with pytest.raises(StorageError) as caught:
        await _put_and(storage, 2, lambda unit: unit.outbox.put(many, NOW))
    async with storage.transaction() as unit:
        await unit.connection.fetch_sql("PRAGMA max_page_count = 1000000")
        await unit.outbox.put(many, NOW)

    assert caught.value.message_id == "database-unusable"
    assert "full" in str(caught.value)
    async with storage.reading() as unit:
        assert await unit.chats.get(1) is not None
        assert await unit.chats.get(2) is None
        assert await unit.outbox.counts() == {"pending": 200}


@only_sqlite
async def test_a_mark_is_written_each_time(storage: SqlStorage, tmp_path: Path) -> None:
    """SQLite passes over a change that changes nothing: on a full disk such a mark would say that all is well."""
    sizes = []
    for _ in range(3):
        async with storage.transaction() as unit:
            await leave_mark(unit.connection)
        sizes.append((tmp_path / "jarshy.db-wal").stat().st_size)

    assert sizes == sorted(set(sizes))


@only_sqlite
async def test_a_database_that_another_process_keeps_is_named(
    storage: SqlStorage, other: SqlStorage, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    """A writer that never ends makes others fail by name after a while; they go on when it ends."""
    assert other is not None
    monkeypatch.setattr("bot.storage.sqlite.BUSY_SECONDS", 0.05)
    hasty = await open_storage(database_url)
    async with storage.transaction():
        with pytest.raises(StorageError, match="locked"):
            await _put(hasty, 1)
    await _put(hasty, 2)

    async with storage.reading() as unit:
        assert await unit.chats.get(1) is None
        assert await unit.chats.get(2) is not None
    await hasty.close()


@only_postgres
async def test_a_server_that_goes_away_and_returns(storage: SqlStorage, other: SqlStorage) -> None:
    """Connections that break fail by name, a transaction among them whole; the same storage works again after that."""

    async def break_and_go_on(unit: SqlUnit) -> None:
        await _break(other)
        await unit.chats.put(chat(2))

    with pytest.raises(StorageError) as caught:
        await _put_and(storage, 1, break_and_go_on)
    for _ in range(12):
        with contextlib.suppress(StorageError):
            await storage.ping()
    await _put(storage, 3)

    assert caught.value.message_id == "database-unusable"
    async with storage.reading() as unit:
        assert [await unit.chats.get(number) is not None for number in (1, 2, 3)] == [False, False, True]


@pytest.mark.parametrize("value", [2**70, "\ud800", object()], ids=["a number", "a text", "another thing"])
async def test_a_value_that_does_not_fit_is_no_outage(storage: SqlStorage, value: object) -> None:
    """It is a mistake in the program, which waiting does not mend; and no StorageError, whose text goes into the log."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - each driver has its own
        await _put_and(storage, 1, lambda unit: unit.connection.execute("keeping.put", {"name": value, "data": b""}))
    await _put(storage, 2)

    assert not isinstance(caught.value, StorageError)
    async with storage.reading() as unit:
        assert await unit.chats.get(1) is None


@only_postgres
async def test_a_cancellation_stays_one_where_the_server_is_gone(storage: SqlStorage, other: SqlStorage) -> None:
    """A task that is cancelled while its connection breaks ends as cancelled, not with the broken connection."""
    inside = asyncio.Event()

    async def wait() -> None:
        async with storage.transaction() as unit:
            await unit.chats.put(chat(1))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await inside.wait()
    await _break(other)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def _put(storage: SqlStorage, chat_id: int) -> None:
    async with storage.transaction() as unit:
        await unit.chats.put(chat(chat_id))


async def _put_and(storage: SqlStorage, chat_id: int, then: Callable[[SqlUnit], Awaitable[None]]) -> None:
    async with storage.transaction() as unit:
        await unit.chats.put(chat(chat_id))
        await then(unit)


async def _break(other: SqlStorage) -> None:
    """End every connection that has written to this test's schema, save the one that asks."""
    async with other.transaction() as unit:
        await unit.connection.fetch_sql(
            "SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid"
            " WHERE l.relation = CAST('chat' AS REGCLASS) AND a.pid <> pg_backend_pid()"
        )
