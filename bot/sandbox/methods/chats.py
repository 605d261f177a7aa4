"""What the bot may learn of chats and their members."""

from bot.sandbox.methods.targets import known_room, writable_room
from bot.sandbox.model import JsonObject, Room, User
from bot.sandbox.params import Params
from bot.sandbox.readers import set_bot_status
from bot.sandbox.replies import bad_request
from bot.sandbox.shapes import is_present, member_json
from bot.sandbox.world import World

_ACCENT_COLOURS = 7


def get_chat(world: World, params: Params) -> JsonObject:
    """``getChat``: a ``ChatFullInfo``."""
    room = known_room(world, params)
    if not room.private:
        writable_room(world, Params({"chat_id": room.id}))
    full: JsonObject = {
        "accent_color_id": abs(room.id) % _ACCENT_COLOURS,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
            False,
        ),
    }
    return world.chat(room) | full


def get_chat_member(world: World, params: Params) -> JsonObject:
    """``getChatMember``."""
    room = writable_room(world, params)
    user_id = params.integer("user_id")
    if user_id == world.bot.id:
        return member_json(world.bot, room.bot_status)
    user = world.users.get(user_id or 0)
    if user is None:
        raise bad_request("user not found")
    return member_json(user, room.members.get(user.id, "left"))


def get_chat_administrators(world: World, params: Params) -> list[JsonObject]:
    """``getChatAdministrators``; other bots are left out, this one is not."""
    room = writable_room(world, params)
    if room.private:
        raise bad_request("there are no administrators in the private chat")
    return [
        member_json(user, status) for user, status in _members(world, room) if status in {"creator", "administrator"}
    ]


def get_chat_member_count(world: World, params: Params) -> int:
    """``getChatMemberCount``."""
    room = writable_room(world, params)
    return sum(is_present(status) for _, status in _members(world, room))


def leave_chat(world: World, params: Params) -> bool:
    """``leaveChat``."""
    room = writable_room(world, params)
    if room.private:
        raise bad_request("chat member status can't be changed in private chats")
    set_bot_status(world, room, world.bot, "left")
    return True


def _members(world: World, room: Room) -> list[tuple[User, str]]:
    people = [(world.users[user_id], status) for user_id, status in room.members.items()]
    return [*people, (world.bot, room.bot_status)]


METHODS = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatAdministrators": get_chat_administrators,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
}
