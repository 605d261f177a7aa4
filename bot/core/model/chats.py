"""Chats and their settings."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.language.locale import Locale


class ChatKind(StrEnum):
    """Telegram's kinds of chat."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class ChatState(StrEnum):
    """What a chat's own people asked for: digests, none for a while, or nothing unasked."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, as its admin tells it from others."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat and its settings.

    ``schedule`` is the canonical text of ``core.schedule.Schedule``; ``zone`` an IANA zone. ``next_digest_at`` and
    ``next_weekly_at`` are the next slots, None where there is none. ``quiet`` is the canonical text of ``core.quiet``.
    ``languages`` are those of the articles that it wants, empty for all; ``compact`` leaves summaries out,
    ``pictures`` shows the first picture of a digest. ``thread_id`` is the forum topic that digests go to.
    ``manages`` is the channel that what is written in a private chat is about, None for the chat itself.
    ``gone`` says that Telegram refuses messages to it (blocked, kicked): that changes nothing that was asked for.
    """

    id: int
    kind: ChatKind
    locale: Locale
    zone: str
    schedule: str
    state: ChatState
    created_at: datetime
    next_digest_at: datetime | None = None
    next_weekly_at: datetime | None = None
    thread_id: int | None = None
    quiet: str = ""
    digest_when_empty: bool = False
    languages: tuple[Locale, ...] = ()
    compact: bool = False
    pictures: bool = False
    manages: int | None = None
    gone: bool = False

    @property
    def receives(self) -> bool:
        """Whether digests, alerts and broadcasts go out to it."""
        return self.state is ChatState.ACTIVE and not self.gone
