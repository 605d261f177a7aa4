"""A reader's own data: ``/export``, ``/import``, ``/forget``, ``/privacy``."""

from telegram import Update

from bot.core import actions, takeout
from bot.errors import ReaderError
from handlers.context import BotContext
from handlers.documents import read_document
from handlers.errands import ReadFile, WriteList


async def export(_: Update, context: BotContext) -> None:
    """Send all that the chat chose as one document, and the sources that it reads as a list of feeds."""
    sources = await context.services.sources.read_by(context.chat.id)
    title, now = str(context.tr("export-title")), context.work.clock.now()
    listed = context.result_of(WriteList(context.chat.id, context.chat.locale, title, now, tuple(sources)))
    document = await context.services.takeouts.export(context.chat)
    await context.send_document("jarshy.json", document, context.tr("export-json"))
    await context.send_document("jarshy.opml", listed, context.tr("export-opml"))


async def how_to_import(_: Update, context: BotContext) -> None:
    """Say which file to send."""
    await context.reply(context.tr("import-how"))


async def take_document(update: Update, context: BotContext) -> None:
    """Take in a document that ``/export`` wrote."""
    data = read_document(update, context, ReadFile)
    if data is None:
        return
    work, document = context.work, takeout.read(data)
    done = await context.services.takeouts.bring(context.chat, document, answer_to=work.home_id, number=work.update_id)
    work.chat = done.chat
    if done.later:
        await context.reply(context.tr("import-goes-on", topics=done.later, sources=done.sources))
    else:
        await context.reply(context.tr("import-done", topics=done.topics, sources=done.sources))


async def forget(_: Update, context: BotContext) -> None:
    """Ask whether everything is really to be deleted."""
    button = actions.button(str(context.tr("button-forget")), actions.Forget(context.chat.id))
    said = context.tr("forget-sure")
    if await context.services.chats.channels_of(context.chat.id):
        said += "\n\n" + context.tr("forget-channels")
    await context.reply(said, button)


async def forget_for_good(update: Update, context: BotContext, action: actions.Forget) -> None:
    """Delete everything that is kept of the chat; this answer is all that remains."""
    if action.chat_id != context.chat.id:
        raise ReaderError("button-stale")
    await context.services.takeouts.forget(context.chat)
    await context.update_panel(update, context.tr("forgotten"))


async def privacy(_: Update, context: BotContext) -> None:
    """Say what is kept."""
    await context.reply(context.tr("privacy"))
