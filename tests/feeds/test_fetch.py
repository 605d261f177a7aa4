"""``HttpFeedSource`` against a real HTTP server: conditional, polite, guarded."""

import asyncio
import gzip
import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import brotli
import pytest
import zstandard
from feed_outlet import RSS, Request, endless, respond, trickle

from bot.core.model import Source
from bot.core.polling import Failed, Fetched, Unchanged
from bot.errors import FeedError
from bot.feeds.feed_source import HttpFeedSource
from bot.feeds.workers.results import MOST_ENTRIES


async def hang_up(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Close without a word."""


async def babble(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Answer in no protocol."""
    writer.write(b"hello\r\n\r\n")


async def test_a_feed_is_fetched_and_parsed(feeds, source, feed, outlet, clock):
    """A first answer gives the document, the validators as they came, and the next instant."""
    outlet.routes["/rss"] = respond(body=RSS, etag='W/"ä-1"', last_modified="Wed, 10 Dec 2025 09:00:00 GMT")

    result = await feeds.fetch(source, feed)

    assert isinstance(result, Fetched)
    assert [entry.title for entry in result.document.entries] == ["Иран туралы"]
    assert result.document.entries[0].url == f"{outlet.url}/n/1?utm_source=rss"
    assert (result.feed.etag, result.feed.last_modified) == ('W/"ä-1"', "Wed, 10 Dec 2025 09:00:00 GMT")
    assert result.feed.next_fetch_at == clock.now() + timedelta(hours=1)
    assert result.feed.changed_at == clock.now()


async def test_requests_say_who_asks_and_what_is_known(feeds, source, feed, outlet):
    """The User-Agent names program and contact; validators go back byte for byte; only the first is unconditional."""
    outlet.routes["/rss"] = respond(body=RSS, etag='W/"ä-1"', last_modified="yesterday, by and large")

    first = await feeds.fetch(source, feed)
    await feeds.fetch(source, first.feed)
    asked, again = outlet.requests

    assert asked.headers["user-agent"].startswith("Jarshy/")
    assert "https://jarshy.example" in asked.headers["user-agent"]
    assert {"gzip", "br", "zstd"} <= set(asked.headers["accept-encoding"].split(", "))
    assert "if-none-match" not in asked.headers
    assert again.headers["if-none-match"] == 'W/"ä-1"'
    assert again.headers["if-modified-since"] == "yesterday, by and large"


async def test_304_and_the_same_bytes_cost_no_parse(feeds, source, feed, outlet):
    """304, and a 200 with the bytes of last time, are both unchanged and keep the rhythm."""
    outlet.routes["/rss"] = respond(body=RSS, etag='"1"')
    first = (await feeds.fetch(source, feed)).feed
    same = await feeds.fetch(source, first)
    outlet.routes["/rss"] = respond(304)
    not_modified = await feeds.fetch(source, same.feed)

    assert isinstance(same, Unchanged)
    assert isinstance(not_modified, Unchanged)
    assert not_modified.feed.etag == '"1"'
    assert not_modified.feed.changed_at == first.changed_at


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstandard.compress), ("identity", bytes)],
)
async def test_packed_bodies(feeds, source, feed, outlet, encoding, pack):  # noqa: PLR0917 (fixtures)
    """gzip, Brotli and Zstandard are unpacked."""
    outlet.routes["/rss"] = respond(body=pack(RSS), content_encoding=encoding)

    assert isinstance(await feeds.fetch(source, feed), Fetched)


