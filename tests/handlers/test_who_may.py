"""Who may do what in groups and channels: every command, every button, by everyone who could be behind it."""

from dataclasses import fields
from typing import get_args

import pytest
from telegram.ext import CommandHandler

from bot.core import actions
from bot.core.model import Channel
from bot.errors import FeedError
from handlers import ADMIN_COMMANDS, COMMANDS, rights
from handlers.buttons import PRESSES
from handlers.rights import Guarded, Who

# The table as a reader of the README expects it, written down a second time.
FREE_COMMANDS = {"start", "help", "privacy", "latest", "search", "digest", "trends", "topics", "sources"}
PRIVATE_COMMANDS = {"channels"}
FREE_ACTIONS = {
    "TurnPage", "ShowLatest", "ShowTopics", "OpenTopic", "OpenLanguages", "ShowTrend", "ShowSources", "ListStories",
    "OpenStory", "Why", "Related", "OfferMutes",
}  # fmt: skip
PRIVATE_ACTIONS = {"Manage", "SendBroadcast"}

KINDS = ("group", "supergroup", "forum", "channel")
GROUPS = KINDS[:3]
CHAT = -1001
ANONYMOUS, CHANNEL_BOT, TELEGRAM = 1087968824, 136817688, 777000  # Telegram's own accounts behind such messages
NOT_THE_GROUP = {"type": "channel", "title": "C", "id": -1002}

MEMBERS = {
    "a member": {},
    "a member who writes as their own channel": {
        "from": {"id": CHANNEL_BOT, "is_bot": True, "first_name": "Channel"}, "sender_chat": NOT_THE_GROUP,
    },
    "a post of the linked channel": {
        "from": {"id": TELEGRAM, "is_bot": False, "first_name": "Telegram"}, "sender_chat": NOT_THE_GROUP,
        "is_automatic_forward": True,
    },
}  # fmt: skip
ARGUMENTS = {
    "start": "b_0JjRgNCw0L0", "addsource": "blog.kz", "schedule": "19:00", "timezone": "UTC", "language": "en",
    "quiet": "22:00-07:00", "broadcast": "Hello",
}  # fmt: skip
VALUES = {
    "SetLocale": {"locale": "en"}, "ToggleLanguage": {"locale": "en"}, "SetZone": {"zone": "UTC"},
    "SetSchedule": {"text": "19:00"}, "SetQuiet": {"text": "off"}, "Follow": {"text": "мұнай"},
    "ShowTopics": {"purpose": "topics"}, "SetMode": {"mode": "at_once"}, "Refine": {"change": "only-here"},
    "OpenSettings": {"part": "main"}, "Toggle": {"setting": "compact"}, "FirstStep": {"step": "hour", "value": "19:00"},
    "ToggleReady": {"key": "economy"}, "Forget": {"chat_id": CHAT}, "Manage": {"channel_id": 0},
}  # fmt: skip
TABLES = (
    "chat",
    "subscription",
    "removal",
    "chat_source",
    "alert_pace",
    "steward",
    "group_admin",
    "topic",
    "broadcast",
    "offer",
    "source",
)
KEPT = {table: f"SELECT * FROM {table} ORDER BY 1, 2" for table in TABLES}  # noqa: S608 - names of our own
LANGUAGES = pytest.mark.parametrize(
    ("language", "only"), [("kk", "әкімшілер"), ("ru", "администраторы"), ("en", "admins")]
)


def about(kind, chat=CHAT):
    """Return Telegram's object for a chat of that kind."""
    forum = {"is_forum": True} if kind == "forum" else {}
    return {"id": chat, "type": "supergroup" if kind == "forum" else kind, "title": "G", **forum}


async def say(desk, text, kind, *, chat=CHAT, language="kk", **sender):
    """Write in a chat; in a channel it is a post."""
    entity = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])}
    message = {"text": text, "entities": [entity] if text.startswith("/") else [], "chat": about(kind, chat), **sender}
    if kind == "channel":
        post = {"message_id": 5, "date": 1000, "sender_chat": about(kind, chat), **message}
        return await desk.handle({"channel_post": post}, chat)
    return await desk.send(message, chat=chat, language=language)


