"""The sandbox's Bot API over HTTP: Telegram's answers, refusals in Telegram's words, and faults."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.sandbox import readers
from bot.sandbox.faults import Rule
from bot.sandbox.model import Room
from bot.sandbox.server import Sandbox

KK = 1001


class Bot:
    """A bare client of the Bot API."""

    def __init__(self, sandbox: Sandbox, client: httpx.AsyncClient) -> None:
        self.sandbox = sandbox
        self.world = sandbox.simulation.world
        self.client = client

    async def call(self, method: str, **params: object) -> Any:
        """Call a method with a JSON body; return the whole answer."""
        answer = await self.client.post(f"/bot{self.sandbox.token}/{method}", json=params)
        body = answer.json()
        assert answer.status_code == body.get("error_code", 200)
        return body

    async def refused(self, method: str, **params: object) -> str:
        """Call a method that must fail; return the description."""
        body = await self.call(method, **params)
        assert body["ok"] is False
        return str(body["description"])

    def room(self, chat_id: int = KK) -> Room:
        """Return a chat, in which the reader has begun to talk."""
        room = self.world.rooms[chat_id]
        room.started = True
        return room


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    """A client on a sandbox of its own; the Kazakh reader has begun to talk."""
    async with Sandbox() as sandbox, httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as client:
        opened = Bot(sandbox, client)
        opened.room()
        yield opened


async def test_tokens_and_methods_that_do_not_exist(bot: Bot) -> None:
    """401 for another's token, 404 for what is none and for an unknown method."""
    wrong = await bot.client.get("/bot1:wrong/getMe")
    malformed = await bot.client.get("/botx/getMe")

    assert (wrong.status_code, wrong.json()["description"]) == (401, "Unauthorized")
    assert (malformed.status_code, malformed.json()["description"]) == (404, "Not Found")
    assert await bot.refused("sendMesage") == "Not Found: method not found"


async def test_methods_are_taken_in_any_case(bot: Bot) -> None:
    """``GETME`` is ``getMe``."""
    assert (await bot.call("GETME"))["result"]["is_bot"] is True


async def test_a_message_keeps_its_source_entities_keyboard_and_silence(bot: Bot) -> None:
    """What the bot sent is there to be looked at, and its answer has the Bot API's shape."""
    keyboard = {"inline_keyboard": [[{"text": "Иә", "callback_data": "y"}]]}
    answer = await bot.call(
        "sendMessage", chat_id=KK, text="<b>а</b>", parse_mode="HTML", reply_markup=keyboard, disable_notification=True
    )
    kept = bot.room().messages[answer["result"]["message_id"]]

    assert answer["result"]["text"] == "а"
    assert answer["result"]["reply_markup"] == keyboard
    assert (kept.html, kept.silent, kept.from_bot) == ("<b>а</b>", True, True)


@pytest.mark.parametrize(
    ("params", "description"),
    [
        ({"text": "x"}, "Bad Request: chat_id is empty"),
        ({"chat_id": 5, "text": "x"}, "Bad Request: chat not found"),
        ({"chat_id": KK}, "Bad Request: message text is empty"),
        ({"chat_id": KK, "text": "<b></b>", "parse_mode": "HTML"}, "Bad Request: text must be non-empty"),
        ({"chat_id": KK, "text": "x" * 4097}, "Bad Request: message is too long"),
        ({"chat_id": KK, "text": "x", "parse_mode": "TeX"}, "Bad Request: unsupported parse_mode"),
        ({"chat_id": KK, "text": "x", "message_thread_id": 9}, "Bad Request: message thread not found"),
        (
            {"chat_id": KK, "text": "x", "reply_parameters": {"message_id": 9}},
            "Bad Request: message to be replied not found",
        ),
    ],
)
async def test_a_message_that_cannot_be_sent_is_refused_in_telegrams_words(
    bot: Bot, params: dict[str, object], description: str
) -> None:
    """The description is the Bot API's; nothing appears in the chat."""
    assert await bot.refused("sendMessage", **params) == description
    assert not bot.room().messages


