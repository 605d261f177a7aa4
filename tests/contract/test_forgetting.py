"""``/forget`` through the real handlers, on both engines: what only this chat had goes with it, from every table."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from desk import Desk, Found, open_desk
from storage_samples import LEASE

from bot.core.model import Channel, FeedDocument, ImportJob, InboxUpdate, SettledState, Settlement, Source
from bot.services.upkeep import GONE_LIFE, Upkeep
from bot.storage import schema
from bot.storage.layout import tables

CHAT, OTHER = 700123456789, 8
HOST = "secret-host.example"
URLS = {name: f"https://{HOST}/{name}?token=93af" for name in ("kept", "offered", "removed", "off")}
WORDS = ("зұлматхана", "түнқатпайды", "жасырынбақ")  # a topic, one at once, one that was removed
PRIVATE = (str(CHAT), HOST, "93af", "Күнделік", *WORDS)

_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema()",
}


@pytest.fixture
async def reader(database_url: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """Give the handlers over an empty database of the engine under test."""
    async with open_desk(tmp_path, url=database_url, admins=(7,)) as opened:
        yield opened


async def _dump(desk: Desk) -> dict[str, list[dict[str, object]]]:
    async with desk.storage.reading() as unit:
        names = [row["name"] for row in await unit.connection.fetch_sql(_TABLES[desk.storage.engine.dialect.name])]
        return {
            name: [dict(row) for row in await unit.connection.fetch_sql(f"SELECT * FROM {name}")]  # noqa: S608
            for name in names
        }


async def _traces(desk: Desk) -> set[str]:
    """Return the tables in any column of which there is something of the chat's alone."""
    return {
        table
        for table, rows in (await _dump(desk)).items()
        for row in rows
        for value in row.values()
        if any(
            word in (bytes(value).decode("utf-8", "replace") if isinstance(value, bytes) else str(value))
            for word in PRIVATE
        )
    }


async def _add_feed(desk: Desk, name: str) -> Source:
    entries = tuple(desk.entry(f"{word} Күнделік {name}", id=f"{URLS[name]}&{word}") for word in WORDS)
    desk.web.feeds[URLS[name]] = (
        Found(URLS[name], f"Күнделік {name}", FeedDocument(f"Күнделік {name}", "kk", entries)),
    )
    (preview,) = await desk.say(f"/addsource {URLS[name]}", chat=CHAT)
    if name == "offered":
        return Source(name, {}, "", "kk")
    await desk.press(preview, preview.buttons[0], chat=CHAT)
    async with desk.storage.reading() as unit:
        (source,) = [one.source for one in await unit.feeds.choices(CHAT) if one.source.url.endswith(URLS[name][-20:])]
    await desk.bring(source, *entries)
    return source


async def _live(desk: Desk) -> None:
    """Do everything that leaves a row with a chat's name on it."""
    await desk.news(desk.entry("Иран елшісі келді"))
    await desk.say("/subscribe Иран", chat=OTHER)
    for text in ("/start", f"/subscribe {WORDS[0]}", f"/alerts {WORDS[1]}", f"/subscribe {WORDS[2]}", "/quiet 23-7"):
        await desk.say(text, chat=CHAT)
    for name in URLS:
        desk.clock.forward(minutes=2)
        await _add_feed(desk, name)
    await desk.say("/removesource Күнделік removed", chat=CHAT)
    (panel,) = await desk.say("/sources", chat=CHAT)
    await desk.press(panel, "✓ Күнделік off", chat=CHAT)
    await desk.say(f"/unsubscribe {WORDS[2]}", chat=CHAT)
    (offer,) = await desk.say(" ".join([WORDS[0]] * 20), chat=CHAT)
    assert offer.buttons
    await desk.say("/latest", chat=CHAT)
    await desk.alerts.tick()
    desk.clock.forward(days=1)
    await desk.digests.tick()
    await _deliver(desk)
    await desk.say(f"/broadcast {WORDS[0]}", chat=CHAT)
    async with desk.storage.transaction() as unit:
        await unit.imports.add(ImportJob(CHAT, CHAT, 1, json.dumps(WORDS, ensure_ascii=False)))
        await unit.stewards.put(CHAT, Channel(-1001, "Күнделік"))
        chat = await unit.chats.get(OTHER)
        assert chat is not None
        await unit.stewards.put_group(CHAT, OTHER, "Күнделік")
        await unit.inbox.store([InboxUpdate(10**6, CHAT, json.dumps({"text": WORDS}), desk.clock.now())])
        await unit.inbox.fail(10**6, desk.clock.now(), error="TypeError", retry_at=None)


