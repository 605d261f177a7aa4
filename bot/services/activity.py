"""What a normal day leaves in the log: one line an hour, with all that came, went and was deleted, and one a slot.

::

    digests of 03:30Z: 412 chats, 38 without news, 1.2 s
    03:00Z to 04:00Z: 12 of 40 outlets brought 87 articles, 31 stories; 214 updates handled; 512 messages sent

Where chats have digests at ever other hours only the first ``SLOT_LINES`` of an hour have lines of their own.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bot import metrics
from bot.core.model import Feed, Source
from bot.ports import Clock, Storage

HOUR: Final = timedelta(hours=1)
FIRST: Final = timedelta(minutes=5)
"""After a start the first line comes so early: whether all is well is not to be waited for."""
SLOT_LINES: Final = 6
_NAMED: Final = 3  # outlets that began to fail

_log = logging.getLogger(__name__)


@dataclass
class DigestRound:
    """The digests of one round, or of several that share a line.

    ``chats`` had their hour, ``told`` of them got a digest; ``passed_over`` had it more than a day ago.
    """

    slots: set[datetime] = field(default_factory=set)
    chats: int = 0
    told: int = 0
    passed_over: int = 0
    seconds: float = 0.0

    def add(self, other: "DigestRound") -> None:
        """Take in another round."""
        self.slots |= other.slots
        self.chats += other.chats
        self.told += other.told
        self.passed_over += other.passed_over
        self.seconds += other.seconds

    def __str__(self) -> str:
        """Return it in words."""
        last = max(self.slots)
        when = _clock(last) if len(self.slots) == 1 else f"{len(self.slots)} slots, to {_clock(last)}"
        old = f"{self.passed_over} more than a day late and passed over, " if self.passed_over else ""
        without = f"{self.chats - self.told} without news"
        return f"digests of {when}: {_count(self.chats, 'chat')}, {without}, {old}{self.seconds:.1f} s"


class ActivityLog:
    """Hears what happens, and tells it by the hour; the tick is called more often.

    ``outlets`` says whether this process asks feeds.
    """

    def __init__(self, storage: Storage, clock: Clock, *, outlets: bool) -> None:
        self._storage = storage
        self._clock = clock
        self._outlets = outlets
        self._since = clock.now()
        self._until = self._since + FIRST
        self._begin()

    def _begin(self) -> None:
        self._deleted = 0
        self._lines = 0
        self._digests = DigestRound()
        self._handled = metrics.total(metrics.UPDATES_HANDLED, "done")
        self._sent = metrics.total(metrics.SENDS, "Sent")

    def deleted(self, rows: int) -> None:
        """Hear of rows that had grown old."""
        self._deleted += rows

    def digests(self, digests: DigestRound) -> None:
        """Hear of a round of digests: its line comes at once, or with the hour's where there were many."""
        if self._lines < SLOT_LINES:
            self._lines += 1
            _log.info("%s", digests)
        else:
            self._digests.add(digests)

    async def tick(self) -> None:
        """Tell what happened, where an hour is over.

        Raises:
            StorageError: how outlets do cannot be read; all is told later.
        """
        now = self._clock.now()
        if not self._since <= now or self._until > now + HOUR:  # the clock was set back
            self._since, self._until = now, _next_hour(now)
        if now < self._until:
            return
        parts = [*(await self._news(now) if self._outlets else ()), *self._rest()]
        if parts:
            _log.info("%s to %s: %s", _clock(self._since), _clock(now), "; ".join(parts))
        self._since, self._until = now, _next_hour(now)
        self._begin()

    async def _news(self, now: datetime) -> list[str]:
        async with self._storage.reading() as unit:
            states = await unit.feeds.states()
            brought = await unit.figures.brought(self._since, now)
        asked = [(source, feed) for source, feed in states if not feed.gone]
        news = f"{brought.outlets} of {len(asked)} outlets brought {_count(brought.articles, 'article')}"
        parts = [f"{news}, {_count(brought.stories, 'story')}" if brought.articles else news]
        if failing := [(source, feed) for source, feed in asked if feed.failing_since]:
            parts.append(f"{len(failing)} fail{self._new_failures(failing)}")
        if brought.own_articles:
            parts.append(f"readers' feeds brought {_count(brought.own_articles, 'article')}")
        return parts

    def _new_failures(self, failing: Collection[tuple[Source, Feed]]) -> str:
        new = [(source, feed) for source, feed in failing if feed.failing_since and feed.failing_since >= self._since]
        shown = [f"{source.id} ({feed.error})" for source, feed in new[:_NAMED]]
        if len(new) > _NAMED:
            shown.append(f"{len(new) - _NAMED} more")
        return f", newly {', '.join(shown)}" if shown else ""

    def _rest(self) -> list[str]:
        parts = []
        if self._digests.slots:
            parts.append(str(self._digests))
        if handled := round(metrics.total(metrics.UPDATES_HANDLED, "done") - self._handled):
            parts.append(f"{_count(handled, 'update')} handled")
        if sent := round(metrics.total(metrics.SENDS, "Sent") - self._sent):
            parts.append(f"{_count(sent, 'message')} sent")
        if self._deleted:
            parts.append(f"{_count(self._deleted, 'old row')} deleted")
        return parts


def _next_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0) + HOUR


def _clock(instant: datetime) -> str:
    return f"{instant:%H:%MZ}"


def _count(number: int, what: str) -> str:
    plural = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number} {what if number == 1 else plural}"
