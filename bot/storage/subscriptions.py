"""Who follows what, and what they were brought."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from bot.core.clean_text import clean_line
from bot.core.model import DeliveryMode, StoryMatch, Subscription
from bot.storage import codec
from bot.storage.connection import Connection, Row
from bot.storage.decoding import decode_each
from bot.storage.expansion import expand
from bot.storage.unseen import unseen_stories
from bot.storage.view import read_view


class Subscriptions:
    """``ports.Subscriptions`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, chat_id: int) -> list[Subscription]:
        """Return the chat's subscriptions, the oldest first."""
        rows = await self._connection.fetch("subscriptions.of", {"chat_id": chat_id})
        return decode_each("chat", rows, _subscription, key="chat_id")[0]

    async def of_each(self, chat_ids: Collection[int]) -> dict[int, list[Subscription]]:
        """Return the subscriptions of many chats in one look, by chat, the oldest first."""
        rows = await self._connection.fetch("subscriptions.of_each", {"chat_ids": codec.array(chat_ids)})
        found: dict[int, list[Subscription]] = defaultdict(list)
        for subscription in decode_each("chat", rows, _subscription, key="chat_id")[0]:
            found[subscription.chat_id].append(subscription)
        return dict(found)

    async def add(self, subscription: Subscription) -> bool:
        """Store a subscription; False where the chat follows the topic already."""
        params = _params(subscription) | _created(subscription)
        return bool(await self._connection.fetch("subscriptions.add", params))

    async def change(self, subscription: Subscription) -> None:
        """Write label, watermark, mode, mute and languages of a subscription."""
        await self._connection.execute("subscriptions.change", _params(subscription))

    async def remove(self, chat_id: int, topic_ids: Collection[int]) -> int:
        """Remove subscriptions and return how many there were."""
        params = {"chat_id": chat_id, "topic_ids": codec.array(topic_ids)}
        return len(await self._connection.fetch("subscriptions.remove", params))

    async def keep_removed(self, subscription: Subscription, now: datetime) -> None:
        """Keep what a removed subscription was, for a day."""
        params = _params(subscription) | _created(subscription) | {"removed_at": codec.millis(now)}
        await self._connection.execute("subscriptions.keep_removed", params)

    async def removed(self, chat_id: int, topic_id: int) -> Subscription | None:
        """Return what a removed subscription was, None where it is not kept any more."""
        rows = await self._connection.fetch("subscriptions.removed", {"chat_id": chat_id, "topic_id": topic_id})
        return _subscription(rows[0]) if rows else None

    async def reasons(self, chat_id: int, story_id: int) -> dict[int, tuple[str, ...]]:
        """Return which words of a story's articles met which of the chat's topics."""
        rows = await self._connection.fetch("subscriptions.reasons", {"chat_id": chat_id, "story_id": story_id})
        found: dict[int, dict[str, None]] = defaultdict(dict)
        for row in rows:
            found[row["topic_id"]].update(dict.fromkeys(map(clean_line, codec.strings(row["reasons"]))))
        return {topic_id: tuple(words) for topic_id, words in found.items()}

    async def starting_watermark(self, topic_id: int, stored_before: datetime) -> int:
        """Return the greatest ``first_seq`` of the topic's stories stored before then, 0 where there is none."""
        params = {"topic_id": topic_id, "stored_before": codec.millis(stored_before)}
        rows = await self._connection.fetch("subscriptions.starting_watermark", params)
        return rows[0]["first_seq"] if rows else 0

    async def brought_until(self, topic_id: int, watermark: int) -> datetime | None:
        """Return when the last of the topic's stories up to that number was stored, None where there is none."""
        params = {"topic_id": topic_id, "watermark": watermark}
        rows = await self._connection.fetch("subscriptions.brought_until", params)
        return codec.instant(rows[0]["stored_at"]) if rows else None

    async def unseen(
        self, chat_ids: Collection[int], *, modes: Collection[DeliveryMode], up_to: int, now: datetime
    ) -> dict[int, list[StoryMatch]]:
        """Return what each chat has not been brought yet, by chat, in the order of appearance."""
        if not chat_ids:
            return {}
        params = {
            "chat_ids": codec.array(set(chat_ids)),
            "modes": codec.array(mode.value for mode in modes),
            "up_to": up_to,
            "now": codec.millis(now),
        }
        rows = await self._connection.fetch("subscriptions.unseen", params)
        view = await read_view(self._connection, chat_ids)
        return await expand(self._connection, unseen_stories(rows, view), view)

    async def advance(self, chat_ids: Collection[int], *, modes: Collection[DeliveryMode], up_to: int) -> None:
        """Move the watermarks of these chats' subscriptions up to that number, never back."""
        params = {
            "chat_ids": codec.array(chat_ids),
            "modes": codec.array(mode.value for mode in modes),
            "up_to": up_to,
        }
        await self._connection.execute("subscriptions.advance", params)


def _params(subscription: Subscription) -> dict[str, object]:
    return {
        "chat_id": subscription.chat_id,
        "topic_id": subscription.topic_id,
        "label": codec.storable(subscription.label),
        "watermark": subscription.watermark,
        "mode": subscription.mode.value,
        "muted_until": codec.millis_or_none(subscription.muted_until),
        "languages": codec.locales_text(subscription.languages),
    }


def _created(subscription: Subscription) -> dict[str, object]:
    return {"created_at": codec.millis(subscription.created_at)}


def _subscription(row: Row) -> Subscription:
    return Subscription(
        chat_id=row["chat_id"],
        topic_id=row["topic_id"],
        label=clean_line(row["label"]),
        watermark=row["watermark"],
        created_at=codec.instant(row["created_at"]),
        mode=DeliveryMode(row["mode"]),
        muted_until=codec.instant_or_none(row["muted_until"]),
        languages=codec.locales(row["languages"]),
    )
