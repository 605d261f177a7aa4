"""What people do in the sandbox becomes the updates that Telegram would send."""

import pytest

from bot.sandbox import readers
from bot.sandbox.methods import METHODS
from bot.sandbox.model import JsonObject, Room
from bot.sandbox.params import Params
from bot.sandbox.sent import sent_media
from bot.sandbox.simulation import Simulation
from bot.sandbox.world import World


@pytest.fixture
def world() -> World:
    """A world with three readers, a group and a channel, where it is always the same moment."""
    return Simulation("1:token", lambda: 1_800_000_000.0).world


def _updates(world: World, kind: str) -> list[JsonObject]:
    found = (update.get(kind) for update in world.updates.pending.values())
    return [content for content in found if isinstance(content, dict)]


def _group(world: World, kind: str = "group") -> Room:
    return next(room for room in world.rooms.values() if room.type == kind)


def test_a_command_carries_its_entity(world: World) -> None:
    """The entity covers the command and its address, in UTF-16 units."""
    readers.say(world, world.rooms[1001], world.users[1001], "/start@jarshy_bot Иран")

    assert _updates(world, "message")[0]["entities"] == [{"offset": 0, "length": 17, "type": "bot_command"}]


def test_groups_hide_talk_from_the_bot_but_not_replies_to_it(world: World) -> None:
    """Privacy mode shows commands of this bot or of none, and replies to its messages."""
    group, james = _group(world), world.users[1003]
    METHODS["sendmessage"](world, Params({"chat_id": group.id, "text": "жаңалық"}))
    own = next(iter(group.messages))
    for text in ("сәлем", "/start@other_bot", "/start", "/start@Jarshy_Bot"):
        readers.say(world, group, james, text)
    readers.say(world, group, james, "рақмет", reply_to=own)

    assert [message["text"] for message in _updates(world, "message")] == ["/start", "/start@Jarshy_Bot", "рақмет"]


def test_an_anonymous_admin_is_seen_as_the_group(world: World) -> None:
    """``from`` is Telegram's GroupAnonymousBot, ``sender_chat`` the group itself."""
    group = _group(world)
    readers.say(world, group, world.users[1001], "/settings", anonymous=True)
    message = _updates(world, "message")[0]

    assert message["sender_chat"] == message["chat"]
    assert message["from"]["username"] == "GroupAnonymousBot"  # type: ignore[index]


def test_a_channel_post_has_no_author(world: World) -> None:
    """It comes as ``channel_post``, signed by the channel."""
    channel = _group(world, "channel")
    readers.say(world, channel, world.users[1002], "/start")
    post = _updates(world, "channel_post")[0]

    assert "from" not in post
    assert post["sender_chat"] == post["chat"]


def test_added_and_removed_the_bot_is_told_as_telegram_tells(world: World) -> None:
    """``my_chat_member`` comes each time; the service message only while the bot can still see it."""
    group, james = _group(world), world.users[1003]
    readers.set_bot_status(world, group, james, "left")
    readers.set_bot_status(world, group, james, "administrator")

    statuses = [update["new_chat_member"]["status"] for update in _updates(world, "my_chat_member")]  # type: ignore[index]
    assert statuses == ["left", "administrator"]
    assert ["new_chat_members" in message for message in _updates(world, "message")] == [True]


def test_members_come_and_go_with_service_messages(world: World) -> None:
    """``chat_member`` is sent only to a bot that asked for it."""
    group, james = _group(world), world.users[1003]
    readers.set_member(world, group, james, "left")
    readers.set_member(world, group, james, "member")

    kinds = [
        next(key for key in message if key.endswith(("members", "member"))) for message in _updates(world, "message")
    ]
    assert kinds == ["left_chat_member", "new_chat_members"]
    assert _updates(world, "chat_member") == []


def test_migration_sends_both_service_messages(world: World) -> None:
    """The old chat names the new one, the new one the old; members and the bot move along."""
    group = _group(world)
    upgraded = readers.migrate(world, group)
    old, new = _updates(world, "message")

    assert (old["migrate_to_chat_id"], new["migrate_from_chat_id"]) == (upgraded.id, group.id)
    assert upgraded.members == group.members
    assert str(upgraded.id).startswith("-100")


def test_an_edited_message_comes_as_such(world: World) -> None:
    """The update is ``edited_message`` with an ``edit_date``."""
    message = readers.say(world, world.rooms[1001], world.users[1001], "Ирак")
    readers.edit(world, message, "Иран")
    edited = _updates(world, "edited_message")[0]

    assert (edited["text"], edited["edit_date"]) == ("Иран", 1_800_000_000)


@pytest.mark.parametrize("kind", ["location", "document", "photo", "sticker", "voice", "contact", "poll"])
def test_what_is_no_text_comes_under_its_own_field(world: World, kind: str) -> None:
    """Each kind of media reaches the bot without a ``text``."""
    media = sent_media(world, {"kind": kind, "latitude": 43.2, "longitude": 76.9, "text": "x"})
    readers.say(world, world.rooms[1001], world.users[1001], "", media=media)
    message = _updates(world, "message")[0]

    assert kind in message
    assert "text" not in message


def test_an_inline_result_is_sent_by_the_person_and_names_the_bot(world: World) -> None:
    """Query, offer, choice: the message is the person's, ``via_bot`` the bot, and the bot learns which was chosen."""
    irina = world.users[1002]
    question = readers.inline_query(world, irina, "иран")
    content = {"message_text": "<b>Иран</b>", "parse_mode": "HTML"}
    results = [{"type": "article", "id": "7", "title": "Иран", "input_message_content": content}]
    METHODS["answerinlinequery"](world, Params({"inline_query_id": question.id, "results": results}))
    message = readers.choose(world, _group(world), irina, question, "7")

    assert world.shape(message)["via_bot"] == world.person(world.bot)
    assert (message.text, message.sender) == ("Иран", irina)
    assert _updates(world, "chosen_inline_result")[0]["query"] == "иран"
