"""A sender keeps to the instants that its claims reserved, the most urgent row first."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Claim, LeasedMessage, OutgoingMessage, Priority
from bot.core.pacing import LEAD_SECONDS, Pacing

EXPIRES = datetime(2027, 1, 1, tzinfo=UTC)
LAPSES = 1e9


def row(number: int, priority: Priority = Priority.DIGEST) -> LeasedMessage:
    """Return a row with that id."""
    return LeasedMessage(number, OutgoingMessage(f"k:{number}", number, "x", priority, EXPIRES), 0)


def claim(*rows: LeasedMessage, delay: float = 0.0, step: float = 0.04) -> Claim:
    """Return a claim of these rows at 25 messages a second."""
    return Claim(rows, delay, step)


def test_instants_are_kept():
    """Rows get the instants of the claim, in order, and no row is taken long before its turn."""
    pacing = Pacing(25, 8)
    pacing.add(claim(*(row(number) for number in range(20)), delay=1.0), 100.0, LAPSES)

    assert pacing.take(8, 100.0) == []
    assert pacing.take_at() == 101.0 - LEAD_SECONDS

    turns = pacing.take(8, 101.0)

    assert [turn.row.id for turn in turns] == [0, 1, 2, 3, 4, 5, 6]
    assert [round(turn.at - 101.0, 3) for turn in turns] == [0, 0.04, 0.08, 0.12, 0.16, 0.2, 0.24]


def test_replies_take_the_next_instant():
    """A reply that was claimed last leaves before digests that were claimed first."""
    pacing = Pacing(25, 8)
    pacing.add(claim(row(1), row(2)), 0.0, LAPSES)
    pacing.add(claim(row(3, Priority.REPLY), delay=0.08), 0.0, LAPSES)

    turns = pacing.take(8, 0.0)

    assert [turn.row.id for turn in turns] == [3, 1, 2]
    assert [turn.at for turn in turns] == [0.0, 0.04, 0.08]


def test_little_is_reserved_ahead():
    """Claims are small, and wait until what is reserved has nearly run out."""
    pacing = Pacing(25, 8)

    assert pacing.wanted(0.0) == 7

    pacing.add(claim(*(row(number) for number in range(7)), delay=0.2), 0.0, LAPSES)

    assert pacing.wanted(0.0) == 0
    assert pacing.wanted(pacing.claim_at()) == 7


def test_lapsing_rows_are_left():
    """A row whose lease nears its end is not sent from here, nor held."""
    pacing = Pacing(25, 8)
    pacing.add(claim(row(1)), 0.0, 10.0)

    assert pacing.take(8, 10.0) == []
    assert len(pacing) == 0


def test_put_back_undoes_take():
    """After ``put_back`` the same rows are taken at the same instants."""
    pacing = Pacing(25, 4)
    pacing.add(claim(*(row(number) for number in range(6))), 0.0, LAPSES)
    turns = pacing.take(4, 0.0)
    pacing.put_back(turns)

    assert pacing.take(4, 0.0) == turns


@given(
    st.lists(st.tuples(st.integers(1, 30), st.floats(0, 2), st.sampled_from(list(Priority))), max_size=8),
    st.floats(0.5, 1000),
)
def test_never_faster_than_reserved(batches: list[tuple[int, float, Priority]], rate: float):
    """However claims and takes follow each other, no instant is used twice or early, and no row is taken twice."""
    pacing = Pacing(rate, 8)
    reserved: list[float] = []
    taken = []
    now, free_at = 0.0, 0.0
    number = 0
    for count, pause, priority in batches:
        now += pause
        first = max(free_at, now)
        reserved += [first + index / rate for index in range(count)]
        free_at = first + count / rate
        rows = tuple(row(number + index, priority) for index in range(count))
        number += count
        pacing.add(Claim(rows, first - now, 1 / rate), now, LAPSES)
        taken += pacing.take(8, now)
    while len(pacing):
        now = max(now, pacing.take_at()) + 0.01
        taken += pacing.take(8, now)
    instants = [turn.at for turn in taken]

    assert sorted(turn.row.id for turn in taken) == list(range(number))
    assert all(abs(have - want) < 1e-6 for have, want in zip(sorted(instants), sorted(reserved), strict=True))
