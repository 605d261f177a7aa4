"""What can become of an attempt to send, told apart by cause, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.model import LeasedMessage, OutgoingMessage, SettledState, Settlement

_FIRST_BACKOFF = timedelta(seconds=1)
_LONGEST_BACKOFF = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Sent:
    """Telegram took it; the message has this id (0 where Telegram names none, as for an unchanged edit)."""

    message_id: int


@dataclass(frozen=True, slots=True)
class NotSent:
    """It certainly did not arrive: no connection, or Telegram asked to wait ``retry_after`` seconds (429)."""

    reason: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """It can never arrive: Telegram refuses this message (400)."""

    reason: str


@dataclass(frozen=True, slots=True)
class AttachmentRefused:
    """The chat lets the bot send no files of this kind: what the row says ``instead`` of the file can go (400)."""

    reason: str


@dataclass(frozen=True, slots=True)
class ChatGone:
    """The chat cannot be written to any more: blocked, kicked, deactivated (403)."""

    reason: str


@dataclass(frozen=True, slots=True)
class Migrated:
    """The group became the supergroup ``new_chat_id``."""

    new_chat_id: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have arrived: the answer was lost, or could not be read."""

    reason: str


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """Telegram refuses the token (401, 404): nothing can be sent, no row is to blame."""

    reason: str


Outcome = Sent | NotSent | Rejected | AttachmentRefused | ChatGone | Migrated | Unknown | TokenRefused


def attempt(row: LeasedMessage) -> OutgoingMessage:
    """Return the message as it is sent now: without a sound where it may have arrived before."""
    return replace(row.message, silent=True) if row.uncertain else row.message


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after that many failed attempts: 1 s, doubled each time, at most 5 minutes."""
    return min(_FIRST_BACKOFF * (1 << min(max(attempts, 0), 16)), _LONGEST_BACKOFF)


def settle(row: LeasedMessage, outcome: Outcome, now: datetime) -> Settlement:  # noqa: PLR0911 one for each outcome
    """Return what becomes of an outbox row after an attempt that ended now.

    What cannot be tried again before the message expires is expired. A row that may have arrived once stays
    uncertain, whatever its later attempts bring. A refused token is never the row's fault.
    """
    match outcome:
        case Sent(message_id):
            return Settlement(row.id, SettledState.SENT, message_id=message_id)
        case Rejected(reason) | ChatGone(reason):
            return Settlement(row.id, SettledState.FAILED, error=reason)
        case Migrated(new_chat_id):
            return _again(row, now, f"migrated to {new_chat_id}")
        case AttachmentRefused(reason):
            return _again(row, now, reason)
        case NotSent(reason, retry_after):
            wait = backoff(row.attempts) if retry_after is None else timedelta(seconds=retry_after)
            return _again(row, now + wait, reason)
        case Unknown(reason):
            return _again(row, now + backoff(row.attempts), reason, uncertain=True)
        case TokenRefused(reason):
            return _again(row, now + backoff(row.attempts), reason)


def give_back(row: LeasedMessage, at: datetime) -> Settlement:
    """Return the settlement of a leased row that was not tried: it may go from ``at`` on."""
    return _again(row, at, None)


def _again(row: LeasedMessage, at: datetime, reason: str | None, *, uncertain: bool = False) -> Settlement:
    state = SettledState.RETRY if at < row.message.expires_at else SettledState.EXPIRED
    return Settlement(row.id, state, retry_at=at, error=reason, uncertain=uncertain or row.uncertain)


def held_chat(chat_id: int, until: datetime, held: Mapping[int, datetime], now: datetime) -> int | None:
    """Return whom Telegram's ``retry_after`` holds: this chat, or None for all chats.

    Telegram does not say which limit was passed. A group's own limit shows in that group alone; where another chat
    is being held at the same time, the limit over all chats was passed.
    """
    others = (end for chat, end in held.items() if chat != chat_id)
    return None if until > now and any(end > now for end in others) else chat_id
