"""Deleting all of a feed that nobody has any more, and what met a topic that nobody follows any more.

Names and addresses go with the transaction that lets go of them; the many rows behind them go in steps of it::

    a chat is forgotten | its feeds without a name or an address, its topics gone | articles, matches, a step at a time
                        | the answer on its way                                     | deleted once it was sent
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.storage import codec
from bot.storage.connection import Connection, Row

LINGER: Final = timedelta(hours=1)
"""How long it is looked for what was on its way when a chat or a topic was deleted: longer than an answer waits to be
sent, and longer than a running process keeps a topic in its index."""

_KEY_BYTES = 8
MOST_KEYS: Final = 5_000
"""Rows of postings in one step, and of matches: fifteen articles of usual length, one of the longest."""


def first_few(rows: Sequence[Row]) -> Sequence[Row]:
    """Return the first rows of articles, until they have ``MOST_KEYS`` posting keys: one at least."""
    keys = 0
    for number, row in enumerate(rows):
        keys += len(row["posting_keys"] or b"") // _KEY_BYTES
        if keys > MOST_KEYS:
            return rows[: max(1, number)]
    return rows


async def drop_articles(connection: Connection, rows: Sequence[Row]) -> int:
    """Delete articles with their postings and matches; return how many rows went.

    One that met very many topics loses some of its matches first, and goes with the last of them.
    """
    ids = codec.array(row["id"] for row in rows)
    matches = await connection.fetch("retention.matches_of", {"ids": ids, "limit": MOST_KEYS})
    if len(matches) == MOST_KEYS:
        return MOST_KEYS
    await connection.executemany(
        "articles.drop_postings",
        [{"article_id": row["id"], "keys": codec.array(codec.unpacked(row["posting_keys"]))} for row in rows],
    )
    await connection.execute("retention.drop_articles", {"ids": ids})
    return len(rows)


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
        entries = await connection.fetch("erasure.entries", {"source_id": feeds[0]["id"], "limit": limit - done})
        rows = first_few(entries)
        await _erase_articles(connection, feeds[0]["id"], rows)
        if len(entries) < limit - done and len(rows) == len(entries):
            await connection.execute("erasure.drop_feed", {"source_id": feeds[0]["id"]})
        done += max(1, len(rows))
        if len(rows) < len(entries):
            break
    return done


async def _erase_articles(connection: Connection, source_id: str, rows: Sequence[Row]) -> None:
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
