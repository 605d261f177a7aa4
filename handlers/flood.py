"""A limit on how fast one person may ask: beyond it one friendly sentence, then silence until it calms.

It protects the other readers: whoever leans on a button, or lets a program write, takes the turns of all. Counted in
memory alone, by the instants at which the messages were written, so that what gathered while the bot was away is no
flood. Membership and migration pass: they are facts, not requests. A second limit, on the hour, is for programs that
keep just below the first: each request leaves an answer and its pages in the database for a week.
"""

from collections import Counter, deque
from collections.abc import Hashable
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from telegram import Update

from bot.core.model import InboxUpdate

MOST: Final = 40
"""Requests of one person within ``SPAN`` that are answered."""
SPAN: Final = timedelta(seconds=20)
MOST_AN_HOUR: Final = 600
"""Requests of one person within one hour of the clock that are answered."""
_KEPT: Final = 10_000  # people in memory, of whom most have calmed


class Verdict(Enum):
    """What becomes of a request."""

    PASS = auto()
    WARN = auto()
    SILENCE = auto()


class FloodGate:
    """Judges requests, one after the other."""

    def __init__(self) -> None:
        self._asked: dict[Hashable, deque[datetime]] = {}
        self._warned: set[Hashable] = set()
        self._hour: datetime | None = None
        self._this_hour: Counter[Hashable] = Counter()

    def judge(self, update: Update, row: InboxUpdate) -> Verdict:
        """Return whether this request is answered. One that is tried again was let through before."""
        who = _asker(update)
        if who is None or row.attempts:
            return Verdict.PASS
        at = update.message.date if update.message else row.received_at
        asked = self._asked.setdefault(who, deque(maxlen=MOST + 1))
        asked.append(at)
        self._forget(at)
        if (len(asked) <= MOST or at - asked[0] >= SPAN) and self._of_this_hour(who, at) <= MOST_AN_HOUR:
            self._warned.discard(who)
            return Verdict.PASS
        if who in self._warned:
            return Verdict.SILENCE
        self._warned.add(who)
        return Verdict.WARN

    def _of_this_hour(self, who: Hashable, at: datetime) -> int:
        """Count the request and return how many of that person's passed or would have in this hour."""
        hour = at.replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._hour = hour
            self._this_hour.clear()
        self._this_hour[who] += 1
        return self._this_hour[who]

    def _forget(self, now: datetime) -> None:
        if len(self._asked) > _KEPT:
            self._asked = {who: asked for who, asked in self._asked.items() if now - asked[-1] < SPAN}
            self._warned &= self._asked.keys()


def _asker(update: Update) -> Hashable | None:
    """Return who asks: a person, a chat that writes under its own name, None where nobody does."""
    if update.callback_query is not None:
        return update.callback_query.from_user.id
    message = update.message
    if message is None or message.migrate_to_chat_id is not None:
        return None
    if message.sender_chat is not None:
        return message.sender_chat.id
    return message.from_user.id if message.from_user else None
