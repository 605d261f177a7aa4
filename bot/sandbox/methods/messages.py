"""Sending, editing and deleting text."""

from bot.sandbox.entities import MAX_CAPTION, MAX_TEXT, parse
from bot.sandbox.keyboards import inline_keyboard
from bot.sandbox.methods.targets import known_room, own_message, writable_room
from bot.sandbox.model import JsonObject, Message, Room
from bot.sandbox.params import Params
from bot.sandbox.replies import bad_request
from bot.sandbox.world import World

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
_EDITABLE_MEDIA = frozenset({"photo", "document", "video", "animation", "audio"})


def send_message(world: World, params: Params) -> JsonObject:
    """``sendMessage``."""
    room = writable_room(world, params, "text messages")
    text, entities = required_text(params, "text")
    return world.shape(post(world, room, params, text=text, entities=entities, html=params.text("text")))


def required_text(params: Params, name: str) -> tuple[str, list[JsonObject]]:
    """Return a text that must not be empty, parsed."""
    raw = params.text(name)
    if not raw:
        raise bad_request("message text is empty")
    text, entities = _parsed(params, name, "parse_mode", "entities", MAX_TEXT)
    if not text:
        raise bad_request("text must be non-empty")
    return text, entities


def caption(params: Params) -> tuple[str, list[JsonObject]]:
    """Return a caption, parsed; it may be empty."""
    return _parsed(params, "caption", "parse_mode", "caption_entities", MAX_CAPTION)


def _parsed(params: Params, name: str, mode: str, given: str, limit: int) -> tuple[str, list[JsonObject]]:
    text, entities = parse(params.text(name), params.text(mode), limit=limit)
    explicit = params.json(given)
    if not params.text(mode) and isinstance(explicit, list):
        entities = [entity for entity in explicit if isinstance(entity, dict)]
    return text, entities


def post(world: World, room: Room, params: Params, **content: object) -> Message:
    """Put the bot's message into a chat, with what every send method takes."""
    preview = params.json("link_preview_options")
    return world.post(
        room,
        world.bot,
        keyboard=inline_keyboard(params.json("reply_markup")),
        silent=params.flag("disable_notification"),
        preview=preview if isinstance(preview, dict) else {},
        thread_id=params.integer("message_thread_id"),
        reply_to=_replied(room, params),
        **content,
    )


def _replied(room: Room, params: Params) -> int | None:
    given = params.json("reply_parameters")
    number = given.get("message_id") if isinstance(given, dict) else params.integer("reply_to_message_id")
    if number is None:
        return None
    original = room.messages.get(int(number))
    if original is not None and not original.deleted:
        return original.id
    if isinstance(given, dict) and given.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def edit_message_text(world: World, params: Params) -> JsonObject:
    """``editMessageText``."""
    message = own_message(world, params, verb="edit")
    text, entities = required_text(params, "text")
    if message.media:
        raise bad_request("there is no text in the message to edit")
    preview = params.json("link_preview_options")
    return _revise(
        world,
        message,
        text=text,
        entities=entities,
        html=params.text("text"),
        preview=preview if isinstance(preview, dict) else {},
        keyboard=inline_keyboard(params.json("reply_markup")),
    )


def edit_message_caption(world: World, params: Params) -> JsonObject:
    """``editMessageCaption``."""
    message = own_message(world, params, verb="edit")
    if not _EDITABLE_MEDIA & message.media.keys():
        raise bad_request("there is no caption in the message to edit")
    text, entities = caption(params)
    keyboard = inline_keyboard(params.json("reply_markup"))
    return _revise(world, message, text=text, entities=entities, html=params.text("caption"), keyboard=keyboard)


def edit_message_reply_markup(world: World, params: Params) -> JsonObject:
    """``editMessageReplyMarkup``."""
    message = own_message(world, params, verb="edit")
    return _revise(world, message, keyboard=inline_keyboard(params.json("reply_markup")))


def _revise(world: World, message: Message, **content: object) -> JsonObject:
    """Edit the message; Telegram refuses an edit that would change nothing."""
    visible = {name: value for name, value in content.items() if name not in {"html", "preview"}}
    if all(getattr(message, name) == value for name, value in visible.items()):
        raise bad_request(_NOT_MODIFIED)
    world.revise(message, **content)
    return world.shape(message)


def delete_message(world: World, params: Params) -> bool:
    """``deleteMessage``."""
    room = known_room(world, params)
    message = room.messages.get(params.integer("message_id") or 0)
    if message is None or message.deleted:
        raise bad_request("message to delete not found")
    if not message.from_bot and not room.private and room.bot_status != "administrator":
        raise bad_request("message can't be deleted for everyone")
    world.remove(message)
    return True


def send_chat_action(world: World, params: Params) -> bool:
    """``sendChatAction``: it shows for a moment, and is never stored."""
    room = writable_room(world, params)
    world.journal.add("action", room.id, world.clock(), action=params.text("action"))
    return True


METHODS = {
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "sendChatAction": send_chat_action,
}
