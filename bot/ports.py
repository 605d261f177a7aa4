"""The ports: what the services need of the world, as Protocols.

Every instant is timezone-aware and in UTC. Methods that write take effect when their transaction commits.
``tests/contract`` is the proof that an implementation of ``Storage`` keeps what is promised here, on each engine.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.delivery import Outcome
from bot.core.model import (
    Article,
    Chat,
    Claim,
    Composition,
    DeliveryMode,
    Feed,
    InboxUpdate,
    NewArticle,
    OutgoingMessage,
    PlacedArticle,
    Settlement,
    Source,
    StoredEntry,
    StoryMatch,
    Subscription,
    Topic,
    TopicMatch,
    TopicStory,
)
from bot.core.polling import FetchResult


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the instant, aware, in UTC."""
        ...


class FeedSource(Protocol):
    """Brings feeds."""

    async def fetch(self, source: Source, feed: Feed) -> FetchResult:
        """Ask the source for its feed, conditionally. Never raises for what the other side does: that is ``Failed``."""
        ...


class Messenger(Protocol):
    """Sends messages."""

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Send or edit one message. Never raises for what the other side does."""
        ...

    async def alive(self) -> bool:
        """Return whether Telegram answers (``getMe``)."""
        ...


class Sequences(Protocol):
    """Named counters: ``seq`` (order of appearance), ``generation`` (of topics), ``article``, ``composition``."""

    async def take(self, name: str, count: int) -> int:
        """Reserve ``count`` numbers and return the first of them.

        The counter stays locked until the transaction ends, so that the order of numbers is the order of commits;
        ``count`` 0 only takes the lock and returns the next number. Lock ``seq`` before any other counter.
        """
        ...

    async def last(self, name: str) -> int:
        """Return the last number that a committed transaction took (0 at first), without locking."""
        ...


class Feeds(Protocol):
    """Sources and their polling state; the database is the schedule."""

    async def sync(self, sources: Sequence[Source], now: datetime) -> None:
        """Make the catalogue's sources those given: new ones are due at once, absent public ones are disabled."""
        ...

    async def sources(self) -> list[Source]:
        """Return all enabled sources, those that readers added among them."""
        ...

    async def add(self, source: Source, now: datetime) -> None:
        """Store a feed that a reader added (not ``public``), due at once; one that is stored already stays as it is."""
        ...

    async def switch(self, chat_id: int, source_id: str, *, on: bool) -> None:
        """Turn a source on or off for one chat. Public sources are on by default, added ones off."""
        ...

    async def switches(self, chat_id: int) -> Mapping[str, bool]:
        """Return the sources that the chat turned on or off, by id."""
        ...

    async def any_due(self, now: datetime) -> bool:
        """Return whether an enabled, unleased feed is due; one look at an index."""
        ...

    async def claim_due(
        self, now: datetime, *, owner: str, lease: timedelta, limit: int
    ) -> list[tuple[Source, Feed]]:
        """Lease the enabled feeds that are due, the longest due first."""
        ...

    async def settle(self, feed: Feed) -> None:
        """Write the polling state and free the lease."""
        ...


class Articles(Protocol):
    """Articles, their postings and stories."""

    async def known(self, source_id: str, uids: Collection[str]) -> dict[str, StoredEntry]:
        """Return what is stored of these entries of a source, by uid."""
        ...

    async def listed(self, source_id: str, uids: Collection[str], now: datetime) -> None:
        """Note that the source's newest document lists these entries: retention keeps their identities."""
        ...

    async def add(self, articles: Sequence[PlacedArticle]) -> None:
        """Store new articles with their posting keys. One whose (source, uid) is stored already is passed over."""
        ...

    async def change(self, article_id: int, article: NewArticle, posting_keys: frozenset[int]) -> None:
        """Replace the text of a stored article; its date of storing and its story stay."""
        ...

    async def by_keys(self, groups: Sequence[frozenset[int]], *, since: datetime, limit: int) -> list[Article]:
        """Return articles stored since then, newest first, that have a key of each group. Their text is filled."""
        ...

    async def after(self, article_id: int, *, since: datetime, limit: int) -> list[Article]:
        """Return articles with a greater id stored since then, in the order of ids. Their text is filled."""
        ...

    async def latest(self, chat_id: int, topic_ids: Collection[int], *, since: datetime, limit: int) -> list[StoryMatch]:
        """Return the newest stories under these topics, of sources that the chat sees, newest article first."""
        ...

    async def visible(self, chat_id: int, article_ids: Collection[int]) -> list[Article]:
        """Return those of the articles that the chat may see, newest first."""
        ...

    async def popular(self, chat_id: int, *, since: datetime, limit: int) -> list[StoryMatch]:
        """Return the stories that most sources tell (``topic_ids`` empty), of sources that the chat sees."""
        ...


class Topics(Protocol):
    """Distinct queries and what met them."""

    async def get_or_create(self, canonical: str, generation: int) -> tuple[Topic, bool]:
        """Return the topic of that canonical text, and whether it was made just now (with that generation)."""
        ...

    async def find(self, canonical: str) -> Topic | None:
        """Return the topic of that canonical text, if it is there."""
        ...

    async def since(self, generation: int) -> list[Topic]:
        """Return the topics of a greater generation, in the order of generations."""
        ...

    async def add_matches(self, matches: Sequence[TopicMatch]) -> None:
        """Store matches; one that is stored already gets the new reasons."""
        ...

    async def drop_matches(self, article_ids: Collection[int]) -> None:
        """Forget the matches of edited articles. What was brought under a topic stays brought."""
        ...

    async def add_stories(self, stories: Sequence[TopicStory]) -> None:
        """Store first appearances; one that is there keeps its first number.

        Call it after ``add_matches``: an appearance is kept for each source whose article of the story met the topic,
        so that a chat which does not see the first of them is told of the story by one that it sees.
        """
        ...


