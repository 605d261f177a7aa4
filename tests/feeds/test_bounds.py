"""What hostile hosts send costs the event loop little at a time: everybody else is served in between."""

import asyncio
import gzip
import time
from collections.abc import Awaitable
from contextlib import suppress
from datetime import timedelta

import odd_workers
import pytest
import zstandard
from feed_outlet import RSS, Handler, Request, TurnedClock, respond

from bot.core.polling import Failed, Fetched
from bot.errors import FeedError
from bot.feeds.article_pages import ArticlePages
from bot.feeds.discovery import FeedFinder
from bot.feeds.feed_lists import OpmlLists
from bot.feeds.feed_source import HttpFeedSource
from bot.feeds.http.content_encoding import BODY_LIMIT, MOST_ENCODINGS, unpack_content
from bot.feeds.http.robots import Robots
from bot.feeds.workers.pool import ParserPool
from bot.feeds.workers.results import MOST_LINKS, FoundLinks

LONGEST = 0.25
"""Seconds of processor time that others may have to wait for the loop: some ten times what is usual."""


async def longest_hold(work: Awaitable[object]) -> float:
    """Do the work to its end, well or not; return the most processor time that the loop spent between two turns."""
    longest = 0.0
    done = asyncio.Event()

    async def watch() -> None:
        nonlocal longest
        before = time.thread_time()
        while not done.is_set():
            await asyncio.sleep(0)
            now = time.thread_time()
            longest, before = max(longest, now - before), now

    watching = asyncio.create_task(watch())
    with suppress(FeedError):
        await work
    done.set()
    await watching
    return longest


