"""``ParserPool``: hostile documents cost their own worker and nothing else."""

import asyncio
import os
from datetime import UTC, datetime

import pytest
from feed_outlet import RSS

from bot.errors import FeedError
from bot.feeds.worker import ParserPool

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
        os.kill(worker._process.pid, 9)
        with pytest.raises(FeedError) as caught:
            await job
        document = await pool.parse(RSS, now=NOW)

    assert caught.value.message_id == "feed-parse-crashed"
    assert len(document.entries) == 1


async def test_a_worker_that_died_idle_costs_no_document():
    """A worker that was killed between two jobs is replaced unseen."""
    async with ParserPool(keep=1) as pool:
        (worker,) = pool._workers
        os.kill(worker._process.pid, 9)
        await worker._process.wait()

        assert len((await pool.parse(RSS, now=NOW)).entries) == 1


async def test_workers_that_cannot_start_are_said(monkeypatch):
    """Where no process can be started, a document fails in words; it neither waits for ever nor tries for ever."""
    monkeypatch.setattr("sys.executable", "/bin/false")

    with pytest.raises(FeedError) as caught:
        await ParserPool().parse(RSS, now=NOW)

    assert caught.value.message_id == "feed-parse-crashed"


async def test_hanging_documents_delay_no_other():
    """While more documents hang than there are workers to keep, a good one is parsed, and none of them is done."""
    async with ParserPool(seconds=5, keep=2) as pool:
        hanging = [asyncio.create_task(pool.parse(ATTRIBUTES, now=NOW)) for _ in range(3)]
        await asyncio.sleep(0.1)
        document = await pool.parse(RSS, now=NOW)
        done = [task.done() for task in hanging]
        results = await asyncio.gather(*hanging, return_exceptions=True)

    assert len(document.entries) == 1
    assert done == [False] * 3
    assert all(isinstance(result, FeedError) for result in results)


async def test_a_cancelled_job_leaves_a_clean_pool(pool):
    """A job that is cancelled takes its worker with it: its answer reaches nobody else."""
    job = asyncio.create_task(pool.parse(ATTRIBUTES, now=NOW))
    await asyncio.sleep(0.1)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job

    assert len((await pool.parse(RSS, now=NOW)).entries) == 1


async def test_workers_end_with_the_pool():
    """Closing ends every process."""
    async with ParserPool() as pool:
        await asyncio.gather(*(pool.parse(RSS, now=NOW) for _ in range(4)))
        pids = [worker._process.pid for worker in pool._workers]

    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
