"""How a source does, and what makes two addresses one source."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Feed, FeedDocument, FeedEntry, Source
from bot.core.sources import (
    RESTS_AFTER,
    Health,
    described,
    headlines,
    health,
    language_of,
    no_news,
    own_id,
    own_source,
    same_address,
    turned,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FEED = Feed("x", NOW)


def test_a_source_rests_after_a_day_without_success():
    """A minute less is a failure like others; one that said 410 is gone, however short it failed."""
    failing = replace(FEED, failures=3, failing_since=NOW)

    assert health(FEED, NOW) is Health.WELL
    assert health(failing, NOW + RESTS_AFTER - timedelta(minutes=1)) is Health.FAILING
    assert health(failing, NOW + RESTS_AFTER) is Health.RESTING
    assert health(replace(failing, gone=True), NOW) is Health.GONE


@given(st.lists(st.tuples(st.integers(1, 2000), st.booleans()), max_size=40))
def test_each_spell_of_rest_is_told_once(checks):
    """However often a source is asked: between two successes, exactly one answer is the turn, and only after a day."""
    feed, told = FEED, 0
    for minutes, works in checks:
        now = (feed.checked_at or NOW) + timedelta(minutes=minutes)
        after = replace(feed, checked_at=now, failing_since=None if works else feed.failing_since or now)
        told = 0 if works else told + (turned(feed, after) is Health.RESTING)
        assert told == (health(after, now) is Health.RESTING)
        feed = after


def test_a_feed_that_closes_turns_once():
    """The answer 410 is the turn; nothing after it is."""
    gone = replace(FEED, gone=True, checked_at=NOW)

    assert turned(FEED, gone) is Health.GONE
    assert turned(gone, replace(gone, checked_at=NOW + RESTS_AFTER)) is None


def test_an_address_is_one_source_and_its_variants_are_others():
    """How a host is written, and fragments, make no other source; whatever may lead elsewhere does."""
    same = {"https://a.kz/rss", "HTTPS://A.kz:443/rss", "https://a.kz/rss#top"}
    others = {"http://a.kz/rss", "https://www.a.kz/rss", "https://a.kz/rss/", "https://a.kz/rss?source=rss"}

    assert len({own_id(url) for url in same}) == 1
    assert len({own_id(url) for url in same | others}) == 1 + len(others)
    assert own_source("https://A.kz/rss?source=rss#x", "kk").url == "https://a.kz/rss?source=rss"


def test_a_feed_is_called_what_its_document_says():
    """Without a title by its host; in every language, of bounded length, whatever it was called before."""
    untitled, titled, long = (FeedDocument(title, None, ()) for title in ("  ", "Блог", "ж" * 500))
    source = own_source("https://a.kz/rss", "kk")

    assert (
        source.name == own_source("https://a.kz/rss", "kk", untitled).name == dict.fromkeys(("kk", "ru", "en"), "a.kz")
    )
    assert own_source("https://a.kz/rss", "kk", titled).name["ru"] == "Блог"
    assert len(described(source, long).name["kk"]) == 100
    assert described(described(source, titled), untitled).name["en"] == "Блог"


def test_every_address_of_a_source_means_it():
    """An alternative address of the catalogue is the same outlet."""
    source = Source("a", {"kk": "A"}, "https://a.kz/rss", "kk", alternatives=("https://a.kz/feed",))

    assert same_address(source, "http://www.a.kz/feed/")
    assert not same_address(source, "https://b.kz/feed")


def test_the_preview_knows_language_and_newest_headlines():
    """The entries' own language counts, not what the document declares; undated entries come last."""
    entries = tuple(
        FeedEntry(str(n), f"https://a.kz/{n}", f"Үкімет отырысында мәселе қаралды {n}", published=at)
        for n, at in enumerate((None, NOW, NOW + timedelta(hours=1), NOW - timedelta(hours=1)))
    )
    document = FeedDocument("A", "ru", entries)

    assert language_of(document, "en") == "kk"
    assert [title[-1] for title in headlines(document)] == ["2", "1", "3"]
    assert language_of(FeedDocument("A", "en-US", ()), "kk") == "en"


@pytest.mark.parametrize(
    ("feeds", "running", "problem"),
    [
        # Nothing is asked, or all that was asked said that it is gone.
        ([], HOUR, None),
        ([Feed("a", NOW, gone=True)], HOUR, None),
        # A rhythm of a day: nothing is due, so nothing is missing.
        ([Feed("a", NOW + HOUR, checked_at=NOW - DAY)], HOUR, None),
        # One is late, as a slow host makes it; another has just answered.
        ([Feed("a", NOW - HOUR), Feed("b", NOW + HOUR, checked_at=NOW - MINUTE)], HOUR, None),
        # One fails, the others are well.
        ([Feed("a", NOW, failing_since=NOW - DAY), Feed("b", NOW + HOUR, checked_at=NOW - HOUR)], HOUR, None),
        # Polling has stopped: they are due, and nobody answers.
        (
            [Feed("a", NOW - 20 * MINUTE, checked_at=NOW - HOUR), Feed("b", NOW + HOUR, checked_at=NOW - 30 * MINUTE)],
            DAY,
            "sources are due, and none has answered for 20 minutes",
        ),
        ([Feed("a", NOW - DAY)], 16 * MINUTE, "sources are due, and none has answered for 16 minutes"),
        # The program has only begun to ask after a day of downtime.
        ([Feed("a", NOW - DAY, checked_at=NOW - 2 * DAY)], MINUTE, None),
        # The network is away: each is asked at its time, and fails.
        (
            [Feed(name, NOW + HOUR, failures=3, failing_since=NOW - 40 * MINUTE) for name in "abc"],
            DAY,
            "all 3 sources fail, for 40 minutes",
        ),
        ([Feed(name, NOW + HOUR, failing_since=NOW - DAY) for name in "abc"], 5 * MINUTE, None),
    ],
)
def test_whether_news_can_come_in(feeds: list[Feed], running: timedelta, problem: str | None):
    """It is judged by the feeds' own rhythm: what is due and does not answer, and what fails altogether."""
    assert no_news(feeds, NOW, NOW - running) == problem
