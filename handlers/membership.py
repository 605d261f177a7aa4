"""What Telegram tells of the chat itself: blocked, unblocked, added, removed, migrated."""

from telegram import ChatMember, Update

from bot.core.model import ChatKind
from handlers.context import BotContext

AWAY = frozenset({ChatMember.LEFT, ChatMember.BANNED})


async def change(update: Update, context: BotContext) -> None:
    """Follow the bot's own membership: a chat that it may not write to is left in peace, and comes back whole."""
    change = update.my_chat_member
    if change is None:
        return
    if change.new_chat_member.status in AWAY:
        context.work.chat = await context.services.chats.leave(context.chat)
    elif change.old_chat_member.status in AWAY and context.chat.kind is not ChatKind.PRIVATE:
        await context.reply(context.tr("welcome-group"))


async def migrate(update: Update, context: BotContext) -> None:
    """Give a group's rows to the supergroup that it became."""
    message = update.effective_message
    if message and message.migrate_to_chat_id:
        await context.services.chats.migrate(context.chat.id, message.migrate_to_chat_id)
