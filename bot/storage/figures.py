"""Counts for operators."""

from bot.storage.connection import Connection


class Figures:
    """``ports.Figures`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def counts(self) -> dict[str, int]:
        """Return how much there is of what, by name, in an order to read."""
        return {row["name"]: row["number"] for row in await self._connection.fetch("figures.counts", {})}
