"""One story out of a digest or an alert: what is known of it, what belongs with it, and fewer like it.

::

    composition, story | articles that the chat may see | topics that it met | StoryCard
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.digest import entry
from bot.core.model import Chat, Composition, DigestEntry, Subscription
from bot.core.story_cards import MOST_TOPICS, Met, StoryCard, versions_of
from bot.core.topics.exclusions import with_again, without, words_to_mute
from bot.errors import ReaderError
from bot.ports import Clock, Unit
from bot.services.subscriptions import Subscriptions

MOST_RELATED = 7


class StoryCards:
    """Stories by themselves, within one unit of work."""

    def __init__(self, unit: Unit, clock: Clock, subscriptions: Subscriptions) -> None:
        self._unit = unit
        self._clock = clock
        self._subscriptions = subscriptions

    async def kept(self, chat: Chat, composition_id: int) -> Composition:
        """Return a digest of that chat that is still kept.

        Raises:
            ReaderError: ``button-stale``.
        """
        found = await self._unit.compositions.get(composition_id, chat.id)
        if found is None:
            raise ReaderError("button-stale")
        return found

    async def on_page(self, chat: Chat, composition_id: int, page: int) -> list[DigestEntry]:
        """Return the stories of a page (0-based) as the chat sees them now, in their order.

        Raises:
            ReaderError: ``button-stale``: the page is not kept, or none of its stories is stored any more.
        """
        kept = await self.kept(chat, composition_id)
        ids = kept.pages[page].stories if 0 <= page < len(kept.pages) else ()
        stories = await self._unit.articles.stories(chat.id, ids)
        if not stories:
            raise ReaderError("button-stale")
        return [entry(story, chat.locale) for story in stories]

    async def card(self, chat: Chat, story_id: int) -> StoryCard:
        """Return a story's card.

        Raises:
            ReaderError: ``button-stale``: the chat sees nothing of it any more.
        """
        stories = await self._unit.articles.stories(chat.id, [story_id])
        if not stories:
            raise ReaderError("button-stale")
        shown = entry(stories[0], chat.locale)
        return StoryCard(shown, versions_of(stories[0], shown), await self._met(chat, story_id))

    async def mutable(self, chat: Chat, story_id: int) -> StoryCard:
        """Return a story's card with the words that each of its topics could do without.

        Raises:
            ReaderError: ``button-stale``: the chat sees nothing of it any more, or follows no topic that it met.
        """
        card = await self.card(chat, story_id)
        if not card.topics:
            raise ReaderError("button-stale")
        shown = (
            replace(met, words=words_to_mute(met.label, card.entry.article, met.reasons))
            for met in card.topics[:MOST_TOPICS]
        )
        return replace(card, topics=(*shown, *card.topics[MOST_TOPICS:]))

    async def page_of(self, chat: Chat, composition_id: int, story_id: int) -> int:
        """Return the page that a story stands on in a digest, the first one for an alert (composition 0).

        Raises:
            ReaderError: ``button-stale``: it stands nowhere there.
        """
        if not composition_id:
            return 0
        page = (await self.kept(chat, composition_id)).page_of(story_id)
        if page is None:
            raise ReaderError("button-stale")
        return page

    async def related(self, chat: Chat, story_id: int) -> list[DigestEntry]:
        """Return the stories that belong with one, the newest first.

        Raises:
            ReaderError: ``related-none``.
        """
        stories = await self._unit.articles.related(chat.id, story_id, limit=MOST_RELATED)
        if not stories:
            raise ReaderError("related-none")
        return [entry(story, chat.locale, compact=True) for story in stories]

    async def exclude(self, chat: Chat, topic_id: int, word: str) -> Subscription:
        """Let a topic do without a word from now on; what was brought stays brought.

        Raises:
            ReaderError: ``button-stale``: the topic is not followed any more.
            TopicError: the topic would be too long.
        """
        old = await self._followed(chat, topic_id)
        return await self._subscriptions.reword(old, without(old.label, word))

    async def include(self, chat: Chat, topic_id: int, word: str) -> Subscription:
        """Take an exclusion back.

        Raises:
            ReaderError: ``button-stale``: the topic is not followed any more, or was changed since.
        """
        old = await self._followed(chat, topic_id)
        label = with_again(old.label, word)
        if label is None:
            raise ReaderError("button-stale")
        return await self._subscriptions.reword(old, label)

    async def silence(self, chat: Chat, topic_id: int, days: int) -> Subscription:
        """Mute a topic for so many days; 0 ends it.

        Raises:
            ReaderError: ``button-stale``: the topic is not followed any more.
        """
        return await self._subscriptions.mute(await self._followed(chat, topic_id), days)

    async def _followed(self, chat: Chat, topic_id: int) -> Subscription:
        found = await self._subscriptions.get(chat.id, topic_id)
        if found is None:
            raise ReaderError("button-stale")
        return found

    async def _met(self, chat: Chat, story_id: int) -> tuple[Met, ...]:
        reasons = await self._unit.subscriptions.reasons(chat.id, story_id)
        now = self._clock.now()
        mine: Sequence[Subscription] = await self._unit.subscriptions.of(chat.id) if reasons else ()
        return tuple(
            Met(
                one.topic_id,
                one.label,
                reasons[one.topic_id],
                (),
                one.muted_until is not None and one.muted_until > now,
            )
            for one in mine
            if one.topic_id in reasons
        )
