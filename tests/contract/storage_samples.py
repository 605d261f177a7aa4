"""Sample nouns for the storage tests, each with a default for all but what a test is about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.model import (
    Article,
    Chat,
    ChatKind,
    ChatState,
    DeliveryMode,
    InboxUpdate,
    NewArticle,
    OutgoingMessage,
    PlacedArticle,
    Priority,
    Source,
    Subscription,
    TopicMatch,
    TopicStory,
)
from bot.storage import SqlUnit

NOW = datetime(2026, 3, 2, 12, 0, 0, 123000, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LEASE = timedelta(seconds=60)

KAZAKH = "Қазақстан мен Өзбекстан: «ынтымақтастық» — жаңа кезең 🐎"


class BrokenOffError(Exception):
    """A failure inside a transaction."""


def source(source_id: str = "inform", **changes: Any) -> Source:
    """Return a public source."""
    plain = Source(source_id, {"kk": f"{source_id} kk", "ru": f"{source_id} ru"}, f"https://{source_id}.test/rss", "kk")
    return replace(plain, **changes)


def new_article(uid: str = "a1", **changes: Any) -> NewArticle:
    """Return an article of the source ``inform``."""
    plain = NewArticle(
        source_id="inform",
        uid=uid,
        url=f"https://inform.test/{uid}",
        title=f"{KAZAKH} {uid}",
        summary="Қысқаша",
        text="Толық мәтін",
        language="kk",
        published_at=NOW,
        content_hash=f"hash-{uid}",
    )
    return replace(plain, **changes)


def placed(number: int, *, story: int | None = None, keys: Sequence[int] = (), **changes: Any) -> PlacedArticle:
    """Return an article with its id; it is its own story unless one is named."""
    stored_at = changes.pop("stored_at", NOW)
    article = new_article(changes.pop("uid", f"a{number}"), **changes)
    return PlacedArticle(number, story or number, stored_at, article, frozenset(keys))


def as_stored(article: PlacedArticle, *, text: bool = False) -> Article:
    """Return what storage gives back for a placed article."""
    return Article(
        id=article.id,
        source_id=article.article.source_id,
        url=article.article.url,
        title=article.article.title,
        summary=article.article.summary,
        language=article.article.language,
        published_at=article.article.published_at,
        stored_at=article.stored_at,
        story_id=article.story_id,
        text=article.article.text if text else "",
        image=article.article.image,
        related_id=(article.related_id or article.story_id) if text else 0,  # asked for together
    )


def chat(chat_id: int = 1, **changes: Any) -> Chat:
    """Return an active private chat with a slot an hour from now."""
    plain = Chat(
        id=chat_id,
        kind=ChatKind.PRIVATE,
        locale="kk",
        zone="Asia/Almaty",
        schedule="08:30",
        state=ChatState.ACTIVE,
        created_at=NOW - DAY,
        next_digest_at=NOW + HOUR,
    )
    return replace(plain, **changes)


def message(key: str, chat_id: int = 1, **changes: Any) -> OutgoingMessage:
    """Return a digest that lives for a day."""
    plain = OutgoingMessage(key, chat_id, f"<b>{KAZAKH}</b>", Priority.DIGEST, NOW + DAY)
    return replace(plain, **changes)


def reply(key: str, chat_id: int = 1, **changes: Any) -> OutgoingMessage:
    """Return a reply."""
    return message(key, chat_id, priority=Priority.REPLY, **changes)


def update(update_id: int, chat_id: int | None = 1, **changes: Any) -> InboxUpdate:
    """Return an update."""
    return replace(InboxUpdate(update_id, chat_id, f'{{"update_id": {update_id}}}', NOW), **changes)


async def follow(
    unit: SqlUnit, chat_id: int, canonical: str, *, watermark: int = 0, mode: DeliveryMode = DeliveryMode.DIGEST
) -> int:
    """Make a chat follow a topic, made where it is new; return the topic's id."""
    if await unit.chats.get(chat_id) is None:
        await unit.chats.put(chat(chat_id))
    topic, _ = await unit.topics.get_or_create(canonical, await unit.sequences.take("generation", 1))
    await unit.subscriptions.add(Subscription(chat_id, topic.id, canonical, watermark, NOW, mode))
    return topic.id


async def publish(
    unit: SqlUnit, number: int, topics: Sequence[int], *, reasons: Sequence[str] = ("Иран",), **changes: Any
) -> PlacedArticle:
    """Store an article, its matches and its story's appearances as ingest does; numbers come from ``seq``."""
    article = placed(number, **changes)
    first = await unit.sequences.take("seq", len(topics))
    await unit.articles.add([article])
    await unit.topics.add_matches([TopicMatch(topic, article.id, tuple(reasons)) for topic in topics])
    await unit.topics.add_stories(
        [TopicStory(topic, article.story_id, first + index, article.stored_at) for index, topic in enumerate(topics)]
    )
    return article
