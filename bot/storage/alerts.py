"""The expansion of topics at once: its cursor, and what each chat got lately."""

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.core.alerts import AlertPace
from bot.ports.alerts import AlertCursor
from bot.storage import codec
from bot.storage.connection import Connection

_BEFORE_ALL = -(2**63)  # below every chat's id


class Alerts:
    """``ports.Alerts`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def any_due(self, now: datetime) -> bool:
        """Return whether there are stories to expand, or held alerts whose time has come."""
        (row,) = await self._connection.fetch("alerts.look")
        return row["done_seq"] < row["last"] or bool(await self.due(now, limit=1))

    async def cursor(self) -> AlertCursor:
        """Return the cursor, locked until the transaction ends."""
        (row,) = await self._connection.fetch("alerts.cursor")
        return AlertCursor(row["done_seq"], row["up_to"], row["after_chat"])

    async def move(self, cursor: AlertCursor) -> None:
        """Write the cursor."""
        params = {"done_seq": cursor.done_seq, "up_to": cursor.up_to, "after_chat": cursor.after_chat}
        await self._connection.execute("alerts.move", params)

    async def concerned(self, cursor: AlertCursor, *, limit: int) -> list[int]:
        """Return active chats that follow at once what appeared in the round, in the order of ids."""
        params = {
            "done_seq": cursor.done_seq,
            "up_to": cursor.up_to,
            "after_chat": _BEFORE_ALL if cursor.after_chat is None else cursor.after_chat,
            "limit": limit,
        }
        return [row["chat_id"] for row in await self._connection.fetch("alerts.concerned", params)]

    async def due(self, now: datetime, *, limit: int) -> list[int]:
        """Return active chats whose held alerts are to be looked at now."""
        params = {"now": codec.millis(now), "limit": limit}
        return [row["chat_id"] for row in await self._connection.fetch("alerts.due", params)]

    async def paces(self, chat_ids: Collection[int]) -> dict[int, AlertPace]:
        """Return what these chats got lately."""
        rows = await self._connection.fetch("alerts.paces", {"chat_ids": codec.array(chat_ids)})
        return {
            row["chat_id"]: AlertPace(
                row["chat_id"], codec.instant(row["window_start"]), row["sent"], codec.instant_or_none(row["due_at"])
            )
            for row in rows
        }

    async def put(self, paces: Sequence[AlertPace]) -> None:
        """Store what these chats got lately."""
        await self._connection.executemany(
            "alerts.put",
            [
                {
                    "chat_id": pace.chat_id,
                    "window_start": codec.millis(pace.window_start),
                    "sent": pace.sent,
                    "due_at": codec.millis_or_none(pace.due_at),
                }
                for pace in paces
            ],
        )

    async def release(self, chat_id: int, now: datetime) -> None:
        """Look at what is held for a chat now."""
        await self._connection.execute("alerts.release", {"chat_id": chat_id, "now": codec.millis(now)})
