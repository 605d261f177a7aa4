"""Messages on their way: unique, leased, paced, within the send budget."""

import asyncio
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from storage_samples import DAY, HOUR, KAZAKH, LEASE, MINUTE, NOW, SECOND, BrokenOffError, chat, message, reply

from bot.core.model import (
    Attachment,
    AttachmentKind,
    Button,
    ChatState,
    Claim,
    LeasedMessage,
    OutgoingMessage,
    Priority,
    SettledState,
    Settlement,
)
from bot.storage import SqlStorage
from bot.storage.outbox import MOST_REPLIES

FAST = 1e6  # messages a second: the budget is out of the way


async def _put(storage: SqlStorage, *messages: OutgoingMessage, at: datetime = NOW) -> None:
    async with storage.transaction() as unit:
        await unit.outbox.put(messages, at)


async def _claim(storage: SqlStorage, at: datetime = NOW, *, limit: int = 100, rate: float = FAST) -> Claim:
    async with storage.transaction() as unit:
        return await unit.outbox.claim(at, owner="a", lease=LEASE, limit=limit, rate=rate)


async def _keys(storage: SqlStorage, at: datetime = NOW, **options: Any) -> list[str]:
    return [leased.message.dedupe_key for leased in (await _claim(storage, at, **options)).messages]


async def _send(storage: SqlStorage, leased: LeasedMessage, at: datetime = NOW) -> None:
    async with storage.transaction() as unit:
        await unit.outbox.mark_sending([leased.id], at, lease=LEASE)


async def _settle(storage: SqlStorage, leased: LeasedMessage, at: datetime = NOW, **changes: Any) -> None:
    settlement = replace(Settlement(leased.id, SettledState.SENT), **changes)
    async with storage.transaction() as unit:
        await unit.outbox.settle([settlement], at)


async def _counts(storage: SqlStorage) -> dict[str, int]:
    async with storage.reading() as unit:
        return dict(await unit.outbox.counts())


async def _next_due(storage: SqlStorage) -> datetime | None:
    async with storage.reading() as unit:
        return await unit.outbox.next_due()


# ------------------------------------------------------------------------------------------------ put


async def test_a_message_comes_back_as_it_was(storage: SqlStorage) -> None:
    """Every field of a message survives storage."""
    full = OutgoingMessage(
        dedupe_key="digest:-100:20260302T0330Z:0",
        chat_id=-1001234567890123,
        text=f"<b>{KAZAKH}</b>\n&lt;",
        priority=Priority.ALERT,
        expires_at=NOW + HOUR,
        keyboard=(
            (Button("«1»", data="p:1"), Button("Оқу", url="https://inform.test/?a=1")),
            (Button("🐎", data="x"),),
        ),
        thread_id=4,
        edits=77,
        silent=True,
        preview="https://inform.test/сурет.jpg",
    )
    await _put(storage, full)

    (leased,) = (await _claim(storage)).messages
    assert leased.message == full
    assert (leased.attempts, leased.uncertain) == (0, False)


async def test_a_dedupe_key_counts_once_for_ever(storage: SqlStorage) -> None:
    """A message whose key was ever stored is passed over: while it waits, in flight, sent or failed."""
    await _put(storage, message("k", text="first"), message("k", text="again"))
    (leased,) = (await _claim(storage)).messages
    await _put(storage, message("k"))
    await _settle(storage, leased)
    await _put(storage, message("k"))

    assert leased.message.text == "first"
    assert await _counts(storage) == {"sent": 1}
    assert await _keys(storage, NOW + HOUR) == []


async def test_a_message_of_a_failed_transaction_was_never_put(storage: SqlStorage) -> None:
    """A reply commits with the change that it answers, or not at all."""
    with pytest.raises(BrokenOffError):
        await _put_and_break(storage)

    await _put(storage, reply("reply:1:0", text="second"))
    (leased,) = (await _claim(storage)).messages
    assert leased.message.text == "second"


async def _put_and_break(storage: SqlStorage) -> None:
    async with storage.transaction() as unit:
        await unit.outbox.put([reply("reply:1:0", text="first")], NOW)
        raise BrokenOffError


