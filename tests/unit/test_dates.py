"""``bot.feeds.parsers.dates``: every way in which outlets write a date."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.parsers.dates import date_in_url, parse_date

NOW = datetime(2025, 12, 11, 10, 0, tzinfo=UTC)  # 15:00 in Almaty


def read(text: str, zone: str = "Asia/Almaty") -> str | None:
    """Return the date as ISO 8601 without the zone, or None."""
    found = parse_date(text, zone=zone, now=NOW)
    return found.strftime("%Y-%m-%dT%H:%M:%S") if found else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thu, 11 Dec 2025 10:05:00 +0500", "2025-12-11T05:05:00"),
        ("Thu, 11 Dec 2025 10:05:00 GMT", "2025-12-11T10:05:00"),
        ("Thu, 11 Dec 2025 10:05 EST", "2025-12-11T15:05:00"),
        ("11 Dec 25 10:05:00 Z", "2025-12-11T10:05:00"),
        ("Sun, 10 Dec 17 13:01:36 -0800", "2017-12-10T21:01:36"),
        ("Thu, 11 December 2025 10:05:00 GMT+05:00", "2025-12-11T05:05:00"),
        ("Thu, 11 Dec 2025 10:05:00 +06:00 (ALMT)", "2025-12-11T04:05:00"),
        ("Thu Dec 11 10:05:00 2025", "2025-12-11T05:05:00"),
        ("Thu Dec 11 10:05:00 UTC 2025", "2025-12-11T10:05:00"),
        ("December 11, 2025 10:05 PM", "2025-12-11T17:05:00"),
        ("Dec 11, 2025", "2025-12-10T19:00:00"),
        ("Thu, 01-Jan-2004 19:48:21 GMT", "2004-01-01T19:48:21"),
        ("Чт, 11 дек 2025 10:05:00 +0500", "2025-12-11T05:05:00"),
        ("Чт, 11 дек 2025", "2025-12-10T19:00:00"),
    ],
)
def test_rfc_822_and_its_relatives(text: str, expected: str) -> None:
    """RFC 822 with its years, zones and comments, the forms of C and of JavaScript, and Russian names in it."""
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-12-11T10:05:00Z", "2025-12-11T10:05:00"),
        ("2025-12-11T10:05:00.123+05:00", "2025-12-11T05:05:00"),
        ("2025-12-11T10:05+0500", "2025-12-11T05:05:00"),
        ("2025-12-11 10:05:00 +05", "2025-12-11T05:05:00"),
        ("2025-12-11 10:05", "2025-12-11T05:05:00"),
        ("2025-12-11", "2025-12-10T19:00:00"),
        ("20251211T100500Z", "2025-12-11T10:05:00"),
        ("2025-12-11T24:00:00Z", "2025-12-12T00:00:00"),
        ("2025-06-30T23:59:60Z", "2025-06-30T23:59:59"),
        ("1765447500", "2025-12-11T10:05:00"),
        ("1765447500000", "2025-12-11T10:05:00"),
    ],
)
def test_iso_8601_and_unix_times(text: str, expected: str) -> None:
    """ISO 8601 in its extended and basic forms, at every precision, and Unix times in seconds and milliseconds."""
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11 желтоқсан 2025", "2025-12-10T19:00:00"),
        ("11 желтоқсан 2025, 12:05", "2025-12-11T07:05:00"),
        ("2025 жылғы 11 желтоқсан, 12:05", "2025-12-11T07:05:00"),
        ("11 Желтоксан, 2025 12:05", "2025-12-11T07:05:00"),
        ("11 Jeltoqsan 2025 12:05", "2025-12-11T07:05:00"),
        ("3 қаңтар 2025 ж. 09:00", "2025-01-03T04:00:00"),
        ("7 наурыз 2025", "2025-03-06T19:00:00"),
        ("19 сентября 2025 года", "2025-09-18T19:00:00"),
        ("11 декабря 2025, 12:05", "2025-12-11T07:05:00"),
        ("12:05, 11 декабря 2025", "2025-12-11T07:05:00"),
        ("11 декабря, 12:05", "2025-12-11T07:05:00"),
        ("25 декабря, 12:05", "2024-12-25T07:05:00"),
        ("11.12.2025", "2025-12-10T19:00:00"),
        ("11.12.2025 12:05", "2025-12-11T07:05:00"),
        ("12:05 | 11.12.2025", "2025-12-11T07:05:00"),
        ("11.12.25, 12:05", "2025-12-11T07:05:00"),
        ("11/12/2025 12:05", "2025-12-11T07:05:00"),
        ("2025.12.11 12:05", "2025-12-11T07:05:00"),
        ("Жарияланған: 2025/12/11, 12:05", "2025-12-11T07:05:00"),
        ("Дүйсенбі, 8 желтоқсан 2025 жыл 09:12", "2025-12-08T04:12:00"),
        ("2025-жылдың 8-желтоқсаны", "2025-12-07T19:00:00"),
        ("Опубликовано: 11 декабря 2025 в 18:30", "2025-12-11T13:30:00"),
        ("11 мая 2025", "2025-05-10T19:00:00"),
    ],
)
def test_local_dates(text: str, expected: str) -> None:
    """Russian and Kazakh months in their forms and scripts, and figures with the day first, in the source's zone."""
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Бүгін, 12:05", "2025-12-11T07:05:00"),
        ("Кеше, 17:49", "2025-12-10T12:49:00"),
        ("Кеше", "2025-12-09T19:00:00"),
        ("Сегодня, 02:47", "2025-12-10T21:47:00"),
        ("Вчера, 17:49", "2025-12-10T12:49:00"),
        ("Позавчера, 17:49", "2025-12-09T12:49:00"),
        ("Yesterday at 5:49 PM", "2025-12-10T12:49:00"),
        ("2 часа назад", "2025-12-11T08:00:00"),
        ("час назад", "2025-12-11T09:00:00"),
        ("полчаса назад", "2025-12-11T09:30:00"),
        ("1 жыл бұрын", "2024-12-11T10:00:00"),
        ("2 года назад", "2023-12-12T10:00:00"),
        ("15 минут назад", "2025-12-11T09:45:00"),
        ("3 сағат бұрын", "2025-12-11T07:00:00"),
        ("2 күн бұрын", "2025-12-09T10:00:00"),
        ("an hour ago", "2025-12-11T09:00:00"),
        ("5 days ago", "2025-12-06T10:00:00"),
        ("только что", "2025-12-11T10:00:00"),
        ("14:30", "2025-12-11T09:30:00"),
        ("23:10", "2025-12-10T18:10:00"),
    ],
)
def test_dates_relative_to_now(text: str, expected: str) -> None:
    """Words for today and yesterday, spans of time, and a bare clock, all counted from the given now."""
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "   ", "12/31/2025", "02-30-2025", "31.02.2025", "soon", "Новости", "99:99", "2025-13-01", "0", "11 foo 2025"],
)
def test_what_is_no_date(text: str) -> None:
    """A month is never read before a day, and an impossible or absent date is none, not a guess."""
    assert read(text) is None


