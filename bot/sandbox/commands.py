"""The commands and questions of the control API: what each path under ``/sandbox`` does with its JSON."""

from collections.abc import Callable

from bot.sandbox import readers
from bot.sandbox.faults import rule_from
from bot.sandbox.model import JsonObject
from bot.sandbox.order import Order
from bot.sandbox.profile import scopes_for, spoken
from bot.sandbox.replies import bad_request
from bot.sandbox.sent import sent_media

Command = Callable[[Order], object]


def _say(order: Order) -> JsonObject:
    """``chat_id user_id text [thread_id reply_to anonymous]``: write a text."""
    message = readers.say(
        order.world,
        order.room,
        order.user,
        order.text("text").strip(),
        thread_id=order.number("thread_id"),
        reply_to=order.number("reply_to"),
        anonymous=bool(order.given.get("anonymous")),
    )
    return order.world.view(message)


def _send(order: Order) -> JsonObject:
    """``chat_id user_id kind …``: send a location, document, photo, sticker, voice message or contact."""
    media = sent_media(order.world, order.given)
    return order.world.view(readers.say(order.world, order.room, order.user, order.text("caption"), media=media))


def _press(order: Order) -> JsonObject:
    """``chat_id user_id message_id (text | data) [force]``: press a button; ``force`` one that is no longer there."""
    data = order.text("data")
    if not order.given.get("force"):
        wanted = order.given.get("text")
        button = readers.find_button(order.message, text=None if wanted is None else str(wanted), data=data or None)
        if "callback_data" not in button:
            return {"query_id": None, "url": button.get("url")}
        data = str(button["callback_data"])
    question = readers.press(order.world, order.room, order.user, order.message, data)
    return {"query_id": question.id, "url": None}


def _inline(order: Order) -> JsonObject:
    """``user_id query [offset]``: type ``@bot query``."""
    return {"query_id": readers.inline_query(order.world, order.user, order.text("query"), order.text("offset")).id}


def _edit(order: Order) -> JsonObject:
    """``chat_id message_id text``: change one's own message."""
    readers.edit(order.world, order.message, order.text("text"))
    return order.world.view(order.message)


def _bot(order: Order) -> JsonObject:
    """``chat_id user_id status``: block (``kicked``), unblock (``member``), add, promote or remove the bot."""
    readers.set_bot_status(order.world, order.room, order.user, order.text("status"))
    return {"status": order.room.bot_status}


def _member(order: Order) -> JsonObject:
    """``chat_id user_id status``: let a person join, leave, become an administrator."""
    readers.set_member(order.world, order.room, order.user, order.text("status"))
    return {"status": order.text("status")}


def _forbid(order: Order) -> JsonObject:
    """``chat_id what``: let members who are no administrators send nothing of a list: ``photos``, ``documents``."""
    what = order.given.get("what")
    order.room.forbidden = frozenset(str(one) for one in what) if isinstance(what, list) else frozenset()
    return {"forbidden": sorted(order.room.forbidden)}


def _migrate(order: Order) -> JsonObject:
    """``chat_id``: turn a group into a supergroup."""
    return {"chat_id": readers.migrate(order.world, order.room).id}


def _add_user(order: Order) -> JsonObject:
    """``first_name language_code [username user_id]``: a new person; ``user_id`` may be chosen."""
    user = order.world.add_user(
        order.text("first_name", "Reader"), order.text("language_code"), order.text("username"), order.number("user_id")
    )
    return order.world.person(user)


def _crowd(order: Order) -> JsonObject:
    """``count [first_id language_code]``: many people at once, who have all begun to talk to the bot."""
    first = order.number("first_id") or max(order.world.users) + 1
    for user_id in range(first, first + (order.number("count") or 0)):
        user = order.world.add_user("Reader", order.text("language_code", "kk"), user_id=user_id)
        order.world.rooms[user.id].started = True
    return {"first_id": first}


def _choose(order: Order) -> JsonObject:
    """``chat_id user_id query_id result_id``: send one of the results that the bot offered inline."""
    question = order.world.questions.get(order.text("query_id"))
    message = readers.choose(order.world, order.room, order.user, question, order.text("result_id"))
    return order.world.view(message)


def _deactivate(order: Order) -> JsonObject:
    """``user_id``: the person deletes the account."""
    order.user.deactivated = True
    return {}


