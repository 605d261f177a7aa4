"""Following and unfollowing topics."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.clean_text import clean_line
from bot.core.matching.query import parse_query
from bot.core.model import LOCALES, DeliveryMode, Locale, Subscription
from bot.core.topics.suggestions import refinements
from bot.errors import LimitError
from bot.ports import Clock, Unit
from bot.services.backfill import REACH_BACK, ReadAhead, follow
from bot.services.topics import search_for

MAX_TOPICS = 100  # of a chat; more is a feed reader, not a digest
WEEK = timedelta(days=7)
MANY = 20  # articles, before a topic is followed: an answer has to come at once
_NEXT = timedelta(milliseconds=1)  # instants are stored in milliseconds


@dataclass(frozen=True, slots=True)
class Followed:
    """The outcome of ``subscribe``: the subscription, and whether it is new."""

    subscription: Subscription
    is_new: bool


class Subscriptions:
    """What a chat follows, within one unit of work.

    What follows a topic (``subscribe``, ``refine``, ``reword``, ``restore``) raises ``ReadAheadNeededError`` where
    ``ahead`` has not read the stored articles for it.
    """

    def __init__(self, unit: Unit, clock: Clock, ahead: ReadAhead) -> None:
        self._unit = unit
        self._clock = clock
        self._ahead = ahead

    async def of(self, chat_id: int) -> list[Subscription]:
        """Return what the chat follows, the oldest first."""
        return await self._unit.subscriptions.of(chat_id)

    async def subscribe(self, chat_id: int, text: str) -> Followed:
        """Follow the topic that the text names.

        Raises:
            TopicError: the text names no topic that can be followed.
            LimitError: the chat follows as many as it may.
        """
        text = clean_line(text)
        query = parse_query(text)
        mine = await self.of(chat_id)
        topic = await self._unit.topics.find(query.canonical)
        if topic is not None:
            for subscription in mine:
                if subscription.topic_id == topic.id:
                    return Followed(subscription, is_new=False)
        if len(mine) >= MAX_TOPICS:
            raise LimitError("topics-limit", limit=MAX_TOPICS)
        topic = await follow(self._unit, chat_id, query, self._clock, self._ahead)
        now = self._clock.now()
        watermark = await self._unit.subscriptions.starting_watermark(topic.id, now - REACH_BACK)
        subscription = Subscription(chat_id, topic.id, text, watermark, now)
        return Followed(subscription, is_new=await self._unit.subscriptions.add(subscription))

    async def get(self, chat_id: int, topic_id: int) -> Subscription | None:
        """Return the chat's subscription to a topic, None where there is none."""
        mine = await self.of(chat_id)
        return next((subscription for subscription in mine if subscription.topic_id == topic_id), None)

    async def deliver(self, subscription: Subscription, mode: DeliveryMode) -> Subscription:
        """Bring a topic's stories in another way from now on. At once means what comes after this: nothing older."""
        if subscription.mode is mode:
            return subscription
        watermark = subscription.watermark
        if mode is DeliveryMode.AT_ONCE:
            watermark = max(watermark, await self._unit.sequences.last("seq"))
        return await self._change(replace(subscription, mode=mode, watermark=watermark))

    async def mute(self, subscription: Subscription, days: int) -> Subscription:
        """Bring nothing of a topic for so many days; 0 ends it. What comes meanwhile is not brought later."""
        until = self._clock.now() + timedelta(days=days) if days > 0 else None
        return await self._change(replace(subscription, muted_until=until))

    async def read(self, subscription: Subscription, language: Locale, *, of: Sequence[Locale]) -> Subscription:
        """Want a topic's articles in a language, or no longer; ``of`` are the languages that the chat reads at all.

        Raises:
            LimitError: ``articles-one-language``: it is the only one.
        """
        wanted = set(subscription.languages or of) ^ {language}
        if not wanted & set(of):
            raise LimitError("articles-one-language")
        kept = () if wanted >= set(of) else tuple(one for one in LOCALES if one in wanted)
        return await self.limit(subscription, kept)

    async def limit(self, subscription: Subscription, languages: tuple[Locale, ...]) -> Subscription:
        """Want a topic's articles in these languages alone; empty for all that the chat reads."""
        return await self._change(replace(subscription, languages=languages))

    async def why(self, chat_id: int, story_id: int) -> list[tuple[str, tuple[str, ...]]]:
        """Return the topics that a story met, as the reader wrote them, each with the words that met it."""
        reasons = await self._unit.subscriptions.reasons(chat_id, story_id)
        return [(one.label, reasons[one.topic_id]) for one in await self.of(chat_id) if one.topic_id in reasons]

    async def of_this_week(self, chat_id: int, topic_ids: Collection[int]) -> dict[int, int]:
        """Return how many articles of the last seven days met each topic; a topic without any is left out."""
        return await self._unit.articles.counts(chat_id, topic_ids, since=self._clock.now() - WEEK)

    async def would_match(self, chat_id: int, text: str) -> int:
        """Return how many stored articles of the last seven days a topic would have met, followed or not.

        Of a topic that nobody follows yet no more than ``MANY`` are counted.

        Raises:
            TopicError: the text names no topic.
        """
        query = parse_query(text)
        topic = await self._unit.topics.find(query.canonical)
        if topic is not None:
            return (await self.of_this_week(chat_id, [topic.id])).get(topic.id, 0)
        since = self._clock.now() - WEEK
        found = await search_for(self._unit, chat_id, query, since=since, enough=MANY, limit=3 * MANY)
        return min(MANY, sum(article.published_at >= since for article in found))

    async def _change(self, subscription: Subscription) -> Subscription:
        await self._unit.subscriptions.change(subscription)
        return subscription

    async def refine(self, chat_id: int, topic_id: int, change: str) -> Followed | None:
        """Change a topic as a button offered; None where it is not followed any more, or cannot be changed so.

        Raises:
            TopicError: the topic that it would become is too long.
        """
        old = await self.get(chat_id, topic_id)
        wanted = [one.text for one in refinements(old.label) if one.change == change] if old else []
        if old is None or not wanted:
            return None
        changed = await self.reword(old, wanted[0])
        return Followed(changed, is_new=changed.topic_id != topic_id)

    async def reword(self, old: Subscription, text: str) -> Subscription:
        """Go on with a subscription under another text: its place, mode and mute stay, what was brought stays brought.

        Raises:
            TopicError: the text names no topic that can be followed.
        """
        topic = await follow(self._unit, old.chat_id, parse_query(text), self._clock, self._ahead)
        if topic.id == old.topic_id:
            return await self._change(replace(old, label=text))
        brought = await self._unit.subscriptions.brought_until(old.topic_id, old.watermark)
        before = brought + _NEXT if brought else old.created_at - REACH_BACK
        watermark = await self._unit.subscriptions.starting_watermark(topic.id, before)
        new = replace(old, topic_id=topic.id, label=text, watermark=watermark)
        await self._unit.subscriptions.remove(old.chat_id, [old.topic_id])
        if not await self._unit.subscriptions.add(new):  # followed by itself already
            return await self.get(old.chat_id, topic.id) or new
        return new

    async def find(self, chat_id: int, text: str) -> Subscription | None:
        """Return the chat's subscription that the text names: by meaning, else by its label.

        Raises:
            TopicError: the text names no topic.
        """
        query = parse_query(text)
        topic = await self._unit.topics.find(query.canonical)
        wanted = " ".join(text.split()).casefold()
        for subscription in await self.of(chat_id):
            if (topic and subscription.topic_id == topic.id) or subscription.label.casefold() == wanted:
                return subscription
        return None

    async def unsubscribe(self, chat_id: int, topic_id: int) -> Subscription | None:
        """Stop following a topic; return the subscription that there was, None where there was none."""
        subscription = await self.get(chat_id, topic_id)
        if subscription is not None:
            await self._unit.subscriptions.remove(chat_id, [topic_id])
            await self._unit.subscriptions.keep_removed(subscription, self._clock.now())
        return subscription

    async def offer(self, chat_id: int, text: str, number: int) -> int:
        """Keep a topic that is too long for a button; return what ``restore`` follows it by, for a day.

        Args:
            chat_id: the chat that may follow it.
            text: the topic.
            number: of the update that it came with, which no other has.
        """
        await self._unit.subscriptions.keep_removed(
            Subscription(chat_id, -number, text, 0, self._clock.now()), self._clock.now()
        )
        return -number

    async def restore(self, chat_id: int, topic_id: int) -> Subscription | None:
        """Follow a topic that was removed, as it was, or offered within a day; None where it is not known any more.

        Raises:
            LimitError: the chat follows as many as it may.
        """
        known = await self.get(chat_id, topic_id)
        removed = await self._unit.subscriptions.removed(chat_id, topic_id)
        if known is not None or removed is None:
            return known
        followed = await self.subscribe(chat_id, removed.label)
        back = followed.subscription
        if not followed.is_new:
            return back
        # A topic that was deleted meanwhile is another one now: its stories are counted anew.
        watermark = removed.watermark if back.topic_id == topic_id else back.watermark
        return await self._change(replace(removed, topic_id=back.topic_id, watermark=watermark))
