"""Digests as they were composed."""

from collections.abc import Sequence

from bot.core.model import Composition
from bot.storage import codec
from bot.storage.connection import Connection


class Compositions:
    """``ports.Compositions`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, compositions: Sequence[Composition]) -> None:
        """Store compositions."""
        await self._connection.executemany(
            "compositions.add",
            [
                {
                    "id": composition.id,
                    "chat_id": composition.chat_id,
                    "pages": codec.pages_json(composition.pages),
                    "created_at": codec.millis(composition.created_at),
                }
                for composition in compositions
            ],
        )

    async def trim(self, chat_id: int, *, keep: int) -> None:
        """Delete a chat's oldest compositions beyond so many."""
        await self._connection.execute("compositions.trim", {"chat_id": chat_id, "keep": keep})

    async def get(self, composition_id: int, chat_id: int) -> Composition | None:
        """Return that composition of that chat, if it is still kept."""
        rows = await self._connection.fetch("compositions.get", {"id": composition_id, "chat_id": chat_id})
        if not rows:
            return None
        (row,) = rows
        return Composition(row["id"], row["chat_id"], codec.pages(row["pages"]), codec.instant(row["created_at"]))
