"""Dates as outlets write them -> instants in UTC. Pure.

Read: RFC 822, ISO 8601, ``dd.mm.yyyy``, month names in English, Russian and Kazakh (Cyrillic and Latin),
«Бүгін, 12:05», «Вчера, 17:49», «2 часа назад», «3 сағат бұрын», Unix times. A date that names no zone is in the
source's zone. The day always stands before the month in figures: what cannot be read so is not a date.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from bot.feeds.parsers.months import MONTH_PREFIXES

_ISO = re.compile(
    r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?|(\d\d)(\d\d))?"
    r"(?:(?:\s*t\s*|,?\s+)(\d\d?):?(\d\d)(?::?(\d\d)(?:[.,]\d+)?)?)?\s*(z|ut|utc|gmt|[+-]\d\d?(?::?\d\d)?)?",
)
_CLOCK = re.compile(r"(?<![\d.:])(\d\d?)[:.](\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?![\d:])(?:\s*([ap])\.?m\b\.?)?")
_RFC_822 = re.compile(r"(?:[a-z]{3},? )?(\d\d?) ([a-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) (gmt|utc|z|[+-]\d{4})")
_OFFSET = re.compile(r"(?:\b(?:gmt|utc)\s*)?([+-])(\d\d?)(?::?(\d\d))?\s*(?:\([^)]*\))?$")
_ZONE_NAME = re.compile(r"[\d\s]([a-z]{1,5})\s*(?:\([^)]*\))?$")
_FIGURES = re.compile(r"(?<!\d)(\d\d?)([./-])(\d\d?)(?:\2(\d{4}|\d\d))?(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-./](\d\d?)[-./](\d\d?)(?!\d)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d\d?)(?:st|nd|rd|th|-?шы|-?ші)?[\s.-]+([^\W\d_]{3,})\.?"
    r"(?:[\s,-]+(\d{4}|\d\d)(?![\d:]))?"
)
_MONTH_DAY = re.compile(r"([^\W\d_]{3,})\.?\s+(\d\d?)(?:st|nd|rd|th)?(?![\d:])(?:\s*,?\s*(\d{4})\b)?")
_COMMENT = re.compile(r"\([^()]*\)")  # RFC 822, 3.4.3
_URL_DAY = re.compile(r"[/-](20\d\d)([/-])(\d\d)\2(\d\d)(?![\d])")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_AGO = re.compile(r"(?:(\d+)|(an?|один|одну|бір))?\s*([^\W\d_]+)\.?\s+(?:ago|назад|бұрын|бурын|buryn)\b")
_AGO_UNITS = (
    (("сек", "sec"), timedelta(seconds=1)),
    (("мин", "min"), timedelta(minutes=1)),
    (("час", "сағ", "саг", "hour", "hr", "sağ", "sag"), timedelta(hours=1)),
    (("ден", "дн", "день", "дня", "күн", "кун", "day", "kún", "kun"), timedelta(days=1)),
    (("нед", "апта", "week", "apta"), timedelta(weeks=1)),
    (("мес", "ай", "month"), timedelta(days=30)),
    (("год", "лет", "жыл", "year", "jyl"), timedelta(days=365)),
    (("полчас",), timedelta(minutes=30)),
)
_NOW = ("только что", "жаңа ғана", "қазір ғана", "just now")
_DAYS = {
    **dict.fromkeys(("сегодня", "бүгін", "бугин", "today", "búgin", "bugin", "bügın"), 0),
    **dict.fromkeys(("вчера", "кеше", "yesterday", "keshe", "keşe"), 1),
    **dict.fromkeys(("позавчера", "алдыңғы күні", "алдыңгүні"), 2),
}
_DAY_WORD = re.compile("|".join(sorted(_DAYS, key=len, reverse=True)))
_ZONE_HOURS = {
    name: hours
    for hours, names in {
        0: "z ut utc gmt wet", 1: "bst west cet met n", 2: "cest mest eet", 3: "eest msk", 4: "msd", 12: "y",
        -1: "a", -3: "adt", -4: "edt ast at", -5: "est et cdt", -6: "cst ct mdt", -7: "mst mt pdt", -8: "pst pt",
        -12: "m",
    }.items()
    for name in names.split()
}  # fmt: skip
"""Hours east of Greenwich of the names of RFC 822, of Europe and of Russia."""
_NO_ZONE = frozenset({"am", "pm", "ж", "г", "almt", "qyzt"})
_EPOCH_MILLISECONDS = 10_000_000_000
_CENTURY_TURN = 70
_NOON = 12
_SLACK = timedelta(days=1)


def parse_date(text: str, *, zone: str = "Asia/Almaty", now: datetime) -> datetime | None:
    """Return the instant that ``text`` names, in UTC and unclamped; None where it names none.

    ``zone`` is the IANA zone of dates without one; ``now`` is what relative dates and missing years are counted from.
    """
    if "(" in text:
        text = _COMMENT.sub(" ", text)
    lowered = " ".join(text.replace("\u2212", "-").lower().split())
    try:
        return _read(lowered, _zone(zone), now) if lowered else None
    except (ValueError, OverflowError):
        return None


def date_in_url(url: str, *, zone: str = "Asia/Almaty") -> datetime | None:
    """Return the start of the day that an address names (``/2025/12/11/``, ``/2025-12-11-``), in UTC; None without."""
    found = _URL_DAY.search(url)
    try:
        return _instant(date(int(found[1]), int(found[3]), int(found[4])), (0, 0, 0), _zone(zone)) if found else None
    except ValueError:
        return None


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _read(text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    if text.isdecimal() and len(text) in {10, 13}:
        seconds = int(text)
        return datetime.fromtimestamp(seconds / 1000 if seconds > _EPOCH_MILLISECONDS else seconds, UTC)
    usual = _RFC_822.fullmatch(text)  # what most feeds write, and twenty times cheaper than the general way
    if usual and (month := _month(usual[2])):
        day, _, year, *clock, offset = usual.groups()
        return _instant(
            date(int(year), month, int(day)), (int(clock[0]), int(clock[1]), int(clock[2])), _offset(offset)
        )
    iso = _ISO.fullmatch(text)
    if iso:
        return _from_iso(iso, zone)
    relative = _relative(text, now)
    return relative or _from_parts(text, zone, now)


def _from_iso(found: re.Match[str], zone: ZoneInfo) -> datetime:
    year, month, day, month2, day2, hour, minute, second, offset = found.groups()
    on = date(int(year), int(month or month2 or 1), int(day or day2 or 1))
    return _instant(on, (int(hour or 0), int(minute or 0), int(second or 0)), _offset(offset) if offset else zone)


def _offset(text: str) -> timezone:
    if text[0] not in "+-":
        return UTC
    figures = text[1:].replace(":", "")
    hours, minutes = (figures[:-2], figures[-2:]) if len(figures) > 2 else (figures, "0")  # noqa: PLR2004 (hhmm or hh)
    size = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-size if text[0] == "-" else size)


def _instant(on: date, clock: tuple[int, int, int], zone: ZoneInfo | timezone) -> datetime:
    """Put day, clock and zone together; 24:00 is the next day's start, a leap second the second before."""
    hour, minute, second = clock
    midnight = timedelta(days=1) if hour == 24 and not minute else timedelta()  # noqa: PLR2004 (ISO 8601's 24:00)
    at = time(0 if midnight else hour, minute, min(second, 59))
    return (datetime.combine(on, at, zone) + midnight).astimezone(UTC)