# ---------------------------------------------------------------------------------------------- claim


async def test_replies_go_first(storage: SqlStorage) -> None:
    """A claim takes replies, alerts, digests, broadcasts in that order, and within each the oldest first."""
    for number, priority in enumerate(reversed(Priority), start=1):
        await _put(storage, message(f"{priority} new", number, priority=priority), at=NOW)
        await _put(storage, message(f"{priority} old", number + 10, priority=priority), at=NOW - SECOND)

    assert await _keys(storage) == [f"{priority} {age}" for priority in Priority for age in ("old", "new")]


async def test_at_most_one_message_of_a_chat_is_in_flight(storage: SqlStorage) -> None:
    """A chat's second message is claimed only after its first was settled, the more urgent one first."""
    await _put(storage, message("digest"), reply("reply 1"), reply("reply 2"), message("other chat", 2))
    first = await _claim(storage)
    assert [leased.message.dedupe_key for leased in first.messages] == ["reply 1", "other chat"]
    assert await _keys(storage, NOW + SECOND) == []

    await _settle(storage, first.messages[0])
    (second,) = (await _claim(storage, NOW + SECOND)).messages
    assert second.message.dedupe_key == "reply 2"
    await _settle(storage, second, NOW + SECOND)
    assert await _keys(storage, NOW + 2 * SECOND) == ["digest"]


async def test_a_claim_is_no_larger_than_asked(storage: SqlStorage) -> None:
    """``limit`` counts all priorities together."""
    await _put(storage, *(reply(f"r{n}", n) for n in range(1, 4)), *(message(f"d{n}", n) for n in range(4, 9)))

    assert await _keys(storage, limit=5) == ["r1", "r2", "r3", "d4", "d5"]
    assert await _keys(storage, limit=0) == []


async def test_parts_of_a_digest_keep_their_order(storage: SqlStorage) -> None:
    """While a part waits to be tried again, the parts after it wait too; a reply does not."""
    await _put(storage, message("part 0"), message("part 1"))
    (first,) = (await _claim(storage)).messages
    await _send(storage, first)
    await _settle(storage, first, state=SettledState.RETRY, retry_at=NOW + MINUTE)
    await _put(storage, reply("reply"))

    assert await _keys(storage, NOW + 2 * SECOND) == ["reply"]
    async with storage.transaction() as unit:
        await unit.outbox.sweep(NOW + 2 * LEASE)
    assert await _keys(storage, NOW + 2 * LEASE) == ["reply"]


async def test_a_reply_that_fails_does_not_hold_up_later_ones(storage: SqlStorage) -> None:
    """A reply that is tried again later steps aside for the next one."""
    await _put(storage, reply("reply 1"), reply("reply 2"))
    (first,) = (await _claim(storage)).messages
    await _settle(storage, first, state=SettledState.RETRY, retry_at=NOW + MINUTE, uncertain=True)

    assert await _keys(storage, NOW + SECOND) == ["reply 2"]


@pytest.mark.parametrize("wish", [{"state": ChatState.PAUSED}, {"state": ChatState.STOPPED}, {"gone": True}])
async def test_a_chat_that_wants_nothing_gets_its_replies_only(storage: SqlStorage, wish: dict[str, Any]) -> None:
    """Digests, alerts and broadcasts wait while a chat is paused, stopped or gone; answers go."""
    async with storage.transaction() as unit:
        await unit.chats.put(chat(1, **wish))
    await _put(storage, *(message(priority, 1, priority=priority) for priority in Priority))
    (answer,) = (await _claim(storage)).messages
    assert answer.message.priority is Priority.REPLY
    await _settle(storage, answer)

    assert await _keys(storage, NOW + MINUTE) == []
    assert await _next_due(storage) is None
    async with storage.transaction() as unit:
        await unit.chats.put(chat(1))
    assert await _keys(storage, NOW + MINUTE) == [Priority.ALERT]


