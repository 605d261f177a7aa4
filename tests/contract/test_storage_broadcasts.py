"""A message to all, in storage: ``draft -> going -> done``, each step once, and forgotten in time."""

from dataclasses import replace

import pytest
from storage_samples import DAY, KAZAKH, NOW, BrokenOffError, chat

from bot.core.model import Broadcast, ChatKind, ChatState
from bot.storage import SqlStorage


async def test_a_draft_goes_once_and_from_its_own_chat_alone(storage: SqlStorage) -> None:
    """Nothing is on its way before it is confirmed; another chat cannot, and the second time does nothing."""
    async with storage.transaction() as unit:
        number = await unit.broadcasts.add(7, f"<b>{KAZAKH}</b>", NOW)
        assert not await unit.broadcasts.any_going()
        assert await unit.broadcasts.next_going() is None

        assert not await unit.broadcasts.start(number, 8)
        assert not await unit.broadcasts.start(number + 1, 7)
        assert await unit.broadcasts.start(number, 7)
        assert not await unit.broadcasts.start(number, 7)

        assert await unit.broadcasts.any_going()
        assert await unit.broadcasts.next_going() == Broadcast(number, 7, f"<b>{KAZAKH}</b>", after_chat=0, queued=0)


async def test_the_cursor_survives_and_the_oldest_goes_first(storage: SqlStorage) -> None:
    """What one process wrote the next reads; a finished one gives way to the next, for good."""
    async with storage.transaction() as unit:
        first, second = await unit.broadcasts.add(7, "a", NOW), await unit.broadcasts.add(7, "b", NOW)
        for number in (second, first):
            await unit.broadcasts.start(number, 7)
        going = await unit.broadcasts.next_going()
        assert going is not None
        assert going.id == first
        await unit.broadcasts.move(replace(going, after_chat=41, queued=2))
    async with storage.transaction() as unit:
        assert await unit.broadcasts.next_going() == Broadcast(first, 7, "a", after_chat=41, queued=2)
        await unit.broadcasts.finish(first)
        following = await unit.broadcasts.next_going()
        assert following is not None
        assert following.id == second
        await unit.broadcasts.finish(second)

        assert not await unit.broadcasts.any_going()
        assert not await unit.broadcasts.start(first, 7)


async def test_only_active_private_chats_are_reached(storage: SqlStorage) -> None:
    """In the order of ids, a step at a time; groups, the paused, the stopped and the gone are left in peace."""
    async with storage.transaction() as unit:
        for number in (1, 2, 3, 4):
            await unit.chats.put(chat(number))
        await unit.chats.put(chat(5, state=ChatState.PAUSED))
        await unit.chats.put(chat(6, state=ChatState.STOPPED))
        await unit.chats.put(chat(7, gone=True))
        for number, kind in ((-8, ChatKind.GROUP), (-9, ChatKind.SUPERGROUP), (-10, ChatKind.CHANNEL)):
            await unit.chats.put(chat(number, kind=kind))

        assert await unit.broadcasts.reach() == 4
        assert await unit.broadcasts.recipients(0, limit=3) == [1, 2, 3]
        assert await unit.broadcasts.recipients(3, limit=3) == [4]
        assert await unit.broadcasts.recipients(4, limit=3) == []


async def test_what_was_broken_off_is_as_it_was(storage: SqlStorage) -> None:
    """A step that did not commit moved nothing."""
    async with storage.transaction() as unit:
        number = await unit.broadcasts.add(7, "a", NOW)
        await unit.broadcasts.start(number, 7)
    with pytest.raises(BrokenOffError):
        await _break_off(storage, Broadcast(number, 7, "a", after_chat=9, queued=9))
    async with storage.transaction() as unit:
        assert await unit.broadcasts.next_going() == Broadcast(number, 7, "a", after_chat=0, queued=0)


async def _break_off(storage: SqlStorage, moved: Broadcast) -> None:
    async with storage.transaction() as unit:
        await unit.broadcasts.move(moved)
        raise BrokenOffError


async def test_old_ones_go_and_one_on_its_way_stays(storage: SqlStorage) -> None:
    """Drafts and finished ones leave after their time, a step at a time; what is going is never cut short."""
    async with storage.transaction() as unit:
        old = [await unit.broadcasts.add(7, text, NOW - 31 * DAY) for text in ("draft", "done", "going")]
        new = await unit.broadcasts.add(7, "new", NOW)
        for number in old[1:]:
            await unit.broadcasts.start(number, 7)
        await unit.broadcasts.finish(old[1])

        before = NOW - 30 * DAY
        assert [await unit.retention.broadcasts(before, limit=1) for _ in range(3)] == [1, 1, 0]
        going = await unit.broadcasts.next_going()
        assert going is not None
        assert going.text == "going"
        assert await unit.broadcasts.start(new, 7)
