"""Deleting all of a feed that nobody has any more, and what met a topic that nobody follows any more.

Names and addresses go with the transaction that lets go of them; the many rows behind them go in steps of it::

    a chat is forgotten | its feeds without a name or an address, its topics gone | articles, matches, a step at a time
                        | the answer on its way                                     | deleted once it was sent
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from bot.storage import codec
from bot.storage.connection import Connection

LINGER: Final = timedelta(hours=1)
"""How long it is looked for what was on its way when a chat or a topic was deleted: longer than an answer waits to be
sent, and longer than a running process keeps a topic in its index."""


async def release_feeds(connection: Connection, source_ids: Collection[str]) -> None:
    """Ask those of the feeds no more that no chat has on; delete those that no chat has at all.

    Their names and addresses go now, the rest in the background.
    """
    ids = codec.array(source_ids)
    await connection.execute("feeds.release", {"ids": ids})
    await connection.execute("erasure.blank", {"ids": ids})


async def erase_feeds_step(connection: Connection, now: datetime, limit: int) -> int:
    """Delete at most so many articles of the feeds that are to go, each feed with its last one; return how many."""
    done = 0
    while done < limit:
        feeds = await connection.fetch("erasure.next_feed", {"now": codec.millis(now)})
        if not feeds:
            break
        done += max(1, await _erase_articles(connection, feeds[0]["id"], limit - done))
    return done


async def _erase_articles(connection: Connection, source_id: str, limit: int) -> int:
    rows = await connection.fetch("erasure.entries", {"source_id": source_id, "limit": limit})
    ids = codec.array(row["article_id"] for row in rows)
    postings = [
        {"article_id": row["article_id"], "keys": codec.array(codec.unpacked(row["posting_keys"]))}
        for row in rows
        if row["posting_keys"] is not None
    ]
    await connection.execute("erasure.appearances", {"source_id": source_id, "ids": ids})
    await connection.executemany("articles.drop_postings", postings)
    await connection.execute("topics.drop_matches", {"article_ids": ids})
    await connection.execute("retention.drop_articles", {"ids": ids})
    uids = codec.array(row["uid_hash"] for row in rows)
    await connection.execute("erasure.drop_entries", {"source_id": source_id, "uids": uids})
    if len(rows) < limit:
        await connection.execute("erasure.drop_feed", {"source_id": source_id})
    return len(rows)


async def erase_topics(connection: Connection, topic_ids: Collection[int], now: datetime) -> int:
    """Delete those of the topics that nobody follows: their words now, what met them in the background."""
    rows = await connection.fetch("retention.drop_topics", {"ids": codec.array(topic_ids)})
    ids = codec.array(row["id"] for row in rows)
    await connection.execute("erasure.note_topics", {"ids": ids, "now": codec.millis(now)})
    return len(rows)


async def erase_topics_step(connection: Connection, now: datetime, limit: int) -> int:
    """Delete at most so many matches and appearances of deleted topics; return how many."""
    matches = len(await connection.fetch("erasure.matches", {"limit": limit}))
    stories = len(await connection.fetch("erasure.stories", {"limit": limit}))
    await connection.execute("erasure.close_topics", {"before": codec.millis(now - LINGER)})
    return max(matches, stories)


async def erase_chats_step(connection: Connection, now: datetime) -> int:
    """Delete what was sent to forgotten chats since, and their pacing; return how many chats are done with.

    One that has written again is not forgotten any more.
    """
    await connection.execute("erasure.last_messages")
    await connection.execute("erasure.last_paces", {"now": codec.millis(now)})
    return len(await connection.fetch("erasure.close_chats", {"before": codec.millis(now - LINGER)}))
