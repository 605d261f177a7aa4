"""First steps: ``/start``, ``/help``, and the links that lead to ``/start``."""

import base64
import binascii

from telegram import Update

from bot.core.matching.query import parse_query
from bot.core.model import ChatState
from bot.errors import TopicError
from handlers import first_steps, topics
from handlers.context import BotContext
from handlers.rights import is_admin

DEEP_LINK_MARK = "b_"  # ``start=b_…`` carries base64url of a topic; anything else is plain ASCII words
DEEP_LINK_LENGTH = 64  # Telegram's limit for the parameter


async def start(update: Update, context: BotContext) -> None:
    """Welcome whoever comes; only who may change the chat wakes it, or follows the topic of a link of ours.

    Other words after the command may come from anywhere (catalogues of bots count their visitors by ``?start=…``), so
    they are offered as a topic, never followed.
    """
    topic = read_deep_link(context.argument)
    is_asleep = context.chat.state is not ChatState.ACTIVE or context.chat.manages is not None
    if (is_asleep or topic) and is_admin(update, context):
        await _wake(context)
        if topic:
            await topics.follow(update, context, topic)
            return
    await first_steps.welcome(update, context, topics.offer(context, read_words(context.argument)))


async def _wake(context: BotContext) -> None:
    """Send digests again, and be about the chat itself."""
    chats = context.services.chats
    context.work.chat = await chats.keep(context.chat)
    if context.chat.manages is not None:
        context.work.chat = await chats.manage(context.chat, None)
    if context.chat.state is not ChatState.ACTIVE:
        context.work.chat = await chats.resume(context.chat)


async def show_help(_: Update, context: BotContext) -> None:
    """Say what the bot can do."""
    await context.reply(context.tr("help"))


def write_deep_link(topic: str) -> str | None:
    """Return the ``start`` parameter that ``read_deep_link`` reads as the topic; None where it is too long for one."""
    packed = base64.urlsafe_b64encode(topic.encode()).decode().rstrip("=")
    return DEEP_LINK_MARK + packed if len(packed) <= DEEP_LINK_LENGTH - len(DEEP_LINK_MARK) else None


def read_deep_link(parameter: str) -> str | None:
    """Return the topic of a ``start`` parameter that ``write_deep_link`` wrote; None where it names none."""
    if not parameter.startswith(DEEP_LINK_MARK):
        return None
    packed = parameter.removeprefix(DEEP_LINK_MARK)
    try:
        topic = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True).decode()
        parse_query(topic)
    except (binascii.Error, UnicodeDecodeError, TopicError):
        return None
    return topic


def read_words(parameter: str) -> str:
    """Return what a ``start`` parameter says in plain words, joined by ``_`` or ``-``; nothing of one in base64url."""
    return (
        "" if parameter.startswith(DEEP_LINK_MARK) else " ".join(parameter.replace("_", " ").replace("-", " ").split())
    )
