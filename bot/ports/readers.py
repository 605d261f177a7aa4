"""What storage promises of chats and what they follow."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.model import Channel, Chat, Composition, DeliveryMode, StoryMatch, Subscription


class Subscriptions(Protocol):
    """Who follows what, and what they were brought."""

    async def of(self, chat_id: int) -> list[Subscription]:
        """Return the chat's subscriptions, the oldest first."""
        ...

    async def of_each(self, chat_ids: Collection[int]) -> dict[int, list[Subscription]]:
        """Return the subscriptions of many chats in one look, by chat, the oldest first."""
        ...

    async def add(self, subscription: Subscription) -> bool:
        """Store a subscription; False where the chat follows the topic already (nothing changes)."""
        ...

    async def change(self, subscription: Subscription) -> None:
        """Write label, watermark, mode, mute and languages of a subscription; one that is not there stays away."""
        ...

    async def remove(self, chat_id: int, topic_ids: Collection[int]) -> int:
        """Remove subscriptions and return how many there were."""
        ...

    async def keep_removed(self, subscription: Subscription, now: datetime) -> None:
        """Keep what a removed subscription was, until ``Retention.removals`` takes it."""
        ...

    async def removed(self, chat_id: int, topic_id: int) -> Subscription | None:
        """Return what a removed subscription was, None where it is not kept (any more)."""
        ...

    async def reasons(self, chat_id: int, story_id: int) -> dict[int, tuple[str, ...]]:
        """Return which words of a story's articles met which of the chat's topics, by topic, each word once."""
        ...

    async def starting_watermark(self, topic_id: int, stored_before: datetime) -> int:
        """Return the greatest ``first_seq`` of the topic's stories stored before then (0 where there is none)."""
        ...

    async def brought_until(self, topic_id: int, watermark: int) -> datetime | None:
        """Return when the last of the topic's stories up to that number was stored, None where there is none."""
        ...

    async def unseen(
        self, chat_ids: Collection[int], *, modes: Collection[DeliveryMode], up_to: int, now: datetime
    ) -> dict[int, list[StoryMatch]]:
        """Return what each chat has not been brought yet, by chat.

        A story counts once, at the smallest number over the chat's topics of these modes: it is unseen if that
        number is above that subscription's watermark and at most ``up_to``. Muted topics, languages that the chat does
        not want (of a topic) and sources that it does not see are left out, and so is what any topic of these modes
        brought before: a topic that is new to the chat does not bring it again.
        """
        ...

    async def advance(self, chat_ids: Collection[int], *, modes: Collection[DeliveryMode], up_to: int) -> None:
        """Move the watermarks of these chats' subscriptions up to that number, never back."""
        ...


class Chats(Protocol):
    """Chats and their settings."""

    async def get(self, chat_id: int) -> Chat | None:
        """Return the chat, if it is known."""
        ...

    async def get_each(self, chat_ids: Collection[int]) -> list[Chat]:
        """Return those of the chats that are known, in one look."""
        ...

    async def put(self, chat: Chat) -> None:
        """Store the chat, new or changed."""
        ...

    async def put_each(self, chats: Sequence[Chat]) -> None:
        """Store many chats in one go."""
        ...

    async def any_due(self, now: datetime) -> bool:
        """Return whether an active chat's next slot has come; one look at an index."""
        ...

    async def next_digest(self) -> datetime | None:
        """Return the earliest ordinary slot of an active chat that follows something, None where there is none."""
        ...

    async def slots_after(self, instant: datetime, *, above: int | None, limit: int) -> Sequence[Chat]:
        """Return active chats whose next slot lies after then, with ids ``above``, by their ids.

        They are locked until the transaction ends.
        """
        ...

    async def claim_due(self, now: datetime, *, limit: int) -> list[Chat]:
        """Return active chats whose next slot (ordinary or weekly) has come, locked until the transaction ends."""
        ...

    async def forget(self, chat_id: int, now: datetime) -> None:
        """Delete all of the chat's rows, the topics that nobody follows any more and the feeds that nobody has.

        The words of those topics, the names and addresses of those feeds and what was offered go at once; what met
        them, and the feeds' articles, by ``Retention.erased_topics`` and ``erased_feeds``. Of updates that were handled
        only the ids are left; what waits stays, and is handled as of a new chat. A message that is put afterwards, in
        the same transaction too, goes out: the answer to ``/forget``; ``Retention.forgotten_chats`` takes it then.
        """
        ...

    async def migrate(self, old_id: int, new_id: int) -> None:
        """Give all rows of a group to the supergroup that it became."""
        ...

    async def mark_gone(self, chat_id: int) -> None:
        """Note that Telegram refuses messages to a chat; nothing else of it is touched."""
        ...

    async def mark_back(self, chat_ids: Collection[int]) -> None:
        """Note that messages arrive in these chats, of which one may have been gone."""
        ...

    async def leave_thread(self, chat_id: int, thread_id: int) -> None:
        """Bring what was for a forum topic that is gone into the forum's general one, and all that comes later."""
        ...


class Compositions(Protocol):
    """Digests as they were composed, so that buttons can turn their pages."""

    async def add(self, compositions: Sequence[Composition]) -> None:
        """Store compositions (their ids were taken from the sequence ``composition``)."""
        ...

    async def trim(self, chat_id: int, *, keep: int) -> None:
        """Delete a chat's oldest compositions beyond so many."""
        ...

    async def get(self, composition_id: int, chat_id: int) -> Composition | None:
        """Return that composition of that chat, if it is still kept."""
        ...


class Stewards(Protocol):
    """Who looks after which channel or group. That they still may is for Telegram to say."""

    async def put(self, user_id: int, channel: Channel) -> None:
        """Note that a person looks after a channel, under its title of now."""
        ...

    async def of(self, user_id: int) -> list[Channel]:
        """Return the channels of a person, by title."""
        ...

    async def title(self, user_id: int, channel_id: int) -> str | None:
        """Return the title of a person's channel, None where it is not theirs."""
        ...

    async def put_group(self, user_id: int, chat_id: int, title: str) -> None:
        """Note who added the bot to a group or changed its settings last, and the group's title of now."""
        ...

    async def responsible(self, chat_id: int) -> list[tuple[int, str]]:
        """Return the people to be told of a channel's or group's trouble, each with the title that they know it by."""
        ...

    async def drop_group(self, chat_id: int) -> None:
        """Forget who set a group up: the bot has left it."""
        ...
