"""A reader's own data: taken along, brought back, forgotten."""

import json
from datetime import timedelta

import pytest

from bot.core import actions
from bot.core.model import LOCALES
from bot.services.upkeep import Upkeep

TABLES = (
    "chat",
    "subscription",
    "removal",
    "composition",
    "chat_source",
    "alert_pace",
    "topic",
    "topic_match",
    "topic_story",
)


async def attachments(desk):
    async with desk.storage.reading() as unit:
        rows = await unit.connection.fetch_sql("SELECT file_name, file_data FROM outbox WHERE file_name IS NOT NULL")
    return {row["file_name"]: bytes(row["file_data"]) for row in rows}


async def send_file(desk, data, *, name="jarshy.json", chat=7):
    desk.web.files["f1"] = data
    document = {"file_id": "f1", "file_unique_id": "u1", "file_name": name, "file_size": len(data)}
    return await desk.send({"document": document}, chat=chat)


@pytest.mark.parametrize("language", LOCALES)
async def test_export_sends_two_documents(desk, language):
    """Settings and topics as JSON, sources as OPML, each with a word on what it is for."""
    await desk.news(desk.entry("Иран туралы жаңалық"))
    await desk.say("/alerts Иран", language=language)
    answers = await desk.say("/export", language=language)
    files = await attachments(desk)

    assert len(answers) == 2
    assert [name in answer.instead for name, answer in zip(files, answers, strict=True)] == [True, True]
    assert all(answer.text for answer in answers)
    document = json.loads(files["jarshy.json"])
    assert document["topics"] == [{"topic": "Иран", "mode": "at_once"}]
    assert document["settings"]["language"] == language
    assert b"https://a.kz/" in files["jarshy.opml"]


async def test_what_was_exported_comes_back_elsewhere(desk):
    """Topics with their delivery, settings, sources, in another chat."""
    await desk.news(desk.entry("Иран туралы жаңалық"))
    for text in ("/alerts Иран", "/subscribe мұнай | газ", "/quiet 23-7", "/schedule 07:15", "/language en", "/export"):
        await desk.say(text)
    (done,) = await send_file(desk, (await attachments(desk))["jarshy.json"], chat=9)
    async with desk.storage.reading() as unit:
        chat, mine = await unit.chats.get(9), await unit.subscriptions.of(9)

    assert "Topics added: 2" in done.text
    assert (chat.locale, chat.quiet, chat.schedule) == ("en", "23:00-07:00", "07:15; weekly sun 10:00")
    assert {(topic.label, topic.mode) for topic in mine} == {("Иран", "at_once"), ("мұнай | газ", "digest")}
    (again,) = await send_file(desk, (await attachments(desk))["jarshy.json"], chat=9)
    assert "Topics added: 0" in again.text


@pytest.mark.parametrize(
    "document",
    [
        b"{",
        b'{"jarshy": 1, "settings": {"zone": "Mars/Olympus"}}',
        b'{"jarshy": 1, "settings": {"schedule": true}}',
        '{"jarshy": 1, "topics": [{"topic": "Иран"}, {"topic": "-"}]}'.encode(),
        json.dumps({"jarshy": 1, "topics": [{"topic": f"тақырып{n}"} for n in range(101)]}).encode(),
    ],
)
async def test_a_bad_document_changes_nothing(desk, document):
    """Not even the part of it that could be read."""
    await desk.say("/start")
    async with desk.storage.reading() as unit:
        before = await unit.chats.get(7)
    (answer,) = await send_file(desk, document)

    assert answer.text
    async with desk.storage.reading() as unit:
        assert await unit.chats.get(7) == before
        assert await unit.subscriptions.of(7) == []


async def test_import_says_which_file_to_send(desk):
    """And that settings are replaced."""
    assert "/export" in (await desk.say("/import"))[0].text


async def test_forget_asks_and_then_leaves_nothing(desk):
    """All of the chat's rows go, and topics that nobody follows; the answer comes all the same."""
    await desk.news(desk.entry("Иран туралы жаңалық"))
    await desk.say("/alerts Иран")
    await desk.news(desk.entry("Иран туралы тағы бір жаңалық"))
    await desk.alerts.tick()
    (question,) = await desk.say("/forget")
    assert "/export" in question.text
    (done,) = await desk.press(question, "Иә, бәрін өшіру")
    assert "өшірілді" in done.text
    await Upkeep(desk.storage, desk.clock, articles=timedelta(days=30), messages=timedelta(days=7)).tick()

    async with desk.storage.reading() as unit:
        for table in TABLES:
            assert await unit.connection.fetch_sql(f"SELECT * FROM {table}") == [], table  # noqa: S608
        rows = await unit.connection.fetch_sql("SELECT dedupe_key FROM outbox")
    assert len(rows) == 1


async def test_forget_leaves_others_what_is_theirs(desk):
    """A topic that another chat follows stays with all that met it."""
    await desk.news(desk.entry("Иран туралы жаңалық"))
    for chat in (7, 8):
        await desk.say("/subscribe Иран", chat=chat)
    (question,) = await desk.say("/forget")
    await desk.press(question, "Иә, бәрін өшіру")

    assert "Иран туралы" in (await desk.say("/latest", chat=8))[0].text


async def test_a_button_of_another_chat_forgets_nothing(desk):
    """It names its own chat."""
    await desk.say("/subscribe Иран")
    assert await desk.press(None, "", data=actions.encode(actions.Forget(8))) == []

    assert "Иран" in (await desk.say("/topics"))[0].text


@pytest.mark.parametrize("language", LOCALES)
async def test_privacy_names_the_ways_out(desk, language):
    """Export and forgetting."""
    (answer,) = await desk.say("/privacy", language=language)

    assert "/export" in answer.text
    assert "/forget" in answer.text
