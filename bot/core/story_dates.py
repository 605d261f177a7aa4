"""The days that an article states: «17 мая», «6–8 мамыр», «May 17», «в понедельник»."""

import re
from functools import cache

from bot.core.model import Locale

# Beginnings of the month's names, January first, that no other word after a number shares.
_MONTHS: dict[Locale, str] = {
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "ru": "январ феврал март апрел ма[йяею] июн июл август сентябр октябр ноябр декабр",
    "en": "jan feb mar apr may jun jul aug sept? oct nov dec",
}
# Beginnings of the weekdays' names, Monday first.
_WEEKDAYS: dict[Locale, str] = {
    "kk": "дүйсенбі сейсенбі сәрсенбі бейсенбі жұма(?!б|д[ыі]ғ) сенбі жексенбі",
    "ru": r"понедельник вторник сред[ауы]\b четверг пятниц суббот воскресен[ьи]",
    "en": "monday tuesday wednesday thursday friday saturday sunday",
}
_RANGE = r"(?:\s*(?:-|–|—|и|по|на|до|мен|пен|бен|and|to)\s*(\d{1,2}))?(?:st|nd|rd|th)?"
_NUMERIC = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(?:20)?\d\d(?!\d)")
_MONTHS_IN_YEAR = 12
_DAYS_IN_MONTH = 31


def days(text: str, language: Locale) -> frozenset[tuple[int, int]]:
    """Return the days that ``text`` names, as (month, day). A range gives each of its days."""
    found: set[tuple[int, int]] = set()
    for pattern, first, last, month in _day_patterns(language):
        for match in pattern.finditer(text):
            number = next(at for at in range(_MONTHS_IN_YEAR) if match[month + at] is not None) + 1
            found |= _each(match[first], match[last], number)
    for match in _NUMERIC.finditer(text):
        found |= _each(match[1], None, int(match[2]))
    return frozenset(found)


def weekdays(text: str, language: Locale) -> frozenset[int]:
    """Return the weekdays that ``text`` names, Monday being 0."""
    return frozenset(
        at for match in _weekday_pattern(language).finditer(text) for at in range(7) if match[at + 1] is not None
    )


def _each(first: str, last: str | None, month: int) -> set[tuple[int, int]]:
    end = int(last or first)
    begin = min(int(first), end)  # «в ночь с 31 на 1 июня» gives the first of June
    if not 1 <= month <= _MONTHS_IN_YEAR or not 1 <= begin <= end <= _DAYS_IN_MONTH:
        return set()
    return {(month, day) for day in range(begin, end + 1)}


@cache
def _day_patterns(language: Locale) -> tuple[tuple[re.Pattern[str], int, int, int], ...]:
    """Return patterns with the groups of the first day, of the last one and of the first of twelve months."""
    months = "|".join(rf"({name})" for name in _MONTHS[language].split())
    before = re.compile(rf"(?<![\d.,:])(\d{{1,2}}){_RANGE}[\s-]+(?:{months})", re.IGNORECASE)
    if language != "en":
        return ((before, 1, 2, 3),)
    after = re.compile(rf"\b(?:{months})[a-z]*\.?\s+(\d{{1,2}})(?![\d:]){_RANGE}", re.IGNORECASE)
    return ((before, 1, 2, 3), (after, _MONTHS_IN_YEAR + 1, _MONTHS_IN_YEAR + 2, 1))


@cache
def _weekday_pattern(language: Locale) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(rf'({name})' for name in _WEEKDAYS[language].split())})", re.IGNORECASE)
