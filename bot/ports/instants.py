"""What storage promises of the clock: what was seen of it, and instants that a wrong one reckoned."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.core.clock_witness import Witness
from bot.core.instants import Limits


class Instants(Protocol):
    """The clock's witness, and what lies further ahead than it may."""

    async def witness(self, *, lock: bool = False) -> Witness | None:
        """Return what was stored of the clock, None at the first start; ``lock`` it until the transaction ends."""
        ...

    async def bear_witness(self, witness: Witness) -> None:
        """Store what was seen of the clock."""
        ...

    async def database_now(self) -> datetime | None:
        """Return the database server's clock, None where the database has none but this machine's."""
        ...

    async def ahead(self, limits: Limits) -> Sequence[str]:
        """Name the kinds of things of which one lies further ahead than its limit. Chats: ``Chats.slots_after``."""
        ...

    async def bring_back(self, kind: str, limits: Limits, *, limit: int) -> int:
        """Bring back at most so many things of a kind that ``ahead`` named; return how many.

        What waited is due now, what is leased is free when a lease of now would be, and what happened, happened now.
        A message that the wrong clock let expire waits again.
        """
        ...