async def test_expired_messages_are_never_claimed(storage: SqlStorage) -> None:
    """A message is not sent from its expiry on; sweeping settles it."""
    await _put(storage, message("late", expires_at=NOW + MINUTE), message("next"))

    assert await _keys(storage, NOW + MINUTE) == ["next"]
    async with storage.transaction() as unit:
        assert await unit.outbox.sweep(NOW + MINUTE) == 1
        assert await unit.outbox.sweep(NOW + MINUTE) == 0
    assert await _counts(storage) == {"expired": 1, "leased": 1}


async def test_two_claimers_never_share_a_message(storage: SqlStorage, other: SqlStorage) -> None:
    """However claims interleave, each message is in one sender's hands, and each chat has one in flight."""
    await _put(storage, *(message(f"{chat_id}:{part}", chat_id) for part in range(3) for chat_id in range(1, 41)))
    claimed: list[LeasedMessage] = []

    async def sender(one: SqlStorage) -> None:
        while claim := await _claim(one, limit=7):
            if not claim.messages:
                return
            claimed.extend(claim.messages)

    await asyncio.gather(*(sender(one) for one in (storage, other) * 2))

    assert sorted(leased.message.dedupe_key for leased in claimed) == sorted(f"{n}:0" for n in range(1, 41))


# --------------------------------------------------------------------------------- leases and settling


async def test_a_lapsed_lease_is_claimed_again(storage: SqlStorage) -> None:
    """What a killed sender had leased was not sent: it goes out as if for the first time."""
    await _put(storage, message("k"))
    await _claim(storage)
    async with storage.transaction() as unit:
        assert await unit.outbox.sweep(NOW + LEASE - SECOND) == 0
        assert await unit.outbox.sweep(NOW + LEASE) == 1

    (again,) = (await _claim(storage, NOW + LEASE)).messages
    assert (again.attempts, again.uncertain) == (0, False)


async def test_what_was_in_flight_is_uncertain(storage: SqlStorage) -> None:
    """What a killed sender had in flight may have arrived: it is told to the next sender, for good."""
    await _put(storage, message("k"))
    (leased,) = (await _claim(storage)).messages
    await _send(storage, leased, NOW + SECOND)
    async with storage.transaction() as unit:
        assert await unit.outbox.sweep(NOW + LEASE) == 0
        assert await unit.outbox.sweep(NOW + SECOND + LEASE) == 1

    (again,) = (await _claim(storage, NOW + HOUR)).messages
    assert (again.attempts, again.uncertain) == (1, True)
    await _settle(storage, again, NOW + HOUR, state=SettledState.RETRY, retry_at=NOW + 2 * HOUR)
    (once_more,) = (await _claim(storage, NOW + 2 * HOUR)).messages
    assert once_more.uncertain


async def test_a_retry_waits_until_its_instant(storage: SqlStorage) -> None:
    """A message that was not sent is tried again then, with its attempts counted."""
    await _put(storage, message("k"))
    (leased,) = (await _claim(storage)).messages
    await _send(storage, leased)
    await _settle(storage, leased, state=SettledState.RETRY, retry_at=NOW + MINUTE, error="pool timeout")

    assert await _counts(storage) == {"retry": 1}
    assert await _keys(storage, NOW + MINUTE - SECOND) == []
    (again,) = (await _claim(storage, NOW + MINUTE)).messages
    assert (again.attempts, again.uncertain) == (1, False)


@pytest.mark.parametrize("state", [SettledState.SENT, SettledState.FAILED, SettledState.EXPIRED])
async def test_an_end_is_final(storage: SqlStorage, state: SettledState) -> None:
    """A settled message is never sent again, whatever a late sender says of it."""
    await _put(storage, message("k"))
    (leased,) = (await _claim(storage)).messages
    await _settle(storage, leased, state=state, message_id=5)
    await _settle(storage, leased, state=SettledState.RETRY, retry_at=NOW)
    await _send(storage, leased)

    assert await _counts(storage) == {state.value: 1}
    assert await _keys(storage, NOW + HOUR) == []