class Subscriptions(Protocol):
    """Who follows what, and what they were brought."""

    async def of(self, chat_id: int) -> list[Subscription]:
        """Return the chat's subscriptions, the oldest first."""
        ...

    async def add(self, subscription: Subscription) -> bool:
        """Store a subscription; False where the chat follows the topic already (nothing changes)."""
        ...

    async def remove(self, chat_id: int, topic_ids: Collection[int]) -> int:
        """Remove subscriptions and return how many there were."""
        ...

    async def starting_watermark(self, topic_id: int, stored_before: datetime) -> int:
        """Return the greatest ``first_seq`` of the topic's stories stored before then (0 where there is none)."""
        ...

    async def unseen(
        self, chat_ids: Collection[int], *, modes: Collection[DeliveryMode], up_to: int, now: datetime
    ) -> dict[int, list[StoryMatch]]:
        """Return what each chat has not been brought yet, by chat.

        A story counts once, at the smallest number over the chat's topics of these modes: it is unseen if that
        number is above that subscription's watermark and at most ``up_to``. Muted topics and sources that the chat
        does not see are left out, and so is what any topic of these modes brought before: a topic that is new to the
        chat does not bring it again.
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

    async def put(self, chat: Chat) -> None:
        """Store the chat, new or changed."""
        ...

    async def any_due(self, now: datetime) -> bool:
        """Return whether an active chat's next slot has come; one look at an index."""
        ...

    async def claim_due(self, now: datetime, *, limit: int) -> list[Chat]:
        """Return active chats whose next slot (ordinary or weekly) has come, locked until the transaction ends."""
        ...

    async def migrate(self, old_id: int, new_id: int) -> None:
        """Give all rows of a group to the supergroup that it became."""
        ...


class Compositions(Protocol):
    """Digests as they were composed, so that buttons can turn their pages."""

    async def add(self, compositions: Sequence[Composition]) -> None:
        """Store compositions (their ids were taken from the sequence ``composition``)."""
        ...

    async def get(self, composition_id: int, chat_id: int) -> Composition | None:
        """Return that composition of that chat, if it is still kept."""
        ...


class Outbox(Protocol):
    """Messages on their way: ``pending -> leased -> sending -> sent | retry | failed | expired``."""

    async def put(self, messages: Sequence[OutgoingMessage], now: datetime) -> None:
        """Store messages as pending; one whose ``dedupe_key`` was ever stored is passed over."""
        ...

    async def claim(self, now: datetime, *, owner: str, lease: timedelta, limit: int, rate: float) -> Claim:
        """Lease what may be sent now, replies first, at most one message a chat, paced chats and held chats left out.

        Reserves the batch's share of the send budget of ``rate`` messages a second, shared by all senders. The
        ``delay`` of an empty claim says how long the budget is taken by others.
        """
        ...

    async def mark_sending(self, ids: Collection[int], now: datetime, *, lease: timedelta) -> None:
        """Note, before the requests leave, that these are in flight; renews their lease."""
        ...

    async def settle(self, settlements: Sequence[Settlement], now: datetime) -> None:
        """Write the ends of attempts, free the leases and note each chat's next allowed instant."""
        ...

    async def sweep(self, now: datetime) -> int:
        """Free lapsed leases (in flight ones become ``retry``, uncertain) and expire old rows; return how many."""
        ...

    async def hold(self, chat_id: int | None, until: datetime) -> None:
        """Send nothing before then to that chat, or to any chat where it is None (Telegram's ``retry_after``)."""
        ...

    async def drop(self, chat_id: int) -> int:
        """Settle as failed all that waits for a chat that is gone; return how many."""
        ...

    async def next_due(self) -> datetime | None:
        """Return when the next waiting message may go, None where none waits; the send budget is not looked at."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """Return how many rows there are in each state."""
        ...


class Inbox(Protocol):
    """Updates as they came, each handled once."""

    async def store(self, updates: Sequence[InboxUpdate]) -> int:
        """Store updates; those stored before are passed over. Return how many were new."""
        ...

    async def last_update_id(self) -> int | None:
        """Return the greatest update id stored, for the polling offset."""
        ...

    async def claim(self, now: datetime, *, owner: str, lease: timedelta, limit: int) -> list[InboxUpdate]:
        """Lease waiting updates in order, at most one a chat, none while an earlier one of its chat is unfinished."""
        ...

    async def done(self, update_id: int, now: datetime) -> None:
        """Note that an update was handled."""
        ...

    async def fail(self, update_id: int, now: datetime, *, error: str, retry_at: datetime | None) -> None:
        """Note a failed attempt: again at ``retry_at``, or set aside for good where it is None."""
        ...


class Unit(Protocol):
    """A unit of work: one transaction, or one consistent reading."""

    sequences: Sequences
    feeds: Feeds
    articles: Articles
    topics: Topics
    subscriptions: Subscriptions
    chats: Chats
    compositions: Compositions
    outbox: Outbox
    inbox: Inbox


class Storage(Protocol):
    """The database."""

    def transaction(self) -> AbstractAsyncContextManager[Unit]:
        """Open a transaction that commits at the end and rolls back on any exception, cancellation among them."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Unit]:
        """Open a consistent reading beside the writers. Writing in it fails."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...
