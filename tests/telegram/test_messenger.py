"""Every way in which a request to Telegram can end is told apart by its cause."""

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.core.delivery import (
    AttachmentRefused,
    ChatGone,
    MethodUnknown,
    Migrated,
    NoRights,
    NotSent,
    Outcome,
    Rejected,
    Sent,
    TokenRefused,
    Unknown,
)
from bot.core.model import Attachment, AttachmentKind, Button, InlineResult, OutgoingMessage, Priority
from bot.sandbox.faults import Rule
from bot.sandbox.model import Room
from bot.sandbox.readers import migrate, say, set_bot_status
from bot.sandbox.server import Sandbox
from bot.telegram.api import ApiBot, make_bot
from bot.telegram.messenger import FLOOD_SECONDS, TelegramMessenger

TOKEN = "1:abc"
EXPIRES = datetime.now(UTC) + timedelta(hours=1)


def message(chat_id: int = 5, text: str = "<b>Иран</b>", **fields: object) -> OutgoingMessage:
    """Return a message for that chat."""
    return OutgoingMessage("k", chat_id, text, Priority.REPLY, EXPIRES, **fields)


async def outcome_of(answer: Callable[[httpx.Request], httpx.Response], **fields: object) -> Outcome:
    """Return what becomes of a message when the network does this."""
    bot = make_bot(TOKEN, "http://telegram", transport=httpx.MockTransport(answer))
    try:
        return await TelegramMessenger(bot).send(message(**fields))
    finally:
        await bot.disconnect()


def refusal(code: int, description: str, **parameters: int) -> Callable[[httpx.Request], httpx.Response]:
    """Return a network that answers with an error of the Bot API's."""
    body: dict[str, object] = {"ok": False, "error_code": code, "description": description}
    return lambda _: httpx.Response(code, json=body | ({"parameters": parameters} if parameters else {}))


@pytest.mark.parametrize(
    ("code", "description", "kind"),
    [
        (403, "Forbidden: bot was blocked by the user", ChatGone),
        (403, "Forbidden: user is deactivated", ChatGone),
        (403, "Forbidden: bot was kicked from the supergroup chat", ChatGone),
        (403, "Forbidden: bot is not a member of the channel chat", ChatGone),
        (403, "Forbidden: bot can't initiate conversation with a user", ChatGone),
        (400, "Bad Request: chat not found", ChatGone),
        (400, "Bad Request: can't parse entities: unclosed start tag at byte offset 4", Rejected),
        (400, "Bad Request: message text is empty", Rejected),
        (400, "Bad Request: message thread not found", Rejected),
        (400, "Bad Request: not enough rights to send text messages to the chat", NoRights),
        (403, "Forbidden: CHAT_WRITE_FORBIDDEN", NoRights),
        (403, "Forbidden: something that nobody knows", NoRights),
        (401, "Unauthorized", TokenRefused),
        (404, "Not Found", TokenRefused),  # of getMe too
        (409, "Conflict: terminated by other getUpdates request", Unknown),
        (500, "Internal Server Error", Unknown),
        (502, "Bad Gateway", Unknown),
    ],
)
async def test_status_is_told_apart(code: int, description: str, kind: type[Outcome]):
    """Each refusal of the Bot API's has its own meaning."""
    outcome = await outcome_of(refusal(code, description))

    assert isinstance(outcome, kind)


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (refusal(429, "Too Many Requests: retry after 17", retry_after=17), 17),
        (refusal(429, "Too Many Requests"), FLOOD_SECONDS),
        (lambda _: httpx.Response(429, text="slow down"), FLOOD_SECONDS),
        (lambda _: httpx.Response(429, json={"parameters": {"retry_after": "soon"}}), FLOOD_SECONDS),
    ],
)
async def test_flood(answer: Callable[[httpx.Request], httpx.Response], seconds: float):
    """A 429 was not sent, and is tried again when Telegram says, or after a while where it does not."""
    outcome = await outcome_of(answer)

    assert isinstance(outcome, NotSent)
    assert outcome.retry_after == seconds


async def test_migration():
    """A group that became a supergroup is named by its new id."""
    outcome = await outcome_of(
        refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1005)
    )

    assert outcome == Migrated(-1005)


