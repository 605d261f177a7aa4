"""The clock that can be moved."""

from datetime import UTC, datetime, timedelta

from bot.clock import ShiftedClock


def test_a_moved_clock_goes_on_from_there_and_never_back():
    """It is the machine's at first; moved, it runs on from the instant; the past is not gone back to."""
    clock = ShiftedClock()
    start = datetime.now(UTC)
    assert timedelta() <= clock.now() - start < timedelta(seconds=5)

    clock.move_to(start + timedelta(days=1))
    clock.move_to(start)

    assert timedelta(days=1) <= clock.now() - start < timedelta(days=1, seconds=5)
    assert clock.now().timestamp() <= clock.seconds()