def _relative(text: str, now: datetime) -> datetime | None:
    if text.startswith(_NOW):
        return now.astimezone(UTC)
    found = _AGO.search(text)
    if not found:
        return None
    for names, unit in _AGO_UNITS:
        if found[3].startswith(names):
            return (now - unit * int(found[1] or 1)).astimezone(UTC)
    return None


def _from_parts(text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Read a date whose parts stand anywhere in ``text``: a day, perhaps a clock, perhaps a zone."""
    on, rest = _day(text, now.astimezone(zone).date())
    clock = _CLOCK.search(rest)
    if on is None:
        return _today_at(clock, zone, now) if clock and clock[0] == rest.strip() else None
    if clock is None:
        return _instant(on, (0, 0, 0), zone)
    return _instant(on, _hours(clock), _named_zone(rest[clock.end(1) :], zone))


def _today_at(clock: re.Match[str], zone: ZoneInfo, now: datetime) -> datetime:
    """Return a bare clock's latest instant: a list that shows hours only shows today's, or last night's, news."""
    at = _instant(now.astimezone(zone).date(), _hours(clock), zone)
    return at if at <= now + timedelta(minutes=5) else at - timedelta(days=1)


def _hours(clock: re.Match[str]) -> tuple[int, int, int]:
    hour, minute, second, half = clock.groups()
    value = int(hour)
    if half:
        value = value % _NOON + (_NOON if half == "p" else 0)
    return value, int(minute), int(second or 0)


def _named_zone(rest: str, zone: ZoneInfo) -> ZoneInfo | timezone:
    offset = _OFFSET.search(rest)
    if offset:
        return _offset(offset[1] + offset[2] + (offset[3] or ""))
    name = _ZONE_NAME.search(rest)
    if name is None or name[1] in _NO_ZONE:
        return zone
    # RFC 2822, 4.3: an unknown name stands for no offset.
    return timezone(timedelta(hours=_ZONE_HOURS.get(name[1], 0)))


def _day(text: str, today: date) -> tuple[date | None, str]:
    """Find the day in ``text``; return it and the text without it, so that its figures are not read as a clock."""
    word = _DAY_WORD.search(text)
    if word:
        return today - timedelta(days=_DAYS[word[0]]), _cut(text, word)
    for found in _DAY_MONTH.finditer(text):
        if month := _month(found[2]):
            return _dated(text, found, (int(found[1]), month, found[3]), today)
    for found in _MONTH_DAY.finditer(text):
        if month := _month(found[1]):
            return _dated(text, found, (int(found[2]), month, found[3]), today)
    if ordered := _YEAR_FIRST.search(text):
        return date(int(ordered[1]), int(ordered[2]), int(ordered[3])), _cut(text, ordered)
    for found in _FIGURES.finditer(text):
        if found[4] or found[2] == ".":
            return _dated(text, found, (int(found[1]), int(found[3]), found[4]), today)
    return None, text


def _dated(text: str, found: re.Match[str], parts: tuple[int, int, str | None], today: date) -> tuple[date, str]:
    day, month, year_text = parts
    rest = _cut(text, found)
    if year_text is None and (elsewhere := _YEAR.search(rest)):
        year_text, rest = elsewhere[1], _cut(rest, elsewhere)
    return date(_year(year_text, day, month, today), month, day), rest


def _year(text: str | None, day: int, month: int, today: date) -> int:
    """Return the year; without one, the latest in which the day is not ahead; of two figures, from 1970 to 2069."""
    if text is None:
        return today.year - (date(today.year, month, day) > today + _SLACK)
    year = int(text)
    if len(text) > 2:  # noqa: PLR2004 (a year in full)
        return year
    return year + (2000 if year < _CENTURY_TURN else 1900)


@lru_cache(maxsize=512)
def _month(word: str) -> int | None:
    return next((month for prefix, month in MONTH_PREFIXES if word.startswith(prefix)), None)


def _cut(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
