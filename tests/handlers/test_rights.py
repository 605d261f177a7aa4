"""Groups: everyone reads, admins change."""

import pytest

from bot.core import actions
from handlers import COMMANDS
from handlers.buttons import PRESSES
from handlers.rights import READING_ACTIONS, READING_COMMANDS

GROUP = {"chat": -100, "kind": "supergroup"}


async def subscriptions(desk, chat=-100):
    async with desk.storage.reading() as unit:
        return await unit.subscriptions.of(chat)


async def press(desk, action):
    about = {"id": -100, "type": "supergroup", "title": "G"}
    sender = {"id": 7, "is_bot": False, "first_name": "A", "language_code": "kk"}
    message = {"message_id": 55, "date": 1, "chat": about, "text": "x"}
    query = {"id": "q", "from": sender, "chat_instance": "1", "data": actions.encode(action), "message": message}
    return await desk.handle({"callback_query": query}, -100)


@pytest.mark.parametrize("command", sorted(set(COMMANDS) - READING_COMMANDS))
async def test_a_member_changes_nothing_by_a_command(desk, command):
    """Whatever could change the chat is answered by a sentence; the group is as it was."""
    desk.web.admins = set()
    (answer,) = await desk.say(f"/{command} Иран", **GROUP)

    assert "әкімшілер" in answer.text
    assert await subscriptions(desk) == []


async def test_everyone_reads(desk):
    """The latest, the search, the list: nobody is asked who they are."""
    desk.web.admins = set()
    for text in ("/latest Иран", "/search Иран", "/topics", "/help"):
        (answer,) = await desk.say(text, **GROUP)
        assert "әкімшілер" not in answer.text
    assert desk.web.asked == []


async def test_an_admin_changes(desk):
    """By a command and by a button."""
    desk.web.admins = {7}
    await desk.say("/subscribe Иран", **GROUP)
    (topic,) = await subscriptions(desk)
    await press(desk, actions.SetMode(topic.topic_id, "at_once"))

    assert (await subscriptions(desk))[0].mode == "at_once"
    assert desk.web.asked == [(-100, 7), (-100, 7)]


async def test_a_member_changes_nothing_by_a_button(desk):
    """Of an admin's panel, which all of the group see; looking is free."""
    desk.web.admins = {7}
    await desk.say("/subscribe Иран", **GROUP)
    (topic,) = await subscriptions(desk)
    desk.web.admins = set()
    assert await press(desk, actions.Unfollow(topic.topic_id)) == []
    assert "әкімшілер" in desk.callbacks[-1][1]

    assert len(await press(desk, actions.OpenTopic(topic.topic_id))) == 1
    assert len(await subscriptions(desk)) == 1


async def test_an_anonymous_admin_is_an_admin(desk):
    """Who writes in the group's own name is not asked for; who writes in another channel's name is."""
    desk.web.admins = set()
    title = {"type": "supergroup", "title": "G"}
    (followed,) = await desk.say("/subscribe Иран", **GROUP, sender_chat={"id": -100, **title})
    (refused,) = await desk.say("/subscribe мұнай", **GROUP, sender_chat={"id": -200, **title})

    assert "жазылдыңыз" in followed.text
    assert "әкімшілер" in refused.text


async def test_a_private_chat_is_its_readers(desk):
    """Telegram is not asked."""
    desk.web.admins = set()
    await desk.say("/subscribe Иран")

    assert len(await subscriptions(desk, 7)) == 1
    assert desk.web.asked == []


def test_what_reads_is_named_as_it_is_called():
    """A command or an action that was renamed does not become free, or forbidden, by that."""
    assert READING_COMMANDS - set(COMMANDS) <= {"trends"}
    assert READING_ACTIONS - {kind.__name__ for kind in PRESSES} <= {"ShowTrend"}
