"""What a chat gets to read on command; nothing is consumed.

::

    stories that meet the chat's topics | choose | Digest
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core import digest as digests
from bot.core.matching.query import parse_query
from bot.core.matching.query_tree import Query
from bot.core.model import (
    Article,
    Chat,
    Composition,
    DeliveryMode,
    Digest,
    DigestKind,
    DigestPage,
    Locale,
    StoryMatch,
    Subscription,
)
from bot.core.texts import Translator
from bot.ports import Clock, Unit
from bot.services.topics import STORED, search_for

LATEST_LIMIT = 50
FOUND_LIMIT = 30  # stories that a search proves; a reader waits for each
POPULAR_LIMIT = 10
KEPT = 100  # compositions of a chat: whoever asks all day long fills no disk
POPULAR_REACH = timedelta(hours=48)
CHANNEL_PARTS = 3  # channels have no buttons of their own: what is long comes in parts, three at most

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
        return digests.choose(
            DigestKind.PREVIEW, unseen.get(chat.id, []), mine, locale=chat.locale, now=now, compact=chat.compact
        )

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
        return await self._found(chat, query, text, DigestKind.LATEST)

    async def search(self, chat: Chat, text: str) -> Latest:
        """Return the newest stored stories that the words meet, as a topic of these words would.

        Raises:
            TopicError: the text names nothing to look for.
        """
        query = parse_query(text)
        topic = await self._unit.topics.find(query.canonical)
        mine = await self._unit.subscriptions.of(chat.id)
        found = await self._found(chat, query, text, DigestKind.SEARCH)
        return replace(found, is_followed=any(topic and one.topic_id == topic.id for one in mine))

    async def _found(self, chat: Chat, query: Query, text: str, kind: DigestKind) -> Latest:
        now = self._clock.now()
        found = await search_for(self._unit, chat.id, query, since=STORED, enough=FOUND_LIMIT)
        label = " ".join(text.split())
        free = Subscription(chat.id, 0, label, 0, now)
        stories = _stories(found)
        digest = digests.choose(
            kind, stories, [free], locale=chat.locale, now=now, limit=LATEST_LIMIT, compact=chat.compact
        )
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
        return digests.popular(stories, "", locale=chat.locale, now=now, compact=chat.compact)

    async def _latest(self, chat: Chat, of: Sequence[Subscription]) -> Digest:
        now = self._clock.now()
        ids = [subscription.topic_id for subscription in of]
        stories = await self._unit.articles.latest(chat.id, ids, since=STORED, limit=LATEST_LIMIT)
        return digests.choose(
            DigestKind.LATEST, stories, of, locale=chat.locale, now=now, compact=chat.compact, limit=LATEST_LIMIT
        )


def _stories(articles: Sequence[Article]) -> list[StoryMatch]:
    stories: dict[int, StoryMatch] = {}
    for article in articles:
        story = stories.get(article.story_id) or StoryMatch(article.story_id, (0,), ())
        stories[article.story_id] = replace(story, articles=(*story.articles, article))
    return list(stories.values())


async def outlet_names(unit: Unit) -> Names:
    """Return the outlets' names by source id."""
    return {source.id: source.name for source in await unit.feeds.sources()}


async def keep(unit: Unit, chat_id: int, pages: Sequence[DigestPage], now: datetime) -> int:
    """Keep a digest so that buttons can turn its pages and open its stories; return the composition's id."""
    number = await unit.sequences.take("composition", 1)
    await unit.compositions.add([Composition(number, chat_id, tuple(pages), now)])
    await unit.compositions.trim(chat_id, keep=KEPT)
    return number
