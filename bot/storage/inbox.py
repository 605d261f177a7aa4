"""Updates as they came, each handled once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.model import InboxUpdate
from bot.storage import codec
from bot.storage.connection import Connection, Row


class Inbox:
    """``ports.Inbox`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def store(self, updates: Sequence[InboxUpdate]) -> int:
        """Store updates; those stored before are passed over. Return how many were new."""
        table = codec.rows(
            {
                "update_id": update.update_id,
                "chat_id": update.chat_id,
                "payload": codec.storable(update.payload),
                "received_at": codec.millis(update.received_at),
            }
            for update in updates
        )
        new = await self._connection.fetch("inbox.store", {"updates": table})
        if new:
            await self._connection.notify("inbox")
        return len(new)

    async def full(self, limit: int) -> bool:
        """Return whether that many updates wait to be handled, or more."""
        return bool(await self._connection.fetch("inbox.full", {"before": limit - 1}))

    async def claim(self, now: datetime, *, owner: str, lease: timedelta, limit: int) -> list[InboxUpdate]:
        """Lease waiting updates in order, at most one a chat, none while an earlier one of its chat is unfinished."""
        params = {
            "now": codec.millis(now),
            "owner": owner,
            "lease_until": codec.millis(now + lease),
            "limit": limit,
        }
        rows = await self._connection.fetch("inbox.claim", params)
        return sorted(map(_update, rows), key=lambda update: update.update_id)

    async def done(self, update_id: int, now: datetime) -> None:
        """Note that an update was handled. Its id stays, its payload does not."""
        await self._connection.execute("inbox.done", {"update_id": update_id, "now": codec.millis(now)})

    async def fail(self, update_id: int, now: datetime, *, error: str, retry_at: datetime | None) -> None:
        """Note a failed attempt: again at ``retry_at``, or set aside as it is where it is None."""
        params = {
            "update_id": update_id,
            "error": codec.storable(error),
            "state": "set-aside" if retry_at is None else "waiting",
            "available_at": codec.millis(retry_at or now),
            "finished_at": codec.millis(now) if retry_at is None else None,
        }
        await self._connection.execute("inbox.fail", params)


def _update(row: Row) -> InboxUpdate:
    return InboxUpdate(
        update_id=row["update_id"],
        chat_id=row["chat_id"],
        payload=row["payload"],
        received_at=codec.instant(row["received_at"]),
        attempts=row["attempts"] - 1,  # the claim counts itself
    )
