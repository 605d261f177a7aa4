"""Chats, their due slots, their migration; compositions."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from storage_samples import DAY, HOUR, KAZAKH, LEASE, MINUTE, NOW, SECOND, chat, follow, message, reply, source, update

from bot.core.model import Chat, ChatKind, ChatState, Composition, DigestPage
from bot.storage import SqlStorage

GROUP, SUPERGROUP = -100, -1001234567890123


async def _put(storage: SqlStorage, *chats: Chat) -> None:
    async with storage.transaction() as unit:
        await unit.chats.put_each(chats)


async def _due(storage: SqlStorage, limit: int = 10) -> list[int]:
    async with storage.transaction() as unit:
        return [due.id for due in await unit.chats.claim_due(NOW, limit=limit)]


@pytest.mark.parametrize("kind", list(ChatKind))
@pytest.mark.parametrize("state", list(ChatState))
async def test_a_chat_comes_back_as_it_was(storage: SqlStorage, kind: ChatKind, state: ChatState) -> None:
    """Every field of a chat survives storage, new and changed."""
    plain = chat(SUPERGROUP, kind=kind, state=state, next_digest_at=None)
    full = replace(
        plain,
        locale="en",
        zone="Europe/Berlin",
        schedule="mon,fri 09:00",
        next_digest_at=NOW + HOUR,
        next_weekly_at=NOW + DAY,
        thread_id=17,
        quiet="23:00-07:00",
        digest_when_empty=True,
    )
    for stored in (plain, full):
        await _put(storage, stored)
        async with storage.reading() as unit:
            assert await unit.chats.get(SUPERGROUP) == stored


async def test_an_unknown_chat_is_none(storage: SqlStorage) -> None:
    """A chat that was never stored is not there."""
    async with storage.reading() as unit:
        assert await unit.chats.get(1) is None


async def test_the_next_digest_is_that_of_an_active_chat_with_topics(storage: SqlStorage) -> None:
    """Chats that follow nothing, paused ones and weekly slots do not count; without any other there is none."""
    await _put(storage, chat(1, next_digest_at=NOW), chat(2, next_digest_at=NOW, state=ChatState.PAUSED))
    async with storage.transaction() as unit:
        await follow(unit, 2, "иран")
        assert await unit.chats.next_digest() is None

    await _put(storage, chat(3, next_digest_at=NOW + DAY, next_weekly_at=NOW), chat(4, next_digest_at=NOW + HOUR))
    async with storage.transaction() as unit:
        await follow(unit, 3, "иран")
        assert await unit.chats.next_digest() == NOW + DAY
        await follow(unit, 4, "иран")
        assert await unit.chats.next_digest() == NOW + HOUR


async def test_the_longest_due_chats_come_first(storage: SqlStorage) -> None:
    """Chats whose ordinary or weekly slot has come are due, by the earlier of both; future ones are not."""
    await _put(
        storage,
        chat(1, next_digest_at=NOW),
        chat(2, next_digest_at=NOW + DAY, next_weekly_at=NOW - HOUR),
        chat(3, next_digest_at=NOW - MINUTE, next_weekly_at=NOW + DAY),
        chat(4, next_digest_at=NOW + timedelta(milliseconds=1)),
        chat(5, next_digest_at=None),
    )

    assert await _due(storage) == [2, 3, 1]
    assert await _due(storage, limit=2) == [2, 3]


@pytest.mark.parametrize("wish", [{"state": ChatState.PAUSED}, {"state": ChatState.STOPPED}, {"gone": True}])
async def test_only_active_chats_are_due(storage: SqlStorage, wish: dict[str, Any]) -> None:
    """A chat that is paused, stopped or gone has its settings and no digests."""
    await _put(storage, chat(1, **wish, next_digest_at=NOW))

    assert await _due(storage) == []
    async with storage.reading() as unit:
        assert not await unit.chats.any_due(NOW)


async def test_any_due_agrees_with_the_claim(storage: SqlStorage) -> None:
    """``any_due`` is true from the slot on, until the chat is moved on."""
    await _put(storage, chat(1, next_digest_at=NOW))

    async with storage.reading() as unit:
        assert await unit.chats.any_due(NOW)
        assert not await unit.chats.any_due(NOW - SECOND)
    await _put(storage, chat(1, next_digest_at=NOW + DAY))
    async with storage.reading() as unit:
        assert not await unit.chats.any_due(NOW)


async def test_two_claimers_never_compose_for_the_same_chat(storage: SqlStorage, other: SqlStorage) -> None:
    """Chats claimed by one transaction are nobody else's until it ends, and are not due after it moved them on."""
    await _put(storage, *(chat(number, next_digest_at=NOW) for number in range(1, 31)))
    claimed: list[int] = []

    async def compose(one: SqlStorage) -> None:
        while True:
            async with one.transaction() as unit:
                due = await unit.chats.claim_due(NOW, limit=4)
                claimed.extend(found.id for found in due)
                await asyncio.sleep(0)
                for found in due:
                    await unit.chats.put(replace(found, next_digest_at=NOW + DAY))
            if not due:
                return

    await asyncio.gather(compose(storage), compose(other))

    assert sorted(claimed) == list(range(1, 31))


