"""The clock's witness, and instants that were reckoned by a clock that was ahead."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.core.clock_witness import Witness
from bot.core.instants import AHEAD, Limits
from bot.storage import codec
from bot.storage.connection import Connection

# What is found by ``instants.pick_<kind>``, a blank being an underscore, and the statement that brings it back.
_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sources": "sources",
        "updates": "updates",
        "finished updates": "updates",
        "waiting messages": "messages",
        "lasting messages": "messages",
        "leased messages": "messages",
        "settled messages": "messages",
        "paces": "paces",
        "budget": "budget",
        "alerts": "alerts",
        "articles": "articles",
        "stories": "stories",
        "entries": "entries",
        "compositions": "compositions",
        "removals": "removals",
        "offers": "offers",
        "lost chats": "lost_chats",
        "forgotten chats": "forgotten_chats",
        "erased topics": "erased_topics",
        "broadcasts": "broadcasts",
    }
)


class Instants:
    """``ports.Instants`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def witness(self, *, lock: bool = False) -> Witness | None:
        """Return what was stored of the clock; with ``lock`` until the transaction ends."""
        rows = await self._connection.fetch("instants.lock_witness" if lock else "instants.witness")
        if not rows:
            return None
        (row,) = rows
        steady = timedelta(milliseconds=row["steady"])
        return Witness(codec.instant(row["seen_at"]), codec.instant(row["trusted_at"]), steady)

    async def bear_witness(self, witness: Witness) -> None:
        """Store what was seen of the clock."""
        params = {
            "seen_at": codec.millis(witness.seen_at),
            "trusted_at": codec.millis(witness.trusted_at),
            "steady": codec.whole_millis(witness.steady),
        }
        await self._connection.execute("instants.bear_witness", params)

    async def database_now(self) -> datetime | None:
        """Return the server's clock; SQLite has none but this machine's."""
        rows = await self._connection.fetch("instants.database_now")
        return next((codec.instant(row["now"]) for row in rows), None)

    async def ahead(self, limits: Limits) -> list[str]:
        """Name the kinds of things of which one lies further ahead than its limit."""
        params = {**_params(limits), "limit": 1}
        return [kind for kind in _KINDS if await self._connection.fetch(_pick(kind), params)]

    async def bring_back(self, kind: str, limits: Limits, *, limit: int) -> int:
        """Bring back at most so many things of a kind; return how many."""
        params = _params(limits)
        rows = await self._connection.fetch(_pick(kind), {**params, "limit": limit})
        ids = codec.array(row["id"] for row in rows)
        await self._connection.execute(f"instants.bring_back_{_KINDS[kind]}", {**params, "ids": ids})
        return len(rows)


def _pick(kind: str) -> str:
    return f"instants.pick_{kind.replace(' ', '_')}"


def _params(limits: Limits) -> dict[str, object]:
    """Return all limits: those of a column by its name with the table's before it, ``late`` for every record."""
    params = {"now": codec.millis(limits.now), "late": codec.millis(limits.of(""))}
    for name in AHEAD:
        column = name.replace(".", "_")
        params[column] = codec.millis(limits.of(name))
        if name.endswith(".lease_until"):
            params[column.removesuffix("_until")] = codec.millis(limits.lease(name))
    return dict(params)