@pytest.mark.parametrize("error", [httpx.PoolTimeout, httpx.ConnectTimeout, httpx.ConnectError])
async def test_what_never_left_is_not_sent(error: type[httpx.TransportError]):
    """Without a connection nothing can have arrived."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise error("no way")

    outcome = await outcome_of(fail)

    assert isinstance(outcome, NotSent)
    assert outcome.retry_after is None


@pytest.mark.parametrize(
    "error", [httpx.ReadTimeout, httpx.WriteTimeout, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError]
)
async def test_what_broke_off_is_unknown(error: type[httpx.TransportError]):
    """After the request began to leave nobody knows whether it arrived."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise error("broken")

    assert isinstance(await outcome_of(fail), Unknown)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>sign in to the hotel's network</html>",
        b"[]",
        b'"result"',
        b'{"ok":true}',
        b'{"ok":true,"result":',
        b'{"ok":true,"result":true}',
        b'{"ok":true,"result":null}',
        b'{"ok":true,"result":{"message_id":"x"}}',
        b"\xff\xfe",
    ],
)
async def test_unreadable_success_is_unknown(body: bytes):
    """A 200 that does not name the message leaves it open whether there is one."""
    assert isinstance(await outcome_of(lambda _: httpx.Response(200, content=body)), Unknown)


async def test_redirect_is_unknown():
    """An answer that is neither success nor the Bot API's error is unknown."""
    assert isinstance(await outcome_of(lambda _: httpx.Response(302, headers={"location": "/"})), Unknown)


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        ("Bad Request: message is not modified: specified new message content is exactly the same", Sent(99)),
        ("Bad Request: message to edit not found", None),
        ("Bad Request: message can't be edited", None),
    ],
)
async def test_edits(description: str, expected: Outcome | None):
    """An edit that changes nothing is done; one whose message is gone can never be."""
    outcome = await outcome_of(refusal(400, description), edits=99)

    if expected is None:
        assert isinstance(outcome, Rejected)
    else:
        assert outcome == expected


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ('can\'t parse entities: Unsupported start tag "құпия"', "can't parse entities: Unsupported start tag"),
        ("inline keyboard button URL 'http://құпия' is invalid: Wrong port", "inline keyboard button URL"),
    ],
)
async def test_reasons_quote_nothing(said: str, kept: str):
    """What Telegram quotes of a message does not get into the reason, which is logged."""
    outcome = await outcome_of(refusal(400, f"Bad Request: {said}"))

    assert isinstance(outcome, Rejected)
    assert "құпия" not in outcome.reason
    assert kept.lower() in outcome.reason.lower()


async def test_parameters():
    """A message goes as HTML without previews, with its buttons, its topic and its silence; an edit with its id."""
    seen: list[dict[str, str]] = []

    def take(request: httpx.Request) -> httpx.Response:
        form = dict(httpx.QueryParams(request.content.decode()))
        seen.append(form | {"method": request.url.path.rpartition("/")[2]})
        return httpx.Response(200, json={"ok": True, "result": {"message_id": 7}})

    keyboard = ((Button("Неге?", data="w:1"), Button("Оқу", url="https://example.org")),)
    first = await outcome_of(take, keyboard=keyboard, thread_id=3, silent=True)
    second = await outcome_of(take, keyboard=keyboard, edits=7, silent=True)

    assert first == second == Sent(7)
    assert seen[0]["method"] == "sendMessage"
    assert seen[0]["text"] == "<b>Иран</b>"
    assert seen[0]["parse_mode"] == "HTML"
    assert json.loads(seen[0]["link_preview_options"]) == {"is_disabled": True}
    assert json.loads(seen[0]["reply_markup"]) == {
        "inline_keyboard": [[{"text": "Неге?", "callback_data": "w:1"}, {"text": "Оқу", "url": "https://example.org"}]]
    }
    assert (seen[0]["message_thread_id"], seen[0]["disable_notification"]) == ("3", "true")
    assert (seen[1]["method"], seen[1]["message_id"]) == ("editMessageText", "7")
    assert "disable_notification" not in seen[1]


async def test_a_picture_stands_above_the_text():
    """The preview is of that address, large, and of an edit too."""
    seen: list[dict[str, str]] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(dict(httpx.QueryParams(request.content.decode())))
        return httpx.Response(200, json={"ok": True, "result": {"message_id": 7}})

    await outcome_of(take, preview="https://a.kz/1.jpg")
    await outcome_of(take, preview="https://a.kz/1.jpg", edits=7)

    shown = {"url": "https://a.kz/1.jpg", "prefer_large_media": True, "show_above_text": True}
    assert [json.loads(form["link_preview_options"]) for form in seen] == [shown, shown]


