"""What a chat gets to read: on command, and at its hours.

On command (nothing is consumed)::

    stories that meet the chat's topics | choose | Digest

At its hours (one transaction for a batch of chats)::

    due chats | unseen stories | choose | pages | outbox rows, compositions, watermarks, next slots
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core import digest as digests
from bot.core import render, schedule
from bot.core.model import (
    Chat,
    ChatKind,
    Composition,
    DeliveryMode,
    Digest,
    DigestKind,
    Locale,
    OutgoingMessage,
    Priority,
    StoryMatch,
    Subscription,
)
from bot.core.query import parse_query
from bot.core.texts import Translator
from bot.ports import Clock, Storage, Unit
from bot.services.chats import schedule_of
from bot.services.topics import REACH, search

log = logging.getLogger(__name__)

LATEST_LIMIT = 50
POPULAR_LIMIT = 10
POPULAR_REACH = timedelta(hours=48)
BATCH = 200  # chats in one transaction
DIGEST_LIFE = timedelta(hours=24)  # a digest that could not be sent for a day is no news
CHANNEL_PARTS = 3  # channels have no buttons of their own: a long digest comes in parts, three at most

Translators = Callable[[Locale, str], Translator]
Names = Mapping[str, Mapping[Locale, str]]


@dataclass(frozen=True, slots=True)
class Latest:
    """The answer to ``/latest``: the digest, and the subscription or the free topic that it is about."""

    digest: Digest
    label: str | None = None
    is_followed: bool = True


class Digests:
    """Digests on command, within one unit of work."""

    def __init__(self, unit: Unit, clock: Clock) -> None:
        self._unit = unit
        self._clock = clock

    async def preview(self, chat: Chat) -> Digest:
        """Return what the next scheduled digest would hold if it were composed now."""
        now = self._clock.now()
        last = await self._unit.sequences.last("seq")
        unseen = await self._unit.subscriptions.unseen([chat.id], modes=[DeliveryMode.DIGEST], up_to=last, now=now)
        mine = await self._unit.subscriptions.of(chat.id)
        return digests.choose(DigestKind.PREVIEW, unseen.get(chat.id, []), mine, locale=chat.locale, now=now)

    async def latest(self, chat: Chat) -> Digest:
        """Return the newest stories of all the chat's topics; of a chat without topics, the most covered ones."""
        mine = await self._unit.subscriptions.of(chat.id)
        if not mine:
            return await self.popular(chat)
        return await self._latest(chat, mine)

    async def latest_of(self, chat: Chat, text: str) -> Latest:
        """Return the newest stories of a topic, followed or not.

        Raises:
            TopicError: the text names no topic.
        """
        query = parse_query(text)
        topic = await self._unit.topics.find(query.canonical)
        if topic is not None:
            for subscription in await self._unit.subscriptions.of(chat.id):
                if subscription.topic_id == topic.id:
                    return Latest(await self._latest(chat, [subscription]), subscription.label)
        now = self._clock.now()
        found = await search(self._unit, query, since=now - REACH)
        label = " ".join(text.split())
        free = Subscription(chat.id, 0, label, 0, now)
        stories = await self._stories(chat, [article.id for article, _ in found])
        digest = digests.choose(DigestKind.LATEST, stories, [free], locale=chat.locale, now=now, limit=LATEST_LIMIT)
        return Latest(digest, label, is_followed=False)

    async def latest_topic(self, chat: Chat, topic_id: int) -> Latest | None:
        """Return the newest stories of a topic that the chat follows, None where it does not."""
        for subscription in await self._unit.subscriptions.of(chat.id):
            if subscription.topic_id == topic_id:
                return Latest(await self._latest(chat, [subscription]), subscription.label)
        return None

    async def popular(self, chat: Chat) -> Digest:
        """Return the most covered stories of the last two days."""
        now = self._clock.now()
        stories = await self._unit.articles.popular(chat.id, since=now - POPULAR_REACH, limit=POPULAR_LIMIT)
        return digests.popular(stories, "", locale=chat.locale, now=now)

    async def _latest(self, chat: Chat, of: Sequence[Subscription]) -> Digest:
        now = self._clock.now()
        ids = [subscription.topic_id for subscription in of]
        stories = await self._unit.articles.latest(chat.id, ids, since=now - REACH, limit=LATEST_LIMIT)
        return digests.choose(DigestKind.LATEST, stories, of, locale=chat.locale, now=now, limit=LATEST_LIMIT)

    async def _stories(self, chat: Chat, article_ids: Sequence[int]) -> list[StoryMatch]:
        stories: dict[int, StoryMatch] = {}
        for article in await self._unit.articles.visible(chat.id, article_ids):
            story = stories.get(article.story_id) or StoryMatch(article.story_id, (0,), ())
            stories[article.story_id] = replace(story, articles=(*story.articles, article))
        return list(stories.values())


