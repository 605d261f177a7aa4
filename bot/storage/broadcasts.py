"""Messages of an administrator's to all private chats."""

from datetime import datetime

from bot.core.model import Broadcast
from bot.storage import codec
from bot.storage.connection import Connection


class Broadcasts:
    """``ports.Broadcasts`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, chat_id: int, text: str, now: datetime) -> int:
        """Store a draft and return its id."""
        params = {"chat_id": chat_id, "text": codec.storable(text), "now": codec.millis(now)}
        (row,) = await self._connection.fetch("broadcasts.add", params)
        number: int = row["id"]
        return number

    async def start(self, broadcast_id: int, chat_id: int) -> bool:
        """Let a draft of that chat go out; False where there is none."""
        return bool(await self._connection.fetch("broadcasts.start", {"id": broadcast_id, "chat_id": chat_id}))

    async def any_going(self) -> bool:
        """Return whether one is on its way."""
        return bool(await self._connection.fetch("broadcasts.any_going"))

    async def next_going(self) -> Broadcast | None:
        """Return the oldest on its way, locked until the transaction ends."""
        rows = await self._connection.fetch("broadcasts.next_going")
        return Broadcast(**{name: rows[0][name] for name in rows[0].keys()}) if rows else None  # noqa: SIM118 - a row

    async def reach(self) -> int:
        """Return how many chats would get one."""
        (row,) = await self._connection.fetch("broadcasts.reach")
        number: int = row["chats"]
        return number

    async def recipients(self, after: int, *, limit: int) -> list[int]:
        """Return active private chats in the order of ids after that one."""
        rows = await self._connection.fetch("broadcasts.recipients", {"after": after, "limit": limit})
        return [row["id"] for row in rows]

    async def move(self, broadcast: Broadcast) -> None:
        """Write how far it has come."""
        params = {"id": broadcast.id, "after_chat": broadcast.after_chat, "queued": broadcast.queued}
        await self._connection.execute("broadcasts.move", params)

    async def finish(self, broadcast_id: int) -> None:
        """Note that every chat has its row."""
        await self._connection.execute("broadcasts.finish", {"id": broadcast_id})
