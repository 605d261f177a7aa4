"""What happened, in order, for the page and for tests to read on from where they were."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.sandbox.model import JsonObject


@dataclass(slots=True)
class Bell:
    """Wakes everyone who waits, in the loop in which they wait."""

    waiting: set[asyncio.Future[None]] = field(default_factory=set)

    def ring(self) -> None:
        """Wake all waiters."""
        for waiter in self.waiting:
            if not waiter.done():
                waiter.set_result(None)
        self.waiting.clear()

    async def wait_for(self, found: Callable[[], bool], timeout: float) -> bool:  # noqa: ASYNC109 - a long poll's own
        """Wait until ``found()`` holds, at most ``timeout`` seconds; return whether it does."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while not found():
            waiter: asyncio.Future[None] = loop.create_future()
            self.waiting.add(waiter)
            done, _ = await asyncio.wait([waiter], timeout=max(deadline - loop.time(), 0))
            self.waiting.discard(waiter)
            if not done:
                return found()
        return True


@dataclass(slots=True)
class Journal:
    """Events with growing numbers: ``{"seq", "type", "chat_id", "at", …}``."""

    events: list[JsonObject] = field(default_factory=list)
    bell: Bell = field(default_factory=Bell)
    closed: bool = False

    def add(self, kind: str, chat_id: int | None, at: float, **details: object) -> None:
        """Append one event and wake those who wait for it."""
        self.events.append({"seq": len(self.events) + 1, "type": kind, "chat_id": chat_id, "at": at, **details})
        self.bell.ring()

    @property
    def cursor(self) -> int:
        """Return the number of the newest event."""
        return len(self.events)

    def after(self, cursor: int, chat_id: int | None = None) -> list[JsonObject]:
        """Return the events past ``cursor``, of one chat where it is named."""
        return [event for event in self.events[max(cursor, 0) :] if chat_id in (None, event["chat_id"])]

    async def wait_after(self, cursor: int, chat_id: int | None, timeout: float) -> list[JsonObject]:  # noqa: ASYNC109
        """Return the events past ``cursor``, waiting up to ``timeout`` seconds for the first."""
        seen = cursor

        def found() -> bool:
            nonlocal seen
            fresh = bool(self.after(seen, chat_id))
            seen = seen if fresh else self.cursor
            return fresh or self.closed

        await self.bell.wait_for(found, timeout)
        return self.after(cursor, chat_id)

    def close(self) -> None:
        """Let everyone who waits go."""
        self.closed = True
        self.bell.ring()
