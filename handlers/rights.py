"""Who may do what: one table for every command, every button and everything else that Telegram hands over.

What is not in the table is allowed to nobody. A private chat is its reader's. In a group members may look, and its
admins may change; who an admin is, Telegram is asked at the moment. In a channel everything is for its admins, because
every answer there is read by all. Channels that are managed from a private chat: ``handlers.channels``.

An admin who writes anonymously writes in the group's own name, so ``sender_chat`` is the group. Any other
``sender_chat`` is a channel that nobody can be asked about: it has a member's rights.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, ClassVar, Final

from telegram import Update

from bot.core import actions
from bot.core.model import ChatKind
from bot.errors import ReaderError
from handlers.context import BotContext
from handlers.errands import UNLIMITED, Limit, Outside

Handler = Callable[[Update, BotContext], Coroutine[Any, Any, Any]]


class Who(Enum):
    """Whom something is for. In a private chat the first three are its reader."""

    EVERYONE = auto()
    """Whoever can write to or press something in the chat. It changes nothing of the chat."""
    CHAT_ADMINS = auto()
    """The admins of the group or channel."""
    READER = auto()
    """The reader of a private chat; in a group or channel nobody."""
    BOT_ADMINS = auto()
    """The users of ``ADMIN_IDS``, each in their private chat."""
    TELEGRAM = auto()
    """No request of a person's, but a fact that Telegram tells."""
    NOBODY = auto()
    """It is passed over."""


COMMANDS: Final[Mapping[str, Who]] = {
    "start": Who.EVERYONE,  # it greets; what it changes beyond that, handlers.start keeps for admins
    "help": Who.EVERYONE,
    "privacy": Who.EVERYONE,
    "latest": Who.EVERYONE,
    "search": Who.EVERYONE,
    "digest": Who.EVERYONE,
    "trends": Who.EVERYONE,
    "topics": Who.EVERYONE,
    "sources": Who.EVERYONE,
    "subscribe": Who.CHAT_ADMINS,
    "unsubscribe": Who.CHAT_ADMINS,
    "alerts": Who.CHAT_ADMINS,
    "mute": Who.CHAT_ADMINS,
    "addsource": Who.CHAT_ADMINS,
    "removesource": Who.CHAT_ADMINS,
    "schedule": Who.CHAT_ADMINS,
    "timezone": Who.CHAT_ADMINS,
    "language": Who.CHAT_ADMINS,
    "quiet": Who.CHAT_ADMINS,
    "settings": Who.CHAT_ADMINS,
    "pause": Who.CHAT_ADMINS,
    "resume": Who.CHAT_ADMINS,
    "stop": Who.CHAT_ADMINS,
    "export": Who.CHAT_ADMINS,  # it shows the addresses of the chat's own feeds
    "import": Who.CHAT_ADMINS,
    "forget": Who.CHAT_ADMINS,
    "channels": Who.READER,
    "stats": Who.BOT_ADMINS,
    "broadcast": Who.BOT_ADMINS,
    "sourcehealth": Who.BOT_ADMINS,
}

ACTIONS: Final[Mapping[type[actions.Action], Who]] = {
    actions.TurnPage: Who.EVERYONE,
    actions.ShowLatest: Who.EVERYONE,
    actions.ShowTopics: Who.EVERYONE,
    actions.OpenTopic: Who.EVERYONE,
    actions.OpenLanguages: Who.EVERYONE,
    actions.ShowTrend: Who.EVERYONE,
    actions.ShowSources: Who.EVERYONE,
    actions.ListStories: Who.EVERYONE,
    actions.OpenStory: Who.EVERYONE,
    actions.Why: Who.EVERYONE,
    actions.Related: Who.EVERYONE,
    actions.OfferMutes: Who.EVERYONE,
    actions.FirstStep: Who.CHAT_ADMINS,
    actions.ToggleReady: Who.CHAT_ADMINS,
    actions.Follow: Who.CHAT_ADMINS,
    actions.Unfollow: Who.CHAT_ADMINS,
    actions.Refine: Who.CHAT_ADMINS,
    actions.Restore: Who.CHAT_ADMINS,
    actions.SetMode: Who.CHAT_ADMINS,
    actions.Mute: Who.CHAT_ADMINS,
    actions.Silence: Who.CHAT_ADMINS,
    actions.ExcludeWord: Who.CHAT_ADMINS,
    actions.IncludeWord: Who.CHAT_ADMINS,
    actions.ToggleLanguage: Who.CHAT_ADMINS,
    actions.OpenSettings: Who.CHAT_ADMINS,
    actions.Toggle: Who.CHAT_ADMINS,
    actions.SetLocale: Who.CHAT_ADMINS,
    actions.SetZone: Who.CHAT_ADMINS,
    actions.SetSchedule: Who.CHAT_ADMINS,
    actions.SetQuiet: Who.CHAT_ADMINS,
    actions.SwitchSource: Who.CHAT_ADMINS,
    actions.AddSource: Who.CHAT_ADMINS,
    actions.RemoveSource: Who.CHAT_ADMINS,
    actions.BringHere: Who.CHAT_ADMINS,
    actions.Forget: Who.CHAT_ADMINS,
    actions.Manage: Who.READER,
    actions.SendBroadcast: Who.BOT_ADMINS,
}