def test_days_in_addresses():
    """An address may name its day; figures that are no day are none."""
    assert date_in_url("https://x.kz/news/2025/12/11/a") == datetime(2025, 12, 10, 19, tzinfo=UTC)
    assert date_in_url("https://x.kz/news/2025-12-11-a", zone="UTC") == datetime(2025, 12, 11, tzinfo=UTC)
    assert date_in_url("https://x.kz/2025/13/11/") is None
    assert date_in_url("https://x.kz/a-2025") is None


def test_zone_of_the_source_and_its_history() -> None:
    """A date without a zone is in the source's zone, at the offset that held on that day (Almaty was UTC+6)."""
    assert read("2023-06-01 12:00") == "2023-06-01T06:00:00"
    assert read("2025-06-01 12:00") == "2025-06-01T07:00:00"
    assert read("2025-06-01 12:00", "Europe/London") == "2025-06-01T11:00:00"


@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)), st.integers(-12, 14))
def test_what_is_written_is_read(moment: datetime, hours: int) -> None:
    """RFC 822 and ISO 8601 with an offset read back to the same instant, whatever the zone of the source."""
    moment = moment.replace(microsecond=0)
    expected = (moment - timedelta(hours=hours)).replace(tzinfo=UTC)
    offset = f"{'-' if hours < 0 else '+'}{abs(hours):02}00"

    assert parse_date(moment.strftime("%a, %d %b %Y %H:%M:%S ") + offset, now=NOW) == expected
    assert parse_date(moment.strftime("%Y-%m-%dT%H:%M:%S") + offset, now=NOW) == expected


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    """No text makes the reader of dates fail."""
    found = parse_date(text, now=NOW)

    assert found is None or found.tzinfo is UTC
