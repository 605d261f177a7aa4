"""Long polling: what Telegram hands over is stored before Telegram is told so.

::

    getUpdates(offset) | inbox.store, commit | getUpdates(offset + 1), which confirms

A batch that was stored but not confirmed comes again, and the inbox passes over what it has. So does the first batch
after a start: polling starts without an offset, because after a quiet week Telegram begins anew at a random id, which
an offset remembered from before could confirm unseen.

While ``MOST_WAITING`` updates wait to be handled no more are asked for: Telegram keeps them for a day.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from telegram.error import BadRequest, Conflict, Forbidden, TelegramError

from bot import metrics
from bot.core.delivery import backoff
from bot.core.model import InboxUpdate
from bot.core.updates import ALLOWED_UPDATES, MOST_WAITING, inbox_update
from bot.errors import StorageError
from bot.heartbeat import Heartbeat
from bot.outages import Outage
from bot.ports import Clock, Storage
from bot.telegram.api import ApiBot, Json
from bot.telegram.request import FloodedError
from bot.telegram.webhook_watch import MOST_REPAIRS, Repairs, webhook_info

POLL_SECONDS: Final = 25
BATCH: Final = 100  # Bot API, getUpdates: the most
QUIET_LIMIT: Final = timedelta(days=6)
"""After this long without an update the offset is forgotten: after a week Telegram may begin at a lower id."""
ROOM_SECONDS: Final = 1.0
"""How often a full inbox is looked at again."""
GRACE_SECONDS: Final = 30.0
"""How much longer than one poll Telegram may be silent before that is a problem."""
_LONGEST_PAUSE: Final = 15.0

_log = logging.getLogger(__name__)


class StrangeUpdatesError(TelegramError):
    """``getUpdates`` was answered by something else than updates."""

    __slots__ = ()


# All else is an outage, and told by the bot or the storage.
_TOLD_HERE: Final = (StrangeUpdatesError, BadRequest, Forbidden, FloodedError)


class Poller:
    """Brings updates from Telegram into the inbox until it is cancelled."""

    def __init__(
        self,
        bot: ApiBot,
        storage: Storage,
        clock: Clock,
        *,
        wake: Callable[[], None],
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._bot = bot
        self._storage = storage
        self._clock = clock
        self._wake = wake
        self._poll_seconds = poll_seconds
        self._offset: int | None = None
        self._last_update_at = clock.now()
        self.heart = Heartbeat(poll_seconds + GRACE_SECONDS)  # beats with each answer
        self._failures = 0
        self._repairs = Repairs()
        self._blocked = ""
        self._full = Outage(f"{MOST_WAITING} updates wait: no more are asked for until some are handled", log=_log)
        self._strange = Outage("getUpdates gets no updates, it is asked again", log=_log)
        self._rival = Outage("another program polls with this token", log=_log)

    async def run(self) -> None:
        """Poll for ever. Cancelling loses nothing: what was not confirmed comes again."""
        self.heart.beat()
        while True:
            try:
                await self.poll()
            except (TelegramError, TimeoutError, StorageError) as error:
                await self._back_off(error)
            else:
                self._failures = 0

    async def poll(self) -> int:
        """Ask once, as soon as there is room, store what comes, and return how many updates were new."""
        await self._room()
        result = await self._bot.call("getUpdates", self._parameters(), wait_seconds=self._poll_seconds)
        updates = self._read(result)
        self._strange.worked()
        self._rival.worked()
        self._blocked = ""
        self.heart.beat()
        self._forget_stale_offset()
        if not updates:
            return 0
        async with self._storage.transaction() as unit:
            new = await unit.inbox.store(updates)
        self._offset = max(update.update_id for update in updates) + 1
        self._last_update_at = self._clock.now()
        metrics.UPDATES.inc(new)
        self._wake()
        return new

    async def problem(self) -> str | None:
        """Return since when Telegram brings no updates, or why; None where it answers as it should."""
        if self._blocked:
            return self._blocked
        return f"getUpdates has not answered for {self.heart.silence():.0f} s" if self.heart.lag() else None

    async def _room(self) -> None:
        while True:
            async with self._storage.reading() as unit:
                if not await unit.inbox.full(MOST_WAITING):
                    self._full.worked()
                    return
            self._full.failed("readers write faster than they are answered")
            self.heart.beat()  # it is not Telegram that is silent
            await asyncio.sleep(ROOM_SECONDS)

    def _parameters(self) -> dict[str, object]:
        return {
            "offset": self._offset,
            "limit": BATCH,
            "timeout": self._poll_seconds,
            "allowed_updates": list(ALLOWED_UPDATES),
        }

    def _read(self, result: Json) -> list[InboxUpdate]:
        """Return the inbox rows of a batch. What has no id cannot be confirmed either: it is left out, and logged."""
        if not isinstance(result, list):
            raise StrangeUpdatesError("it was answered by something that is no list")
        rows = [inbox_update(raw, self._clock.now()) for raw in result]
        known = [row for row in rows if row is not None]
        if rows and not known:
            raise StrangeUpdatesError("it was answered by updates without an id")
        if len(known) < len(rows):
            _log.warning("passed over %d updates without an id", len(rows) - len(known))
        return known

    def _forget_stale_offset(self) -> None:
        if abs(self._clock.now() - self._last_update_at) > QUIET_LIMIT:  # or the clock was set back: forgetting is safe
            self._offset = None

    async def _back_off(self, error: TelegramError | TimeoutError | StorageError) -> None:
        metrics.LOOP_FAILURES.labels("polling").inc()
        pause = min(backoff(self._failures).total_seconds(), _LONGEST_PAUSE)
        if isinstance(error, FloodedError) and error.retry_after is not None:
            pause = max(pause, error.retry_after)
        self._failures += 1
        if isinstance(error, Conflict):
            await self._give_way_or_clear_it(error)
        elif isinstance(error, _TOLD_HERE):
            self._strange.failed(str(error) or type(error).__name__)
        await asyncio.sleep(pause)

    async def _give_way_or_clear_it(self, error: Conflict) -> None:
        """Delete a webhook that somebody set, as the start does: it keeps all updates from polling.

        Against another program that polls nothing helps but to end one of the two.
        """
        now = self._clock.now()
        if "webhook" not in str(error):
            self._rival.failed(str(error))
        elif self._repairs.are_left(now):
            try:
                info = await webhook_info(self._bot)
                await self._bot.call("deleteWebhook", {})
            except (TelegramError, TimeoutError) as failure:
                _log.warning("a webhook is set, and could not be deleted: %s", failure or "no answer")
            else:
                self._repairs.note(now)
                _log.warning("somebody set a webhook, it %s; it was deleted, this program polls", info.place)
        elif not self._blocked:
            self._blocked = (
                f"a webhook was set more than {MOST_REPAIRS} times in an hour: another program has the token"
            )
            _log.error("%s; it is left so for now", self._blocked)
