"""What Telegram tells of the chat itself: blocked, unblocked, added, removed, migrated."""

from telegram import ChatMember, Update

from bot.core.clean_text import clean_line
from bot.core.model import Channel, ChatKind, ChatState
from handlers.context import BotContext

AWAY = frozenset({ChatMember.LEFT, ChatMember.BANNED})


async def change(update: Update, context: BotContext) -> None:
    """Follow the bot's own membership: a chat that it may not write to is left in peace, and comes back whole."""
    change = update.my_chat_member
    if change is None:
        return
    if change.new_chat_member.status in AWAY:
        context.work.chat = await context.services.chats.leave(context.chat)
    elif change.old_chat_member.status in AWAY and context.chat.kind is ChatKind.CHANNEL:
        await _entrust(context, change.from_user.id, Channel(context.chat.id, clean_line(change.chat.title or "")))
    elif change.old_chat_member.status in AWAY and context.chat.kind is not ChatKind.PRIVATE:
        await context.reply(context.tr("welcome-group"))


async def _entrust(context: BotContext, user_id: int, channel: Channel) -> None:
    """Let who added the bot look after the channel; say so in private where they wrote before, never to its readers."""
    await context.services.chats.entrust(user_id, channel)
    admin = await context.services.chats.get(user_id)
    if admin is not None and admin.state is not ChatState.GONE:
        await context.work.write_to(admin, "channel-added", title=channel.title)


async def migrate(update: Update, context: BotContext) -> None:
    """Give a group's rows to the supergroup that it became."""
    message = update.effective_message
    if message and message.migrate_to_chat_id:
        await context.services.chats.migrate(context.chat.id, message.migrate_to_chat_id)
