"""What the aggregates need of a driver: three verbs on named SQL, inside a transaction that somebody else opened."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from bot.storage.dialect import Dialect

Params = Mapping[str, object]


class Row(Protocol):
    """A row; values by column name, or all in their order."""

    def __getitem__(self, name: str, /) -> Any:
        """Return a column's value."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Return the values."""
        ...

    def keys(self) -> Iterable[str]:
        """Return the names of the columns."""
        ...


class Connection(Protocol):
    """A connection in a transaction."""

    async def fetch(self, name: str, params: Params = ...) -> Sequence[Row]:
        """Run a named query and return all its rows."""
        ...

    async def execute(self, name: str, params: Params = ...) -> None:
        """Run a named statement."""
        ...

    async def executemany(self, name: str, params: Iterable[Params]) -> None:
        """Run a named statement for each set of parameters, in one go."""
        ...

    async def fetch_sql(self, sql: str, params: Params = ...) -> Sequence[Row]:
        """Run SQL that has no name: schema, copies, plans. Parameters are named as in named SQL."""
        ...

    async def executemany_sql(self, sql: str, params: Iterable[Params]) -> None:
        """Run SQL that has no name for each set of parameters."""
        ...

    async def notify(self, name: str) -> None:
        """Wake other processes when this transaction commits; nothing where there are none."""
        ...

    async def load(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert many rows as they are, the engine's fastest way."""
        ...


class Engine(Protocol):
    """A database, opened."""

    dialect: Dialect
    url: str

    def transaction(self) -> AbstractAsyncContextManager[Connection]:
        """Open a transaction: committed at the end, rolled back on any exception, cancellation among them."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        """Open a consistent reading that writes nothing."""
        ...

    def changes(self) -> AsyncIterator[str]:
        """Name what other processes committed."""
        ...

    def polling(self) -> AbstractAsyncContextManager[asyncio.Event]:
        """Be the one process that polls Telegram."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...
