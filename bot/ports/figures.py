"""What storage tells operators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits and how far the news have come, for alarms; an instant is None where there is nothing.

    ``message_since`` is when the message that has waited longest could first go, of those that may go now;
    ``update_since`` when the oldest unhandled update came.
    """

    message_since: datetime | None
    updates: int
    update_since: datetime | None
    newest_article_at: datetime | None
    schema_version: int


@dataclass(frozen=True, slots=True)
class Brought:
    """What was stored in a while: the catalogue's articles, with how many outlets and stories; readers' feeds' own."""

    outlets: int
    articles: int
    stories: int
    own_articles: int


class Figures(Protocol):
    """Counts for operators."""

    async def counts(self) -> Mapping[str, int]:
        """Return how much there is of what, by name («chats active», «articles kk»), in an order to read."""
        ...

    async def by_day(self, starts: Sequence[datetime]) -> dict[tuple[int, str], int]:
        """Return how many ``articles`` were stored, ``messages`` sent and ``chats`` begun on each day, by day and name.

        Day 0 begins at the first of ``starts`` and ends at the second. Sent messages are kept for some days only.
        """
        ...

    async def brought(self, since: datetime, until: datetime) -> Brought:
        """Return what feeds brought from ``since`` on and before ``until``."""
        ...

    async def backlog(self, now: datetime) -> Backlog:
        """Return what waits and how far the news have come, by a few looks at indexes."""
        ...