async def test_nobody_listens():
    """A port where nobody listens means that nothing was sent."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bot = make_bot(TOKEN, f"http://127.0.0.1:{free.getsockname()[1]}")
        messenger = TelegramMessenger(bot)

        assert isinstance(await messenger.send(message()), NotSent)
        assert not await messenger.alive()

    await bot.disconnect()


def reader_room(sandbox: Sandbox) -> Room:
    """Return the first reader's chat with the bot, which the reader has begun."""
    world = sandbox.simulation.world
    user = next(user for user in world.users.values() if not user.is_bot)
    say(world, world.rooms[user.id], user, "/start")
    return world.rooms[user.id]


async def test_against_the_sandbox(sandbox: Sandbox, api: ApiBot):
    """A message arrives, is edited, and each outcome of the local Telegram is read as it is meant."""
    messenger = TelegramMessenger(api)
    room = reader_room(sandbox)
    sent = await messenger.send(message(room.id))

    assert isinstance(sent, Sent)
    assert room.messages[sent.message_id].text == "Иран"

    edited = await messenger.send(message(room.id, "<i>Ирак</i>", edits=sent.message_id))
    again = await messenger.send(message(room.id, "<i>Ирак</i>", edits=sent.message_id))

    assert edited == again == Sent(sent.message_id)
    assert room.messages[sent.message_id].text == "Ирак"
    assert isinstance(await messenger.send(message(room.id, "<b>")), Rejected)
    assert isinstance(await messenger.send(message(987654)), ChatGone)
    assert await messenger.alive()

    set_bot_status(sandbox.simulation.world, room, sandbox.simulation.world.users[room.id], "kicked")

    assert isinstance(await messenger.send(message(room.id)), ChatGone)