async def press(desk, action, kind, *, old=False, chat=CHAT, language="kk"):
    """Press a button there; ``old`` is a message that Telegram does not show the bot any more."""
    desk.clock.forward(seconds=1)
    message = {"message_id": 55, "date": 0 if old else 1, "chat": about(kind, chat), **({} if old else {"text": "x"})}
    sender = {"id": 7, "is_bot": False, "first_name": "A", "language_code": language}
    query = {"id": "q", "from": sender, "chat_instance": "1", "data": actions.encode(action), "message": message}
    return await desk.handle({"callback_query": query}, chat)


async def kept(desk):
    """Return all that is kept of chats and what they asked for."""
    async with desk.storage.reading() as unit:
        return {table: await unit.connection.fetch_sql(text) for table, text in KEPT.items()}


def commands():
    """Return each command with an argument that would change something."""
    return [(name, f"/{name} {ARGUMENTS.get(name, 'Иран')}") for name in (*COMMANDS, *ADMIN_COMMANDS)]


def sample(kind):
    """Return an action of that kind."""
    given = VALUES.get(kind.__name__, {})
    return kind(**{one.name: given.get(one.name, 1 if one.type in (int, "int") else "x") for one in fields(kind)})


async def set_up(desk, kind):
    """Let an admin give a group a topic, an hour and its silence; afterwards nobody is an admin."""
    desk.web.feeds["blog.kz"] = FeedError("feed-bad-url", url="blog.kz")
    await desk.news(desk.entry("Иран туралы жаңалық"))
    if kind != "channel":
        desk.web.admins = {7}
        await say(desk, "/subscribe Қазақстан", kind)
        await say(desk, "/schedule 09:15", kind)
        await say(desk, "/stop", kind)
    desk.web.admins = set()
    desk.web.asked.clear()


def test_nothing_is_registered_that_the_table_lacks(desk):
    """Every command, every button and every other way in is named there, and nothing else is."""
    registered = [handler for group in desk.application.handlers.values() for handler in group]
    guarded = [handler.callback for handler in registered]
    named = {name for handler in registered if isinstance(handler, CommandHandler) for name in handler.commands}

    assert all(isinstance(one, Guarded) for one in guarded)
    assert {one.name for one in guarded} - named == set(rights.ENTRIES)
    assert named == set(COMMANDS)
    assert set(rights.COMMANDS) == set(COMMANDS) | set(ADMIN_COMMANDS)
    assert set(rights.ACTIONS) == set(PRESSES) == set(get_args(actions.Action))


def test_the_table_is_what_is_expected():
    """Everyone looks, admins change, the rest is for private chats."""
    assert {name for name, who in rights.COMMANDS.items() if who is Who.EVERYONE} == FREE_COMMANDS
    assert {kind.__name__ for kind, who in rights.ACTIONS.items() if who is Who.EVERYONE} == FREE_ACTIONS
    assert {name for name, who in rights.COMMANDS.items() if who is Who.READER} == PRIVATE_COMMANDS
    assert {name for name, who in rights.COMMANDS.items() if who is Who.BOT_ADMINS} == set(ADMIN_COMMANDS)
    others = {kind.__name__ for kind, who in rights.ACTIONS.items() if who not in {Who.EVERYONE, Who.CHAT_ADMINS}}
    assert others == PRIVATE_ACTIONS


async def test_what_the_table_lacks_is_for_nobody(desk, monkeypatch):
    """A command or a button that was forgotten there does nothing, not even in a private chat."""
    monkeypatch.setattr(rights, "ACTIONS", {})
    followed = await desk.press(None, "", data=actions.encode(actions.Follow("Иран")))

    assert followed == []
    assert "ескірген" in desk.callbacks[-1][1]
    assert rights.guard_command("forgotten", desk.dispatcher).who is Who.NOBODY


