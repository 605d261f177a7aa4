"""Watches the machine's clock, so that one which is wrong for a while does no lasting harm.

::

    each look: the clock against the monotonic one and what was seen last -> the witness, stored
    at the start, each minute, and when the clock was set back: what lies further ahead than it may -> brought back

How what is seen is judged: ``core.clock_witness``. How far each instant may lie ahead: ``core.instants``.
"""

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot import metrics
from bot.core import schedule
from bot.core.clock_witness import STEP, observe
from bot.core.digest import digest_key, slot_name
from bot.core.instants import Limits
from bot.core.model import Chat, DigestKind
from bot.isolation import isolated
from bot.ports import Clock, Storage, Unit
from bot.services.chats import schedule_of

LOOK: Final = timedelta(minutes=1)
"""How often the witness is stored, and all instants are looked at, while the clock goes on as it should."""
TOLD_SECONDS: Final = 60.0
"""For how long ``/readyz`` tells that the clock was set, or that instants were brought back."""
BATCH: Final = 500
"""Things in one transaction."""
JUST_BROUGHT: Final = timedelta(hours=1)
"""A slot within this time that has its digest already had it from a clock that was a little ahead."""
APART: Final = timedelta(seconds=30)
"""How far this machine's clock and the database server's may be apart: leases are as short."""
SET_ASIDE: Final = timedelta(days=1)  # when a chat whose hours cannot be reckoned is looked at again

log = logging.getLogger(__name__)


class ClockGuard:
    """The tick that looks at the clock. ``longest_poll`` is the upper bound of polling."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        *,
        longest_poll: timedelta,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._longest_poll = longest_poll
        self._monotonic = monotonic
        self._offset: float | None = None
        self._looked_at: float | None = None
        self._told = ""
        self._told_until = 0.0
        self._behind = timedelta()
        self._apart = timedelta()

    async def tick(self) -> None:
        """Look whether the clock was set; look at everything at the first tick, each minute, and where it was."""
        moved = self._moved()
        if abs(moved) > STEP:
            metrics.CLOCK_STEPS.labels("ahead" if moved > timedelta() else "back").inc()
            self._tell("the clock was set %s by %s", "ahead" if moved > timedelta() else "back", _shown(abs(moved)))
        since = None if self._looked_at is None else self._monotonic() - self._looked_at
        if since is None or abs(moved) > STEP or since >= LOOK.total_seconds():
            await self._look(timedelta(seconds=since or 0.0), set_back=moved < -STEP, first=since is None)
            self._looked_at = self._monotonic()

    async def problem(self) -> str | None:
        """Return what is, or was a moment ago, wrong with the clock."""
        if self._behind:
            return f"the clock is {_shown(self._behind)} behind what was seen before"
        if self._apart > APART:
            return f"the clock and the database's are {_shown(self._apart)} apart"
        return self._told if self._monotonic() < self._told_until else None

    def _moved(self) -> timedelta:
        """Return by how much the clock was set since the last tick."""
        offset = self._clock.now().timestamp() - self._monotonic()
        before, self._offset = self._offset, offset
        return timedelta(seconds=0 if before is None else offset - before)

    async def _look(self, elapsed: timedelta, *, set_back: bool, first: bool) -> None:
        async with self._storage.transaction() as unit:
            now = self._clock.now()
            before = await unit.instants.witness(lock=True)
            after = observe(before, now, elapsed)
            await unit.instants.bear_witness(after)
            server = await unit.instants.database_now()
        self._apart = abs(server - now) if server else timedelta()
        if after.is_behind(now):
            self._behind = after.trusted_at - now
            return
        self._behind = timedelta()
        if before is not None:
            set_back = set_back or before.is_behind(now) or (first and now < before.seen_at - STEP)
        await self._bring_back(Limits(now, self._longest_poll, set_back))

    async def _bring_back(self, limits: Limits) -> None:
        # Slots first: the digests that they had are known by their keys, and those are changed with the messages.
        counts = {"slots": await self._slots(limits)}
        async with self._storage.reading() as unit:
            kinds = await unit.instants.ahead(limits)
        for kind in kinds:
            count = BATCH
            while count == BATCH:
                async with self._storage.transaction() as unit:
                    count = await unit.instants.bring_back(kind, limits, limit=BATCH)
                counts[kind] = counts.get(kind, 0) + count
        if any(counts.values()):
            for kind, count in counts.items():
                metrics.BROUGHT_BACK.labels(kind).inc(count)
            self._tell("brought back from a clock that was ahead: %s", _listed(counts))

    async def _slots(self, limits: Limits) -> int:
        """Reckon anew the slots that lie further ahead than the next by the chat's hours; return how many."""
        after = limits.of("chat.next_slot_at")
        count, above = 0, None
        while True:
            async with self._storage.transaction() as unit:
                chats = await unit.chats.slots_after(after, above=above, limit=BATCH)
                if not chats:
                    return count
                above = chats[-1].id
                changed = await _reckoned(unit, chats, limits.now)
                await unit.chats.put_each(changed)
                count += len(changed)

    def _tell(self, text: str, *values: str) -> None:
        log.warning(text, *values)
        self._told = text % values
        self._told_until = self._monotonic() + TOLD_SECONDS


