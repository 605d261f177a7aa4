"""Quiet hours: read, said back, and known to be on or off."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.quiet import Quiet, parse, quiet_until
from bot.errors import ScheduleError

NIGHT = Quiet(time(23), time(7))
times = st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None))
spans = st.builds(Quiet, times, times).filter(lambda span: span.start != span.end)
zones = st.sampled_from(["Asia/Almaty", "Europe/Berlin", "America/New_York", "Pacific/Chatham", "UTC"])
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


@given(spans)
def test_the_canonical_text_is_read_back(span):
    """``parse(str(quiet)) == quiet``."""
    assert parse(str(span)) == span


@pytest.mark.parametrize("text", ["23:00-07:00", "23-7", "23.00 – 07.00", "23:00 7:00", " 23:00—07:00 "])
def test_usual_ways_of_writing_are_read(text):
    """Dashes of all lengths, dots, whole hours."""
    assert parse(text) == NIGHT


@pytest.mark.parametrize("text", ["", "off", "выкл", "жоқ"])
def test_off_is_none(text):
    """Nothing, or off in any language, is no quiet hours."""
    assert parse(text) is None


@pytest.mark.parametrize("text", ["25:00-07:00", "23:00", "23:70-07:00", "ночь", "08:00-08:00", "23:00-07:00-09:00"])
def test_what_cannot_be_read_is_refused(text):
    """A span that would never end is refused too."""
    with pytest.raises(ScheduleError):
        parse(text)


@given(spans, zones, moments)
def test_the_end_of_quiet_lies_ahead_and_is_not_quiet(span, zone, now):
    """Held alerts never wait for an instant that has passed, and go out at the one that they wait for."""
    until = quiet_until(span, zone, now)
    if until is not None:
        assert now < until <= now + timedelta(hours=25)
        assert quiet_until(span, zone, until) is None


@given(spans, zones, moments)
def test_quiet_is_what_the_local_clock_says(span, zone, now):
    """Away from days on which clocks change, it is quiet exactly between the two local times."""
    here = ZoneInfo(zone)
    offsets = {(now + timedelta(days=days)).astimezone(here).utcoffset() for days in (-2, -1, 0, 1, 2)}
    if len(offsets) > 1:
        return
    local = now.astimezone(here).time()
    over_midnight = span.end < span.start
    between = local >= span.start or local < span.end if over_midnight else span.start <= local < span.end

    assert (quiet_until(span, zone, now) is not None) == between


def test_no_quiet_hours_are_never_on():
    """None stands for none."""
    assert quiet_until(None, "Asia/Almaty", datetime(2026, 3, 2, tzinfo=UTC)) is None
