"""What the log of the whole program holds after a reader's day at debug: none of anybody's words, and no secret."""

import asyncio
import json
import re
import sqlite3
from datetime import UTC, datetime
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest
from databases import empty_database
from feed_server import Item, sources_document
from harness import free_port
from news import kazakh

from bot.sandbox.faults import Rule

MARK = "qzjx"
"""Stands in all that a person writes or owns, and in every article. ASCII: no encoding of a log line changes it."""
HOOK_SECRET = "hook-s3cret"
PASSWORD = "passw0rd"
_ARTICLE = (
    f"<html><body><article><h1>{MARK}</h1>{f'<p>Иран {MARK} келіссөз Астанада өтті.</p>' * 9}</article></body></html>"
)
pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize(
    ("engine", "log_format"),
    [("sqlite", "text"), pytest.param("postgresql", "json", marks=pytest.mark.postgres)],
)
async def test_a_day_of_a_reader_leaves_no_word_in_the_log(  # noqa: PLR0917 - fixtures
    engine, log_format, sandbox, control, feeds, join, start_bot, tmp_path
):
    """Commands, buttons, files, groups, feeds that work and fail, refusals, errors of the database and of ours."""
    async with empty_database(engine, tmp_path) as url:
        port = free_port()
        hook = {"WEBHOOK_URL": f"http://127.0.0.1:{port}/hook", "WEBHOOK_SECRET": HOOK_SECRET}
        reader = await join("en", f"Reader {MARK}")
        bot = await start_bot(
            DATABASE_URL=_with_password(url),
            SOURCES_FILE=_catalogue(feeds, tmp_path),
            FEED_ALLOW_NETWORKS="127.0.0.0/8",
            HTTP_PORT=str(port),
            LOG_LEVEL="debug",
            LOG_FORMAT=log_format,
            ADMIN_IDS=str(reader.user_id),
            **(hook if log_format == "json" else {}),
        )
        await _commands(reader, join)
        await _own_feeds(reader, join, feeds, bot)
        await _elsewhere(reader, control)
        await _unreadable(control, bot)
        await _refusals(reader, sandbox, bot)
        await _broken_database(reader, url, bot)
        await reader.say("/forget")
        assert await bot.stop() == 0

    assert log_format == "text" or all(json.loads(line)["logger"] for line in bot.errors)
    assert [line for line in bot.errors if MARK in line.lower()] == []
    for secret in (sandbox.token.partition(":")[2], HOOK_SECRET, PASSWORD):
        assert secret not in bot.log


def _with_password(url: str) -> str:
    parts = urlsplit(url)
    if not parts.hostname:
        return url
    netloc = f"{parts.username or 'root'}:{PASSWORD}@{parts.hostname}:{parts.port or 5432}"
    return urlunsplit(parts._replace(netloc=netloc))


def _catalogue(feeds, folder) -> str:
    story = kazakh(datetime.now(UTC))
    feeds.put("/story", _ARTICLE, media_type="text/html; charset=utf-8")
    url = feeds.put_rss("/kk.xml", [Item(f"{story.title} {MARK}", story.published, slug="story")])
    path = folder / "sources.toml"
    path.write_text(sources_document(("qazaq", url, "kk")), encoding="utf-8")
    return str(path)


