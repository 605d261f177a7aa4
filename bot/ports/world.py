"""The world outside: time, feeds, Telegram."""

from datetime import datetime
from typing import Protocol

from bot.core.delivery import Outcome
from bot.core.model import Channel, Feed, OutgoingMessage, Source
from bot.core.polling import FetchResult


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the instant, aware, in UTC."""
        ...


class FeedSource(Protocol):
    """Brings feeds."""

    async def fetch(self, source: Source, feed: Feed) -> FetchResult:
        """Ask the source for its feed, conditionally. Never raises for what the other side does: that is ``Failed``."""
        ...


class Members(Protocol):
    """Who is who in a group or channel."""

    async def is_admin(self, chat_id: int, user_id: int) -> bool:
        """Return whether a person may change a group's settings: its owner and its administrators may."""
        ...

    async def channel(self, name: str) -> Channel | None:
        """Return the channel of that ``@name`` or number, None where there is none that the bot can see."""
        ...


class Messenger(Protocol):
    """Sends messages."""

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Send or edit one message. Never raises for what the other side does."""
        ...

    async def alive(self) -> bool:
        """Return whether Telegram answers (``getMe``)."""
        ...