async def test_a_batch_settles_at_once(storage: SqlStorage) -> None:
    """Settlements of one batch may differ; an empty batch is nothing."""
    await _put(storage, *(message(str(number), number) for number in range(1, 4)))
    one, two, three = (await _claim(storage)).messages
    async with storage.transaction() as unit:
        await unit.outbox.settle([], NOW)
        await unit.outbox.settle(
            [
                Settlement(one.id, SettledState.SENT, message_id=1),
                Settlement(two.id, SettledState.FAILED, error="bad\0 request «қ»"),
                Settlement(three.id, SettledState.RETRY, retry_at=NOW + SECOND),
            ],
            NOW,
        )

    assert await _counts(storage) == {"sent": 1, "failed": 1, "retry": 1}


async def test_drop_settles_what_waits_for_a_chat(storage: SqlStorage) -> None:
    """A chat that is gone loses what waits for it; other chats lose nothing."""
    await _put(storage, message("1"), message("2"), reply("3"), message("4", 2))
    async with storage.transaction() as unit:
        assert await unit.outbox.drop(1) == 3
        assert await unit.outbox.drop(1) == 0

    assert await _keys(storage) == ["4"]
    assert await _counts(storage) == {"failed": 3, "leased": 1}


# --------------------------------------------------------------------------------------------- pacing


async def _instants(storage: SqlStorage, chat_id: int, count: int) -> list[float]:
    """Return when each of a chat's messages could go, in seconds, if each is sent as soon as it may."""
    await _put(storage, *(reply(str(number), chat_id) for number in range(count)))
    sent: list[float] = []
    at = NOW
    while len(sent) < count:
        for leased in (await _claim(storage, at)).messages:
            await _settle(storage, leased, at)
            sent.append((at - NOW).total_seconds())
        due = await _next_due(storage)
        at = max(due, at) if due is not None else at
    return sent


async def test_a_chat_gets_one_message_a_second(storage: SqlStorage) -> None:
    """Telegram's limit for one chat, kept by ``next_due`` and ``claim`` alike."""
    assert await _instants(storage, 1, 5) == [0, 1, 2, 3, 4]


async def test_a_group_gets_twenty_messages_a_minute(storage: SqlStorage) -> None:
    """A rested group gets some a second apart, then one every four seconds: at most 20 in any minute."""
    sent = await _instants(storage, -100, 30)

    assert sent[:8] == [0, 1, 2, 3, 4, 5, 8, 12]
    assert all(sum(start <= instant < start + 60 for instant in sent) <= 20 for start in sent)


async def test_what_did_not_arrive_costs_no_pace(storage: SqlStorage) -> None:
    """A message that certainly was not sent may be tried again at once."""
    await _put(storage, reply("k"))
    (leased,) = (await _claim(storage)).messages
    await _settle(storage, leased, state=SettledState.RETRY, retry_at=NOW)

    assert await _keys(storage) == ["k"]


async def test_a_held_chat_waits(storage: SqlStorage) -> None:
    """Telegram's ``retry_after`` for a chat is heeded, after a restart too, and never shortened."""
    await _put(storage, reply("held", 1), reply("free", 2))
    async with storage.transaction() as unit:
        await unit.outbox.hold(1, NOW + MINUTE)
        await unit.outbox.hold(1, NOW + SECOND)

    assert await _keys(storage) == ["free"]
    assert await _next_due(storage) == NOW + MINUTE
    assert await _keys(storage, NOW + MINUTE - SECOND) == []
    assert await _keys(storage, NOW + MINUTE) == ["held"]


async def test_everything_may_be_held(storage: SqlStorage, other: SqlStorage) -> None:
    """A ``retry_after`` for the whole bot stops every sender until then."""
    await _put(storage, reply("k"))
    async with storage.transaction() as unit:
        await unit.outbox.hold(None, NOW + MINUTE)
        await unit.outbox.hold(None, NOW + SECOND)

    assert await _keys(other, NOW + MINUTE - SECOND) == []
    assert await _next_due(other) == NOW + MINUTE
    assert await _keys(other, NOW + MINUTE) == ["k"]


# --------------------------------------------------------------------------------------- send budget


async def test_a_claim_reserves_its_share_of_the_budget(storage: SqlStorage, other: SqlStorage) -> None:
    """Two senders together keep the rate: the second one's share begins where the first one's ends."""
    await _put(storage, *(reply(str(number), number) for number in range(1, 13)))
    first = await _claim(storage, limit=6, rate=0.5)
    second = await _claim(other, limit=6, rate=0.5)

    assert (first.delay, first.step) == (0.0, 2.0)
    assert second.delay == pytest.approx(12, abs=2)


