"""In which languages a topic's articles are wanted: a part of its card."""

from telegram import Update

from bot.core import actions
from bot.core.model import LOCALES, Button, Chat, Keyboard, Locale, Subscription
from bot.core.texts import Translator
from bot.errors import ReaderError
from handlers.context import BotContext
from handlers.language import NAMES
from handlers.marks import marked
from handlers.topics import followed


async def open_languages(update: Update, context: BotContext, action: actions.OpenLanguages) -> None:
    """Show the languages of a topic, each with its switch."""
    await _show(update, context, await followed(context, action.topic_id))


async def toggle_language(update: Update, context: BotContext, action: actions.ToggleLanguage) -> None:
    """Want a language under a topic, or no longer."""
    subscription, readable = await followed(context, action.topic_id), read_by(context.chat)
    locale = next((one for one in readable if one == action.locale), None)
    if locale is None:
        raise ReaderError("button-stale")
    await _show(update, context, await context.services.subscriptions.read(subscription, locale, of=readable))


async def _show(update: Update, context: BotContext, item: Subscription) -> None:
    switches = tuple(
        Button(
            marked(NAMES[one], on=one in (item.languages or LOCALES)),
            actions.encode(actions.ToggleLanguage(item.topic_id, one)),
        )
        for one in read_by(context.chat)
    )
    back = actions.button(str(context.tr("button-back")), actions.OpenTopic(item.topic_id))
    await context.update_panel(update, context.tr("topic-languages", topic=item.label), (switches, *back))


def read_by(chat: Chat) -> tuple[Locale, ...]:
    """Return the languages that a chat reads at all, of which a topic may want some."""
    return chat.languages or LOCALES


def way_in(item: Subscription, chat: Chat, tr: Translator) -> Keyboard:
    """Return the row of the card that leads here; none where the chat reads one language alone."""
    if len(read_by(chat)) == 1:
        return ()
    return actions.button(str(tr("button-set-articles")), actions.OpenLanguages(item.topic_id))
