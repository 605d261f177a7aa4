"""A limit on how fast one person may ask: beyond it one friendly sentence, then silence until it calms.

It protects the other readers: whoever leans on a button, or lets a program write, takes the turns of all. Everything
that Telegram hands over passes here, each kind with an allowance of its own, so that typing an inline query spends
nothing of what one may write. What asks for nothing (talk in a group, posts, edits, service messages) is passed over
uncounted. A request is its person's, in whatever chats: nobody else of a group is silenced with them.

Counted in memory alone, by the instants at which messages were written, so that what gathered while the bot was away is
no flood. The limit on the hour is for programs that keep just below the other: each request leaves an answer and its
pages in the database for a week.
"""

from collections import OrderedDict, deque
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from telegram import Message, Update

from bot.core.model import ChatKind, InboxUpdate

MOST_REMEMBERED: Final = 10_000
"""People of whom it is known what they asked, each for each kind; the one who asked longest ago is forgotten first."""

_HOUR: Final = 3600.0


class Verdict(Enum):
    """What becomes of an update."""

    PASS = auto()
    WARN = auto()
    SILENCE = auto()


class Kind(Enum):
    """What a person may do too fast."""

    WRITE = auto()
    PRESS = auto()
    ASK_INLINE = auto()
    """Each pause in typing asks anew. Nobody is told of a limit: the list of results stays empty."""
    CHANGE_MEMBERSHIP = auto()
    """Block and unblock the bot, remove and add it, reopen a forum topic. Counted for the chat, and nobody is told."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most ``most`` within so many ``seconds``, and at most ``an_hour`` within an hour of the clock."""

    most: int
    seconds: float
    an_hour: int


ALLOWANCES: Final = {
    Kind.WRITE: Allowance(40, 20.0, 600),
    Kind.PRESS: Allowance(40, 20.0, 600),
    Kind.ASK_INLINE: Allowance(40, 20.0, 600),
    Kind.CHANGE_MEMBERSHIP: Allowance(10, 60.0, 60),
}
_TOLD: Final = frozenset({Kind.WRITE, Kind.PRESS})


@dataclass(frozen=True, slots=True)
class Request:
    """Something that is asked: by whom (the id of a person, or of a chat in its own name), when (Unix seconds)."""

    kind: Kind
    who: int
    at: float


@dataclass(slots=True)
class _Asker:
    """What one asked of one kind: the newest instants, and how often in the hour of the last one."""

    instants: deque[float] = field(default_factory=deque)
    hour: int = -1
    this_hour: int = 0
    is_told: bool = False


class FloodGate:
    """Judges updates, one after the other."""

    def __init__(self, username: str, commands: Collection[str]) -> None:
        """Know the bot's name and its commands: other bots' commands in a group are no requests."""
        self._username = username.lower()
        self._commands = frozenset(commands)
        self._askers: OrderedDict[tuple[Kind, int], _Asker] = OrderedDict()

    def judge(self, update: Update, row: InboxUpdate) -> Verdict:
        """Return whether this update is handled. One that is tried again was let through before."""
        if update.message is not None and update.message.migrate_to_chat_id is not None:
            return Verdict.PASS  # a group moves once
        request = self._request(update, row)
        if request is None:
            return Verdict.SILENCE
        if row.attempts:
            return Verdict.PASS
        asker = self._asker(request)
        if _count(asker, request):
            asker.is_told = False
            return Verdict.PASS
        if asker.is_told or request.kind not in _TOLD:
            return Verdict.SILENCE
        asker.is_told = True
        return Verdict.WARN

    def _asker(self, request: Request) -> _Asker:
        key = (request.kind, request.who)
        asker = self._askers.setdefault(key, _Asker())
        self._askers.move_to_end(key)
        if len(self._askers) > MOST_REMEMBERED:
            self._askers.popitem(last=False)
        return asker

    def _request(self, update: Update, row: InboxUpdate) -> Request | None:
        """Return what is asked, None where nothing is."""
        received = row.received_at.timestamp()
        if update.callback_query is not None:
            return Request(Kind.PRESS, update.callback_query.from_user.id, received)
        if update.inline_query is not None:
            return Request(Kind.ASK_INLINE, update.inline_query.from_user.id, received)
        if update.my_chat_member is not None:
            change = update.my_chat_member
            return Request(Kind.CHANGE_MEMBERSHIP, change.chat.id, change.date.timestamp())
        message = update.message
        if message is not None and (message.forum_topic_reopened or message.general_forum_topic_unhidden):
            return Request(Kind.CHANGE_MEMBERSHIP, message.chat.id, message.date.timestamp())
        if message is None or not (message.chat.type == ChatKind.PRIVATE or self._is_command(message)):
            return None
        sender = message.sender_chat or message.from_user
        return Request(Kind.WRITE, sender.id, message.date.timestamp()) if sender else None

    def _is_command(self, message: Message) -> bool:
        """Return whether a message in a group is a command to this bot, written there by somebody."""
        if message.is_automatic_forward or not (message.text or "").startswith("/"):
            return False
        name, _, addressee = (message.text or "").split(maxsplit=1)[0][1:].lower().partition("@")
        return name in self._commands and addressee in ("", self._username)


def _count(asker: _Asker, request: Request) -> bool:
    """Count a request and return whether it is within both limits. Those that are not answered count too."""
    allowance = ALLOWANCES[request.kind]
    asker.instants.append(request.at)
    if len(asker.instants) > allowance.most + 1:
        asker.instants.popleft()
    hour = int(request.at // _HOUR)
    asker.this_hour = asker.this_hour + 1 if hour == asker.hour else 1
    asker.hour = hour
    # Chats are handled beside one another, so a person's messages may come out of order.
    spread = abs(request.at - asker.instants[0])
    return (len(asker.instants) <= allowance.most or spread >= allowance.seconds) and (
        asker.this_hour <= allowance.an_hour
    )
