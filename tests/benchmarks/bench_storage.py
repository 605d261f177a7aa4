"""How much storage costs: ``python tests/benchmarks/bench_storage.py [--chats N …] [--url URL]``.

Fills a database with chats, twice as many subscriptions over Zipfian topics, and a day's stories; then times what runs
on every tick and what a digest costs from its claim to its commit. Ratios hold better than times.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from crowd import NOW, STORIES, TEXT, fill, placed, story_of

from bot.core.model import (
    Chat,
    DeliveryMode,
    InboxUpdate,
    OutgoingMessage,
    Priority,
    SettledState,
    Settlement,
    TopicMatch,
    TopicStory,
)
from bot.storage import SqlStorage, open_storage

LEASE = timedelta(seconds=60)
BATCH = 1000  # rows or chats in one transaction
MODES = [DeliveryMode.DIGEST]


class Stopwatch:
    """Times by name, in microseconds for one.

    Of SQLite the processor's time, all threads together: the work is this process's own, and a busy machine does not
    change it. Of a server the time on the wall.
    """

    def __init__(self, *, wall: bool) -> None:
        self.times: dict[str, float] = {}
        self._clock = time.perf_counter if wall else time.process_time

    @contextmanager
    def of(self, name: str, count: int = 1) -> Iterator[None]:
        """Time a block that does ``count`` of what is named."""
        start = self._clock()
        yield
        self.times[name] = (self._clock() - start) / count * 1e6


async def store_article(storage: SqlStorage, number: int, topics: Sequence[int]) -> None:
    """Store an article with its postings, matches and appearances, as one fetch does."""
    async with storage.transaction() as unit:
        first = await unit.sequences.take("seq", len(topics))
        await unit.articles.add([placed(number)])
        await unit.topics.add_matches([TopicMatch(topic, number, ("Иран",)) for topic in topics])
        stories = [TopicStory(topic, story_of(number), first + n, NOW) for n, topic in enumerate(topics)]
        await unit.topics.add_stories(stories)


def message(key: str, chat_id: int) -> OutgoingMessage:
    """Return a digest of ordinary length."""
    return OutgoingMessage(key, chat_id, TEXT[:1500], Priority.DIGEST, NOW + timedelta(days=1))


async def digests(storage: SqlStorage) -> tuple[int, int]:
    """Compose for one batch of due chats; return how many chats and how many stories there were."""
    async with storage.transaction() as unit:
        due = await unit.chats.claim_due(NOW, limit=BATCH)
        ids = [chat.id for chat in due]
        last = await unit.sequences.last("seq")
        unseen = await unit.subscriptions.unseen(ids, modes=MODES, up_to=last, now=NOW)
        await unit.subscriptions.of_each(ids)
        await unit.outbox.put([message(f"digest:{chat_id}", chat_id) for chat_id in ids], NOW)
        await unit.subscriptions.advance(ids, modes=MODES, up_to=last)
        await unit.chats.put_each([_moved(chat) for chat in due])
    return len(ids), sum(map(len, unseen.values()))


def _moved(chat: Chat) -> Chat:
    return replace(chat, next_digest_at=NOW + timedelta(days=1))


async def measure(storage: SqlStorage, watch: Stopwatch) -> int:
    """Time each step; return the stories of one digest batch."""
    with watch.of("article stored", 20):
        for number in range(STORIES + 1, STORIES + 21):
            await store_article(storage, number, [1, 2, 3, 4, 5])
    await digests(storage)  # warms the caches
    with watch.of("digest", BATCH):
        chats, stories = await digests(storage)
    if chats != BATCH:
        raise SystemExit(f"{chats} chats were due")
    with watch.of("empty tick", 200):
        for _ in range(200):
            async with storage.reading() as unit:
                await unit.chats.any_due(NOW)
    async with storage.transaction() as unit:
        with watch.of("outbox insert", BATCH):
            await unit.outbox.put([message(f"x:{number}", 10**9 + number) for number in range(BATCH)], NOW)
    await _send(storage, watch)
    with watch.of("update stored", BATCH):
        async with storage.transaction() as unit:
            await unit.inbox.store([InboxUpdate(number, number, TEXT[:500], NOW) for number in range(BATCH)])
    with watch.of("update claimed", BATCH):
        for _ in range(10):
            async with storage.transaction() as unit:
                await unit.inbox.claim(NOW, owner="a", lease=LEASE, limit=100)
    return stories


async def _send(storage: SqlStorage, watch: Stopwatch) -> None:
    claimed = []
    with watch.of("message claimed", BATCH):
        for _ in range(10):
            async with storage.transaction() as unit:
                claim = await unit.outbox.claim(NOW, owner="a", lease=LEASE, limit=100, rate=1e9)
            claimed += [leased.id for leased in claim.messages]
    with watch.of("message marked and settled", BATCH):
        for first in range(0, BATCH, 100):
            ids = claimed[first : first + 100]
            async with storage.transaction() as unit:
                await unit.outbox.mark_sending(ids, NOW, lease=LEASE)
            async with storage.transaction() as unit:
                await unit.outbox.settle([Settlement(number, SettledState.SENT, message_id=1) for number in ids], NOW)


async def run(url: str, chats: int) -> dict[str, float]:
    """Fill a database and print its figures."""
    storage = await open_storage(url)
    try:
        start = time.perf_counter()
        await fill(storage, chats, [f"топик {number}" for number in range(max(200, chats // 10))])
        filled = time.perf_counter() - start
        watch = Stopwatch(wall=storage.engine.dialect.name == "postgresql")
        stories = await measure(storage, watch)
    finally:
        await storage.close()
    print(f"\n{storage.engine.dialect.name}, {chats:,} chats (filled in {filled:.0f} s), {stories / BATCH:.1f} each")
    for name, each in watch.times.items():
        print(f"  {name:30} {each:10.1f} us")
    print(f"  a digest costs {watch.times['digest'] / watch.times['outbox insert']:.1f} outbox inserts")
    return watch.times


async def main() -> None:
    """Run each size and print the growth of an empty tick."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, nargs="+", default=[2_000, 100_000])
    parser.add_argument("--url", help="an empty database (default: a SQLite file for each size)")
    options = parser.parse_args()
    ticks = []
    for chats in options.chats:
        with tempfile.TemporaryDirectory() as folder:
            times = await run(options.url or f"sqlite:///{Path(folder)}/bench.db", chats)
            ticks.append(times["empty tick"])
    if len(ticks) > 1:
        print(f"\nthe empty tick of the last size costs {ticks[-1] / ticks[0]:.2f} times that of the first")


if __name__ == "__main__":
    asyncio.run(main())
