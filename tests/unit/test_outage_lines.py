"""An outage is told once, then less and less often, then that it is over, whatever comes and in whatever order."""

import logging
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import isolation, metrics
from bot.isolation import isolated
from bot.outages import CALM_SECONDS, PAUSES, Outage

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


class Time:
    """A monotonic clock that the test sets."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.at


class Lines(logging.Handler):
    """Keeps what is logged, and when."""

    def __init__(self, time: Time) -> None:
        super().__init__()
        self.time = time
        self.told: list[tuple[float, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.told.append((self.time.at, record.getMessage()))


class Told:
    """An outage of "it" and all that the log says of it."""

    def __init__(self) -> None:
        self.time = Time()
        self.lines = Lines(self.time)
        log = logging.Logger("outages")  # noqa: LOG001 - one of its own
        log.addHandler(self.lines)
        self.outage = Outage("outage of it", "all is tried again", log=log, now=self.time)

    def fail_for(self, seconds: float, every: float = 1) -> None:
        """Fail again and again."""
        for _ in range(round(seconds / every)):
            self.outage.failed("refused")
            self.time.at += every

    def text(self) -> list[str]:
        """Return the lines since the last time."""
        lines = [line for _, line in self.lines.told]
        self.lines.told.clear()
        return lines


@pytest.fixture
def told() -> Told:
    """An outage that has not begun."""
    return Told()


def test_ten_minutes_of_failures_are_four_lines(told: Told):
    """What and what is done about it, since when and how often, and at last how long it was."""
    told.fail_for(10 * MINUTE)
    told.outage.worked()

    first, second, third, last = told.text()
    assert first == "outage of it: refused; all is tried again"
    since = f"outage of it since {told.outage._began_at}, "
    assert second.startswith(since)
    assert second == f"{since}61 failures: refused"
    assert third.startswith(since)
    assert last == "outage of it: over after 10 min 0 s, 600 failures"


def test_lines_come_less_and_less_often(told: Told):
    """The pauses grow to an hour: a day has 27 lines."""
    told.fail_for(DAY)
    at = [when for when, _ in told.lines.told]

    assert [after - before for before, after in pairwise(at)][:5] == [*PAUSES, PAUSES[-1]]
    assert len(at) == 27


def test_a_single_failure_is_told_and_is_over(told: Told):
    """Nobody is left to wonder whether it still lasts."""
    told.outage.failed("refused")
    assert told.outage.since is not None
    told.time.at += 2
    told.outage.worked()
    told.outage.worked()

    assert told.outage.since is None
    assert told.text()[1:] == ["outage of it: over after 2 s, 1 failure"]


def test_the_next_outage_is_told_at_once_after_a_calm(told: Told):
    """After a while of quiet, and after a long outage that was the only one for an hour, nobody waits for the line."""
    told.fail_for(2 * HOUR)
    told.outage.worked()
    told.text()
    told.time.at += 10 * MINUTE
    told.outage.failed("refused")
    assert told.text() == ["outage of it: refused; all is tried again"]
    told.outage.worked()
    told.text()

    for _ in range(5):
        told.time.at += CALM_SECONDS
        told.outage.failed("refused")
        told.outage.worked()
        assert len(told.text()) == 2


def test_what_fails_and_works_in_turns_has_few_lines(told: Told):
    """Each second for a day: some thirty outages are told, with their ends, and when they would have been told late."""
    for _ in range(int(DAY / 2)):
        told.fail_for(1)
        told.outage.worked()
        told.time.at += 1

    assert len(told.lines.told) <= 60


@given(st.lists(st.tuples(st.floats(0, 90), st.booleans()), min_size=1, max_size=400))
def test_no_order_of_events_has_many_lines(events: list[tuple[float, bool]]):
    """Any ten minutes: at most three outages are told, each with its end and two lines between."""
    told = Told()
    for pause, fails in events:
        told.outage.failed("refused") if fails else told.outage.worked()
        told.time.at += pause
    at = [when for when, _ in told.lines.told]

    assert all(sum(0 <= each - begin < 10 * MINUTE for each in at) <= 12 for begin in at)


def test_a_thing_that_is_set_aside_again_and_again_is_told_once(caplog: pytest.LogCaptureFixture):
    """A damaged row that is met at each reading is one line, not one a second; another thing has its own, counted all."""
    before = metrics.total(metrics.SET_ASIDE, "chat")
    for number in range(3000):
        with isolated("chat", number % 2, what="its row cannot be read"):
            raise KeyError("word")

    assert [message.partition(": builtins")[0] for message in caplog.messages] == [
        "chat 0: its row cannot be read",
        "chat 1: its row cannot be read",
    ]
    assert metrics.total(metrics.SET_ASIDE, "chat") - before == 3000


def test_what_was_set_aside_is_remembered_to_a_limit():
    """Millions of things that fail once each take no memory."""
    for number in range(5000):
        with isolated("entry", number):
            raise KeyError("word")

    assert len(isolation._told) <= isolation._MOST_REMEMBERED
