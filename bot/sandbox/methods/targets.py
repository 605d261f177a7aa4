"""Which chat and which message a call means, and whether the bot may write there."""

from bot.sandbox.model import Message, Room
from bot.sandbox.params import Params
from bot.sandbox.replies import bad_request, forbidden, upgraded
from bot.sandbox.shapes import is_present
from bot.sandbox.world import World

_KINDS = {"group": "group chat", "supergroup": "supergroup chat", "channel": "channel chat"}


def known_room(world: World, params: Params) -> Room:
    """Return the chat of ``chat_id`` (a number or @name); raise ApiError 400 where there is none."""
    name = params.text("chat_id").strip('"')
    if not name:
        raise bad_request("chat_id is empty")
    room = world.rooms.get(int(name)) if name.lstrip("-").isdecimal() else None
    if room is None:
        raise bad_request("chat not found")
    if room.migrated_to is not None:
        raise upgraded(room.migrated_to)
    return room


def writable_room(world: World, params: Params, what: str = "") -> Room:
    """Return the chat that the bot may write to; raise ApiError 400 or 403 where it may not.

    ``what`` it is to be: ``text messages``, ``photos`` or ``documents``, where the chat may forbid it.
    """
    room = known_room(world, params)
    if room.private:
        _check_person(world, room)
    else:
        _check_group(room)
    if what in room.forbidden and room.bot_status != "administrator":
        raise bad_request(f"not enough rights to send {what} to the chat")
    thread = params.integer("message_thread_id")
    if thread is not None and thread not in room.threads:
        raise bad_request("message thread not found")
    return room


def own_message(world: World, params: Params, *, verb: str) -> Message:
    """Return the bot's message that is to be edited; raise ApiError 400 where there is none."""
    room = known_room(world, params)
    message = room.messages.get(params.integer("message_id") or 0)
    if message is None or message.deleted:
        raise bad_request(f"message to {verb} not found")
    if not message.from_bot:
        raise bad_request("message can't be edited")
    return message


def _check_person(world: World, room: Room) -> None:
    if world.users[room.id].deactivated:
        raise forbidden("user is deactivated")
    if room.bot_status == "kicked":
        raise forbidden("bot was blocked by the user")
    if not room.started:
        raise forbidden("bot can't initiate conversation with a user")


def _check_group(room: Room) -> None:
    kind = _KINDS[room.type]
    if room.bot_status == "kicked":
        raise forbidden(f"bot was kicked from the {kind}")
    if not is_present(room.bot_status):
        raise forbidden(f"bot is not a member of the {kind}")
    if room.type == "channel" and room.bot_status != "administrator":
        raise bad_request("need administrator rights in the channel chat")