@dataclass(frozen=True, slots=True)
class _Slots:
    """A chat's next slots by its hours, and what follows on those that have had their digest."""

    chat: Chat
    digest: datetime | None
    weekly: datetime | None

    def keys(self, now: datetime) -> dict[DigestKind, str]:
        """Return the keys of the digests of slots that are close."""
        slots = ((DigestKind.SCHEDULED, self.digest), (DigestKind.WEEKLY, self.weekly))
        return {
            kind: digest_key(self.chat.id, slot_name(kind, slot), 0)
            for kind, slot in slots
            if slot is not None and slot - now < JUST_BROUGHT
        }

    def chosen(self, keys: Mapping[DigestKind, str], taken: Collection[str]) -> Chat:
        """Return the chat with these slots, or the next ones, where they come before those that are stored."""
        hours, zone = schedule_of(self.chat), self.chat.zone
        digest, weekly = self.digest, self.weekly
        if digest is not None and keys.get(DigestKind.SCHEDULED) in taken:
            digest = schedule.next_slot(hours, zone, digest)
        if weekly is not None and keys.get(DigestKind.WEEKLY) in taken:
            weekly = schedule.next_weekly(hours, zone, weekly)
        return replace(
            self.chat,
            next_digest_at=_earlier(self.chat.next_digest_at, digest),
            next_weekly_at=_earlier(self.chat.next_weekly_at, weekly),
        )


async def _reckoned(unit: Unit, chats: Sequence[Chat], now: datetime) -> list[Chat]:
    """Return those chats whose slots lie further ahead than they may, with the right ones."""
    changed, reckoned = [], []
    for chat in chats:
        later = now + SET_ASIDE
        aside = replace(
            chat, next_digest_at=chat.next_digest_at and later, next_weekly_at=chat.next_weekly_at and later
        )
        with isolated("chat", chat.id, what="its hours cannot be reckoned, looked at again in a day"):
            hours, zone = schedule_of(chat), chat.zone
            reckoned.append(_Slots(chat, schedule.next_slot(hours, zone, now), schedule.next_weekly(hours, zone, now)))
            continue
        changed.append(aside)
    keys = {slots.chat.id: slots.keys(now) for slots in reckoned}
    wanted = [key for each in keys.values() for key in each.values()]
    taken = await unit.outbox.taken(wanted) if wanted else set()
    right = [(slots.chat, slots.chosen(keys[slots.chat.id], taken)) for slots in reckoned]
    return [*changed, *(after for before, after in right if after != before)]


def _earlier(stored: datetime | None, reckoned: datetime | None) -> datetime | None:
    """Return the stored slot unless it lies behind the reckoned one. One that quiet hours hold comes before it."""
    return stored if stored is None or reckoned is None else min(stored, reckoned)


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)


def _shown(span: timedelta) -> str:
    return str(timedelta(seconds=round(span.total_seconds())))