@pytest.mark.parametrize("kind", GROUPS)
@pytest.mark.parametrize("who", MEMBERS)
async def test_no_command_of_a_member_changes_anything(desk, kind, who):
    """Of all commands, each with an argument that would: what is free is answered, the rest gets one sentence."""
    await set_up(desk, kind)
    desk.web.admins = {CHANNEL_BOT, TELEGRAM}  # Telegram's own accounts are nobody, whatever is said of them
    before = await kept(desk)
    for name, text in commands():
        answers = await say(desk, text, kind, **MEMBERS[who])
        said = [answer.text for answer in answers]

        assert await kept(desk) == before, text
        if who == "a post of the linked channel" or name in ADMIN_COMMANDS:
            assert said == [], text
        elif name in FREE_COMMANDS:
            assert said, text
            assert not any("тек әкімшілер" in one for one in said), text
        else:
            assert len(said) == 1, text
            assert ("жеке чатта" if name in PRIVATE_COMMANDS else "тек әкімшілер") in said[0], text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("old", [False, True])
async def test_no_button_that_a_member_presses_changes_anything(desk, kind, old):
    """Of all buttons, under a fresh message and under one that is out of the bot's sight; in a channel none is free."""
    await set_up(desk, kind)
    before = await kept(desk)
    for action in map(sample, get_args(actions.Action)):
        name = type(action).__name__
        answers = await press(desk, action, kind, old=old)
        said = desk.callbacks[-1][1]

        assert await kept(desk) == before, name
        if name in FREE_ACTIONS and kind != "channel":
            assert "тек әкімшілер" not in said, name
        else:
            assert answers == [], name
            assert said, name
        if name not in FREE_ACTIONS | PRIVATE_ACTIONS or kind == "channel":
            assert "тек әкімшілер" in said, name


@pytest.mark.parametrize("kind", GROUPS)
@pytest.mark.parametrize("anonymous", [False, True])
async def test_no_command_of_an_admin_is_refused(desk, kind, anonymous):
    """Whether they write as themselves or in the group's own name; then Telegram is not asked."""
    await set_up(desk, kind)
    desk.web.admins = set() if anonymous else {7}
    account = {"id": ANONYMOUS, "is_bot": True, "first_name": "Group"}
    sender = {"from": account, "sender_chat": about(kind)} if anonymous else {}
    for name, text in commands():
        said = [answer.text for answer in await say(desk, text, kind, **sender)]

        assert bool(said) is (name not in ADMIN_COMMANDS), text
        assert not any("тек әкімшілер" in one for one in said), text
    assert (CHAT, ANONYMOUS) not in desk.web.asked


@pytest.mark.parametrize("kind", KINDS)
async def test_no_button_that_an_admin_presses_is_refused(desk, kind):
    """Also an anonymous admin's: a button says who pressed it."""
    await set_up(desk, kind)
    desk.web.admins = {7}
    for action in map(sample, get_args(actions.Action)):
        await press(desk, action, kind)

        assert "тек әкімшілер" not in desk.callbacks[-1][1], action


async def test_posts_in_a_channel_are_no_commands(desk):
    """Nothing is answered before all its readers, and nothing is kept of it."""
    desk.web.admins = {7}
    before = await kept(desk)
    for _, text in commands():
        assert await say(desk, text, "channel") == []

    assert await kept(desk) == before


async def test_an_edited_message_asks_for_nothing(desk):
    """Neither a command nor a topic is taken from it, in any chat: it was answered when it was written."""
    desk.web.admins = {7}
    sender = {"id": 7, "is_bot": False, "first_name": "A", "language_code": "kk"}
    for chat in ({"id": 7, "type": "private", "first_name": "A"}, about("supergroup"), about("channel")):
        entity = {"type": "bot_command", "offset": 0, "length": 10}
        message = {
            "message_id": 5, "date": 1000, "edit_date": 1001, "chat": chat, "from": sender,
            "text": "/subscribe Иран", "entities": [entity],
        }  # fmt: skip
        kind = "edited_channel_post" if chat["type"] == "channel" else "edited_message"

        assert await desk.handle({kind: message}, chat["id"]) == []
        assert await desk.handle({kind: {**message, "text": "Иран", "entities": []}}, chat["id"]) == []


