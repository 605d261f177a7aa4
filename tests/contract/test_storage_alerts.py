"""What the expansion of topics at once needs of storage."""

import asyncio
from dataclasses import replace

from storage_samples import HOUR, MINUTE, NOW, chat, follow, publish, source

from bot.core.alerts import AlertPace
from bot.core.model import ChatState, DeliveryMode, TopicStory
from bot.ports.alerts import AlertCursor
from bot.storage import SqlStorage

AT_ONCE = DeliveryMode.AT_ONCE
ALL = AlertCursor(0, 2**60)


async def test_the_cursor_comes_back_and_stories_make_it_due(storage: SqlStorage) -> None:
    """A new database has nothing to expand; a story makes it due until the cursor has passed it."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        assert await unit.alerts.cursor() == AlertCursor(0, 0)
        assert not await unit.alerts.any_due(NOW)
        await publish(unit, 1, [await follow(unit, 1, "иран", mode=AT_ONCE)])
        assert await unit.alerts.any_due(NOW)
        for cursor in (AlertCursor(0, 1, -100), AlertCursor(1, 1)):
            await unit.alerts.move(cursor)
            assert await unit.alerts.cursor() == cursor
        assert not await unit.alerts.any_due(NOW)


async def test_concerned_are_active_chats_that_follow_at_once(storage: SqlStorage) -> None:
    """In the order of ids, groups (negative) first, after the cursor's chat, each once, at most so many."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source()], NOW)
        await unit.chats.put(chat(6, state=ChatState.PAUSED))
        for number in (3, -5, 1, 6):
            topics = [await follow(unit, number, text, mode=AT_ONCE) for text in ("иран", "ирак")]
        await follow(unit, 4, "иран")
        await follow(unit, 2, "сапар", mode=AT_ONCE)
        await follow(unit, 8, "иран", mode=AT_ONCE, watermark=50)
        await publish(unit, 1, topics)

        assert await unit.alerts.concerned(ALL, limit=9) == [-5, 1, 3]
        assert await unit.alerts.concerned(ALL, limit=2) == [-5, 1]
        assert await unit.alerts.concerned(replace(ALL, after_chat=1), limit=9) == [3]
        assert await unit.alerts.concerned(AlertCursor(2, 9), limit=9) == []


async def test_what_a_topic_was_filled_with_concerns_nobody(storage: SqlStorage) -> None:
    """Backfilled stories raise no alert."""
    async with storage.transaction() as unit:
        topic = await follow(unit, 1, "иран", mode=AT_ONCE)
        await unit.topics.add_stories([TopicStory(topic, 1, 1, NOW, backfilled=True)])

        assert await unit.alerts.concerned(ALL, limit=9) == []


async def test_paces_come_back_and_fall_due(storage: SqlStorage) -> None:
    """New and changed; what is held is due from its instant on, the longest first, of active chats alone."""
    async with storage.transaction() as unit:
        for number in (1, 2, 3):
            await unit.chats.put(chat(number, state=ChatState.STOPPED if number == 3 else ChatState.ACTIVE))
        held = [AlertPace(number, NOW, number, NOW - number * MINUTE) for number in (1, 2, 3)]
        await unit.alerts.put([AlertPace(1, NOW), *held[1:]])
        await unit.alerts.put(held[:1])

        assert await unit.alerts.paces([1, 2, 9]) == {1: held[0], 2: held[1]}
        assert await unit.alerts.due(NOW, limit=9) == [2, 1]
        assert await unit.alerts.due(NOW, limit=1) == [2]
        assert await unit.alerts.due(NOW - HOUR, limit=9) == []
        assert await unit.alerts.any_due(NOW)


async def test_releasing_makes_what_is_held_due(storage: SqlStorage) -> None:
    """Only where something is held."""
    async with storage.transaction() as unit:
        await unit.chats.put_each([chat(1), chat(2)])
        await unit.alerts.put([AlertPace(1, NOW, 5, NOW + HOUR), AlertPace(2, NOW, 1)])
        for number in (1, 2):
            await unit.alerts.release(number, NOW)

        assert await unit.alerts.due(NOW, limit=9) == [1]


async def test_a_chats_pace_moves_and_goes_with_it(storage: SqlStorage) -> None:
    """A supergroup keeps what was held for its group; a forgotten chat leaves nothing."""
    async with storage.transaction() as unit:
        await unit.chats.put_each([chat(-5), chat(2)])
        await unit.alerts.put([AlertPace(-5, NOW, 5, NOW), AlertPace(2, NOW, 1)])
        await unit.chats.migrate(-5, -1005)
        await unit.chats.forget(2, NOW)

        assert await unit.alerts.paces([-5, 2, -1005]) == {-1005: AlertPace(-1005, NOW, 5, NOW)}


async def test_chats_are_read_in_one_look(storage: SqlStorage) -> None:
    """Those that are known, in the order of ids."""
    async with storage.transaction() as unit:
        await unit.chats.put_each([chat(2), chat(-1)])

        assert await unit.chats.get_each([2, 3, -1]) == [chat(-1), chat(2)]


async def test_two_expansions_never_deal_with_the_same_round(storage: SqlStorage, other: SqlStorage) -> None:
    """The second waits for the first and sees where it left off."""
    seen = []

    async def step(one: SqlStorage) -> None:
        async with one.transaction() as unit:
            cursor = await unit.alerts.cursor()
            await asyncio.sleep(0.01)
            seen.append(cursor.done_seq)
            await unit.alerts.move(AlertCursor(cursor.done_seq + 1, cursor.done_seq + 1))

    await asyncio.gather(*(step(one) for one in (storage, other, storage, other)))

    assert sorted(seen) == [0, 1, 2, 3]
