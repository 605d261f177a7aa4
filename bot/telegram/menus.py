"""Command menus, name and descriptions: compared with what Telegram has, set only where they changed.

Telegram limits how often these may be set (the name most of all), and a start that changes nothing should ask for
nothing. A failure is logged: the bot works without its menu.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from telegram.error import TelegramError

from bot.core.model import LOCALES, Locale
from bot.core.texts import Translator
from bot.telegram.api import ApiBot, Json

# What a text is called: the methods' suffix, and the field of the answer and of the parameters.
_TEXTS: Final = (("Name", "name"), ("Description", "description"), ("ShortDescription", "short_description"))

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Menu:
    """What a reader of one language sees of the bot before writing to it. ``commands`` are without the slash.

    ``locale`` is None for readers of all other languages. Limits: 100 commands, name 64 characters, description 512,
    short description 120.
    """

    locale: Locale | None
    commands: tuple[tuple[str, str], ...]
    name: str
    description: str
    short_description: str


def menus_of(commands: Iterable[str], translators: Callable[[Locale, str], Translator]) -> list[Menu]:
    """Return what readers see of the bot, in each language; the default, for all other languages, is in English."""
    wanted: list[tuple[Locale | None, Locale]] = [(None, "en"), *((locale, locale) for locale in LOCALES)]
    names = tuple(commands)
    menus = []
    for audience, locale in wanted:
        tr = translators(locale, "UTC")
        described = tuple((name, str(tr(f"command-{name}"))) for name in names)
        menus.append(Menu(audience, described, str(tr("bot-name")), str(tr("bot-description")), str(tr("bot-short"))))
    return menus


async def set_menus(bot: ApiBot, menus: Iterable[Menu]) -> int:
    """Make Telegram show these menus; return how many of their parts had to be set."""
    count = 0
    for menu in menus:
        count += await _set_commands(bot, menu)
        for suffix, key in _TEXTS:
            count += await _set_text(bot, menu, suffix, key)
    return count


async def _set_commands(bot: ApiBot, menu: Menu) -> int:
    wanted = [{"command": command, "description": description} for command, description in menu.commands]
    try:
        if await bot.call("getMyCommands", _language(menu)) == wanted:
            return 0
        await bot.call("setMyCommands", _language(menu) | {"commands": wanted})
    except (TelegramError, TimeoutError) as error:
        _log.warning("the command menu (%s) was not set: %s", menu.locale or "default", error)
        return 0
    return 1


async def _set_text(bot: ApiBot, menu: Menu, suffix: str, key: str) -> int:
    wanted = getattr(menu, key)
    try:
        if _field(await bot.call(f"getMy{suffix}", _language(menu)), key) == wanted:
            return 0
        await bot.call(f"setMy{suffix}", _language(menu) | {key: wanted})
    except (TelegramError, TimeoutError) as error:
        _log.warning("the bot's %s (%s) was not set: %s", key.replace("_", " "), menu.locale or "default", error)
        return 0
    return 1


def _language(menu: Menu) -> dict[str, object]:
    return {"language_code": menu.locale}


def _field(answer: Json, key: str) -> Json:
    return answer.get(key) if isinstance(answer, dict) else None
