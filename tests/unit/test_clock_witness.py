"""What is trusted of a clock: by it things grow old and are deleted."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.clock_witness import BELIEVED_AHEAD, BELIEVED_BEHIND, LEAP, Witness, observe

START = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MONTH = timedelta(days=31)


def look_on(witness: Witness, at: datetime, minutes: int) -> Witness:
    """Look each minute while the clock goes on from ``at``."""
    for passed in range(1, minutes + 1):
        witness = observe(witness, at + passed * MINUTE, MINUTE)
    return witness


def test_a_clock_that_goes_on_is_trusted():
    """On an ordinary day the trusted instant is now."""
    witness = look_on(observe(None, START, timedelta()), START, 300)

    assert witness.trusted_at == witness.seen_at == START + 300 * MINUTE


def test_a_month_ahead_for_a_minute_and_right_again_leaves_no_trace():
    """The trusted instant goes on as the true one does, over a restart in the wrong minute too."""
    witness = look_on(observe(None, START, timedelta()), START, 10)
    witness = look_on(observe(witness, START + MONTH, 5 * MINUTE / 60), START + MONTH, 2)
    witness = observe(witness, START + MONTH + 2 * MINUTE, timedelta())  # started again
    assert witness.trusted_at <= START + 13 * MINUTE
    witness = observe(witness, START + 13 * MINUTE, MINUTE)
    assert not witness.is_behind(START + 13 * MINUTE)
    witness = look_on(witness, START + 13 * MINUTE, 5)

    assert START + 15 * MINUTE <= witness.trusted_at <= START + 18 * MINUTE


def test_a_bot_that_was_down_for_a_week_sees_the_week_after_a_day():
    """A leap that is none, because nobody looked meanwhile, is believed once the clock has gone on for a day."""
    witness = observe(observe(None, START, timedelta()), START + timedelta(days=7), timedelta())
    assert witness.trusted_at == START

    day = BELIEVED_AHEAD // MINUTE
    assert look_on(witness, START + timedelta(days=7), day - 1).trusted_at < START + timedelta(days=2)
    assert look_on(witness, START + timedelta(days=7), day).trusted_at == START + timedelta(days=8)


def test_a_machine_that_sleeps_each_night_still_lets_things_grow_old():
    """Without a day in one piece the trusted instant goes on by the hours in which the bot ran."""
    witness, at = observe(None, START, timedelta()), START
    for _ in range(30):
        witness = look_on(witness, at, 8 * 60)
        at += timedelta(days=1)
        witness = observe(witness, at, MINUTE)

    assert witness.trusted_at == START + 30 * timedelta(hours=8)


def test_a_clock_behind_is_believed_after_ten_minutes():
    """A machine that starts in 1970 is not believed before its clock is set; one that stays back is."""
    witness = observe(look_on(observe(None, START, timedelta()), START, 5), START - MONTH, timedelta())
    assert witness.is_behind(START - MONTH)
    assert witness.trusted_at == START + 5 * MINUTE

    minutes = BELIEVED_BEHIND // MINUTE
    assert look_on(witness, START - MONTH, minutes - 1).is_behind(START - MONTH)
    after = look_on(witness, START - MONTH, minutes)
    assert not after.is_behind(START - MONTH)
    assert after.trusted_at == START - MONTH + BELIEVED_BEHIND


@given(
    leaps=st.lists(st.tuples(st.integers(1, 120), st.timedeltas(timedelta(days=-400), timedelta(days=400))), max_size=8)
)
def test_no_leap_makes_anything_old_before_its_time(leaps: list[tuple[int, timedelta]]):
    """Whatever the clock does within a day: what is trusted is never further ahead than the true time and a step.

    A leap of up to ten minutes may be a short stop of the bot, and is trusted; so is each of several.
    """
    true, witness = START, observe(None, START, timedelta())
    for minutes, offset in leaps:
        for _ in range(minutes):
            true += MINUTE
            witness = observe(witness, true + offset, MINUTE)

    assert witness.trusted_at <= true + (len(leaps) + 1) * (LEAP + MINUTE)
