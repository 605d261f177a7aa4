"""Counts for operators."""

from collections.abc import Sequence
from datetime import datetime

from bot.storage import codec
from bot.storage.connection import Connection


class Figures:
    """``ports.Figures`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def counts(self) -> dict[str, int]:
        """Return how much there is of what, by name, in an order to read."""
        return {row["name"]: row["number"] for row in await self._connection.fetch("figures.counts", {})}

    async def by_day(self, starts: Sequence[datetime]) -> dict[tuple[int, str], int]:
        """Return how many articles were stored, messages sent and chats begun on each day, by day and name."""
        rows = await self._connection.fetch("figures.by_day", {"days": codec.spans(starts)})
        return {(row["no"], kind): row[kind] for row in rows for kind in ("articles", "messages", "chats")}
