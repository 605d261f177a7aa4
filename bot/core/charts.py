"""What a chart shows: figures by day, in words and numbers; ``ports.Charts`` draws it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Series:
    """Figures of one kind, one for each day."""

    name: str
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One diagram: its series stand on each other, day by day."""

    title: str
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Diagrams over the same days, one below the other; ``days`` are the days in words, ``one_scale`` is for all."""

    days: tuple[str, ...]
    panels: tuple[Panel, ...]
    one_scale: bool = True


def day_starts(now: datetime, zone: str, days: int) -> tuple[datetime, ...]:
    """Return the instants at which the last ``days`` days of a zone began, and the one at which today will end.

    That are ``days`` + 1 instants in UTC; two of them may lie 23 or 25 hours apart.
    """
    local = ZoneInfo(zone)
    today = now.astimezone(local).date()
    dates = (today + timedelta(days=number) for number in range(1 - days, 2))
    return tuple(datetime.combine(date, time.min, local).astimezone(UTC) for date in dates)


def day_of(at: datetime, starts: Sequence[datetime]) -> int | None:
    """Return in which of those days an instant lies, None where in none of them."""
    return next((day for day in range(len(starts) - 1) if starts[day] <= at < starts[day + 1]), None)
