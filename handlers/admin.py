"""What administrators can say: ``/stats``, ``/broadcast``, ``/sourcehealth``. To all others these do not exist."""

from markupsafe import Markup
from telegram import Update

from bot.core import actions
from bot.core.admin import health_pages, stats_caption, stats_chart
from bot.errors import ReaderError
from handlers.context import BotContext
from handlers.errands import DrawChart
from handlers.trends import send_chart


async def stats(_: Update, context: BotContext) -> None:
    """Show how much there is of what, and what the last fourteen days brought."""
    found = await context.services.operations.figures(context.chat)
    await send_chart(context, DrawChart("stats", stats_chart(found, context.tr)), stats_caption(found, context.tr))


async def broadcast(update: Update, context: BotContext) -> None:
    """Show what would be sent, as it would look, and to how many; a button sends it."""
    message = update.effective_message
    said = ((message.text if message else "") or "").split(maxsplit=1)
    if len(said) == 1:
        raise ReaderError("broadcast-usage")
    html = Markup("{}").format(said[1].strip())
    number, reach = await context.services.operations.draft(context.chat, html)
    await context.reply(html)
    send = actions.button(context.tr.count("button-broadcast", reach), actions.SendBroadcast(number))
    await context.reply(context.tr("broadcast-preview"), send)


async def send_broadcast(update: Update, context: BotContext, action: actions.SendBroadcast) -> None:
    """Let a broadcast go out, once."""
    if not await context.services.operations.send(context.chat, action.broadcast_id):
        raise ReaderError("button-stale")
    await context.update_panel(update, context.tr("broadcast-started"))


async def source_health(_: Update, context: BotContext) -> None:
    """Show how each source of the catalogue does, the troubled ones first."""
    states = await context.services.operations.sources()
    for page in health_pages(states, context.services.operations.now, context.tr):
        await context.reply(page)
