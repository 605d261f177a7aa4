"""What people do: write, press, send, edit, come and go. Each act becomes an update for the bot, as with Telegram."""

from bot.sandbox.entities import find, parse
from bot.sandbox.keyboards import inline_keyboard
from bot.sandbox.model import JsonObject, Message, Room, User
from bot.sandbox.replies import bad_request
from bot.sandbox.shapes import ANONYMOUS_ADMIN, is_present, member_json
from bot.sandbox.world import Question, World


def say(
    world: World,
    room: Room,
    user: User,
    text: str,
    *,
    thread_id: int | None = None,
    reply_to: int | None = None,
    anonymous: bool = False,
    media: JsonObject | None = None,
) -> Message:
    """Write into a chat: text, or media with ``text`` as its caption. ``anonymous`` hides a group's admin."""
    room.started = True
    sender: User | None = ANONYMOUS_ADMIN if anonymous else user
    message = world.post(
        room,
        None if room.type == "channel" else sender,
        text=text,
        html=text,
        entities=find(text),
        media=media or {},
        thread_id=thread_id,
        reply_to=reply_to,
        sender_chat_id=room.id if anonymous or room.type == "channel" else None,
    )
    if room.type == "channel":
        if is_present(room.bot_status):
            world.updates.add("channel_post", world.shape(message))
    elif _bot_reads(world, room, message):
        world.updates.add("message", world.shape(message))
    return message


def press(world: World, room: Room, user: User, message: Message, data: str) -> Question:
    """Press the inline button that carries ``data``; the message may have lost it since."""
    question = world.ask(user, room)
    inner = world.shape(message)
    if message.deleted:
        inner = {"chat": world.chat(room), "message_id": message.id, "date": 0}
    world.updates.add(
        "callback_query",
        {
            "id": question.id,
            "from": world.person(user),
            "message": inner,
            "chat_instance": str(hash((room.id, world.bot.id))),
            "data": data,
        },
    )
    return question


def find_button(message: Message, *, text: str | None, data: str | None) -> JsonObject:
    """Return the button of a message by its data or its text; raise ApiError 400 where there is none."""
    for row in message.keyboard or []:
        for button in row:
            if (data is not None and button.get("callback_data") == data) or (
                text is not None and button["text"] == text
            ):
                return button
    raise bad_request(f"no button {text or data!r} on message {message.id}")


def inline_query(world: World, user: User, query: str, offset: str = "") -> Question:
    """Type ``@bot query`` in any chat."""
    question = world.ask(user, None)
    question.query = query
    world.updates.add(
        "inline_query",
        {"id": question.id, "from": world.person(user), "query": query, "offset": offset, "chat_type": "sender"},
    )
    return question


def choose(world: World, room: Room, user: User, question: Question | None, result_id: str) -> Message:
    """Send an inline result into a chat; the bot is told by ``chosen_inline_result``, the sender is the person."""
    found = question.answer.get("results") if question and question.answer else None
    results = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    result = next((one for one in results if one.get("id") == result_id), None)
    if question is None or result is None:
        raise bad_request("RESULT_ID_INVALID")
    content = result.get("input_message_content")
    html, mode = (content.get("message_text"), content.get("parse_mode")) if isinstance(content, dict) else ("", "")
    text, entities = parse(str(html or result.get("title", "")), str(mode or ""))
    message = world.post(
        room,
        user,
        text=text,
        html=str(html),
        entities=entities,
        keyboard=inline_keyboard(result.get("reply_markup")),
        via_bot=world.bot,
    )
    if _bot_reads(world, room, message):
        world.updates.add("message", world.shape(message))
    world.updates.add(
        "chosen_inline_result", {"result_id": result_id, "from": world.person(user), "query": question.query}
    )
    return message


def edit(world: World, message: Message, text: str) -> None:
    """Change one's own message."""
    world.revise(message, text=text, html=text, entities=find(text))
    kind = "edited_channel_post" if world.rooms[message.chat_id].type == "channel" else "edited_message"
    world.updates.add(kind, world.shape(message))


def set_bot_status(world: World, room: Room, by: User, status: str) -> None:
    """Block or unblock the bot (private chats: ``kicked``, ``member``), or add, promote or remove it."""
    old, room.bot_status = room.bot_status, status
    if old == status:
        return
    _member_update(world, room, by, "my_chat_member", (world.bot, old, status))
    if room.type in {"group", "supergroup"} and is_present(old) != is_present(status):
        _comes_or_goes(world, room, by, world.bot, comes=is_present(status))


def set_member(world: World, room: Room, user: User, status: str, by: User | None = None) -> None:
    """Let a person join (``member``, ``administrator``), leave (``left``) or be removed (``kicked``)."""
    old = room.members.get(user.id, "left")
    room.members[user.id] = status
    if old == status:
        return
    _member_update(world, room, by or user, "chat_member", (user, old, status))
    if room.type != "channel" and is_present(old) != is_present(status):
        _comes_or_goes(world, room, by or user, user, comes=is_present(status))


def migrate(world: World, room: Room) -> Room:
    """Turn a group into a supergroup, with the two service messages that Telegram sends."""
    owner = next(user_id for user_id, status in room.members.items() if status == "creator")
    upgraded = world.add_room("supergroup", room.title, owner)
    upgraded.members = dict(room.members)
    upgraded.bot_status = room.bot_status
    room.migrated_to = upgraded.id
    by = world.users[owner]
    for place, fields in (
        (room, {"migrate_to_chat_id": upgraded.id}),
        (upgraded, {"migrate_from_chat_id": room.id}),
    ):
        message = world.post(place, by, media=dict(fields), service=True)
        world.updates.add("message", world.shape(message))
    return upgraded


def _bot_reads(world: World, room: Room, message: Message) -> bool:
    """Return whether privacy mode shows the bot this message: its commands, and replies to it."""
    if not is_present(room.bot_status):
        return False
    if room.private:
        return True
    original = room.messages.get(message.reply_to or 0)
    if original is not None and original.from_bot:
        return True
    for entity in message.entities:
        if entity["type"] == "bot_command" and entity["offset"] == 0:
            command = message.text[: int(str(entity["length"]))]
            name = command.partition("@")[2].lower()
            return name in ("", world.bot.username.lower())
    return False


def _member_update(world: World, room: Room, by: User, kind: str, change: tuple[User, str, str]) -> None:
    member, old, new = change
    world.note_change(room.id)
    world.updates.add(
        kind,
        {
            "chat": world.chat(room),
            "from": world.person(by),
            "date": int(world.clock()),
            "old_chat_member": member_json(member, old),
            "new_chat_member": member_json(member, new),
        },
    )


def _comes_or_goes(world: World, room: Room, by: User, who: User, *, comes: bool) -> None:
    """Post the service message; the bot sees it unless it is the bot that has gone."""
    person = world.person(who)
    media: JsonObject = {"new_chat_members": [person]} if comes else {"left_chat_member": person}
    message = world.post(room, by, media=media, service=True)
    if is_present(room.bot_status):
        world.updates.add("message", world.shape(message))