@pytest.mark.parametrize(
    ("answer", "message_id"),
    [
        (respond(500), "feed-status"),
        (
            respond(200, b"<!doctype html><html><p>Blocked</p></html>", content_type="application/rss+xml"),
            "feed-not-a-feed",
        ),
        (respond(200), "feed-empty"),
        (respond(200, b"junk", content_encoding="gzip"), "feed-encoding"),
        (respond(200, gzip.compress(RSS)[:40], content_encoding="gzip"), "feed-encoding"),
        (respond(200, RSS, content_encoding="compress"), "feed-encoding"),
        (respond(200, RSS, content_length="100000"), "feed-broken-answer"),
        (respond(302, location="ftp://127.0.0.1/"), "feed-bad-url"),
        (respond(302, location="http://user:pass@127.0.0.1/"), "feed-bad-url"),
        (respond(302, location="http://["), "feed-bad-url"),
        (respond(304), "feed-status"),
        (hang_up, "feed-broken-answer"),
        (babble, "feed-broken-answer"),
    ],
)
async def test_what_goes_wrong_is_said(feeds, source, feed, outlet, answer, message_id):  # noqa: PLR0917 (fixtures)
    """Every failure ends as ``Failed`` with its message id, its line in the state, and a later instant."""
    outlet.routes["/rss"] = answer

    result = await feeds.fetch(source, feed)

    assert isinstance(result, Failed)
    assert result.error.message_id == message_id
    assert result.feed.error == str(result.error)
    assert result.feed.failures == 1
    assert result.feed.next_fetch_at > feed.next_fetch_at


async def test_nobody_answers(feeds, source, feed):
    """A closed port and a name that does not exist are failures, in words."""
    closed = await feeds.fetch(replace(source, url="http://127.0.0.1:9/rss"), feed)
    nameless = await feeds.fetch(replace(source, url="http://no-such-host.invalid/rss"), feed)

    assert isinstance(closed, Failed)
    assert isinstance(nameless, Failed)
    assert str(closed.error) == "cannot connect: connection refused"
    assert str(nameless.error).startswith("there is no host no-such-host.invalid to be found: ")


async def test_permanent_moves_are_remembered_after_the_third(feeds, source, feed, outlet):
    """301 is followed at each fetch; from the fourth on the new address is asked at once. 302 is never remembered."""
    outlet.routes["/rss"] = respond(301, location="/new")
    outlet.routes["/new"] = respond(body=RSS)
    for _ in range(4):
        feed = (await feeds.fetch(source, feed)).feed
    outlet.routes["/rss"] = respond(302, location="/new")
    temporary = (await feeds.fetch(source, replace(feed, moved_to=None, moved_seen=0))).feed

    assert outlet.targets() == ["/rss", "/new"] * 3 + ["/new"] + ["/rss", "/new"]
    assert feed.moved_to == f"{outlet.url}/new"
    assert temporary.moved_to is None


def gate(cookie: str, *others: str):
    """Return a handler that redirects to the same address with cookies, and lets in who brings the first of them."""

    async def handler(request: Request, writer: asyncio.StreamWriter) -> None:
        if cookie.partition(";")[0] in request.headers.get("cookie", ""):
            await respond(body=RSS)(request, writer)
            return
        lines = "".join(f"Set-Cookie: {line}\r\n" for line in (cookie, *others))
        location = f"Location: {request.target}\r\n"
        writer.write(f"HTTP/1.1 302 Found\r\n{lines}{location}Content-Length: 0\r\n\r\n".encode())

    return handler


async def test_a_gate_that_asks_for_its_cookie_is_passed(feeds, source, feed, outlet):
    """A cookie set on the way goes back to its host, with the others of the same answer; the next fetch has none."""
    outlet.routes["/rss"] = gate("pass=1 2; Path=/; HttpOnly", "other=x", "gone=1; Max-Age=0", "no cookie")

    for _ in range(2):
        assert isinstance(await feeds.fetch(source, feed), Fetched)

    assert [request.headers.get("cookie") for request in outlet.requests] == [None, "pass=1 2; other=x"] * 2


async def test_a_cookie_goes_to_no_other_host(feeds, source, feed, outlet):
    """Neither a redirect to another host, nor a gate behind it, sees what the first one set; nor does one without TLS."""
    other = f"http://localhost:{outlet.port}"
    outlet.routes["/rss"] = respond(302, location=f"{other}/x", set_cookie="a=1; Domain=localhost")
    outlet.routes["/x"] = respond(302, location=f"{outlet.url}/y", set_cookie="b=2")
    outlet.routes["/y"] = respond(302, location="/z", set_cookie="c=3; Secure")
    outlet.routes["/z"] = respond(body=RSS)

    assert isinstance(await feeds.fetch(source, feed), Fetched)

    assert [request.headers.get("cookie") for request in outlet.requests] == [None, None, "a=1", "a=1"]


