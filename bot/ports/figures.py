"""What storage tells operators."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol


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
