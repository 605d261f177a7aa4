"""Telling one outage once, however many tasks meet it.

While a database is away every loop, listener and handler fails, again and again. Each lets the one ``Outage`` of the
database hear of it, and logs nothing itself. The log has a line when the outage begins, one now and then while it
lasts, and one when it is over::

    outage of the database: Connection refused; nothing is confirmed to Telegram, all is tried again until it is back
    outage of the database since 2026-11-30T03:30:00Z, 170 failures: Connection refused
    outage of the database: over after 9 min 58 s, 1703 failures
"""

import asyncio
import errno
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from bot.errors import ReadingOnlyError, StorageError
from bot.logs import outline

PAUSES: Final = (60.0, 300.0, 900.0, 3600.0)
"""Seconds from one line to the next while an outage lasts; the last one again and again. As long are the pauses from
the first line of one outage to that of another: what fails and works in turns has few lines, too."""
CALM_SECONDS: Final = 3600.0
"""After so long without a failure these pauses begin anew, and the next outage is told at once."""

SILENCE_SECONDS: Final = 5.0
"""After so long without an error of ``accept``, which is tried each second, connections are taken again."""

_MINUTE, _HOUR = 60, 3600
_EXHAUSTED: Final = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)

_log = logging.getLogger(__name__)


class Outage:
    """What is known of the failures of one thing, and when they were told.

    Args:
        what: the beginning of each line.
        meanwhile: what the program does about it, for the first line.
        log: where lines go.
        fields: what each record has besides, for logs in JSON.
        now: seconds on a monotonic clock.
    """

    def __init__(
        self,
        what: str,
        meanwhile: str = "",
        *,
        log: logging.Logger = _log,
        fields: Mapping[str, object] | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self._meanwhile = meanwhile
        self._log = partial(log.error, extra=fields)  # the end, too: whoever saw the other lines waits for it
        self._now = now
        self._began: float | None = None
        self._began_at = ""
        self._ended: float | None = None
        self._failures = 0
        self._is_told = False
        self._lines = 0  # of this outage
        self._told = 0  # outages since the last calm
        self._told_at = 0.0  # when the newest of them was
        self._next_line = 0.0

    @property
    def since(self) -> str | None:
        """When it began, in UTC; None where all is well."""
        return self._began_at if self._began is not None else None

    def failed(self, reason: str) -> None:
        """Hear of a failure. ``reason`` is shown, so it must hold no reader's words."""
        now = self._now()
        if self._began is None:
            self._begin(now)
        self._failures += 1
        if now < self._next_line:
            return
        if self._failures == 1:
            self._log("%s: %s%s", self._what, reason, f"; {self._meanwhile}" if self._meanwhile else "")
        else:
            self._log("%s since %s, %d failures: %s", self._what, self._began_at, self._failures, reason)
        if not self._is_told:
            self._is_told = True
            self._told, self._told_at = self._told + 1, now
        self._next_line = now + _pause(self._lines)
        self._lines += 1

    def worked(self) -> None:
        """Hear that it works (again)."""
        if self._began is None:
            return
        self._ended = self._now()
        if self._is_told:
            count = f"{self._failures} failure{'s' if self._failures > 1 else ''}"
            self._log("%s: over after %s, %s", self._what, _span(self._ended - self._began), count)
        self._began = None

    def _begin(self, now: float) -> None:
        self._began, self._began_at = now, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        self._failures, self._lines, self._is_told = 0, 0, False
        if self._ended is None or now - self._ended >= CALM_SECONDS:
            self._told = 0
        self._next_line = self._told_at + _pause(self._told - 1) if self._told else now


class TelegramOutages:
    """The outages of the Bot API, as every call hears them: it does not answer, or refuses the token."""

    def __init__(self) -> None:
        self.silence = Outage(
            "outage of Telegram", "messages wait, what readers write stays there, all is tried again until it answers"
        )
        self.refusal = Outage(
            "Telegram refuses the token (BOT_TOKEN)", "nothing is sent or given up until it is taken again"
        )


class LoopErrors:
    """What an event loop tells of errors that nobody waited for, for ``loop.set_exception_handler``.

    The loop's own line shows the task with its error, whose text may quote a reader. Where the process may open no more
    files the loop tells of it a hundred times a second: that is one outage, over once it has been silent for a while.
    """

    def __init__(self) -> None:
        self._files = Outage("no connection can be taken", "tried again each second (LimitNOFILE, ulimit -n)")
        self._silence: asyncio.TimerHandle | None = None

    def __call__(self, loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        """Log it."""
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in _EXHAUSTED and "accept" in context["message"]):
            _log.error("%s: %s", context["message"], outline(error) if error else "no error is known")
            return
        self._files.failed(error.strerror or type(error).__name__)
        if self._silence:
            self._silence.cancel()
        self._silence = loop.call_later(SILENCE_SECONDS, self._files.worked)


def database_outage() -> Outage:
    """Return the outage of a database."""
    return Outage(
        "outage of the database", "nothing is confirmed to Telegram, all is tried again until the database is back"
    )


def is_told(error: BaseException | None) -> bool:
    """Return whether an error is of the database, whose outage the storage tells: it is not to be logged again.

    Not so a write in a reading: that is a bug.
    """
    return isinstance(error, StorageError) and not isinstance(error, ReadingOnlyError)


def _pause(number: int) -> float:
    return PAUSES[min(number, len(PAUSES) - 1)]


def _span(seconds: float) -> str:
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"