async def test_chats_that_the_bot_may_not_write_to(bot: Bot) -> None:
    """Blocked, deleted, never begun, removed, no admin, upgraded: each has its code and words."""
    world = bot.world
    james, irina = world.users[1003], world.users[1002]
    group = next(room for room in world.rooms.values() if room.type == "group")
    channel = next(room for room in world.rooms.values() if room.type == "channel")
    not_begun = await bot.refused("sendMessage", chat_id=james.id, text="x")
    readers.set_bot_status(world, bot.room(irina.id), irina, "kicked")
    blocked = await bot.refused("sendMessage", chat_id=irina.id, text="x")
    world.users[KK].deactivated = True
    gone = await bot.refused("sendMessage", chat_id=KK, text="x")
    readers.set_bot_status(world, channel, irina, "member")
    no_admin = await bot.refused("sendMessage", chat_id=channel.id, text="x")
    readers.set_bot_status(world, group, irina, "kicked")
    removed = await bot.refused("sendMessage", chat_id=group.id, text="x")

    assert not_begun == "Forbidden: bot can't initiate conversation with a user"
    assert blocked == "Forbidden: bot was blocked by the user"
    assert gone == "Forbidden: user is deactivated"
    assert no_admin == "Bad Request: need administrator rights in the channel chat"
    assert removed == "Forbidden: bot was kicked from the group chat"