def _add_chat(order: Order) -> JsonObject:
    """``type title user_id [is_forum threads bot]``: a group, supergroup or channel owned by ``user_id``."""
    room = order.world.add_room(
        order.text("type", "group"),
        order.text("title", "Group"),
        order.user.id,
        is_forum=bool(order.given.get("is_forum")),
        bot_in=bool(order.given.get("bot", True)),
    )
    threads = order.given.get("threads")
    room.threads = {int(key): str(title) for key, title in threads.items()} if isinstance(threads, dict) else {}
    return order.world.chat(room)


def _update(order: Order) -> JsonObject:
    """``update [update_id]``: queue any object as an update, even one that nobody can read, or one again."""
    content = order.given.get("update")
    if not isinstance(content, dict):
        raise bad_request("update must be an object")
    update_id = order.number("update_id")
    if update_id is None:
        return {"update_id": order.world.updates.add_raw(content)}
    order.world.updates.repeat(update_id, content)
    return {"update_id": update_id}


def _fault(order: Order) -> JsonObject:
    """Put a rule of faults in force; its fields are those of ``faults.Rule``."""
    order.simulation.faults.add(rule_from(order.given))
    return {"rules": len(order.simulation.faults.rules)}


def _clear_faults(order: Order) -> JsonObject:
    order.simulation.faults.clear()
    return {}


def _limits(order: Order) -> JsonObject:
    """``on [per_second chat_burst group_per_minute]``: enforce Telegram's limits or not."""
    limits = order.simulation.limits
    limits.on = bool(order.given.get("on", limits.on))
    limits.per_second = order.number("per_second") or limits.per_second
    limits.chat_burst = order.number("chat_burst") or limits.chat_burst
    limits.group_per_minute = order.number("group_per_minute") or limits.group_per_minute
    limits.windows.clear()
    return {"on": limits.on, "refused": limits.refused}


def _reset(order: Order) -> JsonObject:
    order.simulation.reset()
    return {}


def _state(order: Order) -> JsonObject:
    """Return people, chats and what the bot says of itself in ``language``."""
    world, language = order.world, order.text("language")
    profile = world.profile
    rooms = [
        world.chat(room) | {"bot_status": room.bot_status, "members": {str(k): v for k, v in room.members.items()}}
        for room in world.rooms.values()
    ]
    return {
        "bot": world.person(world.bot)
        | {
            "name": spoken(profile.names, language) or world.bot.first_name,
            "description": spoken(profile.descriptions, language),
            "short_description": spoken(profile.short_descriptions, language),
        },
        "users": [world.person(user) for user in world.users.values()],
        "chats": rooms,
        "cursor": world.journal.cursor,
        "born": order.simulation.born,
        "can_skip": order.simulation.skip is not None,
    }


def _messages(order: Order) -> list[JsonObject]:
    """Return a chat's messages as they stand now, the deleted ones left out."""
    return [order.world.view(message) for message in order.room.messages.values() if not message.deleted]


def _commands(order: Order) -> list[JsonObject]:
    """Return the command menu that a person sees in a chat."""
    room, user = order.room, order.user
    admin = room.members.get(user.id) in {"creator", "administrator"}
    scopes = scopes_for(room.id, user.id, private=room.private, admin=admin)
    return order.world.profile.menu(scopes, user.language_code)


def _calls(order: Order) -> JsonObject:
    """``[after method]``: the log of the bot's calls and the count of each method."""
    log = order.simulation.calls
    method = order.text("method") or None
    return {"calls": log.after(order.number("after") or 0, method), "counts": log.counts, "seq": log.seq}


COMMANDS: dict[str, Command] = {
    "say": _say,
    "send": _send,
    "press": _press,
    "inline": _inline,
    "choose": _choose,
    "edit": _edit,
    "bot": _bot,
    "member": _member,
    "forbid": _forbid,
    "migrate": _migrate,
    "users": _add_user,
    "crowd": _crowd,
    "deactivate": _deactivate,
    "chats": _add_chat,
    "update": _update,
    "faults": _fault,
    "faults/clear": _clear_faults,
    "limits": _limits,
    "reset": _reset,
}
QUESTIONS: dict[str, Command] = {
    "state": _state,
    "messages": _messages,
    "commands": _commands,
    "calls": _calls,
}
