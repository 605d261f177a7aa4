"""Quiet hours: a daily span of local time in which nothing may ring. Pure arithmetic, as in ``core.schedule``.

The canonical text is what ``/quiet`` takes and what storage keeps: ``23:00-07:00``, empty for none.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.schedule import OFF_WORDS
from bot.errors import ScheduleError

_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|—|\s)\s*(\d{1,2})(?:[:.](\d{2}))?")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quiet:
    """From ``start`` up to ``end``, local times; a span that ends before it starts goes over midnight."""

    start: time
    end: time

    def __str__(self) -> str:
        """Return the canonical text."""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def parse(text: str) -> Quiet | None:
    """Read what a reader typed after ``/quiet``, or what storage kept; None for ``off`` and for nothing.

    Raises:
        ScheduleError: ``quiet-unreadable`` with the ``text``; so is a span that would never end.
    """
    typed = text.strip().lower()
    if not typed or typed in OFF_WORDS:
        return None
    found = _SPAN.fullmatch(typed)
    try:
        start, end = (time(int(found[at]), int(found[at + 1] or 0)) for at in (1, 3)) if found else (None, None)
    except ValueError:
        start = end = None
    if start is None or end is None or start == end:
        raise ScheduleError("quiet-unreadable", text=text)
    return Quiet(start, end)


def quiet_until(quiet: Quiet | None, zone: str, now: datetime) -> datetime | None:
    """Return when the quiet hours that it is in end, in UTC; None outside of them."""
    if quiet is None:
        return None
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    for day in (today - _DAY, today):
        begin = _instant(day, quiet.start, here)
        end = _instant(day if quiet.end > quiet.start else day + _DAY, quiet.end, here)
        if begin <= now < end:
            return end
    return None


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