async def test_a_group_that_became_a_supergroup_names_its_successor(bot: Bot) -> None:
    """The refusal carries ``migrate_to_chat_id``, and the new chat takes the message."""
    group = next(room for room in bot.world.rooms.values() if room.type == "group")
    upgraded = readers.migrate(bot.world, group)

    refusal = await bot.call("sendMessage", chat_id=group.id, text="x")
    there = await bot.call("sendMessage", chat_id=refusal["parameters"]["migrate_to_chat_id"], text="x")

    assert refusal["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert there["result"]["chat"] == {"id": upgraded.id, "title": group.title, "type": "supergroup"}


async def test_an_edit_keeps_what_was_there_and_must_change_something(bot: Bot) -> None:
    """The history grows by each edit; an edit to the same content is Telegram's well-known refusal."""
    sent = (await bot.call("sendMessage", chat_id=KK, text="бір"))["result"]["message_id"]
    edited = await bot.call("editMessageText", chat_id=KK, message_id=sent, text="екі")
    same = await bot.refused("editMessageText", chat_id=KK, message_id=sent, text="екі")
    missing = await bot.refused("editMessageText", chat_id=KK, message_id=99, text="екі")

    assert edited["result"]["text"] == "екі"
    assert "edit_date" in edited["result"]
    assert same.startswith("Bad Request: message is not modified: specified new message content")
    assert missing == "Bad Request: message to edit not found"
    assert [edit.text for edit in bot.room().messages[sent].edits] == ["бір"]


async def test_a_deleted_message_is_gone_for_edits_and_for_another_delete(bot: Bot) -> None:
    """Deleting twice is refused."""
    sent = (await bot.call("sendMessage", chat_id=KK, text="x"))["result"]["message_id"]

    assert (await bot.call("deleteMessage", chat_id=KK, message_id=sent))["result"] is True
    assert await bot.refused("deleteMessage", chat_id=KK, message_id=sent) == (
        "Bad Request: message to delete not found"
    )
    assert await bot.refused("editMessageText", chat_id=KK, message_id=sent, text="y") == (
        "Bad Request: message to edit not found"
    )


async def test_a_pressed_button_is_answered_once(bot: Bot) -> None:
    """A second answer, or one to a query that never was, is too old."""
    keyboard = {"inline_keyboard": [[{"text": "Иә", "callback_data": "y"}]]}
    sent = (await bot.call("sendMessage", chat_id=KK, text="x", reply_markup=keyboard))["result"]["message_id"]
    readers.press(bot.world, bot.room(), bot.world.users[KK], bot.room().messages[sent], "y")
    update = (await bot.call("getUpdates"))["result"][0]["callback_query"]

    assert (update["data"], update["message"]["message_id"], update["from"]["id"]) == ("y", sent, KK)
    assert (await bot.call("answerCallbackQuery", callback_query_id=update["id"], text="болды"))["ok"] is True
    for query in (update["id"], "1"):
        assert await bot.refused("answerCallbackQuery", callback_query_id=query) == (
            "Bad Request: query is too old and response timeout expired or query ID is invalid"
        )


async def test_commands_and_texts_are_kept_by_scope_and_language(bot: Bot) -> None:
    """Each language has its own; where there is none the default speaks, but commands are read back exactly."""
    commands = [{"command": "latest", "description": "Соңғы жаңалықтар"}]
    await bot.call("setMyCommands", commands=commands, language_code="kk")
    await bot.call("setMyName", name="Жаршы", language_code="kk")
    await bot.call("setMyName", name="Jarshy")

    assert (await bot.call("getMyCommands", language_code="kk"))["result"] == commands
    assert (await bot.call("getMyCommands"))["result"] == []
    assert (await bot.call("getMyName", language_code="kk"))["result"] == {"name": "Жаршы"}
    assert (await bot.call("getMyName", language_code="ru"))["result"] == {"name": "Jarshy"}
    assert await bot.refused("setMyCommands", commands=[{"command": "Жаңа", "description": "x"}]) == (
        "Bad Request: BOT_COMMAND_INVALID"
    )


async def test_members_and_admins_of_a_group(bot: Bot) -> None:
    """Owner, administrator, member and stranger are told apart."""
    group = next(room for room in bot.world.rooms.values() if room.type == "group")
    statuses = [
        (await bot.call("getChatMember", chat_id=group.id, user_id=user_id))["result"]["status"]
        for user_id in (1001, 1002, 1003)
    ]
    admins = (await bot.call("getChatAdministrators", chat_id=group.id))["result"]

    assert statuses == ["creator", "administrator", "member"]
    assert [admin["user"]["id"] for admin in admins] == [1001, 1002]
    assert (await bot.call("getChatMemberCount", chat_id=group.id))["result"] == 4


async def test_blocking_and_coming_back_are_told(bot: Bot) -> None:
    """``my_chat_member`` names the old status and the new one."""
    user = bot.world.users[KK]
    readers.set_bot_status(bot.world, bot.room(), user, "kicked")
    readers.set_bot_status(bot.world, bot.room(), user, "member")
    updates = [update["my_chat_member"] for update in (await bot.call("getUpdates"))["result"]]

    assert [(one["old_chat_member"]["status"], one["new_chat_member"]["status"]) for one in updates] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]


@pytest.mark.parametrize(
    ("handled", "arrived"), [(False, 0), (True, 1)], ids=["before it is handled", "after it is handled"]
)
async def test_a_dropped_connection_gives_no_answer(bot: Bot, handled: bool, arrived: int) -> None:
    """The client sees the connection end; whether the message is there depends on when it was cut."""
    bot.sandbox.simulation.faults.add(Rule("drop", method="sendMessage", handled=handled, times=1))

    with pytest.raises(httpx.RemoteProtocolError):
        await bot.call("sendMessage", chat_id=KK, text="x")

    assert len(bot.room().messages) == arrived
    assert (await bot.call("sendMessage", chat_id=KK, text="y"))["ok"] is True


