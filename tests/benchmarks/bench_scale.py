"""What many chats cost: ``python tests/benchmarks/bench_scale.py [--full | --chats N --topics N] [--engine NAME …]``.

Fills a database with chats, twice as many subscriptions over distinct topics, and a day's stories, on each engine (a
PostgreSQL server is that of the tests, JARSHY_TEST_POSTGRES; without one that half is left out, and said to be). Then,
beside the same with a thousand chats: start-up and memory of the program, an empty tick, and a digest from its claim to
its commit beside one batched outbox insert. ``--full`` is a million chats, two million subscriptions and 200,000 topics:
some ten minutes, 4 GB of disk. Usually it is a tenth of the chats, and 5,000 topics.
"""

import argparse
import asyncio
import gc
import os
import socket
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
from crowd import NOW, TEXT, fill, rest
from workload import Workload

from bot.core import render
from bot.core.model import Article, Digest, DigestEntry, DigestKind, DigestSection, OutgoingMessage, Priority
from bot.i18n import Catalogues
from bot.services import scheduled
from bot.services.scheduled import BATCH, ScheduledDigests
from bot.storage import SqlStorage, open_storage
from bot.storage.postgres import PostgresConnection
from bot.storage.sqlite import SqliteConnection

ENGINES = ("sqlite", "postgresql")
SERVER = os.environ.get("JARSHY_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/test")
TICKS, ROUNDS = 300, 7
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


async def time_ticks(digests: ScheduledDigests, clock: Callable[[], float]) -> float:
    """Return what a tick costs that finds nothing due, in microseconds: the median of the quietest of some rounds."""
    await digests.tick()

    async def median() -> float:
        taken = []
        for _ in range(TICKS):
            start = clock()
            await digests.tick()
            taken.append(clock() - start)
        return statistics.median(taken)

    return min([await median() for _ in range(ROUNDS)]) * 1e6


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


async def start_program(url: str, folder: Path) -> dict[str, float]:
    """Start the program's ticks there and stop them; return how long each took, and its memory when it was ready."""
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
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        try:
            await answers(client, "/healthz")
            alive = time.perf_counter() - start
            await answers(client, "/readyz")
            ready, memory = time.perf_counter() - start, memory_of(program.pid)
        finally:
            asked = time.perf_counter()
            program.terminate()
            await program.wait()
    return {"alive s": alive, "ready s": ready, "memory MB": memory, "stop s": time.perf_counter() - asked}


async def answers(client: httpx.AsyncClient, path: str) -> None:
    """Wait until the program says yes there."""
    while True:
        try:
            if (await client.get(path, timeout=30)).is_success:
                return
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.05)


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
        Article(number, "s1", f"https://s.test/{number}", TEXT[:90], TEXT[:300], "kk",
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

    rounds = [(each(None, 100), each(cache, 1000)) for _ in range(ROUNDS)]  # in turn: both meet the same machine
    alone, shared = (min(column) for column in zip(*rounds, strict=True))
    print(f"\na digest of ten stories in words: {alone:.0f} us alone, {shared:.0f} us with stories that others share")
    return alone / shared


async def measure(url: str, chats: int, topics: Sequence[str]) -> dict[str, float]:
    """Fill a database with so many chats and measure; nobody is due any more afterwards."""
    storage = await open_storage(url)
    texts = Catalogues()
    clock = StandingClock()
    # Of SQLite the processor's time: the work is this process's own. Of a server the time on the wall.
    watch = time.perf_counter if storage.engine.dialect.name == "postgresql" else time.process_time
    try:
        start = time.perf_counter()
        await fill(storage, chats, topics)
        filled = time.perf_counter() - start
        digests = ScheduledDigests(storage, clock, texts.translator, lambda: None)
        due, digest, trips = await time_digests(storage, digests, watch)
        clock.at = NOW + timedelta(hours=1)
        empty = await time_ticks(digests, watch)
        insert = await time_insert(storage, watch)
        await rest(storage)
    finally:
        await storage.close()
    return {
        "chats": chats, "topics": len(topics), "filled in s": filled, "digests": due, "digest us": digest,
        "insert us": insert, "ratio": digest / insert, "trips a digest": trips, "empty tick us": empty,
    }  # fmt: skip


@asynccontextmanager
async def database(engine: str, folder: Path) -> AsyncIterator[str]:
    """Give the address of an empty database, which is gone afterwards."""
    if engine == "sqlite":
        yield f"sqlite:///{folder}/scale.db"
        return
    server = await asyncpg.connect(SERVER)
    schema = f"jarshy_{uuid.uuid4().hex}"
    await server.execute(f"CREATE SCHEMA {schema}")
    try:
        yield f"{SERVER}{'&' if '?' in SERVER else '?'}search_path={schema}"
    finally:
        await server.execute(f"DROP SCHEMA {schema} CASCADE")
        await server.close()


async def measure_engine(engine: str, chats: int, topics: Sequence[str]) -> None:
    """Print the figures of a thousand chats and of many, on one engine."""
    print(f"\n{engine}")
    ticks = []
    for count, followed in ((1000, topics[:200]), (chats, topics)):
        with tempfile.TemporaryDirectory() as folder:
            async with database(engine, Path(folder)) as url:
                figures = await measure(url, count, followed)
                ticks.append(figures["empty tick us"])
                show(figures)
                for start in ("first start", "start again"):  # the first one makes the topic index, and keeps it
                    show(await start_program(url, Path(folder)), f"{start}:  ")
    print(f"an empty tick costs {ticks[1] / ticks[0]:.2f} times a thousand's (2 asked)")


async def main() -> None:
    """Print the figures of each engine."""
    scheduled.BREATH_SECONDS = scheduled.BREATH_SHARE = 0  # pauses between batches are others': no cost of a digest
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="a million chats and 200,000 topics")
    parser.add_argument("--chats", type=int, default=100_000)
    parser.add_argument("--topics", type=int, default=5_000)
    parser.add_argument("--engine", nargs="+", choices=ENGINES, default=ENGINES)
    options = parser.parse_args()
    chats, count = (1_000_000, 200_000) if options.full else (options.chats, options.topics)
    print("asked: a digest for 12 inserts, 0.05 round trips a digest, words 20 times cheaper, an empty tick twice")
    print(f"words: {time_words(Catalogues()):.0f} times cheaper")
    topics = [query.canonical for query in Workload().queries(count)]
    for engine in options.engine:
        try:
            await measure_engine(engine, chats, topics)
        except (OSError, asyncpg.PostgresError) as error:
            print(f"{engine}: left out, no server answers: {type(error).__name__}")


def show(figures: dict[str, float], head: str = "") -> None:
    """Print figures on one line."""
    print(head + "  ".join(f"{name} {value:,.2f}".removesuffix(".00") for name, value in figures.items()), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