async def test_hostile_cookies_are_bounded(feeds, source, feed, outlet):
    """A host that sets more than any gate needs gets none of it back; a gate that never opens ends as redirects do."""
    outlet.routes["/rss"] = respond(302, location="/a", set_cookie="a=" + "x" * 5000)
    outlet.routes["/a"] = respond(302, location="/a", set_cookie="b=1")

    result = await feeds.fetch(source, feed)

    assert isinstance(result, Failed)
    assert result.error.message_id == "feed-too-many-redirects"
    assert all("cookie" not in request.headers for request in outlet.requests)


async def test_a_server_that_always_answers_304_is_read_every_day(feeds, source, feed, outlet, clock):
    """Once a day a feed is asked without validators; a 304 to that is a failure, and the next request has none either."""

    async def stuck(request: Request, writer: asyncio.StreamWriter) -> None:
        conditional = "if-none-match" in request.headers
        await (respond(304) if conditional else respond(body=news, etag='"1"'))(request, writer)

    outlet.routes["/rss"], news = stuck, RSS
    feed = (await feeds.fetch(source, feed)).feed
    news = RSS.replace("Иран туралы".encode(), "Жаңа жаңалық".encode())
    kinds = []
    for _ in range(9):
        clock.turn(hours=6)
        result = await feeds.fetch(source, feed)
        feed = result.feed
        kinds.append(type(result))
    outlet.routes["/rss"] = respond(304)
    clock.turn(days=1)
    refused = await feeds.fetch(source, feed)
    outlet.routes["/rss"] = stuck
    again = await feeds.fetch(source, refused.feed)

    assert kinds == [Unchanged] * 3 + [Fetched] + [Unchanged] * 5
    assert "if-none-match" not in outlet.requests[8].headers
    assert isinstance(refused, Failed)
    assert isinstance(again, Unchanged)
    assert again.feed.full_at == clock.now()


async def test_redirects_end(feeds, source, feed, outlet):
    """Five redirects are followed, six are not."""
    for hop in range(7):
        outlet.routes[f"/{hop}"] = respond(302, location=f"/{hop + 1}")
    outlet.routes["/5"] = respond(body=RSS)
    five = await feeds.fetch(replace(source, url=f"{outlet.url}/0"), feed)
    outlet.routes["/5"] = respond(302, location="/6")
    outlet.routes["/6"] = respond(body=RSS)
    six = await feeds.fetch(replace(source, url=f"{outlet.url}/0"), feed)

    assert isinstance(five, Fetched)
    assert isinstance(six, Failed)
    assert six.error.message_id == "feed-too-many-redirects"


async def test_a_busy_outlet_is_left_alone(feeds, source, feed, outlet, clock):
    """429 with Retry-After is waited for, and a maintenance page with 503 does not lose the validators."""
    outlet.routes["/rss"] = respond(429, retry_after="7200")
    busy = await feeds.fetch(source, replace(feed, etag='"1"'))

    assert busy.feed.next_fetch_at == clock.now() + timedelta(hours=2)
    assert busy.feed.etag == '"1"'


async def test_alternatives_are_reached(feeds, source, feed, outlet):
    """Where the first address is no feed, the next fetch asks the next one."""
    outlet.routes["/b"] = respond(body=RSS)
    source = replace(source, alternatives=(f"{outlet.url}/b",))

    first = await feeds.fetch(source, feed)
    second = await feeds.fetch(source, first.feed)

    assert isinstance(first, Failed)
    assert isinstance(second, Fetched)


