"""What storage tells operators."""

from collections.abc import Mapping
from typing import Protocol


class Figures(Protocol):
    """Counts for operators."""

    async def counts(self) -> Mapping[str, int]:
        """Return how much there is of what, by name («chats active», «articles kk»), in an order to read."""
        ...
