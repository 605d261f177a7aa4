"""What storage promises of topics at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.alerts import AlertPace


@dataclass(frozen=True, slots=True)
class AlertCursor:
    """How far topics at once are expanded: all up to ``done_seq``; of the round up to ``up_to``, chats up to a number.

    ``after_chat`` is None where no chat of the round was dealt with yet.
    """

    done_seq: int
    up_to: int
    after_chat: int | None = None


class Alerts(Protocol):
    """The expansion of topics at once, one at a time over all processes."""

    async def any_due(self, now: datetime) -> bool:
        """Return whether there are stories to expand, or held alerts whose time has come; without locking."""
        ...

    async def cursor(self) -> AlertCursor:
        """Return the cursor, locked until the transaction ends."""
        ...

    async def move(self, cursor: AlertCursor) -> None:
        """Write the cursor."""
        ...

    async def concerned(self, cursor: AlertCursor, *, limit: int) -> list[int]:
        """Return active chats that follow at once what appeared in the round, in the order of ids after the cursor's.

        What a new topic was filled with from the past does not count.
        """
        ...

    async def due(self, now: datetime, *, limit: int) -> list[int]:
        """Return active chats whose held alerts are to be looked at now, the longest due first."""
        ...

    async def paces(self, chat_ids: Collection[int]) -> dict[int, AlertPace]:
        """Return what these chats got lately; a chat that never got an alert is left out."""
        ...

    async def put(self, paces: Sequence[AlertPace]) -> None:
        """Store what these chats got lately."""
        ...

    async def release(self, chat_id: int, now: datetime) -> None:
        """Look at what is held for a chat now: its quiet hours were changed."""
        ...
