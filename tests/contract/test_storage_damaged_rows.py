"""A row that this version cannot read (a later one's, or damaged) costs its owner alone."""

from dataclasses import replace

import pytest
from storage_samples import DAY, LEASE, NOW, SECOND, chat, follow, message, reply, source

from bot.core.model import DeliveryMode
from bot.storage import SqlStorage, decoding


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test hear of its rows, whatever the process heard before."""
    monkeypatch.setattr(decoding, "_told", set())


async def test_a_chat_that_cannot_be_read_keeps_back_no_others_digest(
    storage: SqlStorage, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told once and looked at again in a day; it takes no place among those that are due."""
    async with storage.transaction() as unit:
        for number in (1, 2, 3):
            await unit.chats.put(chat(number, next_digest_at=NOW))
        await unit.connection.fetch_sql("UPDATE chat SET kind = 'planet' WHERE id IN (1, 3) RETURNING id")
    for _ in range(2):
        async with storage.transaction() as unit:
            assert [due.id for due in await unit.chats.claim_due(NOW, limit=2)] in ([2], [])
            assert [one.id for one in await unit.chats.get_each([1, 2, 3])] == [2]
        async with storage.transaction() as unit:
            await unit.chats.put(chat(2))
    async with storage.reading() as unit:
        assert not await unit.chats.any_due(NOW)
        assert await unit.chats.any_due(NOW + DAY)

    assert [record.getMessage()[:6] for record in caplog.records] == ["chat 1", "chat 3"]


async def test_a_feed_that_cannot_be_read_keeps_no_other_waiting(storage: SqlStorage) -> None:
    """Nor does it spoil the list of outlets, which every digest needs."""
    async with storage.transaction() as unit:
        await unit.feeds.sync([source("a"), source("b")], NOW)
        await unit.connection.fetch_sql("UPDATE source SET name = '{' WHERE id = 'a' RETURNING id")
        await unit.chats.put(chat(1))
        due = await unit.feeds.claim_due(NOW, owner="me", lease=LEASE, limit=9, own=9, at_host=9)

        assert [one.id for one, _ in due] == ["b"]
        assert [one.id for one in await unit.feeds.sources()] == ["b"]
        assert [one.id for one, _ in await unit.feeds.states()] == ["b"]
        assert [one.source.id for one in await unit.feeds.choices(1)] == ["b"]
        await unit.feeds.settle(replace(due[0][1], next_fetch_at=NOW + 2 * DAY))
        assert await unit.feeds.due_since(NOW + DAY - SECOND) is None
        assert await unit.feeds.due_since(NOW + DAY) == NOW + DAY


async def test_a_message_that_cannot_be_read_is_given_up_and_the_others_go(storage: SqlStorage) -> None:
    """Replies and digests alike; it is not claimed again and again."""
    async with storage.transaction() as unit:
        await unit.outbox.put([reply("a", 1), reply("b", 2), message("c", 3), message("d", 4)], NOW)
        await unit.connection.fetch_sql("UPDATE outbox SET keyboard = '[[' WHERE chat_id IN (1, 3) RETURNING id")
    claimed = []
    for _ in range(3):
        async with storage.transaction() as unit:
            claim = await unit.outbox.claim(NOW, owner="me", lease=LEASE, limit=9, rate=1000)
            claimed += [one.message.dedupe_key for one in claim.messages]
    async with storage.reading() as unit:
        counts = await unit.outbox.counts()

    assert claimed == ["b", "d"]
    assert counts == {"failed": 2, "leased": 2}


async def test_a_subscription_that_cannot_be_read_hides_no_other(storage: SqlStorage) -> None:
    """Of the same chat, and of the others of its batch."""
    async with storage.transaction() as unit:
        for number, text in ((1, "иран"), (1, "спорт"), (2, "иран")):
            await follow(unit, number, text)
        await unit.connection.fetch_sql("UPDATE subscription SET mode = 'never' WHERE label = 'спорт' RETURNING label")

        assert [one.label for one in await unit.subscriptions.of(1)] == ["иран"]
        found = await unit.subscriptions.of_each([1, 2])
        assert {chat_id: [one.mode for one in mine] for chat_id, mine in found.items()} == {
            1: [DeliveryMode.DIGEST],
            2: [DeliveryMode.DIGEST],
        }
