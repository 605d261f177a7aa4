"""News and readers put into a database directly, where a test is about what follows from them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.core.model import (
    Chat,
    ChatKind,
    ChatState,
    NewArticle,
    PlacedArticle,
    Source,
    Subscription,
    TopicMatch,
    TopicStory,
)
from bot.storage import SqlStorage

TOPIC = "иран"
STORIES = 3
_BATCH = 1000


async def seed_news(storage: SqlStorage, *, stories: int = STORIES) -> int:
    """Store one topic and that many stories under it; return the topic's id."""
    now = datetime.now(UTC)
    source = Source("qazaq", {"kk": "Қазақ", "ru": "Казах", "en": "Qazaq"}, "http://127.0.0.1:9/kk.xml", "kk")
    async with storage.transaction() as unit:
        await unit.feeds.sync([source], now)
        first = await unit.sequences.take("seq", stories)
        topic, _ = await unit.topics.get_or_create(TOPIC, await unit.sequences.take("generation", 1))
        number = await unit.sequences.take("article", stories)
        ids = range(number, number + stories)
        await unit.articles.add(
            [PlacedArticle(each, each, now, _article(each, now), frozenset({each})) for each in ids]
        )
        await unit.topics.add_matches([TopicMatch(topic.id, each, ("Иран",)) for each in ids])
        await unit.topics.add_stories(
            [TopicStory(topic.id, each, first + place, now) for place, each in enumerate(ids)]
        )
    return topic.id


def _article(number: int, now: datetime) -> NewArticle:
    return NewArticle(
        source_id="qazaq",
        uid=f"a{number}",
        url=f"https://qazaq.test/{number}",
        title=f"Иран туралы {number}-хабар",
        summary="Келіссөз Астанада өтті.",
        text="Келіссөз Астанада өтті.",
        language="kk",
        published_at=now - timedelta(minutes=number),
        content_hash=f"h{number}",
    )


async def seed_readers(storage: SqlStorage, chat_ids: Sequence[int], topic_id: int) -> None:
    """Store chats that follow the topic and whose next digest is a year away."""
    now = datetime.now(UTC)
    for first in range(0, len(chat_ids), _BATCH):
        async with storage.transaction() as unit:
            batch = chat_ids[first : first + _BATCH]
            await unit.chats.put_each([_chat(chat_id, now) for chat_id in batch])
            for chat_id in batch:
                await unit.subscriptions.add(Subscription(chat_id, topic_id, "Иран", 0, now))


def _chat(chat_id: int, now: datetime) -> Chat:
    later = now + timedelta(days=6)  # no further than a week: what is, was reckoned by a wrong clock
    return Chat(chat_id, ChatKind.PRIVATE, "kk", "Asia/Almaty", "08:30", ChatState.ACTIVE, now, next_digest_at=later)


async def make_due(storage: SqlStorage, chat_ids: Sequence[int], at: datetime | None = None) -> None:
    """Bring the chats' next digest forward to that instant, to now where none is given."""
    slot = at or datetime.now(UTC)
    async with storage.transaction() as unit:
        chats = [await unit.chats.get(chat_id) for chat_id in chat_ids]
        await unit.chats.put_each([replace(chat, next_digest_at=slot) for chat in chats if chat is not None])
