"""``/quiet``: hours in which nothing rings."""

from markupsafe import Markup
from telegram import Update

from bot.core import actions
from bot.core.model import Button, Chat, Keyboard
from bot.core.texts import Translator
from handlers.back import to_settings
from handlers.context import BotContext

SUGGESTED = (("22:00-07:00", "23:00-07:00"), ("23:00-08:00", "off"))


async def set_quiet(update: Update, context: BotContext) -> None:
    """Set the quiet hours named after the command; without any, say which they are and offer some."""
    if context.argument:
        await change_quiet(update, context, actions.SetQuiet(context.argument))
        return
    buttons: Keyboard = tuple(
        tuple(Button(_on_button(text, context.tr), actions.encode(actions.SetQuiet(text))) for text in row)
        for row in SUGGESTED
    )
    said = Markup("\n\n").join((describe(context.chat, context.tr), context.tr("quiet-how")))
    await context.update_panel(update, said, buttons + to_settings(context.tr))


def _on_button(text: str, tr: Translator) -> str:
    return str(tr("button-off")) if text == "off" else text


async def change_quiet(update: Update, context: BotContext, action: actions.SetQuiet) -> None:
    """Set the quiet hours that a text names, and say what they do."""
    context.work.chat = await context.services.chats.hush(context.chat, action.text)
    said = describe(context.chat, context.tr)
    if context.chat.quiet:
        said += "\n" + context.tr("quiet-effect")
    await context.update_panel(update, said, to_settings(context.tr))


def describe(chat: Chat, tr: Translator) -> Markup:
    """Return the quiet hours in words."""
    return tr("quiet-now", hours=chat.quiet.replace("-", "–")) if chat.quiet else tr("quiet-none")
