"""``ParserPool``: hostile documents cost their own worker and nothing else."""

import asyncio
import os
from datetime import UTC, datetime
from multiprocessing import forkserver, spawn

import odd_workers
import pytest
from feed_outlet import RSS

from bot.errors import FeedError
from bot.feeds.workers.pool import MEMORY_BYTES, ParserPool
from bot.feeds.workers.process import Worker
from bot.feeds.workers.semaphore import PrioritySemaphore

NOW = datetime(2025, 12, 11, 10, 0, tzinfo=UTC)
ATTRIBUTES = (
    b"<rss version='2.0'><channel><item " + b" ".join(b"a%d='1'" % n for n in range(60_000)) + b"/></channel></rss>"
)
NESTING = b"<rss version='2.0'><channel><item>" + b"<a>" * 200_000 + b"</item></channel></rss>"
ENTITIES = (
    b"<!DOCTYPE x [<!ENTITY l0 'lol'>"
    + b"".join(b"<!ENTITY l%d '%s'>" % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    + b"]><rss version='2.0'><channel><title>&l9;</title><item><title>t</title></item></channel></rss>"
)
OUTSIDE = (
    b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
    b"<rss version='2.0'><channel><item><title>a&e;b</title></item></channel></rss>"
)


@pytest.mark.parametrize("body", [ATTRIBUTES, NESTING])
async def test_a_document_that_hangs_is_given_up(body):
    """A document that parses too long ends as a time-out, and the next one is parsed."""
    async with ParserPool(seconds=1) as pool:
        with pytest.raises(FeedError) as caught:
            await pool.parse(body, now=NOW)
        document = await pool.parse(RSS, now=NOW)

    assert caught.value.message_id == "feed-parse-timeout"
    assert len(document.entries) == 1


@pytest.mark.parametrize("body", [ENTITIES, OUTSIDE])
async def test_entities_are_not_expanded(pool, body):
    """Neither a billion laughs nor a file of the machine gets into a document."""
    document = await pool.parse(body, now=NOW)

    assert len(document.title) < 1000
    assert "root:" not in document.entries[0].title


async def test_memory_is_bounded():
    """A worker that wants more than its share fails alone, in words."""
    article = b"<item><title>t</title><description>" + b"words " * 5000 + b"</description></item>"
    async with ParserPool(memory=56 * 1024 * 1024, seconds=20) as pool:
        with pytest.raises(FeedError) as caught:
            await pool.parse(b"<rss><channel>" + article * 160 + b"</channel></rss>", now=NOW)
        document = await pool.parse(RSS, now=NOW)

    assert caught.value.message_id == "feed-parse-crashed"
    assert len(document.entries) == 1


async def test_a_killed_worker_is_replaced():
    """A worker that ends in the middle of a job is one failure; the pool goes on."""
    async with ParserPool(keep=1) as pool:
        (worker,) = pool._workers
        job = asyncio.create_task(pool.parse(ATTRIBUTES, now=NOW))
        await asyncio.sleep(0.1)
        os.kill(worker.pid, 9)
        with pytest.raises(FeedError) as caught:
            await job
        document = await pool.parse(RSS, now=NOW)

    assert caught.value.message_id == "feed-parse-crashed"
    assert len(document.entries) == 1


async def test_a_worker_that_died_idle_costs_no_document():
    """A worker that was killed between two jobs is replaced unseen."""
    async with ParserPool(keep=1) as pool:
        (worker,) = pool._workers
        os.kill(worker.pid, 9)
        with pytest.raises((EOFError, OSError)):
            await worker.ask(("parse", (RSS,), {"now": NOW}))

        assert len((await pool.parse(RSS, now=NOW)).entries) == 1


def fork_server() -> int:
    """Return the process that starts workers."""
    return forkserver._forkserver._forkserver_pid


async def test_workers_that_cannot_start_are_said(pool):
    """Where no process can be started, a document fails in words; it neither waits for ever nor tries for ever."""
    await pool.start()
    python = spawn.get_executable()
    spawn.set_executable("/bin/false")
    try:
        os.kill(fork_server(), 9)
        with pytest.raises(FeedError) as caught:
            await ParserPool().parse(RSS, now=NOW)
    finally:
        spawn.set_executable(python)

    assert caught.value.message_id == "feed-parse-crashed"
    assert len((await ParserPool().parse(RSS, now=NOW)).entries) == 1


async def test_a_fork_server_that_died_is_replaced():
    """Where the process that starts workers was killed, another is started; its old workers are not missed."""
    async with ParserPool(keep=1) as pool:
        before = fork_server()
        os.kill(before, 9)

        assert len((await pool.parse(RSS, now=NOW)).entries) == 1
        assert len(await asyncio.gather(*(pool.parse(RSS, now=NOW) for _ in range(3)))) == 3
        assert fork_server() != before


async def test_workers_find_the_parsers_imported_and_leave_the_program_alone(pool, monkeypatch):
    """A new worker has what parsing needs, from the fork server, and never runs the program's main module."""
    monkeypatch.setattr("__main__.__file__", "/no/such/main.py", raising=False)
    monkeypatch.setattr("__main__.__spec__", None)
    monkeypatch.setattr("bot.feeds.workers.process.serve", odd_workers.telling_imports)

    assert await pool.run("parse", list, b"") == ["feedparser", "lxml.etree", "brotli"]


async def test_a_worker_ends_without_its_program():
    """Where the program was killed, a worker ends: idle at once, and in the middle of a document by its own clock."""
    idle, busy = [await Worker.start(MEMORY_BYTES, 1) for _ in range(2)]
    busy.ask(("parse", (ATTRIBUTES,), {"now": NOW}))
    idle._pipe.close()
    await asyncio.gather(idle.ended(), busy.ended())

    assert not idle._process.is_alive()
    assert not busy._process.is_alive()


@pytest.mark.parametrize(("hanging", "keep", "apart"), [(8, 4, 8), (8, 2, 2), (20, 4, 8)])
async def test_hanging_documents_delay_no_other(hanging, keep, apart):
    """However many documents hang, and whether or not there is room for all of them, good ones do not wait for one.

    Time limits stand far away: what a good document waits for is slices of processor time, whatever the machine's load.
    """
    async with ParserPool(seconds=600, keep=keep, apart=apart) as pool:
        jobs = [asyncio.create_task(pool.parse((n % 2 and ATTRIBUTES) or NESTING, now=NOW)) for n in range(hanging)]
        await asyncio.sleep(0)
        documents = [await pool.parse(RSS, now=NOW) for _ in range(3)]
        done = [job.done() for job in jobs]
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)

    assert [len(document.entries) for document in documents] == [1] * 3
    assert done == [False] * hanging


