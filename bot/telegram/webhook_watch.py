"""Watches over the webhook: whoever has the token can point it elsewhere, and Telegram tells nobody when calls fail.

::

    getWebhookInfo, each minute | as it was set?  | no: set again, three times an hour at most
                                |                 | yes: calls that fail are told in the log
                                | metrics
"""

import logging
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import telegram.error

from bot import metrics
from bot.core.updates import ALLOWED_UPDATES
from bot.errors import TelegramError
from bot.heartbeat import Heartbeat
from bot.ports import Clock
from bot.telegram.api import ApiBot, Json
from bot.telegram.webhook import set_webhook

INTERVAL: Final = timedelta(minutes=1)
SILENCE: Final = 3 * INTERVAL
"""After this long without an answer it is a problem that nobody knows where updates go."""
FAILING: Final = timedelta(minutes=5)
"""Telegram repeats a failed call within a minute or so: without a failure for so long, calls arrive again."""
MOST_REPAIRS: Final = 3
REPAIR_WINDOW: Final = timedelta(hours=1)
_FORBIDDEN: Final = " 403"  # in "Wrong response from the webhook: 403 Forbidden": the secret is another one

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WebhookInfo:
    """What Telegram says of the webhook. ``url`` is empty where there is none; ``kinds`` None where it takes all."""

    url: str
    waiting: int
    failed_at: datetime | None
    error: str
    kinds: frozenset[str] | None

    @property
    def place(self) -> str:
        """Where it points, as it may be shown: the rest of an address may be somebody's secret."""
        return f"points to {urlsplit(self.url).hostname}" if self.url else "is gone"


class Repairs:
    """How often the webhook may be put right: two programs with one token must not fight over it for ever."""

    def __init__(self) -> None:
        self._done: deque[datetime] = deque()

    def are_left(self, now: datetime) -> bool:
        """Return whether one more is allowed in this hour."""
        while self._done and abs(now - self._done[0]) >= REPAIR_WINDOW:  # a clock that is set back keeps none for long
            self._done.popleft()
        return len(self._done) < MOST_REPAIRS

    def note(self, now: datetime) -> None:
        """Count one that was made."""
        self._done.append(now)
        metrics.WEBHOOK_REPAIRS.inc()


class WebhookWatch:
    """Looks after the webhook of this program. Any number of processes may: what one has put right is right for all."""

    def __init__(self, bot: ApiBot, url: str, secret: str, clock: Clock) -> None:
        self._bot = bot
        self._url = url
        self._secret = secret
        self._clock = clock
        self._repairs = Repairs()
        self._heart = Heartbeat(SILENCE.total_seconds())  # beats with each answer
        self._wrong = ""
        self._acted_on: datetime | None = None  # a refused call after which the secret was set again
        self._fails = False
        self._is_silent = False

    async def tick(self) -> None:
        """Ask Telegram how the webhook is and put right what can be."""
        try:
            info = await webhook_info(self._bot)
        except (telegram.error.TelegramError, TimeoutError) as error:
            if not self._is_silent:
                _log.warning("Telegram does not say how the webhook is: %s", error or "no answer")
            self._is_silent = True
            return
        self._is_silent = False
        self._heart.beat()
        now = self._clock.now()
        metrics.WEBHOOK_WAITING.set(info.waiting)
        metrics.WEBHOOK_FAILED_AT.set(info.failed_at.timestamp() if info.failed_at else 0)
        failing = info.failed_at is not None and now - info.failed_at < FAILING and info.waiting > 0
        self._tell(info, failing=failing)
        wrong = self._difference(info, failing=failing)
        if wrong:
            await self._repair(wrong, now)
        else:
            self._wrong = ""

    async def problem(self) -> str | None:
        """Return why updates do not come, as far as it can be seen from here; None where they should.

        Calls that fail are none: behind a balancer that asks for problems, they could never succeed again.
        """
        if self._heart.lag():
            return f"getWebhookInfo has not answered for {self._heart.silence():.0f} s"
        return self._wrong or None

    def _difference(self, info: WebhookInfo, *, failing: bool) -> str:
        """Return what is not as this program set it, empty where nothing is."""
        if info.url != self._url:
            return f"it {info.place}"
        if info.kinds is not None and (missing := set(ALLOWED_UPDATES) - info.kinds):
            return f"it leaves out {', '.join(sorted(missing))}"
        if failing and _FORBIDDEN in info.error and info.failed_at != self._acted_on:
            self._acted_on = info.failed_at
            return "its calls have another secret"
        return ""

    async def _repair(self, wrong: str, now: datetime) -> None:
        before = self._wrong
        if not self._repairs.are_left(now):
            self._wrong = (
                f"changed more than {MOST_REPAIRS} times in an hour and left so, another program has the token"
            )
            if self._wrong != before:
                _log.error("the webhook was %s: %s", self._wrong, wrong)
            return
        try:
            await set_webhook(self._bot, self._url, self._secret)
        except TelegramError as error:
            self._wrong = f"{wrong}; {error}"
            if self._wrong != before:
                _log.warning("the webhook was changed: %s", self._wrong)
        else:
            self._repairs.note(now)
            self._wrong = ""
            _log.warning("the webhook was changed: %s; it was set again", wrong)

    def _tell(self, info: WebhookInfo, *, failing: bool) -> None:
        if failing and not self._fails:
            _log.warning("Telegram's calls of the webhook fail, %d updates wait: %s", info.waiting, info.error)
        if self._fails and not failing:
            _log.info("Telegram's calls of the webhook arrive again")
        self._fails = failing


async def webhook_info(bot: ApiBot) -> WebhookInfo:
    """Ask Telegram how the webhook is.

    Raises:
        telegram.error.TelegramError: it does not say so, or nothing that can be read.
        TimeoutError: no answer in time.
    """
    answer = await bot.call("getWebhookInfo", {})
    try:
        return _read(answer)
    except (TypeError, KeyError, ValueError, OverflowError) as error:
        raise telegram.error.TelegramError("getWebhookInfo was answered by something else") from error


def _read(answer: Json) -> WebhookInfo:
    if not isinstance(answer, dict):
        raise TypeError
    failed_at, kinds = answer.get("last_error_date"), answer.get("allowed_updates")
    return WebhookInfo(
        url=str(answer["url"]),
        waiting=int(str(answer.get("pending_update_count", 0))),
        failed_at=datetime.fromtimestamp(int(str(failed_at)), UTC) if failed_at else None,
        error=" ".join(str(answer.get("last_error_message", "")).split())[:200],
        kinds=frozenset(map(str, kinds)) if isinstance(kinds, list) else None,
    )
