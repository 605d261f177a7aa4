"""``/language``: the language of the interface."""

from telegram import Update

from bot.core import actions
from bot.core.model import LOCALES, Button, Keyboard, Locale
from bot.errors import ReaderError
from handlers.back import to_settings
from handlers.context import BotContext

# Each language under its own name: a reader who cannot read the current one must find theirs.
NAMES: dict[Locale, str] = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
SPELLINGS = {"қазақша": "kk", "kz": "kk", "қаз": "kk", "русский": "ru", "рус": "ru", "english": "en", "eng": "en"}


def language_buttons() -> Keyboard:
    """Return a row with the three languages."""
    return (tuple(Button(NAMES[locale], actions.encode(actions.SetLocale(locale))) for locale in LOCALES),)


async def set_language(update: Update, context: BotContext) -> None:
    """Set the language named after the command; without one, offer the three."""
    if context.argument:
        await change_language(update, context, actions.SetLocale(context.argument))
        return
    await context.update_panel(update, context.tr("language-which"), language_buttons() + to_settings(context.tr))


async def change_language(update: Update, context: BotContext, action: actions.SetLocale) -> None:
    """Speak the language that a text names, and say so in it."""
    typed = action.locale.strip().lower()
    wanted = SPELLINGS.get(typed, typed)
    locale = next((locale for locale in LOCALES if locale == wanted), None)
    if locale is None:
        raise ReaderError("language-unknown", text=action.locale)
    context.work.chat = await context.services.chats.speak(context.chat, locale)
    await context.update_panel(update, context.tr("language-set"), language_buttons() + to_settings(context.tr))
