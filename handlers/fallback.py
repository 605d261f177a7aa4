"""What no command names: plain text, unknown commands, messages that are not text."""

from markupsafe import Markup
from telegram import Update

from bot.core import actions
from bot.core.model import Button, ChatKind
from bot.core.query import parse_query
from bot.errors import ReaderError
from handlers import topics
from handlers.context import BotContext


async def plain_text(update: Update, context: BotContext) -> None:
    """Take plain text in a private chat as a topic: ask before it is followed, unless it is too long for a button."""
    text = " ".join(((update.effective_message and update.effective_message.text) or "").split())
    parse_query(text)
    if not actions.fits(text):
        await topics.follow(update, context, text)
        return
    follow = Button(str(context.tr("button-follow-plain")), actions.encode(actions.Follow(text)))
    count = await context.services.subscriptions.would_match(context.chat.id, text)
    said = Markup("\n").join((context.tr("topic-offered", topic=text), context.tr.count("articles-week", count)))
    await context.reply(said, ((follow,),))


async def unknown_command(_: Update, context: BotContext) -> None:
    """Say that there is no such command. In groups it may be another bot's."""
    if context.chat.kind is ChatKind.PRIVATE:
        raise ReaderError("command-unknown")


async def not_text(_: Update, __: BotContext) -> None:
    """Say that only text can be read."""
    raise ReaderError("message-not-text")


async def ignore(_: Update, __: BotContext) -> None:
    """Pass over service messages (a title changed, a member joined)."""
