"""What a chat's own people asked for, and that Telegram refuses to write to it, are two things: every state, every event."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.delivery import ChatGone, NoRights, Sent
from bot.core.model import LeasedMessage, OutgoingMessage, Priority
from bot.services.settling import Attempt, write_down

READER, GROUP = 7, -1001
STATES = ("active", "paused", "stopped")
STANDS = [(state, gone) for state in STATES for gone in (False, True)]

# What each event makes of (state, gone): None leaves that part as it is.
PRIVATE_EVENTS = {
    "words": (None, False),
    "a button": (None, False),
    "/help": (None, False),
    "/start": ("active", False),
    "/resume": ("active", False),
    "/pause": ("paused", False),
    "/stop": ("stopped", False),
    "blocks": (None, True),
    "unblocks": (None, False),
    "a message is refused": (None, True),
    "a message arrives": (None, False),
    "an edit arrives": (None, None),
}
GROUP_EVENTS = {
    "a member's /latest": (None, False),
    "a member's /start": (None, False),
    "a member's /stop": (None, False),
    "a member's button": (None, None),  # it can still be pressed after the bot was removed
    "an admin's /start": ("active", False),
    "an admin's /pause": ("paused", False),
    "an admin's /stop": ("stopped", False),
    "removed": (None, True),
    "the notice that the bot left": (None, None),
    "restricted and out": (None, True),
    "added": (None, False),
    "promoted": (None, False),
    "a message is refused": (None, True),
    "a message arrives": (None, False),
    "an edit arrives": (None, None),
}
BOT = {"id": 1, "is_bot": True, "first_name": "Jarshy"}
PERSON = {"id": 7, "is_bot": False, "first_name": "A", "language_code": "kk"}


def about(chat):
    return (
        {"id": chat, "type": "private", "first_name": "A"}
        if chat > 0
        else {"id": chat, "type": "supergroup", "title": "G"}
    )


async def move(desk, chat, old, new):
    """Let the bot's own membership change."""

    def member(status):
        more = {
            "kicked": {"until_date": 0}, "restricted": {
                "is_member": False, "until_date": 0, **dict.fromkeys((
                    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
                    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
                    "can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages",
                    "can_manage_topics", "can_edit_tag", "can_react_to_messages",
                ), False),
            },
            "administrator": dict.fromkeys((
                "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
                "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users",
                "can_post_stories", "can_edit_stories", "can_delete_stories",
            ), False),
        }.get(status, {})  # fmt: skip
        return {"user": BOT, "status": status, **more}

    desk.clock.forward(minutes=1)
    change = {
        "chat": about(chat),
        "from": PERSON,
        "date": int(desk.clock.now().timestamp()),
        "old_chat_member": member(old),
        "new_chat_member": member(new),
    }
    return await desk.handle({"my_chat_member": change}, chat)


async def say(desk, text, chat):
    """Write a text there, a second after whatever was before."""
    desk.clock.forward(seconds=1)
    date = int(desk.clock.now().timestamp())
    return await desk.say(text, chat=chat, kind="private" if chat > 0 else "supergroup", date=date)


async def press(desk, chat):
    message = {"message_id": 5, "date": 1, "chat": about(chat), "text": "x"}
    query = {"id": "q", "from": PERSON, "chat_instance": "1", "data": "t:0:topics", "message": message}
    return await desk.handle({"callback_query": query}, chat)


async def settle(desk, chat, outcome, *, edits=None):
    """Let a message that was in flight end so."""
    message = OutgoingMessage("digest:x", chat, "x", Priority.DIGEST, desk.clock.now(), edits=edits)
    attempt = Attempt(LeasedMessage(0, message, 0), outcome, desk.clock.now())
    async with desk.storage.transaction() as unit:
        await write_down(unit, [attempt], desk.clock.now())


async def happen(desk, event, chat):  # noqa: PLR0911 - one for each event
    """Let one of the events happen there."""
    match event:
        case "words":
            return await say(desk, "Иран", chat)
        case "a button" | "a member's button":
            return await press(desk, chat)
        case "blocks" | "removed":
            return await move(desk, chat, "member", "kicked")
        case "unblocks" | "added":
            return await move(desk, chat, "kicked", "member")
        case "restricted and out":
            return await move(desk, chat, "member", "restricted")
        case "promoted":
            return await move(desk, chat, "member", "administrator")
        case "the notice that the bot left":
            return await desk.send({"left_chat_member": BOT}, chat=chat, kind="supergroup")
        case "a message is refused":
            return await settle(desk, chat, ChatGone("blocked"))
        case "a message arrives":
            return await settle(desk, chat, Sent(1))
        case "an edit arrives":
            return await settle(desk, chat, Sent(1), edits=1)
        case _:
            desk.web.admins = set() if event.startswith("a member") else {7}
            return await say(desk, event[event.index("/") :], chat)


