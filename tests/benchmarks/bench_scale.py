"""What many chats cost: ``python tests/benchmarks/bench_scale.py [--chats N] [--url URL]``.

Fills a database with N chats (100,000 unless told otherwise; ``--chats 1000000`` for the whole million), twice as many
subscriptions, a topic for every ten chats and a day's stories. Then, beside the same with a thousand chats: start-up
and memory of the program, an empty tick, and a digest from its claim to its commit beside one batched outbox insert.
"""

import argparse
import asyncio
import gc
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import bench_storage
import httpx

from bot.core import render
from bot.core.model import Article, Digest, DigestEntry, DigestKind, DigestSection, OutgoingMessage, Priority
from bot.i18n import Catalogues
from bot.services.scheduled import BATCH, ScheduledDigests
from bot.storage import SqlStorage, open_storage
from bot.storage.postgres import PostgresConnection
from bot.storage.sqlite import SqliteConnection

NOW = bench_storage.NOW
TICKS = 300
PROJECT = Path(__file__).parents[2]
_NO_NEWS = """
[[source]]
id = "a"
name = "a"
url = "http://127.0.0.1:9/a"
language = "kk"
"""


class StandingClock:
    """A clock that stands at the hour of the digests."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        """Return the instant."""
        return self.at


class Statements:
    """Counts the statements that reach the database, and the begin and end of each transaction."""

    def __init__(self) -> None:
        self.count = 0
        self._plain = [
            (kind, verb, getattr(kind, verb))
            for kind in (SqliteConnection, PostgresConnection)
            for verb in ("fetch_sql", "executemany_sql", "fetch", "execute", "executemany")
            if kind is PostgresConnection or verb.endswith("_sql")
        ]

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count while the block runs."""
        for kind, verb, plain in self._plain:
            setattr(kind, verb, self._counting(plain))
        yield
        for kind, verb, plain in self._plain:
            setattr(kind, verb, plain)

    def _counting(self, plain):
        async def counting(connection, *arguments):
            self.count += 1
            return await plain(connection, *arguments)

        return counting


async def time_ticks(digests: ScheduledDigests) -> float:
    """Return what a tick costs that finds nothing due, in microseconds of the processor."""
    await digests.tick()
    start = time.process_time()
    for _ in range(TICKS):
        await digests.tick()
    return (time.process_time() - start) / TICKS * 1e6


