"""What storage promises of messages and updates."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.model import Claim, InboxUpdate, OutgoingMessage, Settlement


class Outbox(Protocol):
    """Messages on their way: ``pending -> leased -> sending -> sent | retry | failed | expired``."""

    async def put(self, messages: Sequence[OutgoingMessage], now: datetime) -> None:
        """Store messages as pending; one whose ``dedupe_key`` was ever stored is passed over.

        So is an answer to a chat for which so many wait already that it would be too old before its turn came.
        """
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

    async def drop_attachment(self, row_id: int) -> None:
        """Send a waiting message without its file from now on: with the text that stands ``instead`` of it."""
        ...

    async def refused(self, chat_ids: Collection[int]) -> set[int]:
        """Return those of the chats for which news wait until the bot may write there again."""
        ...

    async def redirect_refused(self, chat_id: int, thread_id: int | None) -> None:
        """Send what a chat refused into another topic of the forum, None for its general one."""
        ...

    async def try_refused(self, chat_ids: Collection[int], now: datetime) -> set[int]:
        """Try what these chats refused again now; return the chats for which something waited."""
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

    async def taken(self, keys: Collection[str]) -> set[str]:
        """Return which of these dedupe keys are stored."""
        ...

    async def counts(self) -> Mapping[str, int]:
        """Return how many rows there are in each state; it looks at all of them."""
        ...

    async def underway(self) -> Mapping[str, int]:
        """Return how many rows there are in each state in which a message is on its way, however many have ended."""
        ...


class Inbox(Protocol):
    """Updates as they came, each handled once."""

    async def store(self, updates: Sequence[InboxUpdate]) -> int:
        """Store updates; those stored before are passed over. Return how many were new."""
        ...

    async def full(self, limit: int) -> bool:
        """Return whether that many updates wait to be handled, or more."""
        ...

    async def claim(self, now: datetime, *, owner: str, lease: timedelta, limit: int) -> list[InboxUpdate]:
        """Lease waiting updates in order, at most one a chat, none while an earlier one of its chat is unfinished."""
        ...

    async def done(self, update_id: int, now: datetime) -> None:
        """Note that an update was handled. Its id stays, its payload does not."""
        ...

    async def fail(self, update_id: int, now: datetime, *, error: str, retry_at: datetime | None) -> None:
        """Note a failed attempt: again at ``retry_at``, or set aside as it is where it is None."""
        ...
