"""Fetching 2,000 feeds of 50 items, 95 % of them unchanged, beside feedparser alone and beside a naive loop.

The feeds are spread over addresses of 127.0.0.0/8 and served by a process of their own; there is no host pause.
"Naive" is ``httpx.get`` and ``feedparser.parse`` for each feed, one after another, without validators.

Then the longest that a good document waits and is parsed, alone and beside documents that hang until they are killed.

Run: ``python tests/benchmarks/bench_feeds.py [feeds]``
"""

import asyncio
import multiprocessing
import random
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

import feedparser
import httpx

from bot.core.model import Feed, Source
from bot.core.polling import Fetched, FetchResult, Unchanged
from bot.feeds.feed_source import HttpFeedSource
from bot.feeds.workers.pool import ParserPool

FEEDS = 2000
ITEMS = 50
CHANGED = 0.05
AT_ONCE = 16
NAIVE_SAMPLE = 60
PARSE_SAMPLE = 40
HANGING = (0, 8, 20)
GOOD_FOR = 4  # seconds: hanging documents are killed after five


def document(number: int, edition: int) -> bytes:
    """Return a feed as an outlet writes it: 50 items, a paragraph each."""
    words = ["Қазақстан", "Иран", "келісім", "нефть", "сауда", "министр", "бюджет", "government", "talks"]
    chance = random.Random(number * 1000 + edition)  # noqa: S311 (sample text)
    items = "".join(
        f"<item><title>{' '.join(chance.choices(words, k=9))}</title><link>https://x{number}.kz/n/{edition}-{item}</link>"
        f"<guid isPermaLink='false'>{edition}-{item}</guid><pubDate>Thu, 11 Dec 2025 {item % 24:02}:00:00 +0500</pubDate>"
        f"<description>&lt;p&gt;{' '.join(chance.choices(words, k=60))}&lt;/p&gt;</description></item>"
        for item in range(ITEMS)
    )
    return f"<rss version='2.0'><channel><title>Feed {number}</title>{items}</channel></rss>".encode()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, changed: set[int]) -> None:
    """Serve one request: 304 to who knows the edition, else the document."""
    head = await reader.readuntil(b"\r\n\r\n")
    number = int(head.split(b" ", 2)[1].rsplit(b"/", 1)[1])
    edition = 2 if b"if-none-match" in head.lower() and number in changed else 1
    tag = b'"%d"' % edition
    if b'"1"' in head and edition == 1:
        writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n')
    else:
        body = document(number, edition)
        writer.write(b"HTTP/1.1 200 OK\r\nETag: %s\r\nContent-Length: %d\r\n\r\n" % (tag, len(body)) + body)
    await writer.drain()
    writer.close()


def serve(ready: Connection, changed: set[int]) -> None:
    """Serve until killed; say the port."""

    async def run() -> None:
        server = await asyncio.start_server(lambda r, w: answer(r, w, changed), "0.0.0.0", 0, backlog=1024)  # noqa: S104
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """Return it."""
        return datetime.now(UTC)


def url(number: int, port: int) -> str:
    """Return a feed's address; 250 hosts in each of 127.0.x."""
    return f"http://127.0.{number // 250}.{number % 250 + 1}:{port}/feed/{number}"


def cpu() -> float:
    """Return the CPU seconds of this process and its ended children."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


async def all_at_once(fetch: Callable[[int], Awaitable[FetchResult]], count: int) -> list[FetchResult]:
    """Fetch all feeds, as many at once as the bot does."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> FetchResult:
        async with turns:
            return await fetch(number)

    return await asyncio.gather(*map(one, range(count)))


async def ours(port: int, count: int) -> tuple[float, float, dict[str, int]]:
    """Fetch all feeds a second time; return seconds and CPU seconds for each feed, and the kinds of results."""
    sources = [Source(f"s{n}", {}, url(n, port), "kk") for n in range(count)]
    clock = SystemClock()
    async with ParserPool() as pool:
        feeds = HttpFeedSource(
            pool, clock, poll_min=timedelta(minutes=5), poll_max=timedelta(days=1), host_pause=timedelta(0)
        )
        now = clock.now()
        blank = [Feed(source.id, now, etag='"1"', body_hash="-", full_at=now) for source in sources]
        warm = (feeds.fetch(source, replace(feed, etag=None)) for source, feed in zip(sources[:8], blank, strict=False))
        await asyncio.gather(*warm)  # the workers run
        started, spent = time.perf_counter(), cpu()
        results = await all_at_once(lambda n: feeds.fetch(sources[n], blank[n]), count)
        elapsed = time.perf_counter() - started
        await feeds.close()
    kinds = {kind.__name__: sum(isinstance(result, kind) for result in results) for kind in (Unchanged, Fetched)}
    return elapsed / count, (cpu() - spent) / count, kinds


def naive(port: int) -> tuple[float, float]:
    """Fetch and parse a sample the naive way; return seconds and CPU seconds for each feed."""
    started, spent = time.perf_counter(), cpu()
    for number in range(NAIVE_SAMPLE):
        feedparser.parse(httpx.get(url(number, port)).content)
    return (time.perf_counter() - started) / NAIVE_SAMPLE, (cpu() - spent) / NAIVE_SAMPLE


def parsing() -> tuple[float, float]:
    """Parse a sample with feedparser alone, nothing fetched."""
    bodies = [document(number, 1) for number in range(PARSE_SAMPLE)]
    started, spent = time.perf_counter(), cpu()
    for body in bodies:
        feedparser.parse(body)
    return (time.perf_counter() - started) / PARSE_SAMPLE, (cpu() - spent) / PARSE_SAMPLE


async def longest_wait(hanging: int) -> float:
    """Return the longest that good documents took, in seconds, while so many hang from the same moment on."""
    hostile = b"<rss version='2.0'><channel><item>" + b"<a>" * 200_000 + b"</item></channel></rss>"
    good, clock = document(1, 1), SystemClock()
    async with ParserPool() as pool:
        jobs = [asyncio.create_task(pool.parse(hostile, now=clock.now())) for _ in range(hanging)]
        await asyncio.sleep(0)
        took, end = [], time.perf_counter() + GOOD_FOR
        while time.perf_counter() < end:
            started = time.perf_counter()
            await pool.parse(good, now=clock.now())
            took.append(time.perf_counter() - started)
            await asyncio.sleep(0.02)
        await asyncio.gather(*jobs, return_exceptions=True)
    return max(took)


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else FEEDS
    changed = set(random.Random(1).sample(range(count), round(count * CHANGED)))  # noqa: S311 (sample)
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there, changed), daemon=True)
    server.start()
    try:
        port = here.recv()
        mine, mine_cpu, kinds = asyncio.run(ours(port, count))
        rows = [("jarshy", mine, mine_cpu), ("feedparser alone", *parsing()), ("naive loop", *naive(port))]
    finally:
        server.kill()
    print(f"{count} feeds of {ITEMS} items: {kinds['Unchanged']} unchanged, {kinds['Fetched']} changed")
    print(f"{'':18} {'feeds/s':>9} {'CPU ms/feed':>12} {'times slower':>13} {'times the CPU':>14}")
    for name, seconds, spent in rows:
        print(f"{name:18} {1 / seconds:9.0f} {spent * 1000:12.2f} {seconds / mine:13.1f} {spent / mine_cpu:14.1f}")
    print(f"{'documents that hang':>20} {'longest a good one took, s':>28}")
    for hanging in HANGING:
        print(f"{hanging:20} {asyncio.run(longest_wait(hanging)):28.2f}")


if __name__ == "__main__":
    main()
