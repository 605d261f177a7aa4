"""A group that lets its members send no files, or nothing at all, in the whole program."""

from datetime import UTC, datetime

import pytest
from conftest import StartBot
from feed_server import FeedServer, sources_document
from harness import Control
from news import kazakh

from bot.sandbox.server import Sandbox


@pytest.mark.parametrize(
    ("language", "words"),
    [("kk", "рұқсат жоқ"), ("ru", "нельзя отправлять файлы"), ("en", "does not let me send files")],
)
async def test_an_export_that_may_not_be_sent_is_answered_in_words(  # noqa: PLR0917 - fixtures
    language: str, words: str, sandbox: Sandbox, control: Control, join, start_bot
) -> None:
    """A sentence for each file, then the files themselves once the bot is an administrator."""
    group = next(room for room in sandbox.simulation.world.rooms.values() if room.type == "group")
    admin = (await join(language)).at(group.id)
    await control.post("member", chat_id=group.id, user_id=admin.user_id, status="administrator")
    await control.post("forbid", chat_id=group.id, what=["photos", "documents"])
    await start_bot()

    said = [await admin.say("/export"), await admin.next_message()]
    assert [name in one.text for name, one in zip(("jarshy.json", "jarshy.opml"), said, strict=True)] == [True, True]
    assert all(words in one.text for one in said)

    await control.post("bot", chat_id=group.id, user_id=admin.user_id, status="administrator")
    sent = [await admin.say("/export"), await admin.next_message()]
    assert [one.raw["document"]["file_name"] for one in sent] == ["jarshy.json", "jarshy.opml"]


@pytest.mark.parametrize(("language", "words"), [("kk", "күтіп тұр"), ("ru", "ждут"), ("en", "waits")])
async def test_news_that_may_not_be_sent_wait_and_the_admin_is_told_once(  # noqa: PLR0917 - fixtures
    language: str,
    words: str,
    sandbox: Sandbox,
    control: Control,
    feeds: FeedServer,
    join,
    start_bot: StartBot,
    tmp_path,
) -> None:
    """An alert is refused; its admin hears of it in private, once. With the right back it comes, once."""
    group = next(room for room in sandbox.simulation.world.rooms.values() if room.type == "group")
    person = await join(language)
    admin = person.at(group.id)
    await control.post("member", chat_id=group.id, user_id=person.user_id, status="administrator")
    url = feeds.put_rss("/kk.xml", [])
    catalogue = tmp_path / "sources.toml"
    catalogue.write_text(sources_document(("qazaq", url, "kk")), encoding="utf-8")
    await start_bot(SOURCES_FILE=str(catalogue))
    await person.say("/help")
    await admin.say(f"/language {language}")
    await admin.say("/alerts Иран")
    await control.post("forbid", chat_id=group.id, what=["text messages"])
    story = kazakh(datetime.now(UTC))
    feeds.put_rss("/kk.xml", [story])
    notice = await person.next_message()
    await control.post("bot", chat_id=group.id, user_id=person.user_id, status="administrator")
    alert = await admin.next_message()

    assert words in notice.text
    assert group.title in notice.text
    assert story.title in alert.text
    assert sum(story.title in one.text for one in await admin.from_bot()) == 1
    assert sum(words in one.text for one in await person.from_bot()) == 1
