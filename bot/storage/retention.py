"""Deleting what need not be kept, in small steps: each call deletes at most ``limit`` rows and says how many."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from bot.storage import codec
from bot.storage.chats import Chats
from bot.storage.connection import Connection
from bot.storage.erasure import (
    drop_articles,
    erase_chats_step,
    erase_feeds_step,
    erase_topics,
    erase_topics_step,
    first_few,
)

LISTED_GRAIN = timedelta(days=1)  # how exactly the listing of an entry is noted


class Retention:
    """``ports.Retention`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def articles(self, before: datetime, *, limit: int) -> int:
        """Delete articles that were first stored before then, with their postings and matches; identities stay."""
        params = {"before": codec.millis(before), "limit": limit}
        rows = first_few(await self._connection.fetch("retention.old_articles", params))
        return await drop_articles(self._connection, rows) if rows else 0

    async def stories(self, before: datetime, *, limit: int) -> int:
        """Delete appearances of stories that were first stored before then."""
        return await self._delete("retention.stories", before, limit)

    async def identities(self, before: datetime, *, limit: int) -> int:
        """Delete identities of deleted articles that no document has listed since then.

        What the newest document of a source lists stays, however long that document has not changed.
        """
        return await self._delete("retention.identities", before, limit, grain=codec.whole_millis(LISTED_GRAIN))

    async def messages(self, before: datetime, *, limit: int) -> int:
        """Delete outbox rows that were settled before then, and the pacing of chats that rested since."""
        await self._delete("retention.paces", before, limit)
        return await self._delete("retention.messages", before, limit)

    async def updates(self, before: datetime, *, limit: int) -> int:
        """Delete inbox rows that were finished before then."""
        return await self._delete("retention.updates", before, limit)

    async def compositions(self, before: datetime, *, limit: int) -> int:
        """Delete compositions made before then; their buttons open nothing any more."""
        return await self._delete("retention.compositions", before, limit)

    async def removals(self, before: datetime, *, limit: int) -> int:
        """Delete what subscriptions that were removed before then had been; removing them is final then."""
        return await self._delete("retention.removals", before, limit)

    async def offers(self, before: datetime, *, limit: int) -> int:
        """Delete feeds that were offered before then."""
        return await self._delete("retention.offers", before, limit)

    async def broadcasts(self, before: datetime, *, limit: int) -> int:
        """Delete broadcasts made before then, but those that are on their way."""
        return await self._delete("retention.broadcasts", before, limit)

    async def unfollowed(self, after: int, *, limit: int) -> tuple[int | None, Sequence[int]]:
        """Look through the next topics; return the last one's id, None at the end, and those that nobody follows."""
        rows = await self._connection.fetch("retention.look_through_topics", {"after": after, "limit": limit})
        last = rows[-1]["id"] if len(rows) == limit else None
        return last, [row["id"] for row in rows if row["reader"] is None]

    async def topics(self, topic_ids: Collection[int], now: datetime) -> int:
        """Delete those of these that nobody follows; what met them goes by ``erased_topics``. Return how many."""
        return await erase_topics(self._connection, topic_ids, now)

    async def erased_topics(self, now: datetime, *, limit: int) -> int:
        """Delete matches and appearances of topics that were deleted."""
        return await erase_topics_step(self._connection, now, limit)

    async def erased_feeds(self, now: datetime, *, limit: int) -> int:
        """Delete the articles of a feed that no chat has any more, with all that is theirs; the feed with the last."""
        return await erase_feeds_step(self._connection, now, limit)

    async def forgotten_chats(self, now: datetime) -> int:
        """Delete what was on its way to chats when they were forgotten, once it has been sent."""
        return await erase_chats_step(self._connection, now)

    async def note_gone(self, now: datetime) -> int:
        """Note from when on chats cannot be written to, and ask no more the feeds that only such chats have on."""
        gone = await self._connection.fetch("erasure.note_gone", {"now": codec.millis(now)})
        ids = codec.array(row["id"] for row in gone)
        feeds = await self._connection.fetch("erasure.feeds_of", {"chat_ids": ids})
        await self._connection.execute("feeds.release", {"ids": codec.array(row["source_id"] for row in feeds)})
        return 0

    async def gone_chats(self, before: datetime, *, limit: int) -> int:
        """Forget chats that cannot be written to since before then."""
        chats = Chats(self._connection)
        rows = await self._connection.fetch("erasure.long_gone", {"before": codec.millis(before), "limit": limit})
        for row in rows:
            await chats.forget(row["id"], before)
        return len(rows)

    async def _delete(self, name: str, before: datetime, limit: int, **more: int) -> int:
        params = {"before": codec.millis(before), "limit": limit, **more}
        return len(await self._connection.fetch(name, params))
