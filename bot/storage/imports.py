"""Files of topics that are being taken in."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.model import ImportJob
from bot.storage import codec
from bot.storage.connection import Connection, Row


class Imports:
    """``ports.Imports`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, job: ImportJob) -> bool:
        """Store a job; False where the chat has one already."""
        params = {
            "chat_id": job.chat_id,
            "answer_to": job.answer_to,
            "number": job.number,
            "topics": codec.storable(job.topics),
        }
        return bool(await self._connection.fetch("imports.add", params))

    async def claim(self, now: datetime, *, lease: timedelta) -> ImportJob | None:
        """Lease the job that was worked on the longest ago."""
        params = {"now": codec.millis(now), "until": codec.millis(now + lease)}
        return _first(await self._connection.fetch("imports.claim", params))

    async def get(self, chat_id: int) -> ImportJob | None:
        """Return the job of a chat, locked until the transaction ends."""
        return _first(await self._connection.fetch("imports.get", {"chat_id": chat_id}))

    async def move(self, job: ImportJob) -> None:
        """Write how far it has come."""
        params = {"chat_id": job.chat_id, "position": job.position, "added": job.added}
        await self._connection.execute("imports.move", params)

    async def release(self, chat_id: int, now: datetime) -> None:
        """End the lease."""
        await self._connection.execute("imports.release", {"chat_id": chat_id, "now": codec.millis(now)})

    async def finish(self, chat_id: int) -> None:
        """Delete the job of a chat."""
        await self._connection.execute("imports.finish", {"chat_id": chat_id})


def _first(rows: Sequence[Row]) -> ImportJob | None:
    return ImportJob(*rows[0]) if rows else None