async def _forget(desk: Desk) -> None:
    (question,) = await desk.say("/forget", chat=CHAT)
    (answer,) = await desk.press(question, "Иә, бәрін өшіру", chat=CHAT)
    assert "өшірілді" in answer.text


async def _deliver(desk: Desk) -> None:
    desk.clock.forward(seconds=5)
    async with desk.storage.transaction() as unit:
        claim = await unit.outbox.claim(desk.clock.now(), owner="a", lease=LEASE, limit=99, rate=1e6)
        sent = [Settlement(row.id, SettledState.SENT, message_id=1) for row in claim.messages]
        await unit.outbox.settle(sent, desk.clock.now())


def _upkeep(desk: Desk) -> Upkeep:
    return Upkeep(desk.storage, desk.clock, articles=timedelta(days=30), messages=timedelta(days=7))


async def test_forget_leaves_no_trace_in_any_table(reader: Desk) -> None:
    """At once: words, addresses, offers. Within minutes: articles. Once it was sent: the answer, and that it was sent."""
    await _live(reader)
    version = schema.migrations()[-1].version
    owned = {table.name for table in tables(version) if {"chat_id", "user_id"} & set(table.columns)}
    before = await _traces(reader)
    assert before >= owned - {"forgotten_chat"}, "a table of chats that this test does not fill"
    assert before >= {"chat", "source", "article", "topic", "topic_match"}

    await _forget(reader)
    rows = await _dump(reader)
    assert await _traces(reader) == {"outbox", "pace", "forgotten_chat", "article", "topic_match"}
    assert [row["dedupe_key"] for row in rows["outbox"] if row["chat_id"] == CHAT] == [f"reply:{_last(rows)}:0"]
    assert {row["source_id"] for row in rows["article"] if "Күнделік" in str(row["title"])} <= {
        row["id"] for row in rows["source"] if row["erase_at"] == 0 and not row["url"]
    }

    await _deliver(reader)
    await _upkeep(reader).tick()
    assert await _traces(reader) <= {"pace", "forgotten_chat"}
    reader.clock.forward(hours=2)
    await _upkeep(reader).tick()
    assert await _traces(reader) == set()
    assert "own-" not in str(await _dump(reader)), "something of a feed of the chat's own"


def _last(rows: dict[str, list[dict[str, object]]]) -> int:
    return max(int(str(row["update_id"])) for row in rows["inbox"] if row["update_id"] != 10**6)


async def test_what_waited_when_a_chat_was_forgotten_is_answered(reader: Desk) -> None:
    """It was written after the wish to be forgotten: it is handled as of a new chat, with what it says."""
    await reader.say("/subscribe Иран", chat=CHAT, language="kk")
    (question,) = await reader.say("/forget", chat=CHAT)
    number = 500
    about = {"id": CHAT, "type": "private", "first_name": "A"}
    sender = {"id": CHAT, "is_bot": False, "first_name": "A", "language_code": "kk"}
    message = {"message_id": 1, "date": 1, "chat": about, "from": sender, "text": "/topics"}
    command = {"type": "bot_command", "offset": 0, "length": 7}
    waiting = json.dumps({"update_id": number, "message": {**message, "entities": [command]}})
    async with reader.storage.transaction() as unit:
        await unit.inbox.store([InboxUpdate(number, CHAT, waiting, reader.clock.now())])
    await reader.press(question, "Иә, бәрін өшіру", chat=CHAT)

    async with reader.storage.transaction() as unit:
        claimed = await unit.inbox.claim(reader.clock.now(), owner="a", lease=LEASE, limit=9)
    (row,) = [one for one in claimed if one.update_id == number]
    await reader.dispatcher(row)
    (answer,) = [answer for key, answer in await reader.outbox() if key.startswith(f"reply:{number}:")]
    assert "/subscribe" in answer.text
    assert "Иран" not in answer.html.replace("/subscribe Иран", "")
    async with reader.storage.reading() as unit:
        assert await unit.chats.get(CHAT) is not None
        assert await unit.subscriptions.of(CHAT) == []


