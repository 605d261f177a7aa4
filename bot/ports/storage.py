"""The database: units of work over all aggregates."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.ports.mail import Inbox, Outbox
from bot.ports.news import Articles, Feeds, Sequences, Topics
from bot.ports.readers import Chats, Compositions, Subscriptions


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