async def test_a_429_carries_its_wait_and_sends_nothing(bot: Bot) -> None:
    """``retry_after`` stands where Telegram puts it, whether by a fault or by the limits."""
    bot.sandbox.simulation.limits.on = True
    answers = [await bot.call("sendMessage", chat_id=KK, text="x") for _ in range(4)]

    assert [answer["ok"] for answer in answers] == [True, True, True, False]
    assert answers[3]["description"].startswith("Too Many Requests: retry after ")
    assert answers[3]["parameters"]["retry_after"] >= 1
    assert len(bot.room().messages) == 3


async def test_a_garbled_answer_is_a_200_that_cannot_be_read(bot: Bot) -> None:
    """The message has arrived, but the client cannot know."""
    bot.sandbox.simulation.faults.add(Rule("garbage", handled=True, times=1))
    answer = await bot.client.post(f"/bot{bot.sandbox.token}/sendMessage", json={"chat_id": KK, "text": "x"})

    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()
    assert len(bot.room().messages) == 1


async def test_every_call_is_logged_with_its_outcome(bot: Bot) -> None:
    """Tests can see what the bot asked, in order, and what it was told."""
    await bot.call("getMe")
    await bot.call("sendMessage", chat_id=1, text="x")
    calls = (await bot.client.get("/sandbox/calls")).json()

    assert [(call["method"], call["status"]) for call in calls["calls"]] == [("getMe", 200), ("sendMessage", 400)]
    assert calls["counts"] == {"getMe": 1, "sendMessage": 1}


async def test_the_control_api_takes_json_only(bot: Bot) -> None:
    """A form, which any web page could send, moves nothing."""
    answer = await bot.client.post("/sandbox/say", data={"chat_id": KK, "user_id": KK, "text": "x"})

    assert answer.status_code == 415
    assert not bot.room().messages


async def test_reset_begins_anew(bot: Bot) -> None:
    """After a reset no message, fault or call is left, and the page can tell that it was another life."""
    before = (await bot.client.get("/sandbox/state")).json()["born"]
    await bot.call("sendMessage", chat_id=KK, text="x")
    await bot.client.post("/sandbox/reset", json={})
    after = (await bot.client.get("/sandbox/state")).json()

    assert after["born"] != before
    assert (await bot.client.get("/sandbox/messages", params={"chat_id": KK})).json() == []
    assert (await bot.client.get("/sandbox/calls")).json()["calls"] == []


async def test_a_telegram_that_goes_away_comes_back_with_all_that_it_knew(bot: Bot) -> None:
    """After stop and start the port, the chats and the waiting updates are the same, and long polls wait again."""
    url = bot.sandbox.url
    readers.say(bot.world, bot.room(), bot.world.users[KK], "сәлем")
    await bot.sandbox.stop()
    with pytest.raises(httpx.TransportError):
        await bot.call("getMe")
    await bot.sandbox.start()
    first = (await bot.call("getUpdates"))["result"]
    poll = asyncio.create_task(bot.call("getUpdates", offset=first[-1]["update_id"] + 1, timeout=30))
    await bot.call("getMe")
    readers.say(bot.world, bot.room(), bot.world.users[KK], "тағы")

    assert bot.sandbox.url == url
    assert [update["message"]["text"] for update in first] == ["сәлем"]
    assert [update["message"]["text"] for update in (await poll)["result"]] == ["тағы"]


async def test_a_slow_answer_is_the_true_one(bot: Bot) -> None:
    """``slow`` delays and changes nothing else."""
    bot.sandbox.simulation.faults.add(Rule("slow", method="sendMessage", seconds=0.05, times=1))

    assert (await bot.call("sendMessage", chat_id=KK, text="x"))["result"]["text"] == "x"


async def test_a_crowd_has_begun_to_talk(bot: Bot) -> None:
    """Many readers can be made at once for a load test, and the bot may write to each."""
    made = (await bot.client.post("/sandbox/crowd", json={"count": 5000, "first_id": 50_000})).json()

    assert made["first_id"] == 50_000
    assert (await bot.call("sendMessage", chat_id=54_999, text="x"))["ok"] is True
