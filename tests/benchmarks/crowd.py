"""A database full of chats, for the benchmarks of storage and of scale: written by the engine's fastest way.

Twice as many subscriptions as there are chats: each of the first chats follows a topic that only few follow, so that
every topic is somebody's; all else goes by Zipf's law. ``DUE`` of the chats are due at ``NOW``, all others long after.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

from bot.core.model import NewArticle, PlacedArticle, Source
from bot.storage import SqlStorage
from bot.storage.codec import millis

# Of today: the program that is started on the crowd would clear away older news meanwhile.
NOW = datetime.now(UTC).replace(hour=3, minute=30, second=0, microsecond=0)
DUE = 2000  # chats whose digest has come
STORIES = 600
MET = 4  # articles of the day under each topic: a reader of two topics finds some eight stories
TEXT = "Қасым-Жомарт Тоқаев Иран президентімен келіссөз жүргізді. " * 20

_STEP = 50_000  # rows in one transaction
_LATER = millis(datetime(2100, 1, 1, tzinfo=UTC))
_KEYS = 400  # postings of an article

Rows = Iterator[tuple[object, ...]]

_TABLES = {
    "topic": ("id", "canonical", "generation"),
    "topic_match": ("topic_id", "article_id", "reasons"),
    "topic_story": ("topic_id", "story_id", "source_id", "first_seq", "stored_at", "backfilled", "language"),
    "chat": (
        *("id", "kind", "locale", "zone", "schedule", "state", "created_at", "next_digest_at", "next_slot_at", "quiet"),
        "digest_when_empty",
    ),
    "subscription": ("chat_id", "topic_id", "label", "started_at_seq", "watermark", "created_at", "mode"),
}


async def fill(storage: SqlStorage, chats: int, topics: Sequence[str]) -> None:
    """Store what is there before a tick: sources, a day's articles, these topics, what they met, chats, subscriptions."""
    rng = random.Random(7)  # noqa: S311 - the same numbers every time
    async with storage.transaction() as unit:
        await unit.feeds.sync([Source(f"s{n}", {"kk": "s"}, f"https://s{n}.test", "kk") for n in range(20)], NOW)
        await unit.sequences.take("article", STORIES)
        last = await unit.sequences.take("seq", MET * len(topics)) + MET * len(topics) - 1
        await unit.connection.fetch_sql("UPDATE alert_cursor SET done_seq = :last, up_to = :last", {"last": last})
        await unit.sequences.take("generation", len(topics))
        await unit.articles.add([placed(number) for number in range(1, STORIES + 1)])
    await _load(storage, "topic", ((number, text, number) for number, text in enumerate(topics, start=1)))
    met = list(_met(rng, len(topics)))
    await _load(storage, "topic_match", ((topic, article, '["Иран"]') for topic, article in met))
    await _load(storage, "topic_story", _appearances(met))
    await _load(storage, "chat", (_chat(number) for number in range(1, chats + 1)))
    await _load(storage, "subscription", _subscriptions(rng, chats, len(topics)))


async def rest(storage: SqlStorage) -> None:
    """Let nobody be due any more, whatever the clock says."""
    sql = "UPDATE chat SET next_digest_at = :at, next_slot_at = :at WHERE next_slot_at < :at"
    async with storage.transaction() as unit:
        await unit.connection.fetch_sql(sql, {"at": _LATER})


def placed(number: int) -> PlacedArticle:
    """Return an article as one fetch stores it; three make a story."""
    article = NewArticle(
        f"s{number % 20}", f"u{number}", "https://s.test/1", TEXT[:60], TEXT[:200], TEXT, "kk", NOW, "h"
    )
    return PlacedArticle(number, story_of(number), NOW, article, frozenset(hash((number, key)) for key in range(_KEYS)))


def story_of(article: int) -> int:
    """Return the story of an article."""
    return article - article % 3


async def _load(storage: SqlStorage, table: str, rows: Rows) -> None:
    while batch := list(islice(rows, _STEP)):
        async with storage.transaction() as unit:
            await unit.connection.load(table, _TABLES[table], batch)


def _met(rng: random.Random, topics: int) -> Iterator[tuple[int, int]]:
    """Yield topic and article, by topic."""
    for topic in range(1, topics + 1):
        for article in sorted(rng.sample(range(1, STORIES + 1), MET)):
            yield topic, article


def _appearances(met: Sequence[tuple[int, int]]) -> Rows:
    known = set()
    for seq, (topic, article) in enumerate(met, start=1):
        if (key := (topic, story_of(article), f"s{article % 20}")) not in known:
            known.add(key)
            yield (*key, seq, millis(NOW), 0, "kk")
        if len(known) > _STEP:  # they come by topic: what lies far behind comes no more
            known = {key}


def _chat(number: int) -> tuple[object, ...]:
    slot = millis(NOW) if number <= DUE else _LATER
    return (number, "private", "kk", "Asia/Almaty", "08:30", "active", 0, slot, slot, "", 0)


def _subscriptions(rng: random.Random, chats: int, topics: int) -> Rows:
    for chat in range(1, chats + 1):
        second = chat if chat <= topics else _popular(rng, topics)
        for topic in sorted({_popular(rng, topics), second}):
            yield (chat, topic, "Иран", 0, 0, 0, "digest")


def _popular(rng: random.Random, topics: int) -> int:
    """Return a topic's id; small ids are followed the most."""
    return min(topics, int(rng.paretovariate(0.4)))