async def test_a_rested_budget_is_not_saved_up(storage: SqlStorage) -> None:
    """After a pause a sender may start at once, and not faster than the rate."""
    await _put(storage, reply("1", 1))
    await _claim(storage, rate=1000)
    await asyncio.sleep(0.05)
    await _put(storage, reply("2", 2), reply("3", 3))

    claim = await _claim(storage, rate=1000)
    assert (claim.delay, claim.step) == (0.0, 0.001)


async def test_digests_reserve_no_more_than_half_a_second(storage: SqlStorage) -> None:
    """Of 25 a second, digests are claimed twelve at a time and then wait; replies may always reserve."""
    await _put(storage, *(message(f"d{number}", number) for number in range(1, 51)))
    digests = await _claim(storage, rate=25)
    await _put(storage, *(reply(f"r{number}", number) for number in range(60, 65)))
    replies = await _claim(storage, rate=25)

    assert len(digests.messages) == 12
    assert [leased.message.priority for leased in replies.messages] == [Priority.REPLY] * 5
    assert replies.delay < 0.5


async def test_an_empty_claim_says_how_long_the_budget_is_taken(storage: SqlStorage) -> None:
    """A sender that gets nothing because others reserved the budget knows when to ask again."""
    await _put(storage, *(reply(f"r{number}", number) for number in range(1, 11)), message("digest", 11))
    await _claim(storage, limit=10, rate=1)
    taken = await _claim(storage, rate=1)
    idle = await _claim(storage, NOW - DAY, rate=1)

    assert taken.messages == ()
    assert taken.delay == pytest.approx(9.5, abs=1)
    assert idle.messages == ()


async def test_replies_reserve_no_more_than_half_a_minute(storage: SqlStorage) -> None:
    """A flood of replies waits in the outbox, where a rested budget finds it, and not in senders' hands."""
    await _put(storage, *(reply(str(number), number) for number in range(1, 51)))

    assert len((await _claim(storage, rate=1)).messages) == 30
    assert len((await _claim(storage, rate=1)).messages) <= 1


async def test_a_database_clock_set_back_does_not_stop_sending(storage: SqlStorage) -> None:
    """A budget that is reserved further ahead than anybody reserves is begun anew."""
    await _put(storage, reply("k"))
    async with storage.transaction() as unit:
        await unit.connection.fetch_sql("UPDATE send_budget SET next_at = next_at + 4102444800000")

    assert len((await _claim(storage, rate=25)).messages) == 1
    assert (await _claim(storage, rate=25)).delay < 1


async def test_a_slow_rate_sends_digests_too(storage: SqlStorage) -> None:
    """At less than two messages a second there is still room for one digest at a time."""
    await _put(storage, message("1", 1), message("2", 2))

    assert await _keys(storage, rate=0.5) == ["1"]


async def test_an_empty_claim_costs_nothing(storage: SqlStorage) -> None:
    """A claim that finds nothing reserves nothing."""
    for _ in range(5):
        await _claim(storage, rate=0.1)
    await _put(storage, reply("k"))

    assert (await _claim(storage, rate=0.1)).delay == 0


# -------------------------------------------------------------------------------------------- next due


async def test_next_due_looks_at_what_waits(storage: SqlStorage) -> None:
    """It is the first instant at which a waiting message may go; what is in flight or settled does not wait."""
    assert await _next_due(storage) is None
    await _put(storage, message("k"), at=NOW - HOUR)
    assert await _next_due(storage) == NOW - HOUR
    (leased,) = (await _claim(storage)).messages
    await _put(storage, message("behind it"))
    assert await _next_due(storage) is None

    await _settle(storage, leased, state=SettledState.RETRY, retry_at=NOW + MINUTE)
    assert await _next_due(storage) == NOW + MINUTE


async def test_counts_of_an_empty_outbox_are_empty(storage: SqlStorage) -> None:
    """States without rows are not named."""
    assert await _counts(storage) == {}