async def stand(desk, chat):
    async with desk.storage.reading() as unit:
        found = await unit.chats.get(chat)
    return found and (found.state.value, found.gone)


async def bring_to(desk, chat, state, *, gone):
    """Bring a chat that follows a topic into that state."""
    desk.web.admins = None
    for command in ("/start", {"paused": "/pause", "stopped": "/stop"}.get(state)):
        if command:
            await say(desk, command, chat)
    if gone:
        await move(desk, chat, "member", "kicked")


@pytest.mark.parametrize(
    ("chat", "events"), [(READER, PRIVATE_EVENTS), (GROUP, GROUP_EVENTS)], ids=["private", "group"]
)
async def test_every_event_in_every_state(desk, chat, events):
    """Neither part is ever changed by what tells of the other, and settings are as they were."""
    await say(desk, "/subscribe Иран", chat)
    for (state, gone), (event, (says, gets)) in itertools.product(STANDS, events.items()):
        await bring_to(desk, chat, state, gone=gone)
        assert await stand(desk, chat) == (state, gone)
        await happen(desk, event, chat)

        expected = (state if says is None else says, gone if gets is None else gets)
        assert await stand(desk, chat) == expected, (state, gone, event)
    async with desk.storage.reading() as unit:
        assert [one.label for one in await unit.subscriptions.of(chat)] == ["Иран"]


@pytest.mark.parametrize(
    ("chat", "stored"),
    [(READER, {"words", "a button", "/help", "/start", "/resume", "/pause", "/stop"}), (GROUP, set())],
)
async def test_a_chat_that_is_not_known_is_stored_when_its_people_begin(desk, chat, stored):
    """A person's when they write, a group's when an admin asks for something: what Telegram tells stores nothing."""
    for event in PRIVATE_EVENTS if chat > 0 else GROUP_EVENTS:
        await happen(desk, event, chat)
        known = await stand(desk, chat) is not None
        async with desk.storage.transaction() as unit:
            await unit.chats.forget(chat, desk.clock.now())

        assert known is (event in stored or event in {"an admin's /pause", "an admin's /stop"}), event


@pytest.mark.parametrize("state", STATES)
async def test_unblocking_sends_digests_to_whoever_wanted_them(desk, state):
    """From the next slot on; who had stopped or paused hears nothing until they say so."""
    await desk.say("/subscribe Иран")
    await bring_to(desk, READER, state, gone=True)
    await desk.news(desk.entry("Иран президенті келді"))
    desk.clock.forward(days=1)
    await desk.digests.tick()
    assert [key for key, _ in await desk.outbox() if key.startswith("digest:")] == []

    await move(desk, READER, "kicked", "member")
    async with desk.storage.reading() as unit:
        chat = await unit.chats.get(READER)
    assert chat.next_digest_at > desk.clock.now()
    desk.clock.forward(days=1)
    await desk.digests.tick()
    assert len([key for key, _ in await desk.outbox() if key.startswith("digest:")]) == (state == "active")


@pytest.mark.parametrize(
    ("language", "back", "held"),
    [("kk", "Қайта келдім", "тоқтатылған"), ("ru", "Я снова здесь", "/resume"), ("en", "I am back", "/resume")],
)
async def test_a_group_that_takes_the_bot_back_hears_how_things_stand(desk, language, back, held):
    """Its settings are kept, and whether digests come is said."""
    group = {"chat": GROUP, "kind": "supergroup", "language": language}
    await desk.say("/schedule 19:00", **group)
    await move(desk, GROUP, "member", "kicked")
    (active,) = await move(desk, GROUP, "kicked", "member")
    await desk.say("/stop", **group)
    await move(desk, GROUP, "member", "left")
    (stopped,) = await move(desk, GROUP, "left", "member")

    assert back in active.text
    assert "19:00" in active.text
    assert held not in active.text
    assert back in stopped.text
    assert "/resume" in stopped.text


async def test_a_group_that_moved_is_not_gone(desk):
    """Whatever Telegram told of the old id, the supergroup takes the settings over and is written to."""
    await desk.say("/pause", chat=GROUP, kind="group")
    await move(desk, GROUP, "member", "left")
    await desk.send({"migrate_to_chat_id": -1002}, chat=GROUP, kind="group")

    assert await stand(desk, GROUP) is None
    assert await stand(desk, -1002) == ("paused", False)


