"""Readers' own feeds in the whole program: discovery, who sees them, the guard, lists, and articles' pages."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from feed_server import FeedServer, sources_document
from news import english, kazakh, russian

from bot.core.time_limits import ANSWER_SECONDS

LOOPBACK = "127.0.0.0/8"
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def catalogue(feeds: FeedServer, tmp_path):
    """A catalogue of one outlet, which tells the Kazakh story."""
    path = tmp_path / "sources.toml"
    url = feeds.put_rss("/kk.xml", [kazakh(datetime.now(UTC))], language="kk")
    path.write_text(sources_document(("qazaq", url, "kk")), encoding="utf-8")
    return str(path)


@pytest.fixture
def blog(feeds: FeedServer):
    """A site whose page names its feed; the address of the page."""
    feeds.put_rss("/blog.xml", [russian(datetime.now(UTC))], title="Блог о мире", language="ru")
    page = '<html><head><title>Блог</title><link rel="alternate" type="application/rss+xml" href="/blog.xml"></head></html>'
    return feeds.put("/blog/", page, media_type="text/html; charset=utf-8")


async def until_latest(reader, topic, expected):
    """Ask ``/latest`` until ingest has stored the article: each answer is waited for, none is guessed."""
    async with asyncio.timeout(60):
        while True:
            answer = await reader.say(f"/latest {topic}")
            if expected in answer.text:
                return answer


async def test_a_readers_feed_is_found_shown_added_and_seen_by_that_chat_alone(catalogue, blog, feeds, start_bot, join):
    """From the address of a page to the digest, over a kill; two chats share the fetching; removing ends it."""
    bot = await start_bot(SOURCES_FILE=catalogue, FEED_ALLOW_NETWORKS=LOOPBACK)
    mine, other = await join("ru"), await join("ru")
    title = russian(datetime.now(UTC)).title

    preview = await mine.say(f"/addsource {blog}")
    assert "Блог о мире" in preview.text
    assert "на русском · 1 запись" in preview.text
    assert title in preview.text
    before = feeds.count("/blog.xml")
    await bot.restart(kill=True)
    assert feeds.count("/blog.xml") == before, "what was only shown is not polled"

    await mine.tap("Добавить: Блог о мире", preview)
    await mine.wait_for(
        lambda event: event.by_bot and "добавлен" in event.message.text
    )  # a kill may repeat the preview
    assert title in (await until_latest(mine, "Иран", title)).text
    assert title not in (await other.say("/latest Иран")).text
    assert "Блог" not in str((await other.say("/sources")).buttons)
    assert "✓ Блог о мире" in (await mine.say("/sources")).buttons

    await other.press("Добавить: Блог о мире", await other.say(f"/addsource {feeds.url}/blog.xml"))
    assert title in (await other.say("/latest Иран")).text

    for reader in (mine, other):
        assert "убран" in (await reader.say(f"/removesource {feeds.url}/blog.xml")).text
        assert title not in (await reader.say("/latest Иран")).text


async def test_a_readers_feed_reaches_no_private_address(catalogue, blog, start_bot, join):
    """Without the operator's leave loopback is refused, by name and in any spelling; the operator's own feeds work."""
    await start_bot(SOURCES_FILE=catalogue)
    reader = await join("en")
    port = httpx.URL(blog).port
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433"):
        assert "private network" in (await reader.say(f"/addsource http://{host}:{port}/blog/")).text, host

    assert "no source of your own" in (await reader.say("/removesource")).text
    await until_latest(reader, "Иран", kazakh(datetime.now(UTC)).title)


async def test_an_address_that_gives_nothing_gets_a_sentence(feeds, catalogue, start_bot, join):
    """No address, a page without a feed, a page that is not there, a port that nobody listens on."""
    await start_bot(SOURCES_FILE=catalogue, FEED_ALLOW_NETWORKS=LOOPBACK)
    reader = await join("en")
    bare = feeds.put("/bare", "<html><body><p>Nothing here</p></body></html>", media_type="text/html")

    assert "/addsource example.kz" in (await reader.say("/addsource")).text
    assert "web address" in (await reader.say("/addsource hello world")).text
    assert "no news feed" in (await reader.say(f"/addsource {bare}")).text
    assert "HTTP 404" in (await reader.say(f"/addsource {feeds.url}/none")).text
    assert "did not answer" in (await reader.say("/addsource http://127.0.0.1:9/")).text


async def test_a_list_of_feeds_comes_as_a_document(feeds, catalogue, start_bot, join):
    """An OPML adds its feeds; what is none, or too long, gets a sentence and changes nothing."""
    await start_bot(SOURCES_FILE=catalogue, FEED_ALLOW_NETWORKS=LOOPBACK)
    reader = await join("en")
    url = feeds.put_rss("/world.xml", [english(datetime.now(UTC))], title="World", language="en")

    def opml(*urls):
        lines = "".join(f'<outline type="rss" text="World" xmlUrl="{one}"/>' for one in urls)
        return f'<?xml version="1.0"?><opml version="2.0"><body>{lines}</body></opml>'

    assert "OPML" in (await reader.send("document", name="a.txt", text="hello")).text
    many = opml(*(f"https://site{n}.example/rss" for n in range(10_000)))
    assert "10000" in (await reader.send("document", name="many.opml", text=many)).text
    assert "one megabyte" in (await reader.send("document", name="big.opml", text=" " * 1_100_000)).text
    assert "no source of your own" in (await reader.say("/removesource")).text

    added = await reader.send("document", name="feeds.opml", text=opml(url, f"{feeds.url}/kk.xml"))
    assert "1 source was added. 1 source was there already." in added.text
    await until_latest(reader, "Tokayev", english(datetime.now(UTC)).title)


async def test_an_article_without_a_text_is_found_by_its_page(feeds, start_bot, join, tmp_path):
    """Its page is asked for once, after robots.txt, and its words meet topics; /metrics counts it."""
    now = datetime.now(UTC)
    item = replace(kazakh(now), title="Президент Астанада қонақ қабылдады", slug="page", summary="")
    feeds.put(
        "/page",
        "<html><head><title>x</title></head><body><article><h1>Президент Астанада қонақ қабылдады</h1>"
        + "<p>Кездесуде тараптар Каспий теңізіндегі тасымал мен мұнай құбырын талқылады. Келісімге қол қойылды.</p>" * 6
        + "</article></body></html>",
        media_type="text/html; charset=utf-8",
    )
    path = tmp_path / "sources.toml"
    path.write_text(sources_document(("qazaq", feeds.put_rss("/kk.xml", [item]), "kk")), encoding="utf-8")
    bot = await start_bot(SOURCES_FILE=str(path))
    reader = await join("kk")
    await until_latest(reader, "Каспий", item.title)
    feeds.put_rss("/kk.xml", [item, replace(english(now), slug="second")])
    await until_latest(reader, "Tokayev", english(now).title)

    assert feeds.count("/page") == 1
    assert feeds.count("/robots.txt") == 1
    async with httpx.AsyncClient(base_url=bot.url, trust_env=False) as client:
        shown = (await client.get("/metrics")).text
    assert 'jarshy_pages_total{result="read"} 1.0' in shown
    assert 'jarshy_sources{health="well"} 1.0' in shown


async def test_a_site_that_is_too_slow_gets_one_sentence_in_time(catalogue, start_bot, join):
    """A tarpit, at every address of it: one answer within 30 seconds; meanwhile the same reader's chat waits, nobody else."""

    async def trickle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while True:
                writer.write(b"x" * 20)
                await writer.drain()
                await asyncio.sleep(0.2)

    await start_bot(SOURCES_FILE=catalogue, FEED_ALLOW_NETWORKS=LOOPBACK)
    slow, other = await join("en"), await join("en")
    async with await asyncio.start_server(trickle, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        began = asyncio.get_running_loop().time()
        await slow.write(f"/addsource http://127.0.0.1:{port}/")
        assert (await other.say("/privacy")).text
        answer = await slow.next_message(seconds=ANSWER_SECONDS)
        took = asyncio.get_running_loop().time() - began
        assert (await slow.say("/help")).text

    assert "did not answer" in answer.text
    assert took < ANSWER_SECONDS
    assert len(await slow.from_bot()) == 2
