"""Who may change what: in a private chat its reader, in a group its admins; for channels see ``handlers.channels``."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, ClassVar

from telegram import Update

from bot.core import actions
from bot.core.model import ChatKind
from bot.errors import ReaderError
from handlers.context import BotContext
from handlers.errands import UNLIMITED, Limit, Outside

Handler = Callable[[Update, BotContext], Coroutine[Any, Any, Any]]

# What shows and changes nothing; everything else that a group's members could say or press is for its admins.
READING_COMMANDS = frozenset({"start", "help", "latest", "search", "digest", "topics", "trends", "privacy"})
READING_ACTIONS = frozenset(
    {"TurnPage", "ListStories", "OpenStory", "Why", "Related", "OfferMutes"}
    | {"ShowLatest", "ShowTopics", "OpenTopic", "OpenLanguages", "ShowTrend", "ShowSources"}
)
_GROUPS = frozenset({ChatKind.GROUP, ChatKind.SUPERGROUP})


@dataclass(frozen=True, slots=True)
class AskMember:
    """Ask whether a person is an admin of a group."""

    limit: ClassVar[Limit | None] = UNLIMITED

    chat_id: int
    user_id: int

    async def run(self, outside: Outside) -> bool:
        """Ask Telegram."""
        return await outside.members.is_admin(self.chat_id, self.user_id)


def for_admins(name: str, handler: Handler) -> Handler:
    """Return the handler of a command, which in a group listens to admins alone where it changes something."""
    if name in READING_COMMANDS:
        return handler

    async def guarded(update: Update, context: BotContext) -> None:
        """Check, then do."""
        require_admin(update, context)
        await handler(update, context)

    return guarded


def check_press(update: Update, context: BotContext, action: actions.Action) -> None:
    """Let a pressed button through where it shows only, or where who pressed it may change the chat.

    Raises:
        ReaderError: ``admins-only``.
    """
    if type(action).__name__ not in READING_ACTIONS:
        require_admin(update, context)


def require_admin(update: Update, context: BotContext) -> None:
    """Go on only where who asks may change the chat.

    Raises:
        ReaderError: ``admins-only``.
        Postponed: Telegram is to be asked first.
    """
    if context.chat.kind not in _GROUPS:
        return
    message = update.message
    if message and message.sender_chat and message.sender_chat.id == context.chat.id:
        return  # an anonymous admin writes in the group's own name
    user = update.effective_user
    if user is None or not context.result_of(AskMember(context.chat.id, user.id)):
        raise ReaderError("admins-only")
