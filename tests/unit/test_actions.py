"""Callback data: typed actions in 64 bytes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import actions
from bot.core.model import LOCALES, DeliveryMode
from bot.core.topics.suggestions import Change
from bot.errors import ReaderError

ids = st.integers(0, 2**63 - 1)
numbers = st.integers(0, 10**10)  # of compositions, stories and topics: many years of them
words = st.text(st.characters(codec="utf-8"), max_size=8).filter(lambda word: len(word.encode()) <= 26)
texts = st.text(st.characters(codec="utf-8"), max_size=62).filter(actions.fits)
every_action = st.one_of(
    st.builds(actions.TurnPage, ids, st.integers(0, 99)),
    st.builds(actions.SetLocale, st.sampled_from(["kk", "ru", "en"])),
    st.builds(actions.SetZone, texts),
    st.builds(actions.SetSchedule, texts),
    st.builds(actions.Unfollow, ids),
    st.builds(actions.ShowLatest, ids),
    st.builds(actions.Follow, texts),
    st.builds(actions.ShowTopics, st.integers(0, 99), st.sampled_from(["topics", "mute", "alerts"])),
    st.builds(actions.OpenTopic, ids),
    st.builds(actions.BringHere, ids),
    st.builds(actions.Manage, st.integers(-(2**52), 0)),
    st.builds(actions.ListStories, numbers, st.integers(0, 99)),
    st.builds(actions.OpenStory, numbers, numbers),
    st.builds(actions.Why, numbers, numbers),
    st.builds(actions.Related, numbers, numbers),
    st.builds(actions.OfferMutes, numbers, numbers),
    st.builds(actions.ExcludeWord, numbers, numbers, numbers, words),
    st.builds(actions.IncludeWord, numbers, numbers, numbers, words),
    st.builds(actions.Silence, numbers, numbers, numbers, st.sampled_from([0, 1, 7])),
    st.builds(actions.FirstStep, st.sampled_from(["topics", "hour"]), st.text(max_size=10)),
    st.builds(actions.ToggleReady, st.integers(0, 99), st.text(max_size=12)),
    st.builds(actions.ShowTrend, ids),
    st.builds(actions.SendBroadcast, ids),
    st.builds(actions.Forget, st.integers(-(2**52), 2**52)),
    st.builds(actions.OpenSettings, st.sampled_from(["main", "articles"])),
    st.builds(actions.Toggle, st.sampled_from(["compact", "kk"])),
    st.builds(actions.SetQuiet, texts),
    st.builds(actions.SetMode, ids, st.sampled_from(list(DeliveryMode)).map(str)),
    st.builds(actions.Mute, ids, st.integers(0, 7)),
    st.builds(actions.Restore, ids),
    st.builds(actions.OpenLanguages, ids),
    st.builds(actions.ToggleLanguage, ids, st.sampled_from(LOCALES)),
    st.builds(actions.Refine, ids, st.sampled_from(list(Change)).map(str)),
)


@given(every_action)
def test_every_action_survives_the_way_through_a_button(action):
    """What is encoded is decoded, within Telegram's 64 bytes."""
    data = actions.encode(action)

    assert 1 <= len(data.encode()) <= 64
    assert actions.decode(data) == action


@given(st.text(max_size=80))
def test_data_of_other_versions_is_called_stale(data):
    """Whatever stands in a button, the answer is an action or a sentence, never a crash."""
    with suppress(ReaderError):
        assert actions.encode(actions.decode(data)).split(":")[0] == data.split(":")[0]


@given(every_action, st.integers(-(2**52), -1))
def test_a_button_about_a_channel_names_both(action, channel):
    """The channel and the action are read back; a button that would not fit is left out."""
    plain = actions.button("x", action)
    marked = actions.for_channel(plain, channel)
    read = [actions.split_channel(button.data) for row in marked for button in row]

    assert all(len(button.data.encode()) <= 64 for row in marked for button in row)
    assert [(of, actions.decode(data)) for of, data in read] == [(channel, action)] * len(marked)
    assert actions.split_channel(plain[0][0].data) == (None, plain[0][0].data)


def test_a_button_that_would_not_fit_is_left_out():
    """A long topic has no button to bring it back; all else on the panel stays."""
    assert actions.button("x", actions.Follow("қ" * 40)) == ()
    assert len(actions.button("x", actions.Follow("Иран"))) == 1


def test_what_does_not_fit_is_refused_before_it_is_sent():
    """A topic of 40 Cyrillic letters takes 80 bytes: no button for it."""
    assert not actions.fits("қ" * 40)
    with pytest.raises(ValueError, match="bytes"):
        actions.encode(actions.Follow("қ" * 40))
