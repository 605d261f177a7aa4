"""What follows from an attempt to send is decided purely, and keeps the promises of delivery."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.delivery import (
    DAY,
    GIVEN_UP_AFTER,
    AttachmentRefused,
    Broken,
    ChatGone,
    MethodUnknown,
    Migrated,
    NoRights,
    NotSent,
    Outcome,
    Refusal,
    Rejected,
    Sent,
    ThreadGone,
    TokenRefused,
    Unknown,
    attempt,
    backoff,
    give_back,
    read_refusal,
    settle,
)
from bot.core.model import Attachment, AttachmentKind, LeasedMessage, OutgoingMessage, Priority, SettledState

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
    st.builds(MethodUnknown, st.text()),
    st.builds(NoRights, st.text()),
    st.builds(ThreadGone, st.text()),
    st.builds(ChatGone, st.text()),
    st.builds(Migrated, st.integers()),
    st.builds(Unknown, st.text()),
    st.builds(Broken, st.text()),
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
        assert NOW <= settlement.retry_at < (settlement.expires_at or leased.message.expires_at)
        assert settlement.uncertain == (uncertain or isinstance(outcome, Unknown | Broken))
    if isinstance(outcome, NoRights):
        assert settlement.state is SettledState.RETRY
    if isinstance(
        outcome, TokenRefused | NotSent | Unknown | Migrated | AttachmentRefused | MethodUnknown | ThreadGone
    ):
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


# Telegram's sentences as it sends them, with what they mean and the kind under which they are counted.
SENTENCES = [
    ("Forbidden: bot was blocked by the user", ChatGone, "blocked"),
    ("USER_IS_BLOCKED", ChatGone, "blocked"),
    ("Forbidden: user is deactivated", ChatGone, "deactivated"),
    ("USER_DELETED_ACCOUNT", ChatGone, "deactivated"),
    ("INPUT_USER_DEACTIVATED", ChatGone, "deactivated"),
    ("Forbidden: bot was kicked from the group chat", ChatGone, "kicked"),
    ("Forbidden: bot was kicked from the supergroup chat", ChatGone, "kicked"),
    ("Forbidden: bot was kicked from the channel chat", ChatGone, "kicked"),
    ("Forbidden: bot is not a member of the channel chat", ChatGone, "no_member"),
    ("CHANNEL_PRIVATE", ChatGone, "no_member"),
    ("group chat was deactivated", ChatGone, "deleted"),
    ("Forbidden: the group chat was deleted", ChatGone, "deleted"),
    ("chat not found", ChatGone, "unknown_chat"),
    ("PEER_ID_INVALID", ChatGone, "unknown_chat"),
    ("Forbidden: bot can't initiate conversation with a user", ChatGone, "unasked"),
    ("Forbidden: bot can't send messages to bots", ChatGone, "unasked"),
    ("not enough rights to send text messages to the chat", NoRights, "no_rights"),
    ("have no rights to send a message", NoRights, "no_rights"),
    ("Have no write access to the chat", NoRights, "no_rights"),
    ("need administrator rights in the channel chat", NoRights, "no_rights"),
    ("CHAT_ADMIN_REQUIRED", NoRights, "no_rights"),
    ("CHAT_RESTRICTED", NoRights, "no_rights"),
    ("CHAT_WRITE_FORBIDDEN", NoRights, "no_rights"),
    ("CHAT_SEND_PLAIN_FORBIDDEN", NoRights, "no_rights"),
    ("CHAT_GUEST_SEND_FORBIDDEN", NoRights, "no_rights"),
    ("USER_BANNED_IN_CHANNEL", NoRights, "no_rights"),
    ("ALLOW_PAYMENT_REQUIRED_25", NoRights, "no_rights"),
    ("TOPIC_CLOSED", NoRights, "topic_closed"),
    ("can't parse entities: Unsupported start tag", Rejected, "markup"),
    ("message is too long", Rejected, "length"),
    ("message text is empty", Rejected, "empty"),
    ("message to edit not found", Rejected, "edit"),
    ("BUTTON_DATA_INVALID", Rejected, "keyboard"),
    ("wrong file identifier/HTTP URL specified", Rejected, "attachment"),
    ("WHAT_NOBODY_KNOWS", Rejected, "other"),
]


@pytest.mark.parametrize("spelt", [str, str.lower, str.upper, str.capitalize])
@pytest.mark.parametrize(("sentence", "meaning", "kind"), SENTENCES)
def test_each_sentence_of_telegrams_has_its_meaning(sentence: str, meaning: type[Refusal], kind: str, spelt):
    """However it is spelt: the library capitalises what Telegram says."""
    assert read_refusal(spelt(sentence), row().message, forbidden=False) == meaning(spelt(sentence), kind)


@pytest.mark.parametrize("sentence", ["message thread not found", "TOPIC_DELETED", "TOPIC_ID_INVALID"])
def test_a_deleted_topic_matters_only_to_what_was_for_a_topic(sentence: str):
    """What was for the general topic has nowhere else to go."""
    message = row().message

    assert read_refusal(sentence, replace(message, thread_id=3), forbidden=False) == ThreadGone(sentence)
    assert read_refusal(sentence, message, forbidden=False) == Rejected(sentence, "thread_gone")


@pytest.mark.parametrize(
    "sentence", ["not enough rights to send photos to the chat", "CHAT_SEND_DOCS_FORBIDDEN", "PHOTO_INVALID_DIMENSIONS"]
)
def test_a_refused_file_leaves_the_words(sentence: str):
    """Of a message with a file; without one the sentence says nothing of files."""
    file = Attachment(AttachmentKind.PHOTO, "a.png", b"1", "words")
    refusal = read_refusal(sentence, replace(row().message, attachment=file), forbidden=False)

    assert refusal == AttachmentRefused(sentence)
    assert not isinstance(read_refusal(sentence, row().message, forbidden=False), AttachmentRefused)


def test_a_file_does_not_hide_that_nothing_may_be_sent():
    """Where text may not be sent either, words instead of the file would be refused too."""
    file = Attachment(AttachmentKind.PHOTO, "a.png", b"1", "words")
    message = replace(row().message, attachment=file)

    assert isinstance(read_refusal("CHAT_WRITE_FORBIDDEN", message, forbidden=False), NoRights)


def test_an_unknown_403_loses_nothing():
    """It is taken for a lack of rights, which may come back."""
    assert read_refusal("Forbidden: something new", row().message, forbidden=True) == NoRights(
        "Forbidden: something new", "forbidden"
    )


def test_news_wait_for_rights_and_replies_do_not():
    """A digest gets another day at each refusal; a reply expires as ever."""
    news, reply = row(), row(lives=timedelta(minutes=15))
    reply = replace(reply, message=replace(reply.message, priority=Priority.REPLY))
    first = settle(news, NoRights("no"), NOW)
    late = settle(replace(news, refused_at=NOW - timedelta(hours=23)), NoRights("no"), NOW)

    assert (first.state, first.refused_at, first.retry_at) == (SettledState.RETRY, NOW, NOW + timedelta(minutes=1))
    assert (late.refused_at, late.retry_at) == (NOW - timedelta(hours=23), NOW + timedelta(hours=2))
    assert late.expires_at == late.retry_at + DAY
    assert settle(reply, NoRights("no"), NOW).expires_at is None
    assert settle(replace(reply, message=replace(reply.message, expires_at=NOW)), NoRights("no"), NOW).state is (
        SettledState.EXPIRED
    )


def test_news_are_given_up_when_their_articles_are():
    """A chat that never gives the right back costs no request for ever."""
    waiting = replace(row(), refused_at=NOW - GIVEN_UP_AFTER)

    assert settle(waiting, NoRights("no"), NOW).state is SettledState.EXPIRED


def test_what_breaks_off_each_attempt_is_given_up():
    """A message that cannot be put into a request is tried three times, silently after the first."""
    ends = [settle(row(attempts=attempts), Broken("ValueError"), NOW) for attempts in range(3)]

    assert [end.state for end in ends] == [SettledState.RETRY, SettledState.RETRY, SettledState.FAILED]
    assert all(end.uncertain for end in ends)
