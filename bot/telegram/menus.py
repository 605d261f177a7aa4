"""Command menus, name and descriptions: compared with what Telegram has, set only where they changed.

Telegram limits how often these may be set (the name most of all), and a start that changes nothing should ask for
nothing. The bot works without its menu: what failed is left as it was, and tried again later.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Final

import telegram.error

from bot.core.model import LOCALES, Locale
from bot.core.texts import Translator
from bot.errors import TelegramError
from bot.telegram.api import ApiBot, Json, UnknownMethodError

# What a text is called: the methods' suffix, and the field of the answer and of the parameters.
_TEXTS: Final = (("Name", "name"), ("Description", "description"), ("ShortDescription", "short_description"))


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
    """Make Telegram show these menus; return how many of their parts had to be set.

    Raises:
        TelegramError: ``menus-refused`` (``parts``, ``reason``): so many were not set, all others were. What the server
            does not know is left out.
    """
    count, failed = 0, []
    for menu in menus:
        parts = [partial(_set_commands, bot, menu)]
        parts += [partial(_set_text, bot, menu, suffix=suffix, key=key) for suffix, key in _TEXTS]
        for part in parts:
            try:
                count += await part()
            except UnknownMethodError:
                pass  # an older server has no such part, and the bot has said so
            except (telegram.error.TelegramError, TimeoutError) as error:
                failed.append(error)
    if failed:
        reason = str(failed[0]) or "no answer"
        raise TelegramError("menus-refused", parts=len(failed), reason=reason) from failed[0]
    return count


async def _set_commands(bot: ApiBot, menu: Menu) -> int:
    wanted = [{"command": command, "description": description} for command, description in menu.commands]
    if await bot.call("getMyCommands", _language(menu)) == wanted:
        return 0
    await bot.call("setMyCommands", _language(menu) | {"commands": wanted})
    return 1


async def _set_text(bot: ApiBot, menu: Menu, *, suffix: str, key: str) -> int:
    wanted = getattr(menu, key)
    if _field(await bot.call(f"getMy{suffix}", _language(menu)), key) == wanted:
        return 0
    await bot.call(f"setMy{suffix}", _language(menu) | {key: wanted})
    return 1


def _language(menu: Menu) -> dict[str, object]:
    return {"language_code": menu.locale}


def _field(answer: Json, key: str) -> Json:
    return answer.get(key) if isinstance(answer, dict) else None