ENTRIES: Final[Mapping[str, Who]] = {
    "plain text": Who.READER,
    "location": Who.READER,
    "settings file": Who.READER,
    "list of feeds": Who.READER,
    "other content": Who.READER,
    "unknown command": Who.EVERYONE,
    "button": Who.EVERYONE,  # the action decides: see ACTIONS
    "membership": Who.TELEGRAM,
    "migration": Who.TELEGRAM,
    "topic reopened": Who.TELEGRAM,
    "service message": Who.NOBODY,
    "automatic forward": Who.NOBODY,  # a post of the linked channel: no person asks
    "sent by inline mode": Who.NOBODY,  # text that a bot wrote and a person only chose
    "edited message": Who.NOBODY,  # its request was answered when it was written
    "channel post": Who.NOBODY,  # channels are managed in private
}
"""What is neither a command nor a button. Inline queries change nothing and never come this far."""

_GROUPS: Final = frozenset({ChatKind.GROUP, ChatKind.SUPERGROUP})


@dataclass(frozen=True, slots=True)
class AskMember:
    """Ask whether a person is an admin of a group."""

    limit: ClassVar[Limit | None] = UNLIMITED

    chat_id: int
    user_id: int

    async def run(self, outside: Outside) -> bool:
        """Ask Telegram."""
        return await outside.members.is_admin(self.chat_id, self.user_id)


@dataclass(frozen=True)
class Guarded:
    """A handler that runs only for whom the table names. ``name`` is what it is called there."""

    name: str
    who: Who
    handler: Handler

    async def __call__(self, update: Update, context: BotContext) -> None:
        """Check, then do. Raises what ``require`` does."""
        if self.who is Who.NOBODY:
            return
        await require(update, context, self.who)
        await self.handler(update, context)


def guard_command(name: str, handler: Handler) -> Guarded:
    """Return the handler of a command, for whom the table names."""
    return Guarded(name, COMMANDS.get(name, Who.NOBODY), handler)


def guard_entry(name: str, handler: Handler) -> Guarded:
    """Return the handler of anything else that is written, for whom the table names."""
    return Guarded(name, ENTRIES.get(name, Who.NOBODY), handler)


async def check_press(update: Update, context: BotContext, action: actions.Action) -> None:
    """Let a pressed button through for whom the table names. Raises what ``require`` does."""
    await require(update, context, ACTIONS.get(type(action), Who.NOBODY))


async def require(update: Update, context: BotContext, who: Who) -> None:
    """Go on only where who asks is among these; a group's settings begin when its admin first asks for something.

    Raises:
        ReaderError: ``admins-only``, ``private-only``, or ``button-stale`` where it is not for this person at all.
        Postponed: Telegram is to be asked first.
    """
    kind = context.work.home_kind
    match who:
        case Who.EVERYONE | Who.CHAT_ADMINS if kind is ChatKind.PRIVATE:
            return  # its reader's; whether they may manage a channel was checked before
        case Who.EVERYONE if kind in _GROUPS:
            return
        case Who.EVERYONE | Who.CHAT_ADMINS:
            if not is_admin(update, context):
                raise ReaderError("admins-only")
            context.work.chat = await context.services.chats.keep(context.chat)
            await _note_admin(update, context)
        case Who.READER:
            if kind is not ChatKind.PRIVATE:
                raise ReaderError("private-only")
        case Who.BOT_ADMINS if kind is ChatKind.PRIVATE and _user_id(update) in context.administrators:
            return
        case Who.TELEGRAM:
            return
        case _:
            raise ReaderError("button-stale")


def is_admin(update: Update, context: BotContext) -> bool:
    """Return whether who asks may change the chat.

    Raises:
        Postponed: Telegram is to be asked first.
    """
    if context.work.home_kind is ChatKind.PRIVATE:
        return True
    sender = update.message.sender_chat if update.message else None
    if sender is not None:
        return sender.id == context.chat.id
    user_id = _user_id(update)
    return user_id is not None and context.result_of(AskMember(context.chat.id, user_id))


async def _note_admin(update: Update, context: BotContext) -> None:
    """Note who sets the group up, so that there is somebody to tell where the bot may not write there."""
    chat, user_id = update.effective_chat, _user_id(update)
    is_anonymous = update.message is not None and update.message.sender_chat is not None
    if chat is not None and user_id is not None and not is_anonymous and context.work.home_kind in _GROUPS:
        await context.services.chats.set_up_by(user_id, context.chat, chat.title or "")


def _user_id(update: Update) -> int | None:
    return update.effective_user.id if update.effective_user else None
