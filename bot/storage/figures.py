"""Counts for operators."""

from collections.abc import Sequence
from datetime import datetime

from bot.ports.figures import Backlog, Brought
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

    async def brought(self, since: datetime, until: datetime) -> Brought:
        """Return what feeds brought from ``since`` on and before ``until``."""
        span = {"since": codec.millis(since), "until": codec.millis(until)}
        (row,) = await self._connection.fetch("figures.brought", span)
        return Brought(row["outlets"], row["articles"], row["stories"], row["own_articles"])

    async def backlog(self, now: datetime) -> Backlog:
        """Return what waits and how far the news have come, by a few looks at indexes."""
        (row,) = await self._connection.fetch("figures.backlog", {"now": codec.millis(now)})
        return Backlog(
            codec.instant_or_none(row["message_since"]),
            row["updates"],
            codec.instant_or_none(row["update_since"]),
            codec.instant_or_none(row["newest_article_at"]),
            row["schema_version"],
        )
