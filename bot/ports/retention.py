"""What storage promises of deleting."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol


class Retention(Protocol):
    """Deletes what need not be kept, in small steps: each call deletes at most ``limit`` rows and returns how many."""

    async def articles(self, before: datetime, *, limit: int) -> int:
        """Delete articles that were first stored before then, with their postings and matches; identities stay.

        Fewer than there is room for where they have many keys; none only where none is left.
        """
        ...

    async def stories(self, before: datetime, *, limit: int) -> int:
        """Delete appearances of stories that were first stored before then."""
        ...

    async def identities(self, before: datetime, *, limit: int) -> int:
        """Delete identities of deleted articles that no document has listed since then."""
        ...

    async def messages(self, before: datetime, *, limit: int) -> int:
        """Delete outbox rows that were settled before then; from then on their ``dedupe_key`` is free again."""
        ...

    async def updates(self, before: datetime, *, limit: int) -> int:
        """Delete inbox rows that were finished before then."""
        ...

    async def compositions(self, before: datetime, *, limit: int) -> int:
        """Delete compositions made before then."""
        ...

    async def removals(self, before: datetime, *, limit: int) -> int:
        """Delete what subscriptions that were removed before then had been; removing them is final then."""
        ...

    async def offers(self, before: datetime, *, limit: int) -> int:
        """Delete feeds that were offered to a chat before then."""
        ...

    async def broadcasts(self, before: datetime, *, limit: int) -> int:
        """Delete broadcasts made before then, but those that are on their way."""
        ...

    async def unfollowed(self, after: int, *, limit: int) -> tuple[int | None, Sequence[int]]:
        """Look through the next topics in the order of ids, those after that id, at most ``limit``.

        Return the last one's id, None where there are no more behind it, and those that nobody follows.
        """
        ...

    async def topics(self, topic_ids: Collection[int], now: datetime) -> int:
        """Delete those of these that nobody follows; what met them goes by ``erased_topics``. Return how many."""
        ...

    async def erased_topics(self, now: datetime, *, limit: int) -> int:
        """Delete matches and appearances of topics that were deleted."""
        ...

    async def erased_feeds(self, now: datetime, *, limit: int) -> int:
        """Delete articles of a feed that is to be deleted, with all that is theirs; the feed itself with the last.

        Here the rows that are counted are articles: fewer than there is room for where they have many keys.
        """
        ...

    async def forgotten_chats(self, now: datetime) -> int:
        """Delete what was on its way to chats when they were forgotten, once it was sent: the answer itself.

        Return how many chats nothing more is looked for.
        """
        ...

    async def note_gone(self, now: datetime) -> int:
        """Note that chats cannot be written to from now on, where they just became so; deletes nothing and returns 0.

        Feeds that only such chats have on are asked no more.
        """
        ...

    async def gone_chats(self, before: datetime, *, limit: int) -> int:
        """Forget chats, as ``Chats.forget`` does, that cannot be written to since before then.

        Here the rows that are counted are chats.
        """
        ...
