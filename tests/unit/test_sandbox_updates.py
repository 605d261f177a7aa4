"""The sandbox hands over updates by Telegram's rules."""

import asyncio

import pytest

from bot.sandbox.replies import ApiError
from bot.sandbox.updates import Updates, Webhook


async def test_an_update_stays_until_a_greater_offset_confirms_it() -> None:
    """Asked again without a new offset, the same updates come again: nothing is lost by a crash."""
    updates = Updates()
    first = updates.add("message", {"n": 1})
    updates.add("message", {"n": 2})

    once = await updates.take(0, 100, 0)
    again = await updates.take(first or 0, 100, 0)
    rest = await updates.take((first or 0) + 1, 100, 0)

    assert once == again
    assert [update["message"] for update in rest] == [{"n": 2}]


async def test_a_long_poll_answers_as_soon_as_there_is_an_update() -> None:
    """The poll does not sit out its timeout."""
    updates = Updates()
    poll = asyncio.create_task(updates.take(0, 100, 30))
    await asyncio.sleep(0)

    updates.add("message", {"n": 1})

    assert len(await asyncio.wait_for(poll, 10)) == 1


async def test_a_long_poll_without_updates_ends_empty() -> None:
    """When the time is over the answer is an empty list, not an error."""
    assert await Updates().take(0, 100, 0.01) == []


async def test_of_two_pollers_the_older_gets_a_conflict() -> None:
    """Telegram ends the poll that was there first."""
    updates = Updates()
    older = asyncio.create_task(updates.take(0, 100, 30))
    await asyncio.sleep(0)
    newer = asyncio.create_task(updates.take(0, 100, 30))

    with pytest.raises(ApiError) as refused:
        await asyncio.wait_for(older, 10)
    updates.add("message", {})

    assert refused.value.body()["description"] == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    assert len(await asyncio.wait_for(newer, 10)) == 1


async def test_polling_is_refused_while_a_webhook_is_set() -> None:
    """The 409 tells the bot to delete the webhook first."""
    updates = Updates(webhook=Webhook("http://127.0.0.1:1/hook"))

    with pytest.raises(ApiError, match="deleteWebhook"):
        await updates.take(0, 100, 0)


async def test_a_negative_offset_keeps_the_newest_only() -> None:
    """``offset=-1`` forgets all but the last update."""
    updates = Updates()
    for number in range(3):
        updates.add("message", {"n": number})

    kept = await updates.take(-1, 100, 0)

    assert [update["message"] for update in kept] == [{"n": 2}]


async def test_only_allowed_kinds_are_queued_and_an_empty_list_means_the_default() -> None:
    """``chat_member`` comes only where it was asked for; None changes nothing."""
    updates = Updates()
    updates.allow(["message"])
    updates.allow(None)
    assert updates.add("callback_query", {}) is None

    updates.allow([])

    assert updates.add("callback_query", {}) is not None
    assert updates.add("chat_member", {}) is None


async def test_limit_bounds_the_batch() -> None:
    """At most ``limit`` updates come at once, the oldest first."""
    updates = Updates()
    for number in range(5):
        updates.add("message", {"n": number})

    assert [update["message"] for update in await updates.take(0, 2, 0)] == [{"n": 0}, {"n": 1}]
