"""Brings the outbox to Telegram.

::

    outbox.claim | wait for a turn | outbox.mark_sending, commit | messenger.send | core.delivery.settle | outbox.settle

Each round is one transaction: it settles what came back and marks the next window as in flight; then the window's
requests leave. So a kill loses nothing, and can repeat at most what was in flight.
"""

import asyncio
import logging
import math
from datetime import datetime, timedelta
from typing import Final, get_args

from bot import metrics
from bot.core import delivery as core
from bot.core.delivery import Broken, NotSent, Outcome, Refusal, Sent, TokenRefused, Unknown
from bot.core.instants import LONGEST_HOLD
from bot.core.model import Claim, LeasedMessage
from bot.core.pacing import Pacing, Turn
from bot.core.trouble import Trouble
from bot.errors import StorageError
from bot.heartbeat import Heartbeat
from bot.isolation import set_aside
from bot.logs import outline
from bot.ports import Clock, Messenger, Storage
from bot.services.rights import RightsNotices
from bot.services.settling import Attempt, Hold, write_down, write_down_alone
from bot.services.watch import Watch

WINDOW: Final = 8
"""Most requests in flight; below the messenger's connections."""
LEASE: Final = timedelta(seconds=20)
"""Outlasts the messenger's time limit for a request (15 s), with the wait for a turn before it."""
ROUND_SECONDS: Final = 60.0
"""How long a round may take, the longest pause after a failure included, before that is a problem."""
GRACE_SECONDS: Final = 7.0
"""How long a stop waits for what is in flight."""

_LINGER_SECONDS: Final = 0.1  # a round costs one commit: answers wait for each other so long, up to half a window
_LOOK_SECONDS: Final = 1.0  # how often the outbox is looked at without a nudge
_LEAST_LOOK_SECONDS: Final = 0.04
_SWEEP_SECONDS: Final = 5.0
_CATCH_UP: Final = 1.06  # after a stall of the machine, how much faster than the rate what is late may leave
_LONGEST_FAILURE_PAUSE: Final = 5.0

_log = logging.getLogger(__name__)

metrics.declare(metrics.SENDS, *(outcome.__name__ for outcome in get_args(Outcome)))
metrics.declare(metrics.REFUSALS, *core.REFUSAL_KINDS)


