"""The clock's witness, and instants that were reckoned by a clock that was ahead."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.core.clock_witness import Witness
from bot.core.instants import AHEAD, Limits
from bot.storage import codec
from bot.storage.connection import Connection

# The queries that find the things of a kind, and bring them back.
_KINDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "sources": ("instants.pick_sources", "instants.bring_back_sources"),
        "updates": ("instants.pick_updates", "instants.bring_back_updates"),
        "finished updates": ("instants.pick_finished_updates", "instants.bring_back_updates"),
        "waiting messages": ("instants.pick_waiting_messages", "instants.bring_back_messages"),
        "lasting messages": ("instants.pick_lasting_messages", "instants.bring_back_messages"),
        "leased messages": ("instants.pick_leased_messages", "instants.bring_back_messages"),
        "settled messages": ("instants.pick_settled_messages", "instants.bring_back_messages"),
        "paces": ("instants.pick_paces", "instants.bring_back_paces"),
        "budget": ("instants.pick_budget", "instants.bring_back_budget"),
        "alerts": ("instants.pick_alerts", "instants.bring_back_alerts"),
        "articles": ("instants.pick_articles", "instants.bring_back_articles"),
        "stories": ("instants.pick_stories", "instants.bring_back_stories"),
        "entries": ("instants.pick_entries", "instants.bring_back_entries"),
        "compositions": ("instants.pick_compositions", "instants.bring_back_compositions"),
        "removals": ("instants.pick_removals", "instants.bring_back_removals"),
        "offers": ("instants.pick_offers", "instants.bring_back_offers"),
        "lost chats": ("instants.pick_lost_chats", "instants.bring_back_lost_chats"),
        "forgotten chats": ("instants.pick_forgotten_chats", "instants.bring_back_forgotten_chats"),
        "erased topics": ("instants.pick_erased_topics", "instants.bring_back_erased_topics"),
        "imports": ("instants.pick_imports", "instants.bring_back_imports"),
        "broadcasts": ("instants.pick_broadcasts", "instants.bring_back_broadcasts"),
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
        return [kind for kind, (pick, _) in _KINDS.items() if await self._connection.fetch(pick, params)]

    async def bring_back(self, kind: str, limits: Limits, *, limit: int) -> int:
        """Bring back at most so many things of a kind; return how many."""
        pick, bring_back = _KINDS[kind]
        params = _params(limits)
        rows = await self._connection.fetch(pick, {**params, "limit": limit})
        await self._connection.execute(bring_back, {**params, "ids": codec.array(row["id"] for row in rows)})
        return len(rows)


def _params(limits: Limits) -> dict[str, object]:
    """Return all limits: those of a column by its name with the table's before it, ``late`` for every record."""
    params = {"now": codec.millis(limits.now), "late": codec.millis(limits.of(""))}
    for name in AHEAD:
        column = name.replace(".", "_")
        params[column] = codec.millis(limits.of(name))
        if name.endswith(".lease_until"):
            params[column.removesuffix("_until")] = codec.millis(limits.lease(name))
    return dict(params)