async def test_what_is_on_its_way_is_counted_without_what_has_ended(storage: SqlStorage) -> None:
    """By state, each of the four named; however many have ended, they are not looked at."""
    await _put(storage, message("a", 1), message("b", 2), message("c", 3))
    first, second = (await _claim(storage, limit=2)).messages
    await _settle(storage, first)
    await _send(storage, second)

    async with storage.reading() as unit:
        assert await unit.outbox.underway() == {"pending": 1, "leased": 0, "sending": 1, "retry": 0}


@pytest.mark.parametrize("microseconds", [0, 999, 1000, 999_999])
async def test_instants_are_whole_milliseconds(storage: SqlStorage, microseconds: int) -> None:
    """A fraction of a millisecond is cut, so that nothing is due before its instant by more than that."""
    expires_at = NOW.replace(microsecond=0) + timedelta(minutes=1, microseconds=microseconds)
    await _put(storage, message("k", expires_at=expires_at))

    (leased,) = (await _claim(storage)).messages
    assert timedelta(0) <= expires_at - leased.message.expires_at < timedelta(milliseconds=1)


async def test_a_file_waits_with_its_message_and_goes_when_that_has_ended(storage: SqlStorage) -> None:
    """The bytes come back with every claim, also after a retry; once the message is settled they are let go of."""
    file = Attachment(AttachmentKind.PHOTO, "көрсеткіш.png", bytes(range(256)), "суретсіз")
    await _put(storage, reply("k", attachment=file), reply("plain", 2))
    for at in (NOW, NOW + MINUTE):
        leased = {each.message.dedupe_key: each for each in (await _claim(storage, at)).messages}
        assert leased["k"].message.attachment == file
        await _settle(storage, leased["k"], at, state=SettledState.RETRY, retry_at=at + SECOND)
    (again,) = (await _claim(storage, NOW + HOUR)).messages
    await _settle(storage, again, NOW + HOUR)

    async with storage.reading() as unit:
        rows = await unit.connection.fetch_sql("SELECT id FROM outbox WHERE file_data IS NOT NULL")
    assert rows == []


async def test_a_file_that_is_refused_is_let_go_of_before_its_message(storage: SqlStorage) -> None:
    """What stands instead of the file is the message's text from then on; without a file nothing changes."""
    file = Attachment(AttachmentKind.DOCUMENT, "a.json", b"{}", f"<b>{KAZAKH}</b>")
    await _put(storage, reply("k", attachment=file), reply("plain", 2))
    for leased in (await _claim(storage)).messages:
        await _settle(storage, leased, state=SettledState.RETRY, retry_at=NOW)
        async with storage.transaction() as unit:
            await unit.outbox.drop_attachment(leased.id)

    found = {each.message.dedupe_key: each.message for each in (await _claim(storage, NOW + SECOND)).messages}
    assert (found["k"].text, found["k"].attachment) == (f"<b>{KAZAKH}</b>", None)
    assert found["plain"] == reply("plain", 2)


# ------------------------------------------------------------------------------------------------ rights


async def _refuse(storage: SqlStorage, leased: LeasedMessage, at: datetime = NOW) -> None:
    """Settle a message as one that waits for rights, an hour at first."""
    changes = {"state": SettledState.RETRY, "retry_at": at + HOUR, "refused_at": at, "expires_at": at + 2 * DAY}
    await _settle(storage, leased, at, **changes)


async def test_refused_messages_wait_with_more_time(storage: SqlStorage) -> None:
    """The chat is known as refusing while one waits; the message lives as long as it was given, and says since when."""
    await _put(storage, message("a", -5), message("b", -6))
    leased = {each.message.dedupe_key: each for each in (await _claim(storage)).messages}
    await _refuse(storage, leased["a"])
    await _settle(storage, leased["b"])
    async with storage.reading() as unit:
        assert await unit.outbox.refused([-5, -6, -7]) == {-5}
    (again,) = (await _claim(storage, NOW + DAY + HOUR)).messages
    await _settle(storage, again, NOW + DAY + HOUR)

    assert (again.refused_at, again.message.expires_at) == (NOW, NOW + 2 * DAY)
    async with storage.reading() as unit:
        assert await unit.outbox.refused([-5]) == set()


