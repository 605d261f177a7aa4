"""What follows from an attempt to send is decided purely, and keeps the promises of delivery."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.delivery import (
    AttachmentRefused,
    ChatGone,
    Migrated,
    NotSent,
    Outcome,
    Rejected,
    Sent,
    TokenRefused,
    Unknown,
    attempt,
    backoff,
    give_back,
    held_chat,
    settle,
)
from bot.core.model import LeasedMessage, OutgoingMessage, Priority, SettledState

NOW = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)


def row(*, attempts: int = 0, uncertain: bool = False, lives: timedelta = timedelta(hours=24)) -> LeasedMessage:
    """Return a leased digest that expires that much later than now."""
    message = OutgoingMessage("digest:5:1:0", 5, "<b>Иран</b>", Priority.DIGEST, NOW + lives)
    return LeasedMessage(7, message, attempts, uncertain)


outcomes = st.one_of(
    st.builds(Sent, st.integers(0, 10**9)),
    st.builds(NotSent, st.text(), st.none() | st.floats(0, 3600)),
    st.builds(Rejected, st.text()),
    st.builds(AttachmentRefused, st.text()),
    st.builds(ChatGone, st.text()),
    st.builds(Migrated, st.integers()),
    st.builds(Unknown, st.text()),
    st.builds(TokenRefused, st.text()),
)


def test_sent():
    """A message that Telegram took is sent, under its id there."""
    settlement = settle(row(), Sent(99), NOW)

    assert (settlement.state, settlement.message_id, settlement.retry_at) == (SettledState.SENT, 99, None)


@pytest.mark.parametrize("outcome", [Rejected("bad markup"), ChatGone("blocked")])
def test_final(outcome: Outcome):
    """What can never arrive is failed, with its reason."""
    settlement = settle(row(), outcome, NOW)

    assert settlement.state is SettledState.FAILED
    assert settlement.error in {"bad markup", "blocked"}


def test_not_sent_waits_as_telegram_says():
    """A 429 is tried again when Telegram says, and stays certain not to have arrived."""
    settlement = settle(row(), NotSent("429", 17.5), NOW)

    assert settlement.state is SettledState.RETRY
    assert settlement.retry_at == NOW + timedelta(seconds=17.5)
    assert not settlement.uncertain


def test_unknown_is_uncertain_and_silent():
    """What may have arrived is tried again, without a sound."""
    settlement = settle(row(attempts=2), Unknown("dropped"), NOW)

    assert (settlement.state, settlement.retry_at) == (SettledState.RETRY, NOW + backoff(2))
    assert settlement.uncertain
    assert attempt(row(uncertain=True)).silent
    assert not attempt(row()).silent


def test_migrated_goes_at_once():
    """A group that became a supergroup gets its message without delay."""
    settlement = settle(row(), Migrated(-100), NOW)

    assert (settlement.state, settlement.retry_at) == (SettledState.RETRY, NOW)


@given(outcome=outcomes, attempts=st.integers(0, 1000), uncertain=st.booleans(), lives=st.integers(1, 10**6))
def test_laws(outcome: Outcome, attempts: int, uncertain: bool, lives: int):
    """No retry outlives its message; doubt never goes away by itself; a refused token is never a row's end by blame."""
    leased = row(attempts=attempts, uncertain=uncertain, lives=timedelta(seconds=lives))
    settlement = settle(leased, outcome, NOW)

    assert settlement.id == leased.id
    if settlement.state is SettledState.RETRY:
        assert settlement.retry_at is not None
        assert NOW <= settlement.retry_at < leased.message.expires_at
        assert settlement.uncertain == (uncertain or isinstance(outcome, Unknown))
    if isinstance(outcome, TokenRefused | NotSent | Unknown | Migrated):
        assert settlement.state in {SettledState.RETRY, SettledState.EXPIRED}


@given(st.integers(-5, 10**9))
def test_backoff_grows_to_a_limit(attempts: int):
    """Each wait is at least the one before it, from one second to five minutes."""
    assert timedelta(seconds=1) <= backoff(attempts) <= backoff(attempts + 1) <= timedelta(minutes=5)


def test_given_back_is_no_attempt():
    """A row that was not tried goes on as it was."""
    settlement = give_back(row(uncertain=True), NOW)

    assert (settlement.state, settlement.retry_at, settlement.error) == (SettledState.RETRY, NOW, None)
    assert settlement.uncertain


def test_who_is_held():
    """One chat's 429 holds that chat; a second chat's, while the first is held, holds all."""
    until = NOW + timedelta(seconds=30)

    assert held_chat(5, until, {}, NOW) == 5
    assert held_chat(5, until, {5: until}, NOW) == 5
    assert held_chat(5, until, {6: until}, NOW) is None
    assert held_chat(5, until, {6: NOW - timedelta(seconds=1)}, NOW) == 5
