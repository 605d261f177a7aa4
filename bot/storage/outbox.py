"""Messages on their way, their pacing and the send budget.

Pacing of a chat: one message a second. A group or channel also has at most 20 in any minute: five at once, then one
every four seconds (5 + 60 / 4 = 20). Telegram's limits: https://core.telegram.org/bots/faq#broadcasting-to-users
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from bot.core.model import (
    Attachment,
    AttachmentKind,
    Claim,
    LeasedMessage,
    OutgoingMessage,
    Priority,
    SettledState,
    Settlement,
)
from bot.storage import codec
from bot.storage.connection import Connection, Params, Row
from bot.storage.decoding import decode_each

CHAT_PAUSE = 1000  # ms between two messages to one chat
GROUP_PAUSE = 4000  # ms that a message to a group costs of its budget
GROUP_BURST = 5  # messages that a rested group may get at CHAT_PAUSE
AHEAD = 500.0  # ms: digests, alerts and broadcasts reserve no further ahead, so that a reply waits less than a second
AHEAD_OF_REPLIES = 30_000.0  # ms: further ahead a reply waits as well in the outbox
MOST_REPLIES = 300  # answers that may wait for one chat: a group gets 20 a minute, and they live for 15
UNDERWAY = ("pending", "leased", "sending", "retry")
STEPPED_BACK = 60_000.0  # ms: nobody reserves as far ahead as that, so it was the clock that went back


class Outbox:
    """``ports.Outbox`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(self, messages: Sequence[OutgoingMessage], now: datetime) -> None:
        """Store messages as pending; one whose ``dedupe_key`` is stored is passed over.

        So is an answer behind ``MOST_REPLIES`` of its chat: it would be too old before its turn came.
        """
        created_at = codec.millis(now)
        messages = await self._without_hopeless(messages)
        await self._connection.executemany("outbox.put", [_message_params(message, created_at) for message in messages])
        await self._connection.notify("outbox")

    async def _without_hopeless(self, messages: Sequence[OutgoingMessage]) -> Sequence[OutgoingMessage]:
        replying = {message.chat_id for message in messages if message.priority is Priority.REPLY}
        if not replying:
            return messages
        params = {"chat_ids": codec.array(replying), "most": MOST_REPLIES}
        full = {row["chat_id"] for row in await self._connection.fetch("outbox.full_of_replies", params)}
        return [each for each in messages if each.priority is not Priority.REPLY or each.chat_id not in full]

    async def claim(self, now: datetime, *, owner: str, lease: timedelta, limit: int, rate: float) -> Claim:
        """Lease what may be sent now and reserve its share of the send budget.

        The budget's row is locked first, so claims follow one another: two never see the same chat free.
        """
        (budget,) = await self._connection.fetch("outbox.lock_budget")
        ahead = _ahead(budget["next_at"] - budget["now"], rate)
        if budget["held_until"] > codec.millis(now) or limit < 1:
            return Claim((), ahead / 1000, 1 / rate)
        params = {
            "now": codec.millis(now),
            "owner": owner,
            "lease_until": codec.millis(now + lease),
        }
        messages: list[LeasedMessage] = []
        if room := min(limit, _room(ahead, AHEAD_OF_REPLIES, rate)):
            messages += await self._lease("outbox.claim_replies", {**params, "limit": room})
        room = min(limit, _room(ahead, AHEAD, rate)) - len(messages)
        if room > 0:
            messages += await self._lease("outbox.claim_others", {**params, "limit": room})
        if messages:
            share = {"from": budget["now"] + ahead, "cost": len(messages) * 1000 / rate}
            await self._connection.execute("outbox.reserve", share)
            return Claim(tuple(messages), ahead / 1000, 1 / rate)
        return Claim((), max(0.0, ahead - AHEAD) / 1000, 1 / rate)

    async def _lease(self, name: str, params: Params) -> list[LeasedMessage]:
        rows = await self._connection.fetch(name, params)
        ordered = sorted(rows, key=lambda row: (row["priority"], row["available_at"], row["id"]))
        messages, unreadable = decode_each("message", ordered, _leased)
        if unreadable:
            await self._connection.execute("outbox.give_up", {"ids": codec.array(unreadable), "now": params["now"]})
        return messages

    async def mark_sending(self, ids: Collection[int], now: datetime, *, lease: timedelta) -> None:
        """Note that these are in flight; renews their lease and counts the attempt."""
        params = {"ids": codec.array(ids), "lease_until": codec.millis(now + lease)}
        await self._connection.execute("outbox.mark_sending", params)

    async def settle(self, settlements: Sequence[Settlement], now: datetime) -> None:
        """Write the ends of attempts, free the leases and note each chat's next allowed instant.

        What never reached Telegram costs a chat nothing of its pace.
        """
        at = codec.millis(now)
        paced = [
            each.id for each in settlements if each.state is SettledState.SENT or each.uncertain or each.is_refused
        ]
        rows = codec.rows(_settlement(settlement, at) for settlement in settlements)
        await self._connection.execute("outbox.settle", {"settlements": rows, "now": at})
        params = {
            "ids": codec.array(paced),
            "now": at,
            "chat_pause": CHAT_PAUSE,
            "group_pause": GROUP_PAUSE,
            "group_credit": (GROUP_BURST - 1) * GROUP_PAUSE,
        }
        await self._connection.execute("outbox.pace", params)

    async def drop_attachment(self, row_id: int) -> None:
        """Send a waiting message without its file from now on: with the text that stands ``instead`` of it."""
        await self._connection.execute("outbox.drop_attachment", {"id": row_id})

    async def refused(self, chat_ids: Collection[int]) -> set[int]:
        """Return those of the chats for which news wait until the bot may write there again."""
        rows = await self._connection.fetch("outbox.refused", {"chat_ids": codec.array(chat_ids)})
        return {row["chat_id"] for row in rows}

    async def redirect_refused(self, chat_id: int, thread_id: int | None) -> None:
        """Send what a chat refused into another topic of the forum, None for its general one."""
        await self._connection.execute("outbox.redirect_refused", {"chat_id": chat_id, "thread_id": thread_id})

    async def try_refused(self, chat_ids: Collection[int], now: datetime) -> set[int]:
        """Try what these chats refused again now; return the chats for which something waited."""
        params = {"chat_ids": codec.array(chat_ids), "now": codec.millis(now)}
        return {row["chat_id"] for row in await self._connection.fetch("outbox.try_refused", params)}

    async def sweep(self, now: datetime) -> int:
        """Free lapsed leases and expire old rows; return how many."""
        params = {"now": codec.millis(now)}
        lapsed = await self._connection.fetch("outbox.free_lapsed", params)
        expired = await self._connection.fetch("outbox.expire", params)
        return len(lapsed) + len(expired)

    async def hold(self, chat_id: int | None, until: datetime) -> None:
        """Send nothing before then to that chat, or to any chat where it is None."""
        params = {"until": codec.millis(until)}
        if chat_id is None:
            await self._connection.execute("outbox.hold_all", params)
        else:
            await self._connection.execute("outbox.hold", {"chat_id": chat_id, **params})

    async def drop(self, chat_id: int) -> int:
        """Settle as failed all that waits for a chat that is gone; return how many."""
        return len(await self._connection.fetch("outbox.drop", {"chat_id": chat_id}))

    async def next_due(self) -> datetime | None:
        """Return when the next waiting message may go, None where none waits.

        It heeds pacing, holds and paused chats, not the send budget: an empty ``Claim`` says by its ``delay`` how long
        that is taken.
        """
        (row,) = await self._connection.fetch("outbox.next_due")
        return codec.instant_or_none(row["due_at"])

    async def taken(self, keys: Collection[str]) -> set[str]:
        """Return which of these dedupe keys are stored."""
        rows = await self._connection.fetch("outbox.taken", {"keys": codec.array(keys)})
        return {row["dedupe_key"] for row in rows}

    async def counts(self) -> Mapping[str, int]:
        """Return how many rows there are in each state."""
        return {row["state"]: row["rows"] for row in await self._connection.fetch("outbox.counts")}

    async def underway(self) -> Mapping[str, int]:
        """Return how many rows there are in each state in which a message is on its way."""
        found = {row["state"]: row["rows"] for row in await self._connection.fetch("outbox.underway")}
        return {state: found.get(state, 0) for state in UNDERWAY}


def _ahead(milliseconds: float, rate: float) -> float:
    """Return how far ahead of the clock the budget is reserved; nothing where the clock was set back."""
    return milliseconds if 0 < milliseconds <= STEPPED_BACK + 1000 / rate else 0.0


def _room(ahead: float, limit: float, rate: float) -> int:
    """Return how many messages may be reserved up to that far ahead; at least one while that is not reached."""
    if ahead >= limit:
        return 0
    return max(1, int((limit - ahead) * rate / 1000))


def _message_params(message: OutgoingMessage, created_at: int) -> Params:
    file = message.attachment
    return {
        "dedupe_key": message.dedupe_key,
        "chat_id": message.chat_id,
        "priority": message.priority.value,
        "text": codec.storable(message.text),
        "keyboard": codec.keyboard_json(message.keyboard),
        "thread_id": message.thread_id,
        "edits": message.edits,
        "silent": int(message.silent),
        "created_at": created_at,
        "expires_at": codec.millis(message.expires_at),
        "file_kind": file.kind.value if file else None,
        "file_name": codec.storable(file.name) if file else None,
        "file_data": file.data if file else None,
        "file_instead": codec.storable(file.instead) if file else None,
        "preview": codec.storable_or_none(message.preview),
    }


def _leased(row: Row) -> LeasedMessage:
    message = OutgoingMessage(
        dedupe_key=row["dedupe_key"],
        chat_id=row["chat_id"],
        text=row["text"],
        priority=Priority(row["priority"]),
        expires_at=codec.instant(row["expires_at"]),
        keyboard=codec.keyboard(row["keyboard"]),
        thread_id=row["thread_id"],
        edits=row["edits"],
        silent=bool(row["silent"]),
        attachment=_attachment(row),
        preview=row["preview"],
    )
    return LeasedMessage(
        row["id"], message, row["attempts"], bool(row["uncertain"]), codec.instant_or_none(row["refused_at"])
    )


def _attachment(row: Row) -> Attachment | None:
    if row["file_kind"] is None:
        return None
    return Attachment(
        AttachmentKind(row["file_kind"]),
        row["file_name"],
        bytes(row["file_data"] or b""),
        instead=row["file_instead"] or row["text"],
    )


def _settlement(settlement: Settlement, now: int) -> Params:
    again = settlement.state is SettledState.RETRY
    retry_at = settlement.retry_at
    return {
        "id": settlement.id,
        "state": settlement.state.value,
        "available_at": codec.millis(retry_at) if retry_at else now,
        "settled_at": None if again else now,
        "message_id": settlement.message_id,
        "error": codec.storable_or_none(settlement.error),
        "uncertain": int(settlement.uncertain),
        "refused_at": codec.millis_or_none(settlement.refused_at),
        "expires_at": codec.millis_or_none(settlement.expires_at),
    }
