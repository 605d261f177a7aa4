"""When digests are due: pure arithmetic of slots, zones and summer time.

A schedule has a canonical text, which is what ``/schedule`` takes and what storage keeps::

    08:30              every day at one time
    08:30,19:00        every day at several times
    mon,fri 09:00      on some days
    weekly sun 10:00   the weekly slot; stands beside the ordinary slots, after a semicolon
    off                neither

A slot is an instant in UTC. In a summer-time gap a local time that does not exist falls as much later as the clocks
went forward; in an overlap the first of the two instants counts, so each local time gives one slot a day.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import ScheduleError, ZoneError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))
MAX_TIMES = 6
# Names of days as readers of the three languages type them; the canonical text keeps the English ones.
DAY_NAMES = {
    name: index
    for index, names in enumerate(
        (
            "mon monday пн понедельник дс дүйсенбі",
            "tue tuesday вт вторник сс сейсенбі",
            "wed wednesday ср среда сәрсенбі",
            "thu thursday чт четверг бс бейсенбі",
            "fri friday пт пятница жм жұма",
            "sat saturday сб суббота сенбі",
            "sun sunday вс воскресенье жс жексенбі",
        )
    )
    for name in names.split()
}
WEEKLY_WORDS = frozenset({"weekly", "апта", "апталық", "еженедельно", "неделя"})
OFF_WORDS = frozenset({"off", "өшіру", "жоқ", "выкл", "нет"})
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})")


@dataclass(frozen=True, slots=True)
class Schedule:
    """Ordinary slots (``times`` on ``days``, 0 for Monday) and the weekly slot (``weekly``: day and time)."""

    times: tuple[time, ...] = ()
    days: frozenset[int] = EVERY_DAY
    weekly: tuple[int, time] | None = None

    def __str__(self) -> str:
        """Return the canonical text."""
        parts = []
        if self.times:
            hours = ",".join(f"{at:%H:%M}" for at in self.times)
            days = "" if self.days == EVERY_DAY else ",".join(DAYS[day] for day in sorted(self.days)) + " "
            parts.append(days + hours)
        if self.weekly:
            parts.append(f"weekly {DAYS[self.weekly[0]]} {self.weekly[1]:%H:%M}")
        return "; ".join(parts) or "off"


DEFAULT = Schedule(times=(time(8, 30),), weekly=(6, time(10, 0)))


@lru_cache(maxsize=1024)  # the hours of one are those of thousands, and all that are due ask in the same second
def parse(text: str) -> Schedule:
    """Read the canonical text of a whole schedule.

    Raises:
        ScheduleError: ``schedule-unreadable``.
    """
    schedule = Schedule()
    for part in text.split(";"):
        schedule = change(schedule, part)
    return schedule


def change(schedule: Schedule, text: str) -> Schedule:
    """Apply what a reader typed after ``/schedule``: the weekly form sets the weekly slot, the others the ordinary.

    Raises:
        ScheduleError: ``schedule-unreadable`` with the ``text``.
    """
    words = text.lower().replace(";", " ").split()
    if len(words) == 1 and words[0] in OFF_WORDS:
        return Schedule()
    if words and words[0] in WEEKLY_WORDS:
        day, at = _weekly(words[1:], text)
        return replace(schedule, weekly=(day, at))
    names = [name for word in words for name in word.split(",") if name]
    days = frozenset(DAY_NAMES[name] for name in names if name in DAY_NAMES)
    times = sorted({_time(name, text) for name in names if name not in DAY_NAMES})
    if not times or len(times) > MAX_TIMES:
        raise ScheduleError("schedule-unreadable", text=text)
    return replace(schedule, times=tuple(times), days=days or EVERY_DAY)


def _weekly(words: list[str], text: str) -> tuple[int, time]:
    if len(words) != 2 or words[0] not in DAY_NAMES:  # noqa: PLR2004 - a day and a time
        raise ScheduleError("schedule-unreadable", text=text)
    return DAY_NAMES[words[0]], _time(words[1], text)


def _time(word: str, text: str) -> time:
    found = _TIME.fullmatch(word)
    if found is None:
        raise ScheduleError("schedule-unreadable", text=text)
    try:
        return time(int(found[1]), int(found[2]))
    except ValueError:
        raise ScheduleError("schedule-unreadable", text=text) from None


@lru_cache(maxsize=1024)
def next_slot(schedule: Schedule, zone: str, after: datetime) -> datetime | None:
    """Return the first ordinary slot later than ``after``'s minute, None where there is none.

    A schedule that is set inside its own minute so means the next day.
    """
    return _next(schedule.times, schedule.days, zone, after)


def next_weekly(schedule: Schedule, zone: str, after: datetime) -> datetime | None:
    """Return the first weekly slot later than ``after``'s minute, None where there is none."""
    if schedule.weekly is None:
        return None
    day, at = schedule.weekly
    return _next((at,), frozenset({day}), zone, after)


def _next(times: Iterable[time], days: frozenset[int], zone: str, after: datetime) -> datetime | None:
    here = ZoneInfo(zone)
    today = after.astimezone(here).date()
    # Eight days hold every weekday again; the day before covers zones that skip a day.
    candidates = (
        _instant(today + timedelta(days=ahead), at, here)
        for ahead in range(-1, 9)
        for at in times
        if (today + timedelta(days=ahead)).weekday() in days
    )
    return min((slot for slot in candidates if slot > after), default=None)


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def due_slot(schedule: Schedule, zone: str, planned: datetime, now: datetime) -> datetime:
    """Return the slot that a digest composed now stands for: the latest that has come, at or after ``planned``.

    After hours of downtime the missed slots so become one catch-up digest.
    """
    slot = planned
    while (following := next_slot(schedule, zone, slot)) is not None and following <= now:
        slot = following
    return slot


@dataclass(frozen=True, slots=True)
class KnownZones:
    """The IANA zones in their proper spelling, by name and by the city that a name ends with, in small letters."""

    by_name: Mapping[str, str]
    by_city: Mapping[str, str]


@cache  # the database of zones is a tree of files
def known_zones() -> KnownZones:
    """Return the zones that there are."""
    zones = {zone.lower(): zone for zone in available_timezones() if "/" in zone or zone == "UTC"}
    return KnownZones(zones, {key.rpartition("/")[2]: zone for key, zone in sorted(zones.items(), reverse=True)})


def parse_zone(text: str) -> str:
    """Return the IANA zone that a reader typed, in its proper spelling.

    Raises:
        ZoneError: ``zone-unknown`` with the ``text``.
    """
    wanted = text.strip().replace(" ", "_").lower()
    zones = known_zones()
    found = zones.by_name.get(wanted) or zones.by_city.get(wanted)
    if found is not None:
        return found
    raise ZoneError("zone-unknown", text=text.strip())
