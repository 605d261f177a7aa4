"""What the bot says of itself: commands by scope and language, names, descriptions, menu buttons."""

from dataclasses import dataclass, field

from bot.sandbox.model import JsonObject

Scope = tuple[str, int, int]
"""Scope type, chat id or 0, user id or 0."""


@dataclass(slots=True)
class Profile:
    """Texts by language code ("" is the default) and commands by (scope, language code)."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[Scope, str], list[JsonObject]] = field(default_factory=dict)
    menu_buttons: dict[int, JsonObject] = field(default_factory=dict)

    def menu(self, scopes: list[Scope], language: str) -> list[JsonObject]:
        """Return the commands that a person sees: the narrowest scope first, in each the own language first.

        The order is the Bot API's, "Determining list of commands".
        """
        for scope in scopes:
            for code in (language, ""):
                if commands := self.commands.get((scope, code)):
                    return commands
        return []


def spoken(texts: dict[str, str], language: str) -> str:
    """Return the text in a language, else the default one."""
    return texts.get(language) or texts.get("", "")


def scopes_for(chat_id: int, user_id: int, *, private: bool, admin: bool) -> list[Scope]:
    """Return the scopes that apply to a person in a chat, the narrowest first."""
    if private:
        return [("chat", chat_id, 0), ("all_private_chats", 0, 0), ("default", 0, 0)]
    scopes: list[Scope] = [("chat_member", chat_id, user_id)]
    if admin:
        scopes.append(("chat_administrators", chat_id, 0))
    scopes.append(("chat", chat_id, 0))
    if admin:
        scopes.append(("all_chat_administrators", 0, 0))
    return [*scopes, ("all_group_chats", 0, 0), ("default", 0, 0)]
