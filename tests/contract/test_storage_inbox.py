"""Updates as they came: each handled once, a chat's in order."""

import asyncio

from storage_samples import HOUR, KAZAKH, LEASE, MINUTE, NOW, SECOND, update

from bot.core.model import InboxUpdate
from bot.storage import SqlStorage


async def _store(storage: SqlStorage, *updates: InboxUpdate) -> int:
    async with storage.transaction() as unit:
        return await unit.inbox.store(updates)


async def _claim(storage: SqlStorage, *, after: int = 0, limit: int = 100) -> list[int]:
    async with storage.transaction() as unit:
        now = NOW + after * SECOND
        return [one.update_id for one in await unit.inbox.claim(now, owner="a", lease=LEASE, limit=limit)]


async def _done(storage: SqlStorage, update_id: int) -> None:
    async with storage.transaction() as unit:
        await unit.inbox.done(update_id, NOW)


async def test_an_update_comes_back_as_it_was(storage: SqlStorage) -> None:
    """Payload and ids survive storage, in any script, escapes untouched, a chat or none."""
    payload = f'{{"text": "{KAZAKH} \\u0000 \\ud83d \\"", "n": 1e2}}'
    stored = [update(2, -1001234567890123, payload=payload), update(3, None, received_at=NOW - HOUR)]
    assert await _store(storage, *stored) == 2

    async with storage.transaction() as unit:
        assert await unit.inbox.claim(NOW, owner="a", lease=LEASE, limit=9) == stored


async def test_an_update_is_stored_once(storage: SqlStorage) -> None:
    """What Telegram sends again, or two replicas receive, is counted and kept once."""
    assert await _store(storage, update(1), update(2, 2)) == 2
    assert await _store(storage, update(2, 2, payload="{}"), update(3, 3)) == 1
    assert await _store(storage) == 0
    await _done(storage, 1)
    assert await _store(storage, update(1)) == 0

    assert await _claim(storage) == [2, 3]


async def test_the_inbox_is_full_by_what_waits(storage: SqlStorage) -> None:
    """Updates that are being handled count, those that are done or set aside do not."""
    await _store(storage, *(update(number, number) for number in range(1, 5)))
    await _claim(storage, limit=1)
    async with storage.transaction() as unit:
        assert await unit.inbox.full(4)
        assert not await unit.inbox.full(5)
        await unit.inbox.done(1, NOW)
        await unit.inbox.fail(2, NOW, error="unreadable", retry_at=None)

        assert await unit.inbox.full(2)
        assert not await unit.inbox.full(3)


async def test_a_chats_updates_are_handled_in_order(storage: SqlStorage) -> None:
    """One update a chat at a time, the earliest first; updates without a chat wait for nothing."""
    await _store(storage, update(3), update(1), update(2, 2), update(4, None), update(5, None))

    assert await _claim(storage) == [1, 2, 4, 5]
    assert await _claim(storage) == []
    await _done(storage, 1)
    assert await _claim(storage) == [3]


async def test_the_backlog_is_bounded(storage: SqlStorage) -> None:
    """``limit`` counts updates, the earliest ones."""
    await _store(storage, *(update(number, number) for number in range(1, 6)))

    assert await _claim(storage, limit=2) == [1, 2]


async def test_a_lapsed_lease_is_claimed_again(storage: SqlStorage) -> None:
    """An update that a killed process held is handled after its lease, with the attempt counted."""
    await _store(storage, update(1), update(2))
    await _claim(storage)

    assert await _claim(storage, after=59) == []
    async with storage.transaction() as unit:
        (again,) = await unit.inbox.claim(NOW + LEASE, owner="b", lease=LEASE, limit=9)
    assert (again.update_id, again.attempts) == (1, 1)


async def test_a_failed_update_is_tried_again_then(storage: SqlStorage) -> None:
    """A failure postpones the update, and the chat's later updates with it."""
    await _store(storage, update(1), update(2))
    await _claim(storage)
    async with storage.transaction() as unit:
        await unit.inbox.fail(1, NOW, error="KeyError «қ»", retry_at=NOW + MINUTE)

    assert await _claim(storage, after=59) == []
    async with storage.transaction() as unit:
        (again,) = await unit.inbox.claim(NOW + MINUTE, owner="a", lease=LEASE, limit=9)
    assert (again.update_id, again.attempts) == (1, 1)


async def test_an_update_that_cannot_be_handled_is_set_aside(storage: SqlStorage) -> None:
    """It is claimed no more, and the chat goes on with the next one."""
    await _store(storage, update(1), update(2))
    await _claim(storage)
    async with storage.transaction() as unit:
        await unit.inbox.fail(1, NOW, error="unreadable", retry_at=None)

    assert await _claim(storage, after=10**6) == [2]


async def test_done_is_final(storage: SqlStorage) -> None:
    """A late failure does not bring a handled update back."""
    await _store(storage, update(1))
    await _claim(storage)
    await _done(storage, 1)
    async with storage.transaction() as unit:
        await unit.inbox.fail(1, NOW, error="late", retry_at=NOW)

    assert await _claim(storage, after=10**6) == []


async def test_what_a_reader_wrote_goes_once_its_update_is_finished(storage: SqlStorage) -> None:
    """A handled update leaves its id, not its words or place; one to be tried again or to be looked into keeps them."""
    location = '{"message": {"location": {"latitude": 49.8, "longitude": 73.1}}}'
    await _store(storage, *(update(number, number, payload=location) for number in (1, 2, 3)))
    await _claim(storage)
    await _done(storage, 1)
    async with storage.transaction() as unit:
        await unit.inbox.fail(2, NOW, error="unreadable", retry_at=None)
        await unit.inbox.fail(3, NOW, error="KeyError", retry_at=NOW + MINUTE)

        rows = await unit.connection.fetch_sql("SELECT update_id, payload FROM inbox ORDER BY update_id")
        assert [(row["update_id"], row["payload"]) for row in rows] == [(1, "{}"), (2, location), (3, location)]
        (again,) = await unit.inbox.claim(NOW + MINUTE, owner="a", lease=LEASE, limit=9)
    assert (again.update_id, again.payload) == (3, location)


async def test_two_claimers_never_share_an_update(storage: SqlStorage, other: SqlStorage) -> None:
    """However claims interleave, each update is handled once, and each chat's in order."""
    await _store(storage, *(update(number, number % 7) for number in range(1, 71)))
    handled: list[int] = []

    async def handler(one: SqlStorage) -> None:
        while len(handled) < 70:
            async with one.transaction() as unit:
                claimed = await unit.inbox.claim(NOW, owner="x", lease=LEASE, limit=3)
            for found in claimed:
                handled.append(found.update_id)
                await _done(one, found.update_id)
            await asyncio.sleep(0)

    await asyncio.gather(*(handler(one) for one in (storage, other) * 2))

    assert sorted(handled) == list(range(1, 71))
    by_chat = [[number for number in handled if number % 7 == remainder] for remainder in range(7)]
    assert all(numbers == sorted(numbers) for numbers in by_chat)
