"""``ports.Storage`` on SQL: one class over both engines."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

from bot.errors import ReadingOnlyError, StorageError
from bot.outages import database_outage
from bot.storage.alerts import Alerts
from bot.storage.articles import Articles
from bot.storage.broadcasts import Broadcasts
from bot.storage.chats import Chats
from bot.storage.compositions import Compositions
from bot.storage.connection import Connection, Engine
from bot.storage.feeds import Feeds
from bot.storage.figures import Figures
from bot.storage.imports import Imports
from bot.storage.inbox import Inbox
from bot.storage.instants import Instants
from bot.storage.outbox import Outbox
from bot.storage.retention import Retention
from bot.storage.saved_state import SavedState
from bot.storage.sequences import Sequences
from bot.storage.stewards import Stewards
from bot.storage.subscriptions import Subscriptions
from bot.storage.topics import Topics

if TYPE_CHECKING:
    from bot import ports


class SqlUnit:
    """``ports.Unit``: the aggregates over one connection in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.sequences: ports.Sequences = Sequences(connection)
        self.feeds: ports.Feeds = Feeds(connection)
        self.articles: ports.Articles = Articles(connection)
        self.topics: ports.Topics = Topics(connection)
        self.subscriptions: ports.Subscriptions = Subscriptions(connection)
        self.chats: ports.Chats = Chats(connection)
        self.stewards: ports.Stewards = Stewards(connection)
        self.alerts: ports.Alerts = Alerts(connection)
        self.compositions: ports.Compositions = Compositions(connection)
        self.outbox: ports.Outbox = Outbox(connection)
        self.inbox: ports.Inbox = Inbox(connection)
        self.retention: ports.Retention = Retention(connection)
        self.broadcasts: ports.Broadcasts = Broadcasts(connection)
        self.imports: ports.Imports = Imports(connection)
        self.figures: ports.Figures = Figures(connection)
        self.saved_state: ports.SavedState = SavedState(connection)
        self.instants: ports.Instants = Instants(connection)


class SqlStorage:
    """The database, opened by ``open_storage``.

    Raises (from any method of its units):
        StorageError: ``database-unusable``: the database is full, locked for too long, broken or gone; nothing of the
            transaction was written, and the same storage works again when the database does. ``outage`` has heard of it
            and tells it: whoever catches it logs nothing.
    """

    def __init__(self, engine: Engine, release: Callable[[], None]) -> None:
        self.engine = engine
        self._release = release
        self.outage = database_outage()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlUnit]:
        """Open a transaction that commits at the end and rolls back on any exception, cancellation among them."""
        with self._heard():
            async with self.engine.transaction() as connection:
                yield SqlUnit(connection)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlUnit]:
        """Open a consistent reading beside the writers. Writing in it fails by ``ReadingOnlyError``."""
        with self._heard(reading=True):
            async with self.engine.reading() as connection:
                yield SqlUnit(connection)

    async def changes(self) -> AsyncIterator[str]:
        """Name what other processes committed: ``topics``, ``outbox`` or ``inbox``, until the connection breaks."""
        with self._heard():
            async for name in self.engine.changes():
                yield name

    def polling(self) -> AbstractAsyncContextManager[asyncio.Event]:
        """Wait to be the one process that polls Telegram; the event is set where that was lost."""
        return self.engine.polling()

    async def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            StorageError: ``database-unusable``.
        """
        with self._heard():
            async with self.engine.reading() as connection:
                await connection.fetch_sql("SELECT 1 AS alive")

    @contextmanager
    def _heard(self, *, reading: bool = False) -> Iterator[None]:
        try:
            yield
        except StorageError as error:
            if not (reading and isinstance(error, ReadingOnlyError)):  # what writes begins in a reading
                self.outage.failed(str(error))
            raise

    async def close(self) -> None:
        """Close every connection and free the lock of an exclusive opening."""
        try:
            await self.engine.close()
        finally:
            self._release()