async def test_an_index_of_sitemaps_is_followed(feeds, source, feed, outlet):
    """Of an index, the news sitemap and the newest other are read, gzip or not; entries without a title are dropped."""
    space = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    names = ("/old.xml", "/news.xml.gz", "/new.xml")
    places = "".join(
        f"<sitemap><loc>{name}</loc><lastmod>2025-12-{day}</lastmod></sitemap>" for day, name in enumerate(names, 10)
    )
    outlet.routes["/rss"] = respond(body=f"<sitemapindex {space}>{places}</sitemapindex>".encode())
    news = f"<urlset {space}><url><loc>/1</loc><n:news><n:title>Бір</n:title></n:news></url></urlset>".encode()
    outlet.routes["/news.xml.gz"] = respond(body=gzip.compress(news))
    outlet.routes["/new.xml"] = respond(body=f"<urlset {space}><url><loc>/2</loc></url></urlset>".encode())

    result = await feeds.fetch(source, feed)

    assert isinstance(result, Fetched)
    assert outlet.targets() == ["/rss", "/news.xml.gz", "/new.xml"]
    assert [(entry.title, entry.url) for entry in result.document.entries] == [("Бір", f"{outlet.url}/1")]


async def test_an_archive_is_not_news(feeds, source, feed, outlet, caplog):
    """Of a feed with more entries than anyone reads the newest are taken, in its order, and the log says so."""
    caplog.set_level("DEBUG")
    items = [
        {"id": f"{n}", "title": f"t{n}", "date_published": f"20{n // 1200:02}-01-01T00:00:00Z"} for n in range(30_000)
    ]
    outlet.routes["/rss"] = respond(body=json.dumps({"items": items}).encode())

    result = await feeds.fetch(source, feed)

    assert isinstance(result, Fetched)
    entries = result.document.entries
    assert len(entries) == MOST_ENTRIES
    assert {entry.published.year for entry in entries} == {2024}
    assert [int(entry.id) for entry in entries] == sorted(int(entry.id) for entry in entries)
    assert "feed x: 29000 entries beyond the newest 1000" in caplog.messages


async def test_robots_txt_is_asked_before_pages_only(feeds, source, feed, outlet):
    """A listing is read where robots.txt allows it, its rules are asked once; a feed is read without asking.

    So is the feed of a source that has a listing besides.
    """
    outlet.routes["/rss"] = respond(body=RSS)
    outlet.routes["/lenta/"] = respond(body=b"<html><div><a href='/n/1'>Headline of the day</a></div></html>")
    outlet.routes["/robots.txt"] = respond(body=b"User-agent: *\nDisallow: /closed")
    listing = replace(source, url=f"{outlet.url}/lenta/", selectors={"item": "div"})

    await feeds.fetch(replace(source, selectors={"item": "div"}), feed)
    read = await feeds.fetch(listing, feed)
    closed = await feeds.fetch(replace(listing, url=f"{outlet.url}/closed/"), feed)
    await feeds.fetch(source, feed)

    assert isinstance(read, Fetched)
    assert isinstance(closed, Failed)
    assert closed.error.message_id == "feed-robots"
    assert outlet.targets() == ["/rss", "/robots.txt", "/lenta/", "/rss"]


async def test_what_keeps_robots_txt_from_being_read_is_said(feeds, source, feed):
    """A host that is not there, or does not answer, forbids nothing: the failure is its own, and no lasting one."""
    for url, kind in {
        "http://no-such-host.invalid/": "feed-unknown-host",
        "http://127.0.0.1:1/": "feed-unreachable",
    }.items():
        result = await feeds.fetch(replace(source, url=url, selectors={"item": "div"}), feed)
        again = await feeds.fetch(replace(source, url=url, selectors={"item": "div"}), feed)

        assert result.error.message_id == again.error.message_id == kind
        assert "robots" not in str(result.error)


