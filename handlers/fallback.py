"""What no command names: plain text, unknown commands, messages that are not text."""

from markupsafe import Markup
from telegram import Update

from bot.core import actions
from bot.core.clean_text import clean_line
from bot.core.matching.query import parse_query
from bot.core.model import ChatKind
from bot.errors import ReaderError
from bot.services.subscriptions import MANY
from handlers.context import BotContext


async def plain_text(update: Update, context: BotContext) -> None:
    """Take plain text in a private chat as a topic: ask before it is followed, and say what it would have met."""
    text = clean_line((update.effective_message and update.effective_message.text) or "")
    parse_query(text)
    count = await context.services.subscriptions.would_match(context.chat.id, text)
    week = context.tr("articles-week-many", n=count) if count == MANY else context.tr.count("articles-week", count)
    said = Markup("\n").join((context.tr("topic-offered", topic=text), week))
    label = str(context.tr("button-follow-plain"))
    await context.reply(said, actions.button(label, await _following(context, text)))


async def _following(context: BotContext, text: str) -> actions.Action:
    if actions.fits(text):
        return actions.Follow(text)
    kept = await context.services.subscriptions.offer(context.chat.id, text, context.work.update_id)
    return actions.Restore(kept)


async def unknown_command(_: Update, context: BotContext) -> None:
    """Say that there is no such command. In groups it may be another bot's."""
    if context.work.home_kind is ChatKind.PRIVATE:
        raise ReaderError("command-unknown")


async def not_text(_: Update, __: BotContext) -> None:
    """Say that only text can be read."""
    raise ReaderError("message-not-text")


async def ignore(_: Update, __: BotContext) -> None:
    """Pass over what no person asks: service messages, posts, edits."""
