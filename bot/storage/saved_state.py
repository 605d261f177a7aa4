"""What a process saves for the next one."""

import os

from bot.storage.connection import Connection


class SavedState:
    """``ports.SavedState`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, name: str) -> bytes | None:
        """Return what was saved under that name."""
        rows = await self._connection.fetch("saved.get", {"name": name})
        return bytes(rows[0]["data"]) if rows else None

    async def put(self, name: str, data: bytes) -> None:
        """Save something in place of what was saved."""
        await self._connection.execute("saved.put", {"name": name, "data": data})


async def leave_mark(connection: Connection) -> None:
    """Write a few bytes that are other ones each time, to see whether anything can be written.

    SQLite writes nothing at all where a row gets the values that it has.
    """
    await SavedState(connection).put("mark", os.urandom(8))