@pytest.mark.parametrize("robots", [respond(503), respond(429)])
async def test_a_host_that_cannot_say_is_left_alone(feeds, source, feed, outlet, clock, robots):  # noqa: PLR0917 (fixtures)
    """Where robots.txt fails with 5xx nothing is read for an hour; where there is none (404) all is allowed."""
    outlet.routes["/lenta/"] = respond(body=b"<html><div><a href='/n/1'>Headline of the day</a></div></html>")
    outlet.routes["/robots.txt"] = robots
    listing = replace(source, url=f"{outlet.url}/lenta/", selectors={"item": "div"})

    refused = await feeds.fetch(listing, feed)
    del outlet.routes["/robots.txt"]
    still = await feeds.fetch(listing, feed)
    clock.turn(minutes=61)
    allowed = await feeds.fetch(listing, feed)

    assert isinstance(refused, Failed)
    assert refused.error.message_id == "feed-robots-unread"
    assert isinstance(still, Failed)
    assert isinstance(allowed, Fetched)


# ------------------------------------------------------------------------------------------------ guard


async def test_readers_feeds_are_guarded(feeds, source, feed, outlet):
    """A reader's feed may not reach loopback: nothing is sent. The operator's may."""
    outlet.routes["/rss"] = respond(body=RSS)

    guarded = await feeds.fetch(replace(source, public=False), feed)

    assert isinstance(guarded, Failed)
    assert guarded.error.message_id == "feed-blocked-address"
    assert outlet.requests == []
    assert isinstance(await feeds.fetch(source, feed), Fetched)


@pytest.mark.parametrize(
    "url",
    ["http://localhost:{port}/", "http://0x7f.1:{port}/", "http://2130706433:{port}/", "http://127.1:{port}/",
     "http://[::ffff:127.0.0.1]:{port}/", "http://0:{port}/"],
)  # fmt: skip
async def test_no_spelling_of_loopback_passes(feeds, feed, outlet, url):
    """Names, short, hexadecimal and decimal spellings, and mapped addresses of loopback are all refused."""
    result = await feeds.fetch(Source("r", {}, url.format(port=outlet.port), "kk", public=False), feed)

    assert isinstance(result, Failed)
    assert result.error.message_id in {"feed-blocked-address", "feed-unknown-host", "feed-unreachable", "feed-bad-url"}
    assert outlet.requests == []


async def test_every_hop_and_every_look_up_is_guarded(pool, clock, source, feed, outlet, loopback):  # noqa: PLR0917 (fixtures)
    """A redirect to another loopback address, and a name that turns to 10.0.0.1 at its second look-up, are refused."""
    answers = {"first.kz": [["127.0.0.1"], ["10.0.0.1"]], "inner.kz": [["10.0.0.1"]]}

    async def resolver(host: str, _port: int) -> list[str]:
        return answers[host].pop(0) if host in answers else [host]

    feeds = HttpFeedSource(
        pool, clock, poll_min=timedelta(0), poll_max=timedelta(days=1), host_pause=timedelta(0),
        allowed_networks=loopback, resolver=resolver,
    )  # fmt: skip
    outlet.routes["/hop"] = respond(302, location=f"http://inner.kz:{outlet.port}/rss")
    outlet.routes["/up"] = respond(302, location=f"http://169.254.169.254:{outlet.port}/rss")
    outlet.routes["/rss"] = respond(body=RSS)
    reader = replace(source, public=False)

    opened = await feeds.fetch(replace(reader, url=f"http://first.kz:{outlet.port}/rss"), feed)
    rebound = await feeds.fetch(replace(reader, url=f"http://first.kz:{outlet.port}/rss"), feed)
    hopped = await feeds.fetch(replace(reader, url=f"{outlet.url}/hop"), feed)
    metadata = await feeds.fetch(replace(reader, url=f"{outlet.url}/up"), feed)
    await feeds.close()

    assert isinstance(opened, Fetched)
    for refused in (rebound, hopped, metadata):
        assert isinstance(refused, Failed)
        assert refused.error.message_id == "feed-blocked-address"


# --------------------------------------------------------------------------------------------- politeness