async def test_a_feed_that_others_have_stays_theirs(reader: Desk) -> None:
    """Its address, its articles and its polling, whoever else removes or forgets it."""
    source = await _add_feed(reader, "kept")
    await reader.say("/help", chat=OTHER)
    async with reader.storage.transaction() as unit:
        await unit.feeds.switch(OTHER, source.id, on=True)
    await _forget(reader)
    await _upkeep(reader).tick()

    async with reader.storage.reading() as unit:
        assert await unit.feeds.get(source.id) == source
    assert WORDS[0] in (await reader.say(f"/search {WORDS[0]}", chat=OTHER))[0].text


async def test_a_removed_feed_can_be_taken_back_for_a_day(reader: Desk) -> None:
    """As it was, its articles too; after that it is deleted, where no other chat has it."""
    source = await _add_feed(reader, "kept")
    for hours in (23, 25):
        (removed,) = await reader.say("/removesource Күнделік kept", chat=CHAT)
        reader.clock.forward(hours=hours)
        await _upkeep(reader).tick()
        answers = await reader.press(removed, removed.buttons[0], chat=CHAT)
        async with reader.storage.reading() as unit:
            stored = await unit.feeds.get(source.id)
        if hours < 24:
            assert "қосылды" in answers[0].text
            assert stored == source
            assert WORDS[0] in (await reader.say(f"/search {WORDS[0]}", chat=CHAT))[0].text
    assert answers == []
    assert stored is None
    rows = await _dump(reader)
    assert [rows[table] for table in ("source", "article", "entry", "posting", "offer")] == [[], [], [], [], []]


async def test_what_a_feed_brings_while_it_is_forgotten_is_not_kept(reader: Desk) -> None:
    """A feed that is being asked at that moment stores nothing more, and its address does not come back."""
    source = await _add_feed(reader, "kept")
    reader.clock.forward(minutes=2)
    handle = reader.ingest.store

    async def forgotten_meanwhile(*arguments: object, **named: object) -> None:
        await _forget(reader)
        await handle(*arguments, **named)

    reader.ingest.store = forgotten_meanwhile
    await reader.bring(source, reader.entry("Күнделік: тағы бір жазба"))

    assert await _traces(reader) <= {"outbox", "pace", "forgotten_chat", "article", "topic_match"}
    assert all("тағы бір" not in str(row["title"]) for row in (await _dump(reader))["article"])


async def test_a_chat_that_is_gone_is_forgotten_after_a_while(reader: Desk) -> None:
    """Its feeds are asked no more at once; who comes back in time finds everything as it was."""
    source = await _add_feed(reader, "kept")
    await reader.say(f"/subscribe {WORDS[0]}", chat=CHAT)
    for back in (True, False):
        await _block(reader, "kicked")
        await _upkeep(reader).tick()
        async with reader.storage.reading() as unit:
            stored = await unit.feeds.get(source.id)
            assert stored is not None
            assert not stored.enabled
        if back:
            reader.clock.forward(days=GONE_LIFE.days - 1)
            await _upkeep(reader).tick()
            assert WORDS[0] in (await reader.say("/topics", chat=CHAT))[0].text
            async with reader.storage.reading() as unit:
                assert await unit.feeds.get(source.id) == source
            await _deliver(reader)
    reader.clock.forward(days=GONE_LIFE.days + 1)
    for _ in range(2):
        await _upkeep(reader).tick()

    assert await _traces(reader) == set()


async def _block(desk: Desk, status: str) -> None:
    about = {"id": CHAT, "type": "private", "first_name": "A"}
    who = {"id": CHAT, "is_bot": False, "first_name": "A"}
    bot = {"id": 1, "is_bot": True, "first_name": "Jarshy"}
    old, new = {"user": bot, "status": "member"}, {"user": bot, "status": status, "until_date": 0}
    change = {"chat": about, "from": who, "date": 1, "old_chat_member": old, "new_chat_member": new}
    await desk.handle({"my_chat_member": change}, CHAT)
