"""Counters whose order is the order of commits."""

from bot.storage.connection import Connection


class Sequences:
    """``ports.Sequences`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def take(self, name: str, count: int) -> int:
        """Reserve numbers; the row stays locked until the transaction ends.

        Raises:
            KeyError: there is no such counter.
        """
        rows = await self._connection.fetch("sequences.take", {"name": name, "count": count})
        if not rows:
            raise KeyError(name)
        last: int = rows[0]["value"]
        return last - count + 1

    async def last(self, name: str) -> int:
        """Return the last number that a committed transaction took.

        Raises:
            KeyError: there is no such counter.
        """
        rows = await self._connection.fetch("sequences.last", {"name": name})
        if not rows:
            raise KeyError(name)
        value: int = rows[0]["value"]
        return value
