"""What a process worked out and the next one need not."""

from bot.storage.connection import Connection


class KeptWork:
    """``ports.KeptWork`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, name: str) -> bytes | None:
        """Return what was kept under that name."""
        rows = await self._connection.fetch("keeping.get", {"name": name})
        return bytes(rows[0]["data"]) if rows else None

    async def put(self, name: str, data: bytes) -> None:
        """Keep something in place of what was kept."""
        await self._connection.execute("keeping.put", {"name": name, "data": data})
