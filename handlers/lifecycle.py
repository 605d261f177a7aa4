"""``/pause``, ``/resume``, ``/stop``: whether digests go out. Settings and topics stay."""

from telegram import Update

from handlers.context import BotContext
from handlers.schedule import describe


async def pause(_: Update, context: BotContext) -> None:
    """Hold digests back."""
    context.work.chat = await context.services.chats.pause(context.chat)
    await context.reply(context.tr("paused"))


async def resume(_: Update, context: BotContext) -> None:
    """Send digests again."""
    context.work.chat = await context.services.chats.resume(context.chat)
    await context.reply(context.tr("resumed") + "\n" + describe(context.chat, context.tr))


async def stop(_: Update, context: BotContext) -> None:
    """Send nothing unasked any more."""
    context.work.chat = await context.services.chats.stop(context.chat)
    await context.reply(context.tr("stopped"))