def raw(head: bytes, body: bytes = b"", *, times: int = 1) -> Handler:
    """Return a handler that writes these bytes."""

    async def handler(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        for _ in range(times):
            writer.write(body)
            await writer.drain()

    return handler


EMPTY_MEMBER = gzip.compress(b"", mtime=0)
EMPTY_FRAME = zstandard.compress(b"")
OK = b"HTTP/1.1 200 OK\r\n"
HOSTILE: dict[str, tuple[Handler, set[str]]] = {
    "gzip of empty members": (
        respond(body=EMPTY_MEMBER * (BODY_LIMIT // len(EMPTY_MEMBER)), content_encoding="gzip"),
        {"feed-encoding"},
    ),
    "zstd of empty frames": (
        respond(body=EMPTY_FRAME * (BODY_LIMIT // len(EMPTY_FRAME)), content_encoding="zstd"),
        {"feed-empty"},
    ),
    "packed 300 times": (respond(body=RSS, content_encoding=", ".join(["gzip"] * 300)), {"feed-encoding"}),
    "thousands of headers": (raw(OK + b"a:b\r\n" * 13_000 + b"\r\n"), {"feed-broken-answer"}),
    "interim answers": (raw(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, times=1000), {"feed-broken-answer"}),
    "chunks of one byte": (
        raw(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 1000, times=1000),
        {"feed-broken-answer"},
    ),
    "an endless redirect": (respond(302, location="/" + "a" * 60_000), {"feed-bad-url"}),
    "figures that are none": (
        respond(503, retry_after="9" * 5000, age="²", expires="Fri, 31 Dec 9999 23:59:59 -0900"), {"feed-status"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_answer_holds_the_loop_for_a_moment(feeds, source, feed, outlet, name):
    """Whatever it takes in all, it takes in small pieces or elsewhere, and ends as a failure with its reason."""
    await feeds._parser.start()
    outlet.routes["/rss"], expected = HOSTILE[name]
    result = None

    async def fetch() -> None:
        nonlocal result
        result = await feeds.fetch(source, feed)

    assert await longest_hold(fetch()) < LONGEST
    assert isinstance(result, Failed)
    assert result.error.message_id in expected
    assert len(str(result.error)) < 500


ROBOTS = {
    "3,000 agents before 5,000 rules": (
        b"".join(b"User-agent: a%d\n" % n for n in range(3000)) + b"User-agent: *\n" + b"Disallow: /x\n" * 5000
    ),
    "rules up to the limit": b"User-agent: jarshy\n" + b"Allow: /\n" * 100_000,
    "patterns of stars": b"User-agent: *\n" + b"Disallow: /*a*a*a*a*a*a*a*a*b\n" * 5000,
}


@pytest.mark.parametrize("name", ROBOTS)
async def test_a_hostile_robots_txt_holds_the_loop_for_a_moment(pool, clock, outlet, name, web_client):
    """It is read by a worker process, and what it says is asked of an address in little time."""
    await pool.start()
    client = web_client()
    pages = ArticlePages(client, Robots(client, pool, clock), pool)
    outlet.routes["/robots.txt"] = respond(body=ROBOTS[name])

    assert await longest_hold(pages.read(f"{outlet.url}/{'a' * 2000}", guarded=False)) < LONGEST


async def test_a_page_of_many_feeds_gives_few(pool, outlet, clock, loopback, web_client):
    """A page that names 100,000 feeds costs a worker's time; a bounded number of them comes back."""
    body = b"<html><body>" + b"".join(b"<a href='/%d.rss'>x</a>" % n for n in range(100_000)) + b"</body></html>"
    found = await pool.run("discover", FoundLinks, body, content_type="text/html", url=outlet.url)
    finder = FeedFinder(web_client(allowed_networks=loopback), pool, clock)
    outlet.routes["/"] = respond(body=body)

    assert len(found.feeds) == MOST_LINKS
    assert await longest_hold(finder.find(outlet.url)) < LONGEST


@pytest.mark.parametrize(
    "body",
    [
        b"<opml><body><outline " + b" ".join(b"a%d='1'" % n for n in range(80_000)) + b"/></body></opml>",
        b"<opml><body>" + b"<outline>" * 100_000,
        b"<opml><body>" + b"<outline xmlUrl='http://a.kz/'/>" * 30_000,
    ],
)
async def test_a_hostile_list_holds_the_loop_for_a_moment(pool, body):
    """Lists of feeds are read by a worker process too."""
    await pool.start()

    assert await longest_hold(OpmlLists(pool).read(body)) < LONGEST


async def test_validators_that_are_too_long_are_not_kept(feeds, source, feed, outlet):
    """An ETag of 60,000 bytes is neither stored nor sent back at every poll."""
    outlet.routes["/rss"] = respond(body=RSS, etag='"' + "a" * 60_000 + '"', last_modified="b" * 2000)
    result = await feeds.fetch(source, feed)
    await feeds.fetch(source, result.feed)

    assert isinstance(result, Fetched)
    assert (result.feed.etag, result.feed.last_modified) == (None, None)
    assert "if-none-match" not in outlet.requests[-1].headers


@pytest.mark.parametrize("members", [1, 2, 300])
def test_whole_streams_of_several_members_are_unpacked(members):
    """A gzip body may be many streams one after another; padding after the last is passed over."""
    parts = [str(n).encode() * 3000 for n in range(members)]
    body = b"".join(map(gzip.compress, parts))

    assert unpack_content(body, "gzip", 10**8) == b"".join(parts)
    assert unpack_content(body + b"\0" * 100, "gzip", 10**8) == b"".join(parts)


def test_several_encodings_are_undone_in_their_order():
    """As many as a server and the proxies before it may apply."""
    body = RSS
    for _ in range(MOST_ENCODINGS):
        body = gzip.compress(body)

    assert unpack_content(body, ", ".join(["identity", *["gzip"] * MOST_ENCODINGS])) == RSS


async def test_names_that_hang_do_not_hold_up_the_operators(monkeypatch, web_client):
    """Names that readers chose are looked up in threads of their own, so a resolver that hangs blocks only them."""
    release = asyncio.Event()
    loop = asyncio.get_running_loop()

    def look_up(host: str, *_args: object, **_kwargs: object) -> list[tuple[object, ...]]:
        if host.endswith(".hang"):
            asyncio.run_coroutine_threadsafe(release.wait(), loop).result()
        return [(2, 1, 6, "", ("127.0.0.1", 9))]

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    client = web_client()
    hanging = [asyncio.create_task(client.get(f"http://{n}.hang:9/", guarded=True)) for n in range(40)]
    await asyncio.sleep(0)
    with pytest.raises(FeedError) as caught:
        await client.get("http://catalogue.kz:9/", guarded=False)
    release.set()
    results = await asyncio.gather(*hanging, return_exceptions=True)

    assert str(caught.value) == "cannot connect: connection refused"
    assert all(isinstance(result, FeedError) for result in results)


@pytest.mark.parametrize("crash", [odd_workers.by_signal, odd_workers.by_exit, odd_workers.by_memory])
async def test_a_parser_that_crashes_on_every_document_is_told_and_stops_nothing_else(
    monkeypatch, feed, source, outlet, crash
):
    """Each document fails with a reason and is counted; pages are still read; after many, ``problem`` says so."""
    monkeypatch.setattr("bot.feeds.workers.process.serve", crash)
    monkeypatch.setattr("bot.feeds.workers.pool.FAILURES", 3)
    outlet.routes["/rss"] = respond(body=RSS)
    async with ParserPool(memory=256 * 1024 * 1024) as pool:
        feeds = HttpFeedSource(pool, TurnedClock(), poll_min=timedelta(minutes=5), poll_max=timedelta(days=1))
        results = [await feeds.fetch(source, feed) for _ in range(3)]
        problem = await pool.problem()
        page = await pool.run("discover", FoundLinks, b"<html><a href='/rss'>x</a></html>", url="https://x.kz/")

        assert await pool.problem() is None

    assert {result.error.message_id for result in results} == {"feed-parse-crashed"}
    assert problem == "the last 3 documents crashed the parser or took too long"
    assert len(page.feeds) == 1