async def test_heavy_documents_are_parsed_too():
    """More documents that take longer than a slice than have room apart are all parsed, each in its turn."""
    item = b"<item><title>t</title><description>" + b"words " * 300 + b"</description></item>"
    body = b"<rss><channel>" + item * 900 + b"</channel></rss>"
    async with ParserPool(seconds=600, keep=2, apart=1) as pool:
        documents = await asyncio.gather(*(pool.parse(body, now=NOW) for _ in range(4)))

    assert [len(document.entries) for document in documents] == [900] * 4


async def test_the_smallest_document_goes_first():
    """Of those that wait for a place the smallest gets it; one that gave up waiting leaves no gap."""
    semaphore, order = PrioritySemaphore(1), []

    async def take(size: int) -> None:
        async with semaphore.hold(size):
            order.append(size)
            await asyncio.sleep(0)

    waiting = [asyncio.create_task(take(size)) for size in (7, 9, 3, 5)]
    await asyncio.sleep(0)
    waiting[3].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)

    assert order == [7, 3, 9]
    assert not semaphore.full


async def test_a_cancelled_job_leaves_a_clean_pool(pool):
    """A job that is cancelled takes its worker with it: its answer reaches nobody else."""
    job = asyncio.create_task(pool.parse(ATTRIBUTES, now=NOW))
    await asyncio.sleep(0.1)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job

    assert len((await pool.parse(RSS, now=NOW)).entries) == 1


async def test_workers_end_with_the_pool():
    """Closing ends every process, those that hang too."""
    async with ParserPool() as pool:
        job = asyncio.create_task(pool.parse(ATTRIBUTES, now=NOW))
        await asyncio.gather(*(pool.parse(RSS, now=NOW) for _ in range(4)))
        pids = [worker.pid for worker in pool._workers]

    with pytest.raises(FeedError):
        await job
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
