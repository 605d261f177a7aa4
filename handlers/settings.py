"""``/settings``: one panel for everything that can be chosen; every change is answered by editing it."""

from collections.abc import Awaitable, Callable

from markupsafe import Markup
from telegram import Update

from bot.core import actions
from bot.core.model import LOCALES, Button, Chat, ChatState, Keyboard
from bot.core.texts import Translator
from bot.errors import ReaderError
from handlers import language, quiet, schedule, zone
from handlers.back import to_settings
from handlers.context import BotContext
from handlers.marks import marked

Show = Callable[[Update, BotContext], Awaitable[None]]


async def show_settings(update: Update, context: BotContext) -> None:
    """Show every setting and the buttons that change them."""
    chat, tr = context.chat, context.tr
    now = tr.clock(context.work.clock.now())
    lines = [
        tr("settings-title"),
        tr("setting-language", name=language.NAMES[chat.locale]),
        tr("setting-articles", names=", ".join(language.NAMES[one] for one in chat.languages or LOCALES)),
        tr("timezone-set", zone=zone.zone_label(chat.zone, tr), time=now),
        schedule.describe(chat, tr),
        quiet.describe(chat, tr),
        tr("style-compact" if chat.compact else "style-full"),
        tr("pictures-shown" if chat.pictures else "pictures-none"),
        tr("empty-said" if chat.digest_when_empty else "empty-silent"),
    ]
    await context.update_panel(update, Markup("\n").join(lines), _buttons(chat, tr))


def _buttons(chat: Chat, tr: Translator) -> Keyboard:
    def opens(text: str, part: str) -> Button:
        return Button(str(tr(text)), actions.encode(actions.OpenSettings(part)))

    def turns(text: str, setting: str, *, on: bool) -> tuple[Button]:
        return (Button(marked(str(tr(text)), on=on), actions.encode(actions.Toggle(setting))),)

    return (
        (opens("button-set-language", "language"), opens("button-set-articles", "articles")),
        (opens("button-set-hours", "hours"), opens("button-set-zone", "zone")),
        (opens("button-set-quiet", "quiet"),),
        turns("button-compact", "compact", on=chat.compact),
        turns("button-pictures", "pictures", on=chat.pictures),
        turns("button-empty", "empty", on=chat.digest_when_empty),
        turns("button-pause", "pause", on=chat.state is not ChatState.ACTIVE),
    )


async def show_articles(update: Update, context: BotContext) -> None:
    """Show which languages of articles are wanted, each with its switch."""
    wanted = context.chat.languages or LOCALES
    switches = tuple(
        Button(marked(language.NAMES[one], on=one in wanted), actions.encode(actions.Toggle(one))) for one in LOCALES
    )
    await context.update_panel(update, context.tr("articles-which"), (switches, *to_settings(context.tr)))


PARTS: dict[str, Show] = {
    "main": show_settings,
    "language": language.set_language,
    "articles": show_articles,
    "zone": zone.set_zone,
    "hours": schedule.set_schedule,
    "quiet": quiet.set_quiet,
}


async def open_part(update: Update, context: BotContext, action: actions.OpenSettings) -> None:
    """Show the part of the settings that the pressed button names."""
    if action.part not in PARTS:
        raise ReaderError("button-stale")
    await PARTS[action.part](update, context)


async def toggle(update: Update, context: BotContext, action: actions.Toggle) -> None:
    """Turn a setting over and show how it is now."""
    chats, chat = context.services.chats, context.chat
    locale = next((one for one in LOCALES if one == action.setting), None)
    if locale is not None:
        context.work.chat = await chats.read(chat, locale)
        await show_articles(update, context)
        return
    match action.setting:
        case "compact":
            context.work.chat = await chats.shape(chat, compact=not chat.compact)
        case "pictures":
            context.work.chat = await chats.shape(chat, pictures=not chat.pictures)
        case "empty":
            context.work.chat = await chats.shape(chat, when_empty=not chat.digest_when_empty)
        case "pause":
            is_active = chat.state is ChatState.ACTIVE
            context.work.chat = await (chats.pause(chat) if is_active else chats.resume(chat))
        case _:
            raise ReaderError("button-stale")
    await show_settings(update, context)
