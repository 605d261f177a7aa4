"""When digests are due."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import schedule
from bot.core.schedule import Schedule
from bot.errors import ScheduleError, ZoneError

ZONES = ("Asia/Almaty", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
times = st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None, fold=0))
schedules = st.builds(
    Schedule,
    times=st.lists(times, min_size=1, max_size=4, unique=True).map(lambda all_: tuple(sorted(all_))),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    weekly=st.none() | st.tuples(st.integers(0, 6), times),
)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("08:30", "08:30"),
        ("8.30", "08:30"),
        ("19:00, 08:30", "08:30,19:00"),
        ("mon,fri 09:00", "mon,fri 09:00"),
        ("пн, пт 09:00", "mon,fri 09:00"),
        ("дүйсенбі,жұма 9:00", "mon,fri 09:00"),
        ("weekly sun 10:00", "weekly sun 10:00"),
        ("апталық жексенбі 10:00", "weekly sun 10:00"),
        ("OFF", "off"),
        ("sat 23:59", "sat 23:59"),
    ],
)
def test_hours_are_read_as_people_type_them(typed, canonical):
    """Times, several times, days in three languages, the weekly form, off."""
    assert str(schedule.change(Schedule(), typed)) == canonical


@pytest.mark.parametrize(
    "typed",
    ["25:99", "", "8", "08:60", "mon", "someday 08:30", "weekly", "weekly sun", "weekly 10:00 sun", "24:00", "-1:00",
     "08:30 08:30 off", "1:00,2:00,3:00,4:00,5:00,6:00,7:00"],
)  # fmt: skip
def test_what_is_no_schedule_is_refused(typed):
    """A typing mistake is an error with what was typed, never a guess."""
    with pytest.raises(ScheduleError) as caught:
        schedule.change(schedule.DEFAULT, typed)

    assert caught.value.message_id == "schedule-unreadable"


def test_the_weekly_form_leaves_the_ordinary_hours_alone_and_the_other_way_round():
    """``weekly`` sets the weekly slot, other forms the ordinary ones, off stops both."""
    weekly = schedule.change(schedule.DEFAULT, "weekly sat 11:00")
    both = schedule.change(weekly, "07:00")

    assert str(weekly) == "08:30; weekly sat 11:00"
    assert str(both) == "07:00; weekly sat 11:00"
    assert schedule.change(both, "off") == Schedule()


@given(schedules)
def test_the_canonical_text_is_read_back(wanted):
    """Storage keeps the text: reading it gives the same schedule."""
    assert schedule.parse(str(wanted)) == wanted


@given(schedules, st.sampled_from(ZONES), instants)
def test_the_next_slot_lies_in_the_future_within_eight_days(wanted, zone, after):
    """Across summer time, too: a slot comes, later than now, on a day that was chosen."""
    slot = schedule.next_slot(wanted, zone, after)

    assert slot is not None
    assert after < slot <= after + timedelta(days=8, hours=2)
    assert slot.tzinfo is UTC


@given(schedules, st.sampled_from(ZONES), instants)
def test_slots_never_repeat_and_each_chosen_day_has_them_all(wanted, zone, after):
    """A week of slots holds each local time of each chosen day once, whatever the clocks do."""
    slots = [slot := schedule.next_slot(wanted, zone, after)]
    while len(slots) < len(wanted.times) * len(wanted.days):
        slot = schedule.next_slot(wanted, zone, slot)
        slots.append(slot)

    assert slots == sorted(set(slots))
    assert slots[-1] <= after + timedelta(days=7, hours=3)


def test_a_schedule_set_inside_its_own_minute_means_the_next_day():
    """At 08:30:20 the slot of 08:30 has gone."""
    wanted = schedule.change(Schedule(), "08:30")
    now = datetime(2026, 1, 10, 8, 30, 20, tzinfo=ZoneInfo("Asia/Almaty")).astimezone(UTC)

    assert schedule.next_slot(wanted, "Asia/Almaty", now) == datetime(2026, 1, 11, 3, 30, tzinfo=UTC)


def test_a_time_inside_the_gap_of_summer_time_comes_once_an_hour_later():
    """02:30 does not exist in Berlin on 29 March 2026: the digest comes at 03:30, and at 02:30 the day after."""
    wanted = schedule.change(Schedule(), "02:30")
    first = schedule.next_slot(wanted, "Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC))
    second = schedule.next_slot(wanted, "Europe/Berlin", first)

    assert first == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert second == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_time_inside_the_overlap_of_summer_time_comes_once():
    """02:30 comes twice in Berlin on 25 October 2026: one digest, at the first of them."""
    wanted = schedule.change(Schedule(), "02:30")
    first = schedule.next_slot(wanted, "Europe/Berlin", datetime(2026, 10, 24, 12, tzinfo=UTC))

    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert schedule.next_slot(wanted, "Europe/Berlin", first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_missed_slots_become_one_catch_up():
    """After a day of downtime the digest stands for the latest slot that has come."""
    wanted = schedule.change(Schedule(), "08:30,19:00")
    planned = datetime(2026, 1, 10, 3, 30, tzinfo=UTC)

    assert schedule.due_slot(wanted, "Asia/Almaty", planned, planned + timedelta(hours=30)) == datetime(
        2026, 1, 11, 3, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("typed", "zone"),
    [("Asia/Almaty", "Asia/Almaty"), ("asia/almaty", "Asia/Almaty"), ("Almaty", "Asia/Almaty"), ("utc", "UTC"),
     ("New York", "America/New_York"), ("Europe/Istanbul", "Europe/Istanbul")],
)  # fmt: skip
def test_zones_are_found_however_they_are_written(typed, zone):
    """By full name or by city, in any case."""
    assert schedule.parse_zone(typed) == zone


@pytest.mark.parametrize("typed", ["", "Mars/Olympus", "Asia", "../etc/passwd", "+05:00", "x" * 500])
def test_what_is_no_zone_is_refused(typed):
    """An unknown zone is an error, not a default."""
    with pytest.raises(ZoneError):
        schedule.parse_zone(typed)
