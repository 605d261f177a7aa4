"""Channels, looked after by an admin from the private chat with the bot.

While a chat manages a channel, what is written there is about the channel: topics, hours, language and all else. Every
answer begins with the channel's name, and its buttons carry the channel with them, so that they stay about it.
"""

from dataclasses import dataclass
from typing import ClassVar

from telegram import Update

from bot.core import actions
from bot.core.model import Button, Channel, Chat, ChatKind, Keyboard
from bot.core.render import shorten
from bot.errors import ReaderError
from handlers.context import BotContext, Work
from handlers.errands import UNLIMITED, Limit, Outside
from handlers.rights import AskMember
from handlers.topics import BUTTON_LENGTH

OWN_COMMANDS = frozenset({"/start", "/channels", "/stats", "/broadcast", "/sourcehealth"})
"""Commands that are about the private chat itself whatever it manages."""


@dataclass(frozen=True, slots=True)
class FindChannel:
    """Look a channel up by its name."""

    limit: ClassVar[Limit | None] = UNLIMITED

    name: str

    async def run(self, outside: Outside) -> Channel | None:
        """Ask Telegram."""
        return await outside.members.channel(self.name)


def spoken_for(update: Update, chat: Chat) -> int | None:
    """Return the channel that an update of a private chat is about, None where it is about the chat itself."""
    if chat.kind is not ChatKind.PRIVATE:
        return None
    if update.callback_query is not None:
        return actions.split_channel(update.callback_query.data or "")[0]
    message = update.message
    if message is None:
        return None
    command = (message.text or "").split(maxsplit=1)[:1]
    return None if command and command[0].partition("@")[0].lower() in OWN_COMMANDS else chat.manages


def check_steward(update: Update, work: Work, channel_id: int) -> None:
    """Go on only where who asks is an admin of the channel now, and the channel is known.

    Raises:
        ReaderError: ``channel-not-yours``.
        Postponed: Telegram is to be asked first.
    """
    user = update.effective_user
    is_lost = work.channel is not None and work.chat.id != channel_id
    if is_lost or user is None or not work.result_of(AskMember(channel_id, user.id)):
        raise ReaderError("channel-not-yours")


async def channels(update: Update, context: BotContext) -> None:
    """List the channels that one looks after; with a name after the command, take that one up."""
    user = update.effective_user
    assert user is not None  # noqa: S101 - a private chat's messages have a sender
    if context.argument:
        await _take_up(update, context, context.argument)
        return
    mine = await context.services.chats.channels_of(user.id)
    rows = [actions.button(_on_button(one, context.chat), actions.Manage(one.id)) for one in mine]
    if context.chat.manages:
        rows.append(actions.button(str(context.tr("button-channel-done")), actions.Manage(0)))
    said = context.tr("channels-which" if mine else "channels-none")
    await context.update_panel(update, said + "\n\n" + context.tr("channels-how"), sum(rows, ()))


def _on_button(channel: Channel, chat: Chat) -> str:
    title = shorten(channel.title, BUTTON_LENGTH)
    return f"✓ {title}" if channel.id == chat.manages else title


async def _take_up(update: Update, context: BotContext, text: str) -> None:
    name = text.removeprefix("https://").removeprefix("t.me/").split("/")[0]
    found = context.result_of(FindChannel(name if name.startswith(("@", "-")) else f"@{name}"))
    if found is None:
        raise ReaderError("channel-unknown")
    check_steward(update, context.work, found.id)
    user = update.effective_user
    assert user is not None  # noqa: S101 - the steward was checked
    await context.services.chats.entrust(user.id, found)
    await _manage(update, context, found)


async def manage(update: Update, context: BotContext, action: actions.Manage) -> None:
    """Let this chat be about the pressed button's channel, or about itself again."""
    if not action.channel_id:
        context.work.chat = await context.services.chats.manage(context.chat, None)
        await context.update_panel(update, context.tr("channel-done"))
        return
    check_steward(update, context.work, action.channel_id)
    title = await context.services.chats.channel_title(context.chat.id, action.channel_id)
    if not title:
        raise ReaderError("channel-not-yours")
    await _manage(update, context, Channel(action.channel_id, title))


async def _manage(update: Update, context: BotContext, channel: Channel) -> None:
    user = update.effective_user
    chats, language = context.services.chats, user.language_code if user else None
    known = await chats.keep(await chats.guest(channel.id, ChatKind.CHANNEL, language))
    await chats.come_back(known)  # Telegram has just said who its admins are: the bot is in it
    context.work.chat = await context.services.chats.manage(context.chat, channel.id)
    keyboard: Keyboard = (
        (
            Button(str(context.tr("button-channel-topics")), actions.encode(actions.ShowTopics(0, "topics"))),
            Button(str(context.tr("button-settings")), actions.encode(actions.OpenSettings("main"))),
        ),
    )
    done = actions.button(str(context.tr("button-channel-done")), actions.Manage(0))
    said = context.tr("channel-managed", title=channel.title)
    await context.update_panel(update, said, (*actions.for_channel(keyboard, channel.id), *done))
