"""How alerts are let out: laws over any way of coming."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.alerts import BURST, WINDOW, AlertPace, plan

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 20)), max_size=40))
def test_no_window_rings_more_often_than_the_burst(steps):
    """Whatever comes whenever: within ten minutes a chat gets few messages, and nothing that came is left behind."""
    pace, waiting, now, rings = AlertPace(1, NOW), 0, NOW, []
    for seconds, coming in [*steps, (900, 0), (900, 0)]:
        now += timedelta(seconds=seconds)
        waiting += coming
        made = plan(pace, waiting, now, None)
        rings += [now] * (made.single or made.fold)
        waiting = 0 if made.fold else waiting - made.single
        pace = made.pace

    assert waiting == 0
    for ring in rings:
        assert sum(ring <= other < ring + WINDOW for other in rings) <= 2 * BURST
    assert all((pace.due_at is None) or waiting for _ in (0,))


def test_quiet_hours_hold_all_and_fold_it_afterwards():
    """Nothing by night; at the end one message."""
    morning = NOW + timedelta(hours=1)
    night = plan(AlertPace(1, NOW), 3, NOW, morning)
    assert (night.single, night.fold, night.pace.due_at) == (0, False, morning)

    later = plan(night.pace, 4, morning, None)
    assert (later.fold, later.pace.due_at, later.pace.sent) == (True, None, 1)


def test_what_is_held_waits_for_its_time():
    """New stories do not let out what is held."""
    due = NOW + timedelta(minutes=5)
    made = plan(AlertPace(1, NOW, BURST, due), 9, NOW, None)

    assert (made.single, made.fold, made.pace.due_at) == (0, False, due)


def test_nothing_left_ends_the_holding():
    """Where the topic was removed meanwhile, the chat is not looked at again."""
    assert plan(AlertPace(1, NOW, 2, NOW), 0, NOW, None).pace.due_at is None
