"""What storage promises of an administrator's messages to all."""

from datetime import datetime
from typing import Protocol

from bot.core.model import Broadcast


class Broadcasts(Protocol):
    """Messages to all active private chats: ``draft -> going -> done``."""

    async def add(self, chat_id: int, text: str, now: datetime) -> int:
        """Store a draft that was written in that chat, as Telegram HTML; return its id."""
        ...

    async def start(self, broadcast_id: int, chat_id: int) -> bool:
        """Let a draft of that chat go out; False where there is none, or it went out before."""
        ...

    async def any_going(self) -> bool:
        """Return whether one is on its way; one look at an index."""
        ...

    async def next_going(self) -> Broadcast | None:
        """Return the oldest that is on its way, locked until the transaction ends."""
        ...

    async def reach(self) -> int:
        """Return how many chats would get one now."""
        ...

    async def recipients(self, after: int, *, limit: int) -> list[int]:
        """Return active private chats in the order of ids, those after that id."""
        ...

    async def move(self, broadcast: Broadcast) -> None:
        """Write how far it has come."""
        ...

    async def finish(self, broadcast_id: int) -> None:
        """Note that every chat has its row."""
        ...