async def _commands(reader, join):
    """Everything that takes words, with words that it knows, that it does not, and that are too long."""
    said = (
        f"/start {MARK}", f"/subscribe Иран | {MARK}", f"/subscribe {MARK} (", "/subscribe " + MARK * 200,
        f"/alerts {MARK}", f"/latest {MARK}", f"/search {MARK}", f"/trends {MARK}", f"/mute {MARK}", f"{MARK} news",
        f"/unsubscribe {MARK}x", f"/schedule {MARK}", f"/timezone {MARK}", f"/quiet {MARK}", f"/language {MARK}",
        f"/only {MARK}", f"/{MARK}", f"/removesource {MARK}", f"/channels @{MARK}", f"/addsource {MARK}", "/export",
    )  # fmt: skip
    people = [await join("en", f"{MARK} {number}") for number in range(len(said))]
    await asyncio.gather(*(person.say(text) for person, text in zip(people, said, strict=True)))
    for text in (f"/subscribe {MARK}", f"/broadcast {MARK}", f"/stats {MARK}", "/sourcehealth"):
        assert await reader.say(text), text
    async with asyncio.timeout(60):
        while MARK not in (shown := await people[1].say("/latest Иран")).text.partition("\n")[2]:
            pass  # each answer is waited for: asked again until ingest has stored the article
    where = {"chat_id": people[1].chat_id, "user_id": people[1].user_id, "message_id": shown.id}
    for data in (MARK, f"t:0:{MARK}", f"@{MARK}:x"):
        pressed = await reader.control.post("press", **where, data=data, force=True)
        assert await people[1].answer_to(str(pressed["query_id"]))
    settings = {"jarshy": 1, "topics": [{"topic": MARK, "mode": "digest"}], "settings": {"zone": MARK}}
    files = ((f"{MARK}.json", json.dumps(settings)), (f"{MARK}.json", MARK), (f"{MARK}.opml", MARK))
    await asyncio.gather(
        *(
            person.send("document", name=name, text=text, caption=MARK)
            for person, (name, text) in zip(people, files, strict=False)
        )
    )


async def _own_feeds(reader, join, feeds, bot):
    """A feed that is found and read, a dozen that fail in ways of their own, sites that are none."""
    page = Item(f"Иран {MARK}", datetime.now(UTC), slug=f"page-{MARK}")
    feeds.put(f"/page-{MARK}", _ARTICLE, media_type="text/html; charset=utf-8")
    own = feeds.put_rss(f"/own-{MARK}.xml", [page], title=f"Feed {MARK}") + f"?key={MARK}"
    preview = await reader.say(f"/addsource {own}")
    await reader.press(f"Add: Feed {MARK}", preview)
    missing = feeds.put(f"/bare-{MARK}", f"<html><body>{MARK}</body></html>", media_type="text/html")
    moved = feeds.put(f"/moved-{MARK}", "", status=301, headers={"Location": f"http://{MARK}.invalid/"})
    sites = (missing, moved, f"{MARK}.invalid", f"http://u:{MARK}@127.0.0.1:9/", f"http://127.0.0.1:9/{MARK}")
    people = [await join("en", MARK) for _ in sites]
    asked = [person.say(f"/addsource {site}", seconds=40) for person, site in zip(people, sites, strict=True)]
    await asyncio.gather(*asked)
    bad = {
        "status": feeds.put(f"/500-{MARK}", MARK, status=500),
        "html": missing,
        "moved": moved,
        "loop": feeds.put(f"/loop-{MARK}", "", status=302, headers={"Location": f"/loop-{MARK}"}),
        "packed": feeds.put(f"/packed-{MARK}", MARK, headers={"Content-Encoding": "gzip"}),
        "xml": feeds.put(f"/xml-{MARK}", f"<!DOCTYPE {MARK} [<!ENTITY {MARK} '&{MARK};'>]><rss>&{MARK};"),
        "json": feeds.put(f"/json-{MARK}", f'{{"version":"https://jsonfeed.org/version/1","items":[{{"{MARK}"'),
        "empty": feeds.put(f"/empty-{MARK}", ""),
        "nobody": f"http://127.0.0.1:9/{MARK}",
        "nowhere": f"http://{MARK}.invalid/{MARK}",
        "gone": feeds.put(f"/gone-{MARK}", MARK, status=410),
    }
    lines = "".join(f'<outline type="rss" text="{MARK} {name}" xmlUrl="{url}"/>' for name, url in bad.items())
    listed = f'<?xml version="1.0"?><opml version="2.0"><body>{lines}</body></opml>'
    assert await reader.send("document", name=f"{MARK}.opml", text=listed, seconds=40)
    await _told(bot, " failed: feed-", len(bad))


