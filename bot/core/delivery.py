"""What can become of an attempt to send, told apart by cause, and what follows from it."""

from dataclasses import dataclass


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


Outcome = Sent | NotSent | Rejected | ChatGone | Migrated | Unknown | TokenRefused