async def test_a_group_that_became_a_supergroup_keeps_everything(storage: SqlStorage) -> None:
    """Settings, topics, switches, pages, waiting messages and updates move to the new id."""
    group = chat(GROUP, kind=ChatKind.GROUP, schedule="19:00", quiet="23:00-07:00", thread_id=4)
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("inform")], NOW)
        await unit.chats.put(group)
        topic = await follow(unit, GROUP, "иран", watermark=5)
        await unit.feeds.switch(GROUP, "inform", on=False)
        await unit.compositions.add([Composition(1, GROUP, (DigestPage("p"),), NOW)])
        await unit.outbox.put([message("digest:1", GROUP)], NOW)
        await unit.inbox.store([update(1, GROUP)])
        await unit.chats.migrate(GROUP, SUPERGROUP)

    async with storage.transaction() as unit:
        assert await unit.chats.get(GROUP) is None
        assert await unit.chats.get(SUPERGROUP) == replace(group, id=SUPERGROUP, kind=ChatKind.SUPERGROUP)
        (moved,) = await unit.subscriptions.of(SUPERGROUP)
        assert (moved.topic_id, moved.watermark) == (topic, 5)
        assert await unit.subscriptions.of(GROUP) == []
        assert await unit.feeds.switches(SUPERGROUP) == {"inform": False}
        assert await unit.compositions.get(1, SUPERGROUP) is not None
        (sent,) = (await unit.outbox.claim(NOW, owner="a", lease=LEASE, limit=9, rate=25)).messages
        assert sent.message.chat_id == SUPERGROUP
        (waiting,) = await unit.inbox.claim(NOW, owner="a", lease=LEASE, limit=9)
        assert waiting.chat_id == SUPERGROUP


async def test_migration_meets_a_supergroup_that_is_known_already(storage: SqlStorage) -> None:
    """The group's settings win; topics of both are kept once, and a second migration changes nothing."""
    async with storage.transaction() as unit:
        await unit.chats.put(chat(GROUP, kind=ChatKind.GROUP, schedule="19:00"))
        await unit.chats.put(chat(SUPERGROUP, kind=ChatKind.SUPERGROUP))
        both = await follow(unit, GROUP, "иран", watermark=5)
        await follow(unit, SUPERGROUP, "иран", watermark=9)
        mine = await follow(unit, GROUP, "ирак", watermark=5)
        await unit.chats.migrate(GROUP, SUPERGROUP)
        await unit.outbox.put([reply("reply:1:0", GROUP)], NOW)
        await unit.chats.migrate(GROUP, SUPERGROUP)

        moved = await unit.chats.get(SUPERGROUP)
        assert moved is not None
        assert moved.schedule == "19:00"
        followed = await unit.subscriptions.of(SUPERGROUP)
        assert {one.topic_id: one.watermark for one in followed} == {both: 9, mine: 5}
        (late,) = (await unit.outbox.claim(NOW, owner="a", lease=LEASE, limit=9, rate=25)).messages
        assert late.message.chat_id == SUPERGROUP


async def test_a_composition_comes_back_as_it_was(storage: SqlStorage) -> None:
    """Pages survive storage, in order and to the letter; an unknown number opens nothing."""
    composition = Composition(
        3,
        1,
        (
            DigestPage(f"<b>{KAZAKH}</b>\n&amp; «»", (7, 2**40), "https://a.kz/ә.jpg"),
            DigestPage("екі"),
        ),
        NOW,
    )
    async with storage.transaction() as unit:
        await unit.compositions.add([composition, Composition(4, 1, (), NOW)])

        assert await unit.compositions.get(3, 1) == composition
        assert await unit.compositions.get(5, 1) is None


async def test_a_composition_opens_in_its_own_chat_alone(storage: SqlStorage) -> None:
    """A number that another chat guesses shows it nothing."""
    async with storage.transaction() as unit:
        await unit.compositions.add([Composition(3, 1, (DigestPage("p"),), NOW)])

        assert await unit.compositions.get(3, 2) is None
