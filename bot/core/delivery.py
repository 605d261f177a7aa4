"""What can become of an attempt to send, told apart by cause, and what follows from it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot.core.model import LeasedMessage, OutgoingMessage, Priority, SettledState, Settlement

NEWS: Final = frozenset({Priority.ALERT, Priority.DIGEST})
"""What waits for a chat that refuses it for lack of rights; replies and broadcasts expire as ever."""
DAY: Final = timedelta(days=1)
GIVEN_UP_AFTER: Final = timedelta(days=30)
"""News that were refused for so long are given up: by then their articles are deleted (``KEEP_ARTICLES_DAYS``)."""
MOST_BROKEN: Final = 3
"""Attempts after which a message that breaks them off is given up: it would do so for ever."""

_FIRST_BACKOFF = timedelta(seconds=1)
_LONGEST_BACKOFF = timedelta(minutes=5)
_FIRST_REFUSAL_PAUSE = timedelta(minutes=1)
_LONGEST_REFUSAL_PAUSE = timedelta(hours=2)


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
    """It can never arrive: Telegram refuses this message (400). ``kind`` as in ``REFUSALS``."""

    reason: str
    kind: str = "other"


@dataclass(frozen=True, slots=True)
class AttachmentRefused:
    """The file cannot be sent to this chat: what the row says ``instead`` of it can go (400)."""

    reason: str
    kind: str = "attachment"


@dataclass(frozen=True, slots=True)
class MethodUnknown:
    """The Bot API server does not know what the message needs, though it knows the token (404): it did not arrive."""

    reason: str
    kind: str = "unknown_method"


@dataclass(frozen=True, slots=True)
class NoRights:
    """The bot may not write to the chat now, and may again once somebody gives it the right (400, 403)."""

    reason: str
    kind: str = "no_rights"


@dataclass(frozen=True, slots=True)
class ThreadGone:
    """The forum topic that the message was for was deleted: the forum's general topic can have it (400)."""

    reason: str
    kind: str = "thread_gone"


@dataclass(frozen=True, slots=True)
class ChatGone:
    """The chat cannot be written to any more: blocked, kicked, deactivated (400, 403)."""

    reason: str
    kind: str = "gone"


@dataclass(frozen=True, slots=True)
class Migrated:
    """The group became the supergroup ``new_chat_id``."""

    new_chat_id: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have arrived: the answer was lost, or could not be read."""

    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The attempt broke off in the program itself, by a bug or by what the row holds: it may have arrived."""

    reason: str


@dataclass(frozen=True, slots=True)
class TokenRefused:
    """Telegram refuses the token (401, 404): nothing can be sent, no row is to blame."""

    reason: str


Refusal = Rejected | AttachmentRefused | MethodUnknown | NoRights | ThreadGone | ChatGone
Outcome = Sent | NotSent | Refusal | Migrated | Unknown | Broken | TokenRefused

# Telegram's refusals (400 and 403) by pieces of their sentences, in lower case: what they mean, and under which kind
# they are counted. The first line with a piece of the sentence decides. Words come from TDLib (``DialogManager``,
# ``MessagesManager``) and the Bot API server (``Client.cpp``), identifiers from the servers behind them:
# https://core.telegram.org/method/messages.sendMessage#possible-errors
REFUSALS: Final[tuple[tuple[type[Refusal], str, tuple[str, ...]], ...]] = (
    (ChatGone, "blocked", ("bot was blocked by the user", "user_is_blocked")),
    (ChatGone, "deactivated", ("user is deactivated", "user_deactivated", "user_deleted_account")),
    (ChatGone, "kicked", ("bot was kicked",)),
    (ChatGone, "no_member", ("bot is not a member", "channel_private")),
    (ChatGone, "deleted", ("group chat was deactivated", "group chat is deactivated", "group chat was deleted")),
    (ChatGone, "unknown_chat", ("chat not found", "user not found", "peer_id_invalid", "chat_id_invalid")),
    (ChatGone, "unasked", ("bot can't initiate conversation", "bot can't send messages to")),
    (ThreadGone, "thread_gone", ("message thread not found", "topic_deleted", "topic_id_invalid")),
    (NoRights, "topic_closed", ("topic_closed", "topic is closed")),
    (NoRights, "no_rights", ("not enough rights to send text", "chat_send_plain_forbidden")),
    (AttachmentRefused, "attachment", ("not enough rights to send", "chat_send_")),
    (
        NoRights,
        "no_rights",
        ("not enough rights", "have no rights", "have no write access", "need administrator rights"),
    ),
    (NoRights, "no_rights", ("chat_admin_required", "chat_restricted", "user_banned_in_channel", "user_restricted")),
    (NoRights, "no_rights", ("_forbidden", "payment_required")),
    (Rejected, "markup", ("can't parse entities", "entity_", "entities_too_long")),
    (Rejected, "length", ("too long", "too_long", "too large")),
    (Rejected, "empty", ("text is empty", "text must be non-empty", "message_empty")),
    (Rejected, "edit", ("message to edit not found", "message can't be edited", "no text in the message to edit")),
    (Rejected, "edit", ("message_id_invalid", "message is not modified")),
    (Rejected, "keyboard", ("button", "keyboard", "reply markup", "reply_markup")),
    (AttachmentRefused, "attachment", ("photo", "image")),
    (Rejected, "attachment", ("document", "file", "media", "too big")),
)