@LANGUAGES
async def test_a_group_speaks_with_each_until_its_admin_asks_for_something(desk, language, only):
    """Members are answered in their own language and leave nothing behind; the admin's first wish is the beginning."""
    desk.web.admins = set()
    await say(desk, "/start", "supergroup", language="en")
    (refused,) = await say(desk, "/subscribe Иран", "supergroup", language=language)
    untouched = await kept(desk)
    desk.web.admins = {7}
    await say(desk, "/quiet", "supergroup", language=language)
    (chat,) = (await kept(desk))["chat"]

    assert only in refused.text
    assert untouched["chat"] == []
    assert chat["locale"] == language


@pytest.mark.parametrize("state", ["active", "paused", "stopped"])
async def test_start_in_a_group_greets_everyone_and_wakes_it_for_admins_alone(desk, state):
    """After ``/stop`` or ``/pause`` of an admin's the group stays silent until an admin begins again."""
    desk.web.admins = {7}
    await say(desk, "/subscribe Иран", "supergroup")
    for command in {"active": (), "paused": ("/pause",), "stopped": ("/stop",)}[state]:
        await say(desk, command, "supergroup")
    before = await kept(desk)
    desk.web.admins = set()
    (greeted,) = await say(desk, "/start", "supergroup")
    after = await kept(desk)
    desk.web.admins = {7}
    (begun,) = await say(desk, "/start", "supergroup")
    (chat,) = (await kept(desk))["chat"]

    assert "Сәлем" in greeted.text
    assert after == before
    assert "Сәлем" in begun.text
    assert chat["state"] == "active"


async def test_a_private_chat_is_its_readers(desk):
    """Telegram is not asked."""
    desk.web.admins = set()
    await desk.say("/subscribe Иран")

    assert [row["label"] for row in (await kept(desk))["subscription"]] == ["Иран"]
    assert desk.web.asked == []


async def test_a_channel_is_asked_about_at_each_step(desk):
    """Every command, button, place, file and word that is written about a managed channel is its admin's of now."""
    async with desk.storage.transaction() as unit:
        await desk.services(unit).chats.entrust(7, Channel(CHAT, "C"))
    desk.web.admins = {7}
    desk.web.files["f1"] = b"{}"
    await desk.press(None, "", data=actions.encode(actions.Manage(CHAT)))
    desk.web.admins = set()
    before = await kept(desk)
    own = {"start", "channels"}  # they are about the private chat itself
    texts = ["Иран", *(text for name, text in commands() if name not in own | set(ADMIN_COMMANDS))]
    document = {"file_id": "f1", "file_unique_id": "u", "file_name": "a.json", "file_size": 2}
    place = {"latitude": 51, "longitude": 71}
    answers = [await desk.say(text) for text in texts]
    answers += [await desk.send({"document": document}), await desk.send({"location": place})]
    ((button,),) = actions.for_channel(actions.button("x", sample(actions.Follow)), CHAT)
    await desk.press(None, "", data=button.data)

    assert all("басқара алмайсыз" in refused.text for (refused,) in answers)
    assert "басқара алмайсыз" in desk.callbacks[-1][1]
    assert await kept(desk) == before


async def test_a_broadcast_is_sent_by_who_is_an_administrator_now(desk):
    """The button of a draft does nothing for anybody else."""
    async with desk.storage.transaction() as unit:
        number = await unit.broadcasts.add(7, "a", desk.clock.now())
    await desk.press(None, "", data=actions.encode(actions.SendBroadcast(number)))

    assert "ескірген" in desk.callbacks[-1][1]
    async with desk.storage.reading() as unit:
        assert not await unit.broadcasts.any_going()