async def time_digests(storage: SqlStorage, digests: ScheduledDigests, clock) -> tuple[int, float, float]:
    """Compose for all that is due (two batches); return how many, microseconds for one, statements for one."""
    gc.collect()
    statements = Statements()
    start = clock()
    with statements.counted():
        done = await digests.tick()
    transactions = -(-done // BATCH)
    # Begin and commit of each batch, and the look for more before each, which the last one is of.
    trips = statements.count + 2 * transactions + 2 * (transactions + 1)
    async with storage.reading() as unit:
        made = sum((await unit.outbox.counts()).values())
    if made < 0.9 * done:
        raise SystemExit(f"{done} chats were due, {made} digests made")
    return done, (clock() - start) / done * 1e6, trips / done


async def time_insert(storage: SqlStorage, clock) -> float:
    """Return what one row costs where the same digests are put into the outbox again, in microseconds."""
    async with storage.reading() as unit:
        rows = await unit.connection.fetch_sql("SELECT id, chat_id, text FROM outbox")
    later = NOW + timedelta(days=1)
    messages = [OutgoingMessage(f"x:{row['id']}", row["chat_id"], row["text"], Priority.DIGEST, later) for row in rows]
    gc.collect()
    start = clock()
    async with storage.transaction() as unit:
        await unit.outbox.put(messages, NOW)
    return (clock() - start) / len(messages) * 1e6


async def start_program(url: str, folder: Path) -> tuple[float, int]:
    """Start the program's ticks on that database; return the seconds until it is ready, and its memory in MB."""
    sources = folder / "sources.toml"
    sources.write_text(_NO_NEWS, encoding="utf-8")
    port = free_port()
    settings = {"DATABASE_URL": url, "HTTP_PORT": str(port), "SOURCES_FILE": str(sources), "PYTHONPATH": str(PROJECT)}
    start = time.perf_counter()
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--roles", "digests,ingest"),
        env={"PATH": os.environ["PATH"], **settings},
        cwd=folder,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            while not await is_ready(client):  # noqa: ASYNC110 - another process tells by its port alone
                await asyncio.sleep(0.05)
        return time.perf_counter() - start, memory_of(program.pid)
    finally:
        program.terminate()
        await program.wait()


async def is_ready(client: httpx.AsyncClient) -> bool:
    """Return whether the program says that it is ready."""
    try:
        return (await client.get("/readyz")).is_success
    except httpx.TransportError:
        return False


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def memory_of(pid: int) -> int:
    """Return how much memory a process holds, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) // 1024


def time_words(texts: Catalogues) -> float:
    """Return how much cheaper a digest of ten stories is that were put into words before."""
    articles = [
        Article(number, "s1", f"https://s.test/{number}", bench_storage.TEXT[:90], bench_storage.TEXT[:300], "kk",
                NOW - timedelta(minutes=number), NOW, number)
        for number in range(10)
    ]  # fmt: skip
    entries = tuple(DigestEntry(article.id, article, ("a", "b")) for article in articles)
    digest = Digest(DigestKind.SCHEDULED, (DigestSection(1, "Иран", entries),), NOW, 10)
    names = {"s1": {"kk": "Қазинформ"}}
    tr = texts.translator("kk", "Asia/Almaty")
    cache = render.BlockCache()
    render.digest_pages(digest, names, tr, cache)

    def each(cache: render.BlockCache | None, count: int) -> float:
        start = time.process_time()
        for _ in range(count):
            render.digest_pages(digest, names, tr, cache)
        return (time.process_time() - start) / count * 1e6

    alone, shared = each(None, 200), each(cache, 2000)
    print(f"\na digest of ten stories in words: {alone:.0f} us alone, {shared:.0f} us with stories that others share")
    return alone / shared


async def measure(url: str, chats: int) -> dict[str, float]:
    """Fill a database with so many chats and measure."""
    storage = await open_storage(url)
    texts = Catalogues()
    clock = StandingClock()
    server = storage.engine.dialect.name == "postgresql"
    watch = time.perf_counter if server else time.process_time
    try:
        await bench_storage.fill(storage, chats)
        digests = ScheduledDigests(storage, clock, texts.translator, lambda: None)
        due, digest, trips = await time_digests(storage, digests, watch)
        clock.at = NOW + timedelta(hours=1)
        empty = await time_ticks(digests)
        insert = await time_insert(storage, watch)
    finally:
        await storage.close()
    return {
        "chats": chats, "digests": due, "digest us": digest, "insert us": insert, "ratio": digest / insert,
        "trips a digest": trips, "empty tick us": empty,
    }  # fmt: skip


async def main() -> None:
    """Print the figures of few chats and of many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chats", type=int, default=100_000)
    parser.add_argument("--url", help="an empty PostgreSQL database in place of SQLite files; it is filled")
    options = parser.parse_args()
    print(f"words: {time_words(Catalogues()):.0f} times cheaper")
    for chats in [options.chats] if options.url else [1000, options.chats]:
        with tempfile.TemporaryDirectory() as folder:
            url = options.url or f"sqlite:///{folder}/scale.db"
            show(await measure(url, chats))
            first, _ = await start_program(url, Path(folder))  # makes the topic index, and keeps it
            seconds, memory = await start_program(url, Path(folder))
            show({"first start s": first, "start s": seconds, "memory MB": memory})


def show(figures: dict[str, float]) -> None:
    """Print figures on one line."""
    print("  ".join(f"{name} {value:,.2f}".removesuffix(".00") for name, value in figures.items()), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