REFUSAL_KINDS: Final = sorted({"forbidden", "other", "unknown_method", *(kind for _, kind, _ in REFUSALS)})


def read_refusal(reason: str, message: OutgoingMessage, *, forbidden: bool) -> Refusal | Sent:
    """Return what Telegram's refusal of a message means, by ``REFUSALS``; ``reason`` is its sentence, in any case.

    Of what no line knows, a 403 (``forbidden``) is taken for a lack of rights, because that loses nothing; a 400 is the
    message's own fault. An edit that would change nothing is done.
    """
    text = reason.lower()
    if message.edits is not None and "message is not modified" in text:
        return Sent(message.edits)
    for meaning, kind, pieces in REFUSALS:
        if not any(piece in text for piece in pieces):
            continue
        if meaning is ThreadGone and message.thread_id is None:
            return Rejected(reason, kind)
        if meaning is AttachmentRefused and message.attachment is None:
            continue
        return meaning(reason, kind)
    return NoRights(reason, "forbidden") if forbidden else Rejected(reason)


def attempt(row: LeasedMessage) -> OutgoingMessage:
    """Return the message as it is sent now: without a sound where it may have arrived before."""
    return replace(row.message, silent=True) if row.uncertain else row.message


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after that many failed attempts: 1 s, doubled each time, at most 5 minutes."""
    return min(_FIRST_BACKOFF * (1 << min(max(attempts, 0), 16)), _LONGEST_BACKOFF)


def settle(row: LeasedMessage, outcome: Outcome, now: datetime) -> Settlement:  # noqa: PLR0911 one for each outcome
    """Return what becomes of an outbox row after an attempt that ended now.

    What cannot be tried again before the message expires is expired; news that wait for a right get another day at
    each refusal. A row that may have arrived once stays uncertain, whatever its later attempts bring. A refused token
    is never the row's fault.
    """
    match outcome:
        case Sent(message_id):
            return Settlement(row.id, SettledState.SENT, message_id=message_id)
        case Rejected(reason) | ChatGone(reason):
            return Settlement(row.id, SettledState.FAILED, error=reason, is_refused=True)
        case NoRights(reason):
            return _wait_for_rights(row, now, reason)
        case Migrated():
            return _again(row, now, f"migrated to {outcome.new_chat_id}")
        case AttachmentRefused(reason) | ThreadGone(reason):
            return _again(row, now, reason)
        case NotSent(reason, retry_after):
            wait = backoff(row.attempts) if retry_after is None else timedelta(seconds=retry_after)
            return _again(row, now + wait, reason)
        case Broken(reason) if row.attempts + 1 >= MOST_BROKEN:
            return Settlement(row.id, SettledState.FAILED, error=reason, uncertain=True)
        case Unknown(reason) | Broken(reason) | MethodUnknown(reason) | TokenRefused(reason):
            may_have_arrived = isinstance(outcome, Unknown | Broken)
            return _again(row, now + backoff(row.attempts), reason, uncertain=may_have_arrived)


def give_back(row: LeasedMessage, at: datetime) -> Settlement:
    """Return the settlement of a leased row that was not tried: it may go from ``at`` on."""
    return _again(row, at, None)


def _again(row: LeasedMessage, at: datetime, reason: str | None, *, uncertain: bool = False) -> Settlement:
    state = SettledState.RETRY if at < row.message.expires_at else SettledState.EXPIRED
    return Settlement(row.id, state, retry_at=at, error=reason, uncertain=uncertain or row.uncertain)


def _wait_for_rights(row: LeasedMessage, now: datetime, reason: str) -> Settlement:
    """Try again after as long as the chat has refused so far, from a minute to two hours; news are kept till then."""
    since = row.refused_at or now
    retry_at = now + min(max(now - since, _FIRST_REFUSAL_PAUSE), _LONGEST_REFUSAL_PAUSE)
    if row.message.priority not in NEWS:
        return replace(_again(row, retry_at, reason), is_refused=True)
    if now - since >= GIVEN_UP_AFTER:
        return Settlement(row.id, SettledState.EXPIRED, error=reason, uncertain=row.uncertain)
    return Settlement(
        row.id,
        SettledState.RETRY,
        retry_at=retry_at,
        error=reason,
        uncertain=row.uncertain,
        is_refused=True,
        refused_at=since,
        expires_at=max(row.message.expires_at, retry_at + DAY),
    )