async def test_one_request_at_a_time_and_a_pause_for_each_host(outlet, web_client):
    """Requests to one host never overlap and keep the pause; another port is another host and does not wait."""
    other = await asyncio.start_server(outlet.serve, "127.0.0.1", 0)
    outlet.routes["/rss"] = respond(body=RSS)
    elsewhere = f"http://127.0.0.1:{other.sockets[0].getsockname()[1]}/other"
    client = web_client(host_pause=0.2)
    started = asyncio.get_running_loop().time()

    await asyncio.gather(
        *(client.get(f"{outlet.url}/rss", guarded=False) for _ in range(3)), client.get(elsewhere, guarded=False)
    )
    other.close()
    mine = [request.at for request in outlet.requests if request.target == "/rss"]
    (others,) = [request.at for request in outlet.requests if request.target == "/other"]

    assert all(later - earlier >= 0.2 for earlier, later in pairwise(mine))
    assert others - started < 0.2


async def test_the_environments_proxy_is_not_used(monkeypatch, outlet, web_client):
    """A proxy in the environment would reach any address for us: it is ignored."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    outlet.routes["/rss"] = respond(body=RSS)
    client = web_client()

    response = await client.get(f"{outlet.url}/rss", guarded=False)

    assert response.body == RSS


# ----------------------------------------------------------------------------------------------- hostile


async def crumbs(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Answer in chunks of one byte."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1\r\nx\r\n" * 10_000)
        await writer.drain()


async def silent(_request: Request, _writer: asyncio.StreamWriter) -> None:
    """Take the request and say nothing."""
    await asyncio.Event().wait()


async def endless_headers(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Send headers without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-A: " + b"a" * 1000 + b"\r\n")
        await writer.drain()


BOMBS = {
    "gzip": gzip.compress(b" " * 50_000_000),
    "br": brotli.compress(b" " * 50_000_000, quality=5),
    "zstd": zstandard.compress(b" " * 50_000_000),
}


@pytest.mark.parametrize(
    ("handler", "message_ids"),
    [
        (trickle, {"feed-timeout"}),
        (silent, {"feed-timeout"}),
        (endless, {"feed-too-large"}),
        (crumbs, {"feed-broken-answer"}),
        (endless_headers, {"feed-broken-answer", "feed-too-large"}),
        *((respond(body=bomb, content_encoding=name), {"feed-too-large"}) for name, bomb in BOMBS.items()),
        (respond(body=BOMBS["gzip"]), {"feed-too-large"}),
        (respond(body=gzip.compress(BOMBS["gzip"]), content_encoding="gzip, gzip"), {"feed-too-large"}),
    ],
)
async def test_hostile_answers_end_within_their_limits(feeds, source, feed, outlet, handler, message_ids):  # noqa: PLR0917 (fixtures)
    """One byte at a time, silence, endless bodies and headers, and bombs of every packing end as failures in time."""
    outlet.routes["/rss"] = handler
    started = asyncio.get_running_loop().time()

    result = await feeds.fetch(source, feed)

    assert isinstance(result, Failed)
    assert result.error.message_id in message_ids
    assert asyncio.get_running_loop().time() - started < 3


async def test_a_slow_outlet_delays_no_other(feeds, source, feed, outlet):
    """While outlets hang, another host is answered at once."""
    slow = await asyncio.start_server(outlet.serve, "127.0.0.1", 0)
    outlet.routes["/hang"] = silent
    outlet.routes["/rss"] = respond(body=RSS)
    hanging = [
        asyncio.create_task(feeds.fetch(replace(source, url=f"http://127.0.0.{n}:{outlet.port}/hang"), feed))
        for n in range(2, 4)
    ]
    hanging.append(
        asyncio.create_task(
            feeds.fetch(replace(source, url=f"http://127.0.0.1:{slow.sockets[0].getsockname()[1]}/hang"), feed)
        )
    )
    started = asyncio.get_running_loop().time()

    good = await feeds.fetch(source, feed)
    elapsed = asyncio.get_running_loop().time() - started
    await asyncio.gather(*hanging)
    slow.close()

    assert isinstance(good, Fetched)
    assert elapsed < 1


async def test_the_client_says_what_was_refused(web_client):
    """A bad address raises ``FeedError`` from the client itself."""
    client = web_client()
    with pytest.raises(FeedError, match="ftp://x"):
        await client.get("ftp://x", guarded=True)
