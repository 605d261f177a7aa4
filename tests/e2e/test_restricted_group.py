"""A group that lets its members send no files, in the whole program."""

import pytest
from harness import Control

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
