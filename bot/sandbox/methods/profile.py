"""Commands, name and descriptions, by scope and language."""

import re
from collections.abc import Callable

from bot.sandbox.entities import utf16_length
from bot.sandbox.model import JsonObject
from bot.sandbox.params import Params
from bot.sandbox.profile import Profile, Scope, spoken
from bot.sandbox.replies import bad_request
from bot.sandbox.world import World

MAX_COMMANDS = 100
MAX_COMMAND_DESCRIPTION = 256
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_PLAIN_SCOPES = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})
_CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})


def set_my_commands(world: World, params: Params) -> bool:
    """``setMyCommands``."""
    key = _key(params)
    given = params.json("commands")
    if not isinstance(given, list):
        raise bad_request("can't parse commands JSON object")
    if len(given) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    world.profile.commands[key] = [_command(one) for one in given]
    world.journal.add("menu", None, world.clock())
    return True


def get_my_commands(world: World, params: Params) -> list[JsonObject]:
    """``getMyCommands``: exactly what was set for this scope and language."""
    return world.profile.commands.get(_key(params), [])


def delete_my_commands(world: World, params: Params) -> bool:
    """``deleteMyCommands``."""
    world.profile.commands.pop(_key(params), None)
    world.journal.add("menu", None, world.clock())
    return True


def _command(given: object) -> JsonObject:
    if not isinstance(given, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = str(given.get("command", "")).lstrip("/"), str(given.get("description", ""))
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= utf16_length(description) <= MAX_COMMAND_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _key(params: Params) -> tuple[Scope, str]:
    return _scope(params.json("scope")), _language(params)


def _scope(given: object) -> Scope:
    if given is None:
        return ("default", 0, 0)
    kind = str(given.get("type")) if isinstance(given, dict) else ""
    if isinstance(given, dict) and kind in _CHAT_SCOPES:
        return (kind, int(given.get("chat_id", 0)), int(given.get("user_id", 0)))
    if kind in _PLAIN_SCOPES:
        return (kind, 0, 0)
    raise bad_request("can't parse BotCommandScope: unsupported type specified")


def _language(params: Params) -> str:
    code = params.text("language_code")
    if code and not _LANGUAGE.fullmatch(code):
        raise bad_request("LANG_CODE_INVALID")
    return code


Texts = Callable[[Profile], dict[str, str]]


def _setter(name: str, limit: int, texts: Texts) -> Callable[[World, Params], bool]:
    def set_text(world: World, params: Params) -> bool:
        text, language = params.text(name), _language(params)
        if utf16_length(text) > limit:
            raise bad_request(f"{name.replace('_', ' ')} is too long")
        kept = texts(world.profile)
        kept[language] = text
        if not text:
            del kept[language]
        world.journal.add("menu", None, world.clock())
        return True

    return set_text


def _getter(name: str, texts: Texts) -> Callable[[World, Params], JsonObject]:
    def get_text(world: World, params: Params) -> JsonObject:
        default = world.bot.first_name if name == "name" else ""
        return {name: spoken(texts(world.profile), _language(params)) or default}

    return get_text


def set_chat_menu_button(world: World, params: Params) -> bool:
    """``setChatMenuButton``; without a chat it sets the default."""
    button = params.json("menu_button")
    world.profile.menu_buttons[params.integer("chat_id") or 0] = (
        button if isinstance(button, dict) else {"type": "default"}
    )
    return True


def get_chat_menu_button(world: World, params: Params) -> JsonObject:
    """``getChatMenuButton``."""
    buttons = world.profile.menu_buttons
    return buttons.get(params.integer("chat_id") or 0) or buttons.get(0) or {"type": "default"}


METHODS: dict[str, Callable[[World, Params], object]] = {
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _setter("name", 64, lambda profile: profile.names),
    "getMyName": _getter("name", lambda profile: profile.names),
    "setMyDescription": _setter("description", 512, lambda profile: profile.descriptions),
    "getMyDescription": _getter("description", lambda profile: profile.descriptions),
    "setMyShortDescription": _setter("short_description", 120, lambda profile: profile.short_descriptions),
    "getMyShortDescription": _getter("short_description", lambda profile: profile.short_descriptions),
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
}