class Delivery:
    """One sender. Any number of them, in any processes, share an outbox and its ``rate`` of messages a second."""

    def __init__(
        self,
        storage: Storage,
        messenger: Messenger,
        clock: Clock,
        *,
        rate: float,
        owner: str,
        lease: timedelta = LEASE,
        notices: RightsNotices | None = None,
    ) -> None:
        self._storage = storage
        self._messenger = messenger
        self._clock = clock
        self._rate = rate
        self._owner = owner
        self._lease = lease
        self._notices = notices
        self._pacing = Pacing(rate, WINDOW)
        self._flying: set[asyncio.Task[None]] = set()
        self._finished: list[Attempt] = []
        self._trouble = Trouble()
        self._held_until = -math.inf  # nothing leaves before, on the monotonic clock, which nobody sets
        self._free_at = -math.inf
        self._woken = asyncio.Event()
        self._watch = Watch(messenger, self._woken.set)
        self._claim_at = -math.inf
        self._sweep_at = -math.inf
        self._stopped = asyncio.Event()
        self._failures = 0
        self.heart = Heartbeat(ROUND_SECONDS)

    def nudge(self) -> None:
        """Look at the outbox now: something was put there."""
        self._claim_at = -math.inf
        self._woken.set()

    def stop(self) -> None:
        """Send nothing new; ``run`` returns once what is in flight has settled, within 10 s."""
        self._stopped.set()
        self._woken.set()

    async def problem(self) -> str | None:
        """Return why messages do not go out, None where they do."""
        return self._watch.problem or ("the database fails" if self._failures else None)

    async def run(self) -> None:
        """Send until ``stop``. Cancelling leaves what is in flight to its lease."""
        try:
            while not self._stopped.is_set():
                self.heart.beat()
                await self._survive()
            await self._wind_up()
        finally:
            self._watch.cancel()
            for task in self._flying:
                task.cancel()

    async def _survive(self) -> None:
        """Make a round, and rest after it until there is more to do; rest longer where the database failed."""
        self._woken.clear()
        try:
            await self._round()
        except StorageError:  # the database may come back
            metrics.LOOP_FAILURES.labels("delivery").inc()
            pause = core.backoff(self._failures).total_seconds()
            self._failures += 1
            await _wait(self._stopped, min(pause, _LONGEST_FAILURE_PAUSE))
        else:
            self._failures = 0
            await _wait(self._woken, self._idle_seconds())

    async def _round(self) -> None:
        await self._sweep()
        await self._exchange()
        if await self._claim():
            await self._exchange()

    async def _sweep(self) -> None:
        """Free what was left by senders that were killed."""
        if self._now() < self._sweep_at:
            return
        async with self._storage.transaction() as unit:
            freed = await unit.outbox.sweep(self._clock.now())
        self._sweep_at = self._now() + _SWEEP_SECONDS
        if freed:
            self._claim_at = -math.inf
            metrics.OUTBOX_FREED.inc(freed)

    async def _claim(self) -> bool:
        """Claim more where it is time; return whether something came."""
        now = self._now()
        limit = self._pacing.wanted(now)
        if limit == 0 or now < self._claim_at or self._blocked():
            return False
        instant = self._clock.now()
        self._claim_at = now  # a nudge changes it meanwhile
        async with self._storage.transaction() as unit:
            claim = await unit.outbox.claim(instant, owner=self._owner, lease=self._lease, limit=limit, rate=self._rate)
            due = await unit.outbox.next_due() if len(claim.messages) < limit else instant
        self._pacing.add(claim, self._now(), now + self._lease.total_seconds() / 2)
        if len(claim.messages) < limit and self._claim_at == now:
            self._claim_at = now + self._look_in(claim, due, instant)
        return bool(claim.messages)

    def _look_in(self, claim: Claim, due: datetime | None, now: datetime) -> float:
        """Return in how many seconds to look again, after a claim that brought less than was asked for."""
        if due is None:
            return _LOOK_SECONDS
        # A message that may go now was left out: the budget is spoken for.
        budget = _LEAST_LOOK_SECONDS if claim.messages else max(claim.delay, _LEAST_LOOK_SECONDS)
        return min(max((due - now).total_seconds(), budget), _LOOK_SECONDS)

    async def _exchange(self) -> None:
        """Settle what came back, mark the next window as in flight, commit, and let it go."""
        finished = list(self._finished)
        free = 0 if self._blocked() else WINDOW - len(self._flying)
        turns = self._pacing.take(free, self._now())
        if not (finished or turns):
            return
        try:
            async with self._storage.transaction() as unit:
                await write_down(unit, finished, self._clock.now(), self._notices)
                if turns:
                    await unit.outbox.mark_sending(
                        [turn.row.id for turn in turns], self._clock.now(), lease=self._lease
                    )
        except BaseException as error:
            self._pacing.put_back(turns)
            if not finished or isinstance(error, StorageError) or not isinstance(error, Exception):
                raise
            _log.error("%d messages are written down one by one: %s", len(finished), outline(error))
            await self._write_down_each(len(finished))
            return
        del self._finished[: len(finished)]
        for turn in turns:
            task = asyncio.create_task(self._send(turn))
            self._flying.add(task)
            task.add_done_callback(self._landed)

    async def _write_down_each(self, count: int) -> None:
        """Settle what came back one by one: one that cannot be written down keeps back no other."""
        for _ in range(count):
            await write_down_alone(self._storage, self._finished[0], self._clock.now(), self._notices)
            del self._finished[0]

    async def _send(self, turn: Turn) -> None:
        await self._turn_comes(turn.at)
        if self._blocked():
            self._finished.append(Attempt(turn.row, None, self._clock.now()))
            return
        with metrics.IN_FLIGHT.track_inprogress(), metrics.SEND_SECONDS.time():
            outcome = await self._attempt(turn.row)
        metrics.SENDS.labels(type(outcome).__name__).inc()
        self._finished.append(Attempt(turn.row, outcome, self._clock.now(), self._heed(turn.row, outcome)))

    async def _attempt(self, row: LeasedMessage) -> Outcome:
        try:
            return await self._messenger.send(core.attempt(row))
        except Exception as error:  # noqa: BLE001 - a message that cannot be put into a request is its own trouble
            set_aside("message", row.id, error, what="the attempt to send broke off, the others go on")
            return Broken(type(error).__name__)

    async def _turn_comes(self, at: float) -> None:
        """Wait for a row's instant; rows that are late leave one after another, so that a stall makes no burst."""
        while (wait := max(at, self._free_at) - self._now()) > 0:  # noqa: ASYNC110 the clock tells nobody
            await asyncio.sleep(wait)
        self._free_at = self._now() + 1 / (_CATCH_UP * self._rate)

    def _landed(self, task: asyncio.Task[None]) -> None:
        """Wake the loop: at once where there is a commit's worth to settle or nothing more to come, else soon."""
        self._flying.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("what became of an attempt is not known, its lease lapses: %s", outline(error))
        if not self._flying or 2 * len(self._finished) >= WINDOW:
            self._woken.set()
        elif len(self._finished) == 1:
            asyncio.get_running_loop().call_later(_LINGER_SECONDS, self._woken.set)

    def _heed(self, row: LeasedMessage, outcome: Outcome) -> Hold | None:
        """Draw at once the conclusions that cannot wait for the next round; return what is to be held."""
        chat_id = row.message.chat_id
        match outcome:
            case Sent():
                self._trouble.arrived(chat_id)
            case NotSent(reason, retry_after) if retry_after is not None:
                _log.info("row %d: Telegram asks to wait %.0f s: %s", row.id, retry_after, reason)
                return self._hold(None if self._trouble.flooded(chat_id) else chat_id, retry_after)
            case NotSent(reason):
                _log.debug("row %d was not sent: %s", row.id, reason)
                self._watch.doubt()
            case Unknown(reason) | TokenRefused(reason):
                _log.debug("row %d: %s: %s", row.id, type(outcome).__name__, reason)
                if times := self._trouble.failed(chat_id):
                    return self._hold(chat_id, core.backoff(times).total_seconds())
                self._watch.refuse(reason) if isinstance(outcome, TokenRefused) else self._watch.doubt()
            case _ if isinstance(outcome, Refusal):
                metrics.REFUSALS.labels(outcome.kind).inc()
                name, key = type(outcome).__name__, row.message.dedupe_key
                tell = _log.warning if row.refused_at is None else _log.debug  # it is tried until the right is back
                ids = {"message_id": row.id, "chat_id": chat_id}
                tell("row %d (%s): %s (%s): %s", row.id, key, name, outcome.kind, outcome.reason, extra=ids)
        return None

    def _hold(self, chat_id: int | None, seconds: float) -> Hold:
        pause = min(timedelta(seconds=seconds), LONGEST_HOLD)
        if chat_id is None:
            self._held_until = self._now() + pause.total_seconds()
        return Hold(chat_id, self._clock.now() + pause)

    def _blocked(self) -> bool:
        return self._stopped.is_set() or self._watch.in_doubt or self._now() < self._held_until

    def _idle_seconds(self) -> float:
        """Return how long nothing needs to be done, unless something wakes the loop."""
        longest = _LINGER_SECONDS if self._finished else _LOOK_SECONDS
        if self._blocked() or len(self._flying) >= WINDOW:
            return longest
        claim_at = max(self._claim_at, self._pacing.claim_at()) if len(self._pacing) < WINDOW else math.inf
        return min(longest, max(0.0, min(claim_at, self._pacing.take_at()) - self._now()))

    async def _wind_up(self) -> None:
        """Wait for what is in flight, settle it, and give back what was claimed and not tried."""
        now = self._clock.now()
        self._finished += [Attempt(row, None, now) for row in self._pacing.take_all()]
        if self._flying:
            await asyncio.wait(self._flying, timeout=GRACE_SECONDS)
        try:
            await self._exchange()
        except StorageError as error:  # leases lapse, and what was sent counts as uncertain
            _log.error("the last of delivery was not written down: %s", error)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most so long."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