async def test_a_refusal_that_is_settled_late_does_not_silence_who_came_back(desk):
    """What was refused while the reader was away is written down after their return; the answer that arrives heals it."""
    await desk.say("/subscribe Иран")
    await move(desk, READER, "member", "kicked")
    await move(desk, READER, "kicked", "member")
    await desk.say("/start")
    await settle(desk, READER, ChatGone("blocked"))
    await settle(desk, READER, Sent(1))

    assert await stand(desk, READER) == ("active", False)


async def told(desk, chat=GROUP):
    """Return who would be told of the group's trouble, and under which name of it."""
    async with desk.storage.reading() as unit:
        return await unit.stewards.responsible(chat)


async def test_who_adds_the_bot_to_a_group_is_told_of_its_trouble(desk):
    """Before anybody set anything up there; not who promotes it later, and nobody once it has left."""
    await move(desk, GROUP, "left", "member")
    added = await told(desk)
    async with desk.storage.transaction() as unit:
        await unit.stewards.put_group(8, GROUP, "G")
    await move(desk, GROUP, "member", "administrator")
    promoted = await told(desk)
    await move(desk, GROUP, "administrator", "kicked")

    assert (added, promoted, await told(desk)) == ([(7, "G")], [(8, "G")], [])


async def test_the_admin_who_set_the_group_up_last_is_told_of_its_trouble(desk):
    """By a command or a button; a member is not, and an admin who hides is nobody that could be told."""
    desk.web.admins = set()
    await say(desk, "/subscribe Иран", GROUP)
    by_member = await told(desk)
    desk.web.admins = {7}
    hidden = {"id": GROUP, "type": "supergroup", "title": "G"}
    await desk.say("/subscribe Иран", chat=GROUP, kind="supergroup", sender_chat=hidden)
    by_hidden = await told(desk)
    await say(desk, "/schedule 09:00", GROUP)

    assert (by_member, by_hidden, await told(desk)) == ([], [], [(7, "G")])


@pytest.mark.parametrize("event", ["promoted", "forum_topic_reopened", "general_forum_topic_unhidden"])
async def test_what_waits_for_rights_goes_once_telegram_tells_of_them(desk, event):
    """The bot was made an admin, or the closed topic was opened again: the digest is tried at once."""
    now = desk.clock.now()
    message = OutgoingMessage("digest:x", GROUP, "x", Priority.DIGEST, now + timedelta(days=1))
    async with desk.storage.transaction() as unit:
        await unit.outbox.put([message], now)
        (row,) = (await unit.outbox.claim(now, owner="a", lease=timedelta(1), limit=9, rate=1000)).messages
        refused = replace(row, refused_at=now - timedelta(hours=2))  # tried again in two hours
        await write_down(unit, [Attempt(refused, NoRights("no"), now)], now)
    if event == "promoted":
        await move(desk, GROUP, "member", "administrator")
    else:
        await desk.send({event: {}}, chat=GROUP, kind="supergroup")
    async with desk.storage.reading() as unit:
        (found,) = await unit.connection.fetch_sql("SELECT available_at FROM outbox WHERE refused_at IS NOT NULL")

    assert found["available_at"] == int(desk.clock.now().timestamp() * 1000)


@pytest.mark.parametrize("kind", ["administrator", "restricted", "a kind of next year"])
async def test_servers_of_another_version(desk, kind):
    """A local Bot API server that names fewer rights than PTB wants, or other ones, is understood."""

    def member(status, **more):
        return {"user": BOT, "status": status, "can_send_messages": True, **more}

    async def changed(old, new):
        desk.clock.forward(minutes=1)
        date = int(desk.clock.now().timestamp())
        change = {"chat": about(GROUP), "from": PERSON, "date": date, "old_chat_member": old, "new_chat_member": new}
        return await desk.handle({"my_chat_member": change}, GROUP)

    await say(desk, "/pause", GROUP)
    await changed(member("member"), member("left"))
    await changed(member("left"), member(kind, is_member=True))
    assert await stand(desk, GROUP) == ("paused", False)

    await changed(member(kind, is_member=True), member("restricted", is_member=False))
    assert await stand(desk, GROUP) == ("paused", True)


async def test_content_of_another_version(desk):
    """A command is answered though the message carries something that PTB cannot read."""
    (answer,) = await desk.say("/help", reply_to_message={"message_id": 4}, gift={"gift": {}})

    assert "/subscribe" in answer.text