async def test_trying_what_was_refused(storage: SqlStorage) -> None:
    """It may go at once, in the chats that are named alone; what waits for another reason waits on."""
    await _put(storage, message("a", -5), message("b", -6), message("c", -7))
    leased = {each.message.dedupe_key: each for each in (await _claim(storage)).messages}
    for key in ("a", "b"):
        await _refuse(storage, leased[key])
    await _settle(storage, leased["c"], state=SettledState.RETRY, retry_at=NOW + HOUR)
    async with storage.transaction() as unit:
        assert await unit.outbox.try_refused([-5, -7], NOW) == {-5}
        assert await unit.outbox.try_refused([-5, -7], NOW) == set()

    assert await _keys(storage) == ["a"]


async def test_what_was_refused_can_go_into_another_topic(storage: SqlStorage) -> None:
    """Of the forum; what was not refused stays where it is for."""
    await _put(storage, replace(message("a", -5), thread_id=3), replace(message("b", -6), thread_id=3))
    leased = {each.message.dedupe_key: each for each in (await _claim(storage)).messages}
    await _refuse(storage, leased["a"])
    async with storage.transaction() as unit:
        await unit.outbox.redirect_refused(-5, 4)
        await unit.outbox.redirect_refused(-6, 4)
        rows = await unit.connection.fetch_sql("SELECT thread_id FROM outbox ORDER BY id")

    assert [row["thread_id"] for row in rows] == [4, 3]


async def test_leaving_a_topic_that_is_gone(storage: SqlStorage) -> None:
    """The chat and all that waits for the topic go to the general one; other topics and chats stay."""
    async with storage.transaction() as unit:
        for number in (-5, -6):
            await unit.chats.put(chat(number, thread_id=3))
    await _put(
        storage,
        replace(message("a", -5), thread_id=3),
        replace(message("b", -5), thread_id=4),
        replace(message("c", -6), thread_id=3),
    )
    async with storage.transaction() as unit:
        await unit.chats.leave_thread(-5, 3)
        await unit.chats.leave_thread(-6, 4)
        rows = await unit.connection.fetch_sql("SELECT thread_id FROM outbox ORDER BY id")

        assert [row["thread_id"] for row in rows] == [None, 4, 3]
        assert [(await unit.chats.get(number)).thread_id for number in (-5, -6)] == [None, 3]


# ------------------------------------------------------------------------------------------------ neighbours


async def test_answers_that_would_be_too_old_are_not_kept(storage: SqlStorage) -> None:
    """Behind so many for one chat there is no more; its news and everybody else's answers are kept."""
    await _put(storage, *(reply(f"{number}", -5) for number in range(MOST_REPLIES)))
    await _put(storage, reply("hopeless", -5), reply("another's", 7), message("news", -5))
    async with storage.reading() as unit:
        rows = await unit.connection.fetch_sql("SELECT dedupe_key FROM outbox ORDER BY id")

    assert [row["dedupe_key"] for row in rows][MOST_REPLIES:] == ["another's", "news"]


async def test_a_refused_message_costs_the_chats_pace(storage: SqlStorage) -> None:
    """As one that arrived does: the next goes a second later."""
    await _put(storage, message("a", 5), replace(message("b", 5), priority=Priority.ALERT))
    (first,) = (await _claim(storage)).messages
    await _settle(storage, first, state=SettledState.FAILED, is_refused=True)

    assert await _keys(storage) == []
    assert await _keys(storage, NOW + SECOND) == ["a"]


async def test_looking_ahead_takes_no_longer_for_a_crowded_chat(storage: SqlStorage) -> None:
    """Ten thousand answers wait for one chat: looking when the next may go is no walk through all of them for each."""
    await _put(storage, *(reply(f"{number}", -5) for number in range(10_000)))
    (first,) = (await _claim(storage, limit=1)).messages
    await _settle(storage, first)
    took = []
    for _ in range(3):
        began = time.perf_counter()
        due = await _next_due(storage)
        took.append(time.perf_counter() - began)

    assert due == NOW + SECOND
    assert min(took) < 0.2