async def _elsewhere(reader, control):
    """Groups, channels and inline queries; the messages that the reader changes afterwards."""
    group = await control.post("chats", type="supergroup", title=f"Group {MARK}", user_id=reader.user_id)
    there = reader.at(int(str(group["id"])))
    assert await there.say(f"/subscribe {MARK}")
    sent = await there.write(f"{MARK} /start")
    await control.post("edit", chat_id=there.chat_id, message_id=sent.id, text=f"/subscribe {MARK}")
    await control.post("bot", chat_id=there.chat_id, user_id=reader.user_id, status="left")
    await control.post("chats", type="channel", title=f"Channel {MARK}", user_id=reader.user_id)
    asked = await control.post("inline", user_id=reader.user_id, query=f"{MARK} Иран")
    everywhere = reader.at(0)
    everywhere.chat_id = None
    await everywhere.wait_for(lambda event: event.raw.get("query_id") == asked["query_id"])


async def _unreadable(control, bot):
    """Updates that nobody can read, and requests to the bot's own server."""
    chat = {"id": 77, "type": "private", "first_name": MARK}
    who = {"id": 77, "is_bot": False, "first_name": MARK}
    for update in (
        {"message": {"chat": chat, "text": MARK}},
        {"message": {"message_id": 1, "date": MARK, "chat": chat, "from": who, "text": f"/start {MARK}"}},
        {"message": {"message_id": 1, "date": 1, "chat": chat, "from": who, "text": f"/search {MARK}\0", "x": MARK}},
        {"callback_query": {"id": MARK, "from": who, "data": MARK}},
        {MARK: {MARK: MARK}},
    ):
        await control.post("update", update=update)
    async with httpx.AsyncClient(base_url=bot.url, trust_env=False) as client:
        for path in (f"/{MARK}", "/hook", f"/metrics?{MARK}"):
            await client.post(path, content=MARK, headers={"X-Telegram-Bot-Api-Secret-Token": MARK})
        _, writer = await asyncio.open_connection("127.0.0.1", urlsplit(bot.url).port)
        writer.write(f"{MARK} {MARK}\r\n\r\n".encode())
        await writer.drain()
        writer.close()
    await _told(bot, r"update \d+ failed", 6)


async def _refusals(reader, sandbox, bot):
    """Telegram quotes what it refuses."""
    quoting = f"Bad Request: inline keyboard button URL 'http://{MARK}.kz/' is invalid; unsupported tag \"{MARK}\""
    for method, words in (("sendMessage", f"/search {MARK}"), ("editMessageText", ""), ("answerCallbackQuery", "")):
        sandbox.simulation.faults.add(Rule("status", method, code=400, description=quoting, times=1))
        if words:
            await reader.write(words)
    await _told(bot, r"Rejected \(keyboard\)")
    sandbox.simulation.faults.clear()


async def _broken_database(reader, url, bot):
    """A statement fails, whose error quotes what is written: as a bug, tried again twice and answered by an apology."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as other:
            other.execute(
                "CREATE TRIGGER bad BEFORE INSERT ON subscription WHEN NEW.label LIKE '%poison%' "
                f"BEGIN SELECT RAISE(ABORT, 'no {MARK}'); END"
            )
    else:
        other = await asyncpg.connect(url)
        await other.execute(
            "CREATE FUNCTION bad() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no %', NEW.label; END $$ LANGUAGE plpgsql;"
            "CREATE TRIGGER bad BEFORE INSERT ON subscription FOR EACH ROW WHEN (NEW.label LIKE '%poison%')"
            " EXECUTE FUNCTION bad()"
        )
        await other.close()
    await reader.write(f"/subscribe poison {MARK}")
    await _told(bot, "failed for good")


async def _told(bot, pattern, times=1):
    """Wait until the log has told something that often; only the log tells."""
    async with asyncio.timeout(90):
        while len(re.findall(pattern, bot.log)) < times:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
