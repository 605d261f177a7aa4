"""Who follows what, and what they were brought."""

from collections.abc import Collection
from datetime import datetime

from bot.core.model import DeliveryMode, StoryMatch, Subscription
from bot.storage import codec
from bot.storage.connection import Connection, Row
from bot.storage.expansion import Hit, expand


class Subscriptions:
    """``ports.Subscriptions`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, chat_id: int) -> list[Subscription]:
        """Return the chat's subscriptions, the oldest first."""
        return [_subscription(row) for row in await self._connection.fetch("subscriptions.of", {"chat_id": chat_id})]

    async def add(self, subscription: Subscription) -> bool:
        """Store a subscription; False where the chat follows the topic already."""
        params = {
            "chat_id": subscription.chat_id,
            "topic_id": subscription.topic_id,
            "label": codec.storable(subscription.label),
            "watermark": subscription.watermark,
            "created_at": codec.millis(subscription.created_at),
            "mode": subscription.mode.value,
            "muted_until": codec.millis_or_none(subscription.muted_until),
        }
        return bool(await self._connection.fetch("subscriptions.add", params))

    async def remove(self, chat_id: int, topic_ids: Collection[int]) -> int:
        """Remove subscriptions and return how many there were."""
        params = {"chat_id": chat_id, "topic_ids": codec.array(topic_ids)}
        return len(await self._connection.fetch("subscriptions.remove", params))

    async def starting_watermark(self, topic_id: int, stored_before: datetime) -> int:
        """Return the greatest ``first_seq`` of the topic's stories stored before then, 0 where there is none."""
        params = {"topic_id": topic_id, "stored_before": codec.millis(stored_before)}
        rows = await self._connection.fetch("subscriptions.starting_watermark", params)
        return rows[0]["first_seq"] if rows else 0

    async def unseen(
        self, chat_ids: Collection[int], *, modes: Collection[DeliveryMode], up_to: int, now: datetime
    ) -> dict[int, list[StoryMatch]]:
        """Return what each chat has not been brought yet, by chat, in the order of appearance."""
        if not chat_ids:
            return {}
        params = {
            "chat_ids": codec.array(chat_ids),
            "modes": codec.array(mode.value for mode in modes),
            "up_to": up_to,
            "now": codec.millis(now),
        }
        rows = await self._connection.fetch("subscriptions.unseen", params)
        return await expand(self._connection, _hits(rows))

    async def advance(self, chat_ids: Collection[int], *, modes: Collection[DeliveryMode], up_to: int) -> None:
        """Move the watermarks of these chats' subscriptions up to that number, never back."""
        params = {
            "chat_ids": codec.array(chat_ids),
            "modes": codec.array(mode.value for mode in modes),
            "up_to": up_to,
        }
        await self._connection.execute("subscriptions.advance", params)


def _hits(rows: Collection[Row]) -> list[Hit]:
    topics: dict[tuple[int, int], dict[int, None]] = {}
    first: dict[tuple[int, int], int] = {}
    for row in rows:
        key = row["chat_id"], row["story_id"]
        topics.setdefault(key, {})[row["topic_id"]] = None
        first[key] = row["first_seq"]
    return [Hit(chat, story, first[chat, story], tuple(met)) for (chat, story), met in topics.items()]


def _subscription(row: Row) -> Subscription:
    return Subscription(
        chat_id=row["chat_id"],
        topic_id=row["topic_id"],
        label=row["label"],
        watermark=row["watermark"],
        created_at=codec.instant(row["created_at"]),
        mode=DeliveryMode(row["mode"]),
        muted_until=codec.instant_or_none(row["muted_until"]),
    )
