"""What Telegram tells of the chat itself: blocked, unblocked, added, removed, migrated."""

from telegram import ChatMember, ChatMemberRestricted, ChatMemberUpdated, Update

from bot.core.clean_text import clean_line
from bot.core.model import Channel, ChatKind
from bot.core.updates import is_away
from handlers.context import BotContext
from handlers.schedule import describe


async def change(update: Update, context: BotContext) -> None:
    """Follow the bot's own membership: a chat that it may not write to is left in peace, and comes back whole."""
    change = update.my_chat_member
    if change is None:
        return
    if _is_away(change.new_chat_member):
        await context.services.chats.leave(context.chat.id)
        return
    was_gone = context.chat.gone
    context.work.chat = await context.services.chats.come_back(context.chat)
    await context.services.chats.try_again(context.chat)  # the bot's rights may have changed
    if _is_away(change.old_chat_member):
        await _greet(context, change, back=was_gone)


def _is_away(member: ChatMember) -> bool:
    return is_away(member.status, isinstance(member, ChatMemberRestricted) and member.is_member)


async def _greet(context: BotContext, change: ChatMemberUpdated, *, back: bool) -> None:
    """Say hello where the bot was added; who added it to a channel hears of it in private."""
    by = change.from_user
    if context.chat.kind in {ChatKind.GROUP, ChatKind.SUPERGROUP} and not by.is_bot:  # a bot stands for a hidden admin
        await context.services.chats.set_up_by(by.id, context.chat, change.chat.title or "")
    match context.chat.kind:
        case ChatKind.PRIVATE:
            pass  # whoever unblocks the bot speaks first
        case ChatKind.CHANNEL:
            await _entrust(context, change.from_user.id, Channel(context.chat.id, clean_line(change.chat.title or "")))
        case _ if back:
            await context.reply(context.tr("welcome-back") + "\n" + describe(context.chat, context.tr))
        case _:
            await context.reply(context.tr("welcome-group"))


async def _entrust(context: BotContext, user_id: int, channel: Channel) -> None:
    """Let who added the bot look after the channel; say so in private where they wrote before, never to its readers."""
    await context.services.chats.entrust(user_id, channel)
    admin = await context.services.chats.get(user_id)
    if admin is not None and not admin.gone:
        await context.work.write_to(admin, "channel-added", title=channel.title)


async def migrate(update: Update, context: BotContext) -> None:
    """Give a group's rows to the supergroup that it became."""
    message = update.effective_message
    if message and message.migrate_to_chat_id:
        await context.services.chats.migrate(context.chat.id, message.migrate_to_chat_id)


async def reopen(_: Update, context: BotContext) -> None:
    """Bring what waited for a topic of the forum that was closed."""
    await context.services.chats.try_again(context.chat)
