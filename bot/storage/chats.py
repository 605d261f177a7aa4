"""Chats and their settings."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from bot.core.model import Chat, ChatKind, ChatState
from bot.storage import codec
from bot.storage.connection import Connection, Params, Row
from bot.storage.decoding import decode_each
from bot.storage.erasure import erase_topics, release_feeds

BELOW_ALL = -(2**63)  # below every chat's id
_MOVES = (
    "chats.move_subscriptions",
    "chats.move_sources",
    "chats.move_offers",
    "chats.move_alerts",
    "chats.move_group_admin",
    "chats.drop_group_admin",
    "chats.move_compositions",
    "chats.move_outbox",
    "chats.move_inbox",
    "chats.move_pace",
)
_FORGETS = (
    "chats.forget_import",
    "chats.forget_compositions",
    "chats.forget_outbox",
    "chats.forget_ended",
    "chats.forget_inbox",
    "chats.forget_offers",
    "chats.forget_broadcasts",
    "chats.forget_sender",
    "chats.forget_stewards",
    "chats.forget_group_admins",
    "chats.forget_management",
)

UNREADABLE_WAITS = timedelta(days=1)  # a chat whose row cannot be read is looked at again then


class Chats:
    """``ports.Chats`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, chat_id: int) -> Chat | None:
        """Return the chat, if it is known."""
        rows = await self._connection.fetch("chats.get", {"id": chat_id})
        return _chat(rows[0]) if rows else None

    async def get_each(self, chat_ids: Collection[int]) -> list[Chat]:
        """Return those of the chats that are known, in one look."""
        rows = await self._connection.fetch("chats.get_each", {"ids": codec.array(chat_ids)})
        return decode_each("chat", rows, _chat)[0]

    async def put(self, chat: Chat) -> None:
        """Store the chat, new or changed."""
        await self._connection.execute("chats.put", _params(chat))

    async def put_each(self, chats: Sequence[Chat]) -> None:
        """Store many chats in one go."""
        await self._connection.executemany("chats.put", [_params(chat) for chat in chats])

    async def any_due(self, now: datetime) -> bool:
        """Return whether an active chat's next slot has come."""
        return bool(await self._connection.fetch("chats.any_due", {"now": codec.millis(now)}))

    async def next_digest(self) -> datetime | None:
        """Return the earliest slot of an active chat that follows something."""
        (row,) = await self._connection.fetch("chats.next_digest")
        return codec.instant_or_none(row["at"])

    async def claim_due(self, now: datetime, *, limit: int) -> list[Chat]:
        """Return active chats whose next slot has come, the longest due first, locked until the transaction ends."""
        params = {"now": codec.millis(now), "limit": limit}
        chats, unreadable = decode_each("chat", await self._connection.fetch("chats.claim_due", params), _chat)
        if unreadable:
            later = {"ids": codec.array(unreadable), "until": codec.millis(now + UNREADABLE_WAITS)}
            await self._connection.execute("chats.put_off", later)
        return chats

    async def slots_after(self, instant: datetime, *, above: int | None, limit: int) -> list[Chat]:
        """Return active chats whose next slot lies after then, by their ids, locked until the transaction ends."""
        params = {
            "instant": codec.millis(instant),
            "above": BELOW_ALL if above is None else above,
            "limit": limit,
        }
        return decode_each("chat", await self._connection.fetch("chats.slots_after", params), _chat)[0]

    async def forget(self, chat_id: int, now: datetime) -> None:
        """Delete all of the chat's rows, the topics that nobody follows any more and the feeds that nobody has."""
        await self._connection.fetch("chats.lock", {"id": chat_id})
        topics = await self._connection.fetch("subscriptions.topics_of", {"chat_id": chat_id})
        feeds = await self._connection.fetch("feeds.touched_by", {"chat_id": chat_id})
        for name in _FORGETS:
            await self._connection.execute(name, {"id": chat_id})
        await self._connection.execute("chats.drop", {"id": chat_id})
        await release_feeds(self._connection, [row["source_id"] for row in feeds])
        await erase_topics(self._connection, [row["topic_id"] for row in topics], now)
        await self._connection.execute("erasure.note_chat", {"chat_id": chat_id, "now": codec.millis(now)})

    async def migrate(self, old_id: int, new_id: int) -> None:
        """Give all rows of a group to its supergroup; the group's settings win over a supergroup's made meanwhile."""
        params = {"old_id": old_id, "new_id": new_id}
        await self._connection.execute("chats.copy", params)
        for name in _MOVES:
            await self._connection.execute(name, params)
        await self._connection.execute("chats.drop", {"id": old_id})

    async def mark_gone(self, chat_id: int) -> None:
        """Note that Telegram refuses messages to a chat; nothing else of it is touched."""
        await self._connection.execute("chats.mark_gone", {"id": chat_id})

    async def mark_back(self, chat_ids: Collection[int]) -> None:
        """Note that messages arrive in these chats, of which one may have been gone."""
        await self._connection.execute("chats.mark_back", {"ids": codec.array(chat_ids)})

    async def leave_thread(self, chat_id: int, thread_id: int) -> None:
        """Bring what was for a forum topic that is gone into the forum's general one, and all that comes later."""
        params = {"chat_id": chat_id, "thread_id": thread_id}
        await self._connection.execute("chats.leave_thread", params)
        await self._connection.execute("chats.leave_thread_waiting", params)


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
        "languages": codec.locales_text(chat.languages),
        "compact": int(chat.compact),
        "pictures": int(chat.pictures),
        "manages": chat.manages,
        "gone": int(chat.gone),
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
        languages=codec.locales(row["languages"]),
        compact=bool(row["compact"]),
        pictures=bool(row["pictures"]),
        manages=row["manages"],
        gone=bool(row["gone"]),
    )
