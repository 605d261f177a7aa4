"""What storage promises of sources."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.model import Feed, Source, SourceChoice
from bot.core.shares import Amount, Brought


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

    async def switch(self, chat_id: int, source_id: str, *, on: bool, name: str = "") -> None:
        """Turn a source on or off for one chat. Public sources are on by default, added ones off.

        ``name`` is what the chat calls an added one from now on; without, it stays what it was.
        """
        ...

    async def switches(self, chat_id: int) -> Mapping[str, bool]:
        """Return the sources that the chat turned on or off, by id."""
        ...

    async def remove(self, chat_id: int, source_id: str) -> None:
        """Forget a chat's switch: a public source is on again, an added one is no longer the chat's."""
        ...

    async def adopt(self, source_id: str, now: datetime, *, answered: bool = False) -> None:
        """Ask an added feed again that is disabled, gone or about to be deleted, at once; any other stays as it is.

        So is one that fails where it has just ``answered``.
        """
        ...

    async def release(self, source_id: str) -> None:
        """Ask an added feed no more where no chat has it on; its articles and its state stay."""
        ...

    async def let_go(self, source_id: str, at: datetime) -> None:
        """Delete an added feed from that instant on, with its articles, where no chat has it.

        It is deleted by ``Retention.erased_feeds``; ``adopt`` takes that back.
        """
        ...

    async def choices(self, chat_id: int) -> list[SourceChoice]:
        """Return what the chat can switch: the feeds that it added, then the catalogue's in its order."""
        ...

    async def get(self, source_id: str) -> Source | None:
        """Return a source, enabled or not, if it is there."""
        ...

    async def at_address(self, url: str) -> Source | None:
        """Return the feed that readers added at that very address, enabled or not, if it is there."""
        ...

    async def describe(self, source: Source) -> None:
        """Write the name and the language of an added feed, as its document has them."""
        ...

    async def states(self) -> list[tuple[Source, Feed]]:
        """Return the enabled sources of the catalogue with their polling state, in its order."""
        ...

    async def listeners(self, source_id: str) -> Mapping[int, str]:
        """Return the chats that switched the source on, each with what it calls it: empty where it has no own name."""
        ...

    async def offer(
        self, chat_id: int, sources: Sequence[Source], now: datetime, *, own_name: str | None = None
    ) -> None:
        """Keep feeds that a chat may add, so that a button can name them, until ``Retention.offers`` takes them.

        ``own_name`` is what the chat called one that it removed (empty where it had no name of its own), None for one
        that was found for it.
        """
        ...

    async def offered(self, chat_id: int, source_id: str, since: datetime) -> tuple[Source, str | None] | None:
        """Return a feed that was offered to the chat since then, and its ``own_name`` as ``offer`` has it.

        It is not ``public``, and perhaps not polled.
        """
        ...

    async def due_since(self, now: datetime) -> datetime | None:
        """Return since when the enabled, unleased feed that has waited longest is due; None where none is due."""
        ...

    async def claimable_since(self, now: datetime, *, public: bool, at_host: int) -> datetime | None:
        """Return what ``due_since`` does, of the catalogue's feeds or of readers', whose host has a free place."""
        ...

    async def claim_due(
        self, now: datetime, *, owner: str, lease: timedelta, limit: int, own: int, at_host: int
    ) -> list[tuple[Source, Feed]]:
        """Lease at most ``limit`` of the enabled feeds that are due, and return them, the longest due first.

        The catalogue's are taken first, then at most ``own`` of those that readers added; of each kind the longest
        due. At most ``at_host`` feeds of one host are leased at a time, by whatever process.
        """
        ...

    async def brought(self, source: Source, day: str) -> Brought:
        """Return what a feed brought on a day, and what the feeds of those brought that have it as their own."""
        ...

    async def bring(self, source_id: str, day: str, amount: Amount) -> None:
        """Count what a feed brought on a day. Of other days nothing is known any more."""
        ...

    async def hold(self, source_id: str, until: datetime) -> bool:
        """Lengthen the lease of a feed that is being stored; False where the feed was deleted while it was asked."""
        ...

    async def settle(self, feed: Feed, *, host: str | None = None) -> bool:
        """Write the polling state and free the lease; False where the feed was deleted while it was asked.

        ``host`` (``name:port``) is that of the address at which the feed is asked next; None leaves it as it is.
        """
        ...
