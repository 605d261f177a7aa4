"""Writes down what became of attempts to send, and what that means beyond the row itself."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.delivery import (
    NEWS,
    AttachmentRefused,
    ChatGone,
    Migrated,
    NoRights,
    Outcome,
    Sent,
    ThreadGone,
    backoff,
    give_back,
    settle,
)
from bot.core.model import LeasedMessage, Settlement
from bot.errors import StorageError
from bot.isolation import isolated, set_aside
from bot.ports import Storage, Unit
from bot.services.chats import mark_gone
from bot.services.rights import RightsNotices, try_again


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing goes to this chat (to any, where it is None) before ``until``."""

    chat_id: int | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """A row that came back. ``outcome`` is None where it was not tried after all; ``hold`` is Telegram's wish."""

    row: LeasedMessage
    outcome: Outcome | None
    ended_at: datetime
    hold: Hold | None = None

    def settlement(self) -> Settlement:
        """Return what becomes of the row."""
        if self.outcome is None:
            return give_back(self.row, self.ended_at)
        return settle(self.row, self.outcome, self.ended_at)


async def write_down(
    unit: Unit, attempts: Sequence[Attempt], now: datetime, notices: RightsNotices | None = None
) -> None:
    """Settle the rows, hold what Telegram wants held, let go of chats that are gone, follow groups that moved.

    ``notices`` tells who set a chat up that the bot may not write there; without it nobody is told.
    """
    if not attempts:
        return
    refused = {each.row.message.chat_id: each.outcome for each in attempts if _waits_for_rights(each)}
    known = await unit.outbox.refused(refused) if refused else set()
    await unit.outbox.settle([attempt.settlement() for attempt in attempts], now)
    for attempt in attempts:
        if attempt.hold is not None:
            await unit.outbox.hold(attempt.hold.chat_id, attempt.hold.until)
        await _follow_up(unit, attempt.row, attempt.outcome, now)
    for chat_id, outcome in refused.items():
        if notices is not None and chat_id not in known and isinstance(outcome, NoRights):
            await notices.put(unit, chat_id, outcome)
    if arrived := {each.row.message.chat_id for each in attempts if _proves_rights(each)}:
        await unit.chats.mark_back(arrived)  # a refusal may have been about the time before it came back
        await try_again(unit, arrived, now)


async def write_down_alone(
    storage: Storage, attempt: Attempt, now: datetime, notices: RightsNotices | None = None
) -> None:
    """Write one attempt down in a transaction of its own; where what follows from it fails, its row's state alone.

    Raises:
        StorageError: the database cannot be used.
    """
    try:
        async with storage.transaction() as unit:
            await write_down(unit, [attempt], now, notices)
    except StorageError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one message, the others are settled
        set_aside("message", attempt.row.id, error, what="its state is noted, nothing else follows from it")
        with isolated("message", attempt.row.id, what="it stays as it is until its lease lapses"):
            async with storage.transaction() as unit:
                await unit.outbox.settle([_bare(attempt)], now)


def _bare(attempt: Attempt) -> Settlement:
    """Return the settlement without what Telegram said; what is tried again waits, as it would fail again at once."""
    settlement = replace(attempt.settlement(), message_id=None, error=None)
    if settlement.retry_at is None:
        return settlement
    return replace(settlement, retry_at=max(settlement.retry_at, attempt.ended_at + backoff(attempt.row.attempts)))


def _waits_for_rights(attempt: Attempt) -> bool:
    return isinstance(attempt.outcome, NoRights) and attempt.row.message.priority in NEWS


def _proves_rights(attempt: Attempt) -> bool:
    """Return whether a new message arrived; what may be edited says nothing of what may be sent."""
    return isinstance(attempt.outcome, Sent) and attempt.row.message.edits is None


async def _follow_up(unit: Unit, row: LeasedMessage, outcome: Outcome | None, now: datetime) -> None:
    chat_id = row.message.chat_id
    match outcome:
        case Sent() if row.refused_at is not None:
            await unit.alerts.release(chat_id, now)  # those that were held meanwhile
        case AttachmentRefused():
            await unit.outbox.drop_attachment(row.id)
        case ThreadGone():
            if row.message.thread_id is not None:
                await unit.chats.leave_thread(chat_id, row.message.thread_id)
        case ChatGone():
            await mark_gone(unit, chat_id)
        case Migrated(new_chat_id):
            await unit.chats.migrate(chat_id, new_chat_id)
        case _:
            pass
