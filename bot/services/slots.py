"""When a chat's digest is due, held by quiet hours, or too old to be brought, and which slot comes next."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.core import quiet, schedule
from bot.core.model import Chat, DigestKind
from bot.isolation import isolated
from bot.services.chats import schedule_of

SET_ASIDE: Final = timedelta(days=1)  # when a chat whose hours cannot be reckoned is looked at again
ON_TIME: Final = timedelta(minutes=5)
"""What comes later after its slot is a catch-up."""
DIGEST_LIFE: Final = timedelta(hours=24)
"""A digest that could not be sent for a day is no news."""


def is_due(chat: Chat, kind: DigestKind, now: datetime) -> bool:
    """Return whether a chat's slot of that kind has come."""
    planned = _planned(chat, kind)
    return planned is not None and planned <= now


def is_stale(chat: Chat, kind: DigestKind, now: datetime) -> bool:
    """Return whether a digest is due for so long (a restored backup, a long outage) that its hour is passed over."""
    return now - planned_at(chat, kind) > DIGEST_LIFE


def _planned(chat: Chat, kind: DigestKind) -> datetime | None:
    return chat.next_digest_at if kind is DigestKind.SCHEDULED else chat.next_weekly_at


def planned_at(chat: Chat, kind: DigestKind) -> datetime:
    """Return when a due digest was to be composed: at its slot, or at the end of the quiet hours that held it."""
    planned = _planned(chat, kind)
    assert planned is not None  # noqa: S101 - the chat is due
    return planned


def slot_of(chat: Chat, kind: DigestKind, now: datetime) -> datetime:
    """Return the slot that a due digest is of, held by quiet hours or not."""
    planned = planned_at(chat, kind)
    if kind is DigestKind.WEEKLY:
        return planned
    return schedule.due_slot(schedule_of(chat), chat.zone, planned, now)


def quiet_until(chat: Chat, now: datetime) -> datetime | None:
    """Return when the quiet hours end that a chat is in, None where it is in none."""
    return quiet.quiet_until(quiet.parse(chat.quiet), chat.zone, now) if chat.quiet else None


def held_until(chat: Chat, kind: DigestKind, now: datetime) -> datetime | None:
    """Return until when quiet hours hold a digest that comes late; an hour that the reader chose is kept, silently."""
    until = quiet_until(chat, now)
    return until if until is not None and now - slot_of(chat, kind, now) > ON_TIME else None


def moved_on(chat: Chat, now: datetime) -> Chat:
    """Return a chat with its next slots; one whose hours cannot be reckoned is looked at again in a day."""
    with isolated("chat", chat.id, what="its hours cannot be reckoned, looked at again in a day"):
        return _following(chat, now)
    return replace(
        chat, next_digest_at=_aside(chat.next_digest_at, now), next_weekly_at=_aside(chat.next_weekly_at, now)
    )


def _aside(planned: datetime | None, now: datetime) -> datetime | None:
    return now + SET_ASIDE if planned is not None and planned <= now else planned


def _following(chat: Chat, now: datetime) -> Chat:
    hours = schedule_of(chat)
    if is_due(chat, DigestKind.SCHEDULED, now):
        slot, held = slot_of(chat, DigestKind.SCHEDULED, now), held_until(chat, DigestKind.SCHEDULED, now)
        following = schedule.next_slot(hours, chat.zone, max(slot, now))
        chat = replace(chat, next_digest_at=min(filter(None, (held, following)), default=None))
    if is_due(chat, DigestKind.WEEKLY, now):
        held = held_until(chat, DigestKind.WEEKLY, now)
        chat = replace(chat, next_weekly_at=held or schedule.next_weekly(hours, chat.zone, now))
    return chat