async def outlet_names(unit: Unit) -> Names:
    """Return the outlets' names by source id."""
    return {source.id: source.name for source in await unit.feeds.sources()}


async def keep(unit: Unit, chat_id: int, pages: Sequence[str], now: datetime) -> int:
    """Keep the pages of a digest so that buttons can turn them; return the composition's id (0 for a single page)."""
    if len(pages) < 2:  # noqa: PLR2004 - nothing to turn
        return 0
    number = await unit.sequences.take("composition", 1)
    await unit.compositions.add([Composition(number, chat_id, tuple(pages), now)])
    return number


class ScheduledDigests:
    """The tick that composes what is due."""

    def __init__(self, storage: Storage, clock: Clock, translators: Translators, nudge: Callable[[], None]) -> None:
        self._storage = storage
        self._clock = clock
        self._translators = translators
        self._nudge = nudge

    async def tick(self) -> int:
        """Compose all that is due, a batch of chats a transaction; return how many chats were due."""
        done = 0
        while count := await self._batch():
            done += count
            self._nudge()
        return done

    async def _batch(self) -> int:
        now = self._clock.now()
        async with self._storage.reading() as unit:
            if not await unit.chats.any_due(now):
                return 0
        async with self._storage.transaction() as unit:
            chats = await unit.chats.claim_due(now, limit=BATCH)
            if chats:
                await self._compose(unit, chats, now)
            return len(chats)

    async def _compose(self, unit: Unit, chats: Sequence[Chat], now: datetime) -> None:
        last = await unit.sequences.last("seq")
        names = await outlet_names(unit)
        for kind, mode in ((DigestKind.SCHEDULED, DeliveryMode.DIGEST), (DigestKind.WEEKLY, DeliveryMode.WEEKLY)):
            due = [chat for chat in chats if _is_due(chat, kind, now)]
            ids = [chat.id for chat in due]
            unseen = await unit.subscriptions.unseen(ids, modes=[mode], up_to=last, now=now)
            for chat in due:
                if stories := unseen.get(chat.id):
                    await self._send(unit, chat, kind, stories, names)
            await unit.subscriptions.advance(ids, modes=[mode], up_to=last)
        for chat in chats:
            await unit.chats.put(_moved_on(chat, now))

    async def _send(
        self, unit: Unit, chat: Chat, kind: DigestKind, stories: Sequence[StoryMatch], names: Names
    ) -> None:
        now = self._clock.now()
        mine = await unit.subscriptions.of(chat.id)
        digest = digests.choose(kind, stories, mine, locale=chat.locale, now=now)
        pages = render.digest_pages(digest, names, self._translators(chat.locale, chat.zone))
        slot = f"{'weekly-' if kind is DigestKind.WEEKLY else ''}{_slot(chat, kind, now):%Y%m%dT%H%MZ}"
        if chat.kind is ChatKind.CHANNEL:
            messages = [_message(chat, f"{slot}:{part}", page, now) for part, page in enumerate(pages[:CHANNEL_PARTS])]
        else:
            number = await keep(unit, chat.id, pages, now)
            keyboard = render.page_keyboard(number, 0, len(pages))
            messages = [replace(_message(chat, f"{slot}:0", pages[0], now), keyboard=keyboard)]
        await unit.outbox.put(messages, now)


def _is_due(chat: Chat, kind: DigestKind, now: datetime) -> bool:
    planned = chat.next_digest_at if kind is DigestKind.SCHEDULED else chat.next_weekly_at
    return planned is not None and planned <= now


def _slot(chat: Chat, kind: DigestKind, now: datetime) -> datetime:
    planned = chat.next_digest_at if kind is DigestKind.SCHEDULED else chat.next_weekly_at
    assert planned is not None  # noqa: S101 - the chat is due
    if kind is DigestKind.WEEKLY:
        return planned
    return schedule.due_slot(schedule_of(chat), chat.zone, planned, now)


def _message(chat: Chat, slot_and_part: str, page: str, now: datetime) -> OutgoingMessage:
    return OutgoingMessage(
        dedupe_key=f"digest:{chat.id}:{slot_and_part}",
        chat_id=chat.id,
        text=page,
        priority=Priority.DIGEST,
        expires_at=now + DIGEST_LIFE,
        thread_id=chat.thread_id,
    )


def _moved_on(chat: Chat, now: datetime) -> Chat:
    hours = schedule_of(chat)
    if _is_due(chat, DigestKind.SCHEDULED, now):
        slot = _slot(chat, DigestKind.SCHEDULED, now)
        chat = replace(chat, next_digest_at=schedule.next_slot(hours, chat.zone, max(slot, now)))
    if _is_due(chat, DigestKind.WEEKLY, now):
        chat = replace(chat, next_weekly_at=schedule.next_weekly(hours, chat.zone, now))
    return chat
