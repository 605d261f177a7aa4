"""Finding feeds behind an address, pages of articles, and what the command line shows; against a real server."""

import asyncio
from dataclasses import replace

import pytest
from feed_outlet import RSS, Request, respond

from bot.core.time_limits import DISCOVERY_SECONDS
from bot.errors import FeedError
from bot.feeds.article_pages import ArticlePages
from bot.feeds.discovery import FeedFinder, usual_addresses
from bot.feeds.http.robots import Robots
from bot.feeds.inspection import check_sources, describe_feeds

PAGE = b"<!doctype html><html><head><title>X</title><link rel='alternate' type='application/rss+xml' href='/rss'></head></html>"


@pytest.fixture
def finder(pool, clock, loopback, web_client):
    """A finder that may reach loopback."""
    return FeedFinder(web_client(allowed_networks=loopback), pool, clock)


async def test_a_feeds_own_address(finder, outlet):
    """The address of a feed is that feed."""
    outlet.routes["/rss"] = respond(body=RSS)

    (found,) = await finder.find(f"{outlet.url}/rss")

    assert (found.url, found.title) == (f"{outlet.url}/rss", "Х")
    assert found.document.entries[0].title == "Иран туралы"


async def test_a_page_that_names_its_feed(finder, outlet):
    """The address of a page leads to the feed that it names."""
    outlet.routes |= {"/": respond(body=PAGE), "/rss": respond(body=RSS)}

    assert [feed.url for feed in await finder.find(outlet.url)] == [f"{outlet.url}/rss"]


async def test_a_page_that_names_none(finder, outlet):
    """Where a page names no feed, the usual places are tried; where none is there, nothing is found."""
    outlet.routes |= {"/": respond(body=b"<html><p>hello</p></html>"), "/rss.xml": respond(body=RSS)}
    found = await finder.find(outlet.url)
    del outlet.routes["/rss.xml"]
    nothing = await finder.find(outlet.url)

    assert [feed.url for feed in found] == [f"{outlet.url}/rss.xml"]
    assert nothing == ()


async def test_finding_ends_in_time(pool, clock, outlet, loopback, web_client):
    """When time is up, what was found so far is the answer; a site that never answers, or gets nowhere, is said so."""

    async def hang(_request: Request, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    finder = FeedFinder(web_client(allowed_networks=loopback), pool, clock, seconds=1)
    outlet.routes |= {
        "/": respond(body=PAGE.replace(b"</head>", b"<a href='/hang.rss'>x</a></head>")),
        "/hang.rss": hang,
    }
    outlet.routes |= {"/rss": respond(body=RSS), "/silent": hang, "/bare": respond(body=b"<html><p>x</p></html>")}
    outlet.routes |= {"/bare/feed/": hang}
    await pool.start()
    found = await finder.find(outlet.url)
    with pytest.raises(FeedError) as silent:
        await finder.find(f"{outlet.url}/silent")

    with pytest.raises(FeedError) as slow:
        await finder.find(f"{outlet.url}/bare")

    assert [feed.url for feed in found] == [f"{outlet.url}/rss"]
    assert silent.value.message_id == "feed-timeout"
    assert slow.value.message_id == "feed-too-slow"


def test_guesses_fit_their_time():
    """At the usual pause of a second for each host, all guesses and the page itself leave a third for the answers."""
    guesses = usual_addresses("https://x.kz/kk/news?page=2")

    assert "https://x.kz/kk/news?format=feed&type=rss" in guesses
    assert "https://x.kz/rss" in guesses
    assert len(guesses) + 1 <= DISCOVERY_SECONDS * 2 / 3


async def test_finding_is_guarded(pool, clock, outlet, web_client):
    """Without leave, loopback is refused: nothing is asked. A page that is not there is an error."""
    outlet.routes["/rss"] = respond(body=RSS)
    with pytest.raises(FeedError) as refused:
        await FeedFinder(web_client(), pool, clock).find(f"{outlet.url}/rss")

    assert refused.value.message_id == "feed-blocked-address"
    assert outlet.requests == []


async def test_an_articles_page(pool, clock, outlet, web_client):
    """A page is read where robots.txt allows it; a picture, or a page that is forbidden, is refused."""
    client = web_client()
    pages = ArticlePages(client, Robots(client, pool, clock), pool)
    text = "Қазақстан мен Иран келісімге қол қойды. " * 5
    outlet.routes |= {
        "/n/1": respond(body=f"<html><article><p>{text}</p></article></html>".encode(), content_type="text/html"),
        "/n/2": respond(body=b"\x89PNG", content_type="image/png"),
        "/robots.txt": respond(body=b"User-agent: *\nDisallow: /n/3"),
    }

    assert "келісімге" in (await pages.read(f"{outlet.url}/n/1", guarded=False)).text
    for path in ("/n/2", "/n/3", "/n/4"):
        with pytest.raises(FeedError):
            await pages.read(f"{outlet.url}{path}", guarded=False)
    assert "/n/3" not in outlet.targets()


async def test_places_are_described_in_order(outlet, clock, tmp_path):
    """Files and addresses give one record each, in order; what fails says why."""
    outlet.routes["/rss"] = respond(body=RSS)
    file = tmp_path / "a.xml"
    file.write_bytes(RSS)
    places = [str(file), f"{outlet.url}/rss", str(tmp_path / "b.xml"), f"{outlet.url}/c"]

    records = [record async for record in describe_feeds(places, base="https://y.kz/", clock=clock)]

    assert [record["source"] for record in records] == places
    assert [entry["url"] for entry in records[0]["entries"]] == ["https://y.kz/n/1?utm_source=rss"]
    assert [entry["id"] for entry in records[1]["entries"]] == ["n-1"]
    assert records[2] == {"source": places[2], "error": "cannot read the file: No such file or directory"}
    assert records[3] == {"source": places[3], "error": "HTTP status 404"}


async def test_sources_are_checked(feeds, source, outlet, clock):
    """A source is well where one of its addresses is; else its errors stand in a line."""
    outlet.routes["/rss"] = respond(body=RSS)
    second = replace(source, id="b", url=f"{outlet.url}/gone", alternatives=(f"{outlet.url}/rss",))
    third = replace(source, id="c", url=f"{outlet.url}/gone", alternatives=(f"{outlet.url}/gone2",))

    first, other, bad = await check_sources([source, second, third], feeds, clock)

    assert (first.error, first.format, first.items, first.newest) == (None, "rss20", 1, None)
    assert (other.error, other.url) == (None, f"{outlet.url}/rss")
    assert (bad.error, bad.items) == ("HTTP status 404", 0)
