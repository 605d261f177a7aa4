"""Chats and their settings."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.model import Chat, ChatKind, ChatState
from bot.storage import codec
from bot.storage.connection import Connection, Params, Row

_CHILDREN = ("subscriptions", "sources", "compositions", "outbox", "inbox", "pace")


class Chats:
    """``ports.Chats`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, chat_id: int) -> Chat | None:
        """Return the chat, if it is known."""
        rows = await self._connection.fetch("chats.get", {"id": chat_id})
        return _chat(rows[0]) if rows else None

    async def put(self, chat: Chat) -> None:
        """Store the chat, new or changed."""
        await self._connection.execute("chats.put", _params(chat))

    async def put_each(self, chats: Sequence[Chat]) -> None:
        """Store many chats in one go."""
        await self._connection.executemany("chats.put", [_params(chat) for chat in chats])

    async def any_due(self, now: datetime) -> bool:
        """Return whether an active chat's next slot has come."""
        return bool(await self._connection.fetch("chats.any_due", {"now": codec.millis(now)}))

    async def claim_due(self, now: datetime, *, limit: int) -> list[Chat]:
        """Return active chats whose next slot has come, the longest due first, locked until the transaction ends."""
        params = {"now": codec.millis(now), "limit": limit}
        return [_chat(row) for row in await self._connection.fetch("chats.claim_due", params)]

    async def migrate(self, old_id: int, new_id: int) -> None:
        """Give all rows of a group to its supergroup; the group's settings win over a supergroup's made meanwhile."""
        params = {"old_id": old_id, "new_id": new_id}
        await self._connection.execute("chats.copy", params)
        for child in _CHILDREN:
            await self._connection.execute(f"chats.move_{child}", params)
        await self._connection.execute("chats.drop", {"id": old_id})


def _params(chat: Chat) -> Params:
    slots = [slot for slot in (chat.next_digest_at, chat.next_weekly_at) if slot is not None]
    return {
        "id": chat.id,
        "kind": chat.kind.value,
        "locale": chat.locale,
        "zone": chat.zone,
        "schedule": chat.schedule,
        "state": chat.state.value,
        "created_at": codec.millis(chat.created_at),
        "next_digest_at": codec.millis_or_none(chat.next_digest_at),
        "next_weekly_at": codec.millis_or_none(chat.next_weekly_at),
        "next_slot_at": codec.millis_or_none(min(slots, default=None)),
        "thread_id": chat.thread_id,
        "quiet": chat.quiet,
        "digest_when_empty": int(chat.digest_when_empty),
    }


def _chat(row: Row) -> Chat:
    return Chat(
        id=row["id"],
        kind=ChatKind(row["kind"]),
        locale=row["locale"],
        zone=row["zone"],
        schedule=row["schedule"],
        state=ChatState(row["state"]),
        created_at=codec.instant(row["created_at"]),
        next_digest_at=codec.instant_or_none(row["next_digest_at"]),
        next_weekly_at=codec.instant_or_none(row["next_weekly_at"]),
        thread_id=row["thread_id"],
        quiet=row["quiet"],
        digest_when_empty=bool(row["digest_when_empty"]),
    )
