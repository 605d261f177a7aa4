"""The database: units of work over all aggregates."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.ports.alerts import Alerts
from bot.ports.broadcasts import Broadcasts
from bot.ports.feeds import Feeds
from bot.ports.figures import Figures
from bot.ports.imports import Imports
from bot.ports.instants import Instants
from bot.ports.mail import Inbox, Outbox
from bot.ports.news import Articles, Sequences, Topics
from bot.ports.readers import Chats, Compositions, Stewards, Subscriptions
from bot.ports.retention import Retention
from bot.ports.saved_state import SavedState


class Unit(Protocol):
    """A unit of work: one transaction, or one consistent reading."""

    sequences: Sequences
    feeds: Feeds
    articles: Articles
    topics: Topics
    subscriptions: Subscriptions
    chats: Chats
    stewards: Stewards
    alerts: Alerts
    compositions: Compositions
    outbox: Outbox
    inbox: Inbox
    retention: Retention
    figures: Figures
    broadcasts: Broadcasts
    imports: Imports
    saved_state: SavedState
    instants: Instants


class Storage(Protocol):
    """The database."""

    def transaction(self) -> AbstractAsyncContextManager[Unit]:
        """Open a transaction that commits at the end and rolls back on any exception, cancellation among them."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Unit]:
        """Open a consistent reading beside the writers. Writing in it fails by ``ReadingOnlyError``."""
        ...

    def changes(self) -> AsyncIterator[str]:
        """Name what other processes committed, as they do: ``topics``, ``outbox`` or ``inbox``.

        A wake-up, not a message: several changes may come as one. All three are named at first, because some may have
        been missed. Where one process has the database for itself it waits for ever.

        Raises:
            StorageError: ``database-unusable``: the connection broke; ask again.
        """
        ...

    def polling(self) -> AbstractAsyncContextManager[asyncio.Event]:
        """Wait to be the one process that polls Telegram, and stay it to the end of the block.

        The event is set where that was lost (the connection that held it broke): stop polling then.
        """
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...
