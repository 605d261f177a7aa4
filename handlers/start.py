"""First steps: ``/start``, ``/help``."""

import base64
import binascii

from telegram import Update

from bot.core.model import ChatState
from handlers import first_steps, topics
from handlers.context import BotContext

DEEP_LINK_MARK = "b_"  # ``start=b_…`` carries base64url; anything else is plain ASCII words
DEEP_LINK_LENGTH = 64  # Telegram's limit for the parameter


async def start(update: Update, context: BotContext) -> None:
    """Welcome the reader; a deep link's topic is followed at once."""
    if context.chat.manages:
        context.work.chat = await context.services.chats.manage(context.chat, None)
    if context.chat.state is not ChatState.ACTIVE:
        context.work.chat = await context.services.chats.resume(context.chat)
    if topic := read_deep_link(context.argument):
        await topics.follow(update, context, topic)
        return
    await first_steps.welcome(update, context)


async def show_help(_: Update, context: BotContext) -> None:
    """Say what the bot can do."""
    await context.reply(context.tr("help"))


def write_deep_link(topic: str) -> str | None:
    """Return the ``start`` parameter that ``read_deep_link`` reads as the topic; None where it is too long for one."""
    packed = base64.urlsafe_b64encode(topic.encode()).decode().rstrip("=")
    return DEEP_LINK_MARK + packed if len(packed) <= DEEP_LINK_LENGTH - len(DEEP_LINK_MARK) else None


def read_deep_link(parameter: str) -> str:
    """Return the topic of a ``start`` parameter: ``b_`` and base64url, else words joined by ``_`` or ``-``."""
    if parameter.startswith(DEEP_LINK_MARK):
        packed = parameter.removeprefix(DEEP_LINK_MARK)
        try:
            return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            pass  # then it is a word that happens to begin so
    return parameter.replace("_", " ").replace("-", " ")
