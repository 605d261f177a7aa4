"""Forum topics: digests go into the one where they were asked for."""

from telegram import Update

from bot.core import actions
from bot.core.model import ChatKind
from bot.errors import ReaderError
from handlers.context import BotContext
from handlers.rights import Handler

# Commands that ask for news to be brought; the first one chooses the topic, hours always do.
ASKING = frozenset({"subscribe", "alerts", "schedule", "resume"})
GENERAL = 0  # in a button, of the topic that has no number


def asked_here(name: str, handler: Handler) -> Handler:
    """Return the handler of a command; where it asks for news, they come into the topic that it was written in."""
    if name not in ASKING:
        return handler

    async def asking(update: Update, context: BotContext) -> None:
        """Do, then see where the news shall go."""
        await handler(update, context)
        await _settle(update, context, name)

    return asking


async def _settle(update: Update, context: BotContext, name: str) -> None:
    where = update.effective_chat
    if where is None or not where.is_forum or context.chat.kind is not ChatKind.SUPERGROUP:
        return
    here, chosen = context.work.thread_id, context.chat.thread_id
    if here == chosen or not context.argument:
        return
    if name == "schedule" or (chosen is None and len(await context.services.subscriptions.of(context.chat.id)) == 1):
        await _bring_here(context)
        await context.reply(context.tr("forum-here"))
        return
    button = actions.button(str(context.tr("button-forum-here")), actions.BringHere(here or GENERAL))
    await context.reply(context.tr("forum-elsewhere"), button)


async def bring_here(update: Update, context: BotContext, action: actions.BringHere) -> None:
    """Bring news into the topic of the pressed button from now on."""
    if action.thread_id != (context.work.thread_id or GENERAL):
        raise ReaderError("button-stale")
    await _bring_here(context)
    await context.update_panel(update, context.tr("forum-here"))


async def _bring_here(context: BotContext) -> None:
    context.work.chat = await context.services.chats.settle(context.chat, context.work.thread_id)