@pytest.mark.parametrize("kind", list(AttachmentKind))
async def test_files_go_with_their_caption(sandbox: Sandbox, api: ApiBot, kind: AttachmentKind):
    """A photo and a document arrive byte for byte, with name, caption and buttons."""
    room = reader_room(sandbox)
    keyboard = ((Button("Иран", "n:1"),),)
    file = Attachment(kind, "деректер.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 200, "")
    sent = await TelegramMessenger(api).send(message(room.id, attachment=file, keyboard=keyboard))

    assert isinstance(sent, Sent)
    arrived = room.messages[sent.message_id]
    assert arrived.text == "Иран"
    assert arrived.keyboard
    media = arrived.media[kind.value]
    upload = sandbox.simulation.world.files[media[0]["file_id"] if kind is AttachmentKind.PHOTO else media["file_id"]]
    assert upload.body == file.data
    assert upload.name == file.name


@pytest.mark.parametrize("kind", list(AttachmentKind))
async def test_a_file_that_a_chat_forbids(sandbox: Sandbox, api: ApiBot, kind: AttachmentKind):
    """It is told apart from a message that is refused; where the bot is an administrator the file goes."""
    world = sandbox.simulation.world
    group = next(room for room in world.rooms.values() if room.type == "group")
    group.forbidden = frozenset({"photos", "documents"})
    file = Attachment(kind, "a.png", b"\x89PNG\r\n\x1a\n", "words")
    messenger = TelegramMessenger(api)

    assert isinstance(await messenger.send(message(group.id, attachment=file)), AttachmentRefused)
    assert isinstance(await messenger.send(message(group.id)), Sent)
    group.bot_status = "administrator"
    assert isinstance(await messenger.send(message(group.id, attachment=file)), Sent)


@pytest.mark.parametrize("code", [400, 403])
@pytest.mark.parametrize(
    "description",
    [
        "not enough rights to send photos to the chat",
        "not enough rights to send documents to the chat",
        "not enough rights to send media messages to the chat",
        "CHAT_SEND_MEDIA_FORBIDDEN",
        "CHAT_SEND_PHOTOS_FORBIDDEN",
        "CHAT_SEND_DOCS_FORBIDDEN",
    ],
)
async def test_every_wording_of_a_forbidden_file(code: int, description: str):
    """In TDLib's words and as the server's identifier; of a message without a file it is no such refusal."""
    network = refusal(code, f"{'Bad Request' if code == 400 else 'Forbidden'}: {description}")
    file = Attachment(AttachmentKind.PHOTO, "a.png", b"1", "words")

    assert isinstance(await outcome_of(network, attachment=file), AttachmentRefused)
    assert not isinstance(await outcome_of(network), AttachmentRefused)


async def test_migrated_group_of_the_sandbox(sandbox: Sandbox, api: ApiBot):
    """A group that moved answers with its new id."""
    world = sandbox.simulation.world
    group = next(room for room in world.rooms.values() if room.type == "group")
    moved = migrate(world, group)

    assert await TelegramMessenger(api).send(message(group.id)) == Migrated(moved.id)


@pytest.mark.parametrize("handled", [False, True])
@pytest.mark.parametrize("action", ["drop", "hang", "garbage"])
async def test_faults_on_the_wire(sandbox: Sandbox, api: ApiBot, action: str, handled: bool):
    """A dropped, hanging or unreadable answer is unknown, whether or not the message arrived; the next one works."""
    room = reader_room(sandbox)
    before = len(room.messages)
    sandbox.simulation.faults.add(
        Rule(action, "sendMessage", handled=handled, seconds=2 if action == "hang" else 0, times=1)
    )
    messenger = TelegramMessenger(api)
    outcome = await messenger.send(message(room.id))

    assert isinstance(outcome, Unknown)
    assert len(room.messages) - before == handled
    assert isinstance(await messenger.send(message(room.id)), Sent)


async def test_callback_answers_go_straight_out(sandbox: Sandbox, api: ApiBot):
    """A button's answer is sent at once; one that is too late is logged, not raised."""
    messenger = TelegramMessenger(api)
    world = sandbox.simulation.world
    room = reader_room(sandbox)
    question = world.ask(world.users[room.id], room)

    assert await messenger.answer_callback(question.id, "Дайын")
    assert question.answer is not None
    assert not await messenger.answer_callback("12345", "x" * 500)


async def test_inline_answers_go_straight_out(sandbox: Sandbox, api: ApiBot):
    """Results and the button above them are taken by Telegram; a query that is too late is logged, not raised."""
    messenger = TelegramMessenger(api)
    world = sandbox.simulation.world
    room = reader_room(sandbox)
    question = world.ask(world.users[room.id], None)
    found = InlineResult("1", "Иран", "Kazinform · 07:12", "https://a.kz/1", '<b><a href="https://a.kz/1">Иран</a></b>')

    assert await messenger.answer_inline(question.id, [found], offer=("Ашу", "b_"))
    assert question.answer is not None
    (result,) = question.answer["results"]
    assert result["title"] == "Иран"
    assert question.answer["button"] == {"text": "Ашу", "start_parameter": "b_"}
    assert not await messenger.answer_inline("12345", [], offer=None)


@pytest.mark.parametrize(
    ("method", "fields", "kind"),
    [
        ("sendMessage", {}, MethodUnknown),
        ("sendPhoto", {"attachment": Attachment(AttachmentKind.PHOTO, "a.png", b"1", "words")}, AttachmentRefused),
        ("sendDocument", {"attachment": Attachment(AttachmentKind.DOCUMENT, "a", b"1", "words")}, AttachmentRefused),
    ],
)
async def test_a_method_that_the_server_does_not_know(
    sandbox: Sandbox, api: ApiBot, method: str, fields: dict[str, object], kind: type[Outcome]
):
    """It is that message's trouble: not the token's, and for a file there are words."""
    sandbox.simulation.faults.add(Rule("status", method, code=404))

    assert isinstance(await TelegramMessenger(api).send(message(reader_room(sandbox).id, **fields)), kind)


async def test_an_edit_that_the_server_does_not_know(sandbox: Sandbox, api: ApiBot):
    """A new message says what the edit would have."""
    room = reader_room(sandbox)
    messenger = TelegramMessenger(api)
    first = await messenger.send(message(room.id))
    sandbox.simulation.faults.add(Rule("status", "editMessageText", code=404))
    second = await messenger.send(message(room.id, "Ирак", edits=first.message_id))

    assert room.messages[second.message_id].text == "Ирак"
    assert second != first


async def test_answers_that_the_server_does_not_know(sandbox: Sandbox, api: ApiBot):
    """A button's and an inline query's answer are lost, no more."""
    for method in ("answerCallbackQuery", "answerInlineQuery"):
        sandbox.simulation.faults.add(Rule("status", method, code=404))

    assert not await TelegramMessenger(api).answer_callback("1")
    assert not await TelegramMessenger(api).answer_inline("1", [], offer=None)


async def test_what_a_proxy_finds_too_large_is_refused_for_good():
    """A 413 is the message's fault, not the network's."""
    assert isinstance(await outcome_of(lambda _: httpx.Response(413, text="too large")), Rejected)
