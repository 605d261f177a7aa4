"""How a source does, and what makes two addresses one source."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Feed, FeedDocument, FeedEntry, Source
from bot.core.sources import (
    RESTS_AFTER,
    Health,
    headlines,
    health,
    language_of,
    own_id,
    own_source,
    same_address,
    turned,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
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


def test_one_feed_is_one_source_however_it_is_written():
    """Scheme, www, tracking and a closing slash make no other source; another path or port does."""
    same = {"https://a.kz/rss", "http://www.a.kz/rss/", "HTTPS://A.kz:443/rss?utm_source=x", "http://a.kz/rss#top"}

    assert len({own_id(url) for url in same}) == 1
    assert len({own_id(url) for url in ("https://a.kz/rss", "https://a.kz/feed", "https://a.kz:8443/rss")}) == 3


def test_a_feed_without_a_title_is_called_by_its_host():
    """A source always has a name, in every language, of bounded length."""
    assert own_source("https://a.kz/rss", "  ", "kk").name == {"kk": "a.kz", "ru": "a.kz", "en": "a.kz"}
    assert len(own_source("https://a.kz/rss", "ж" * 500, "kk").name["kk"]) == 100


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
