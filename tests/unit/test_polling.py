"""``bot.core.polling`` and ``bot.feeds.http.caching_headers``: when a feed is asked again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Feed, FeedDocument, FeedEntry, Skips, Source
from bot.core.polling import (
    MOVED_AFTER,
    NO_ANSWER,
    Answer,
    Bounds,
    address,
    failed,
    fetched,
    past_skips,
    rhythm,
    unchanged,
)
from bot.errors import FeedError
from bot.feeds.http.caching_headers import read_answer

NOW = datetime(2025, 12, 11, 10, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BOUNDS = Bounds(5 * MINUTE, DAY)
SOURCE = Source("x", {}, "https://x.kz/rss", "kk")
FEED = Feed("x", NOW)


def document(ages: list[timedelta | None], ttl: int | None = None) -> FeedDocument:
    """Return a document with entries of these ages."""
    entries = [
        FeedEntry(str(n), "", "t", published=NOW - age if age is not None else None) for n, age in enumerate(ages)
    ]
    return FeedDocument("T", None, tuple(entries), ttl_minutes=ttl)


def wait_after(doc: FeedDocument, answer: Answer = NO_ANSWER, bounds: Bounds = BOUNDS) -> timedelta:
    """Return how long polling waits after a document, without jitter."""
    return fetched(FEED, answer, doc, now=NOW, bounds=bounds, jitter=0).feed.next_fetch_at - NOW


def lose(source: Source, feed: Feed, status: int, times: int = 1) -> Feed:
    """Return the state after so many failures with a status."""
    for _ in range(times):
        error = FeedError("feed-status", status=status)
        feed = failed(source, feed, error, NO_ANSWER, now=NOW, bounds=BOUNDS, jitter=0).feed
    return feed


def test_rhythm_is_the_documents_own():
    """A week over the week's entries; a full document stands for the time it spans; without dates an hour."""
    assert rhythm(document([HOUR * n for n in range(1, 49)]), NOW) == HOUR
    assert rhythm(document([DAY, 2 * DAY, 20 * DAY]), NOW) == timedelta(days=3.5)
    assert rhythm(document([20 * DAY]), NOW) == timedelta(days=7)
    assert rhythm(document([MINUTE] * 4), NOW) == 6 * HOUR
    assert rhythm(document([None, None]), NOW) == HOUR


def test_wishes_raise_the_interval_up_to_the_bound():
    """TTL, Cache-Control and Expires raise the rhythm, never past the upper bound; Retry-After may, to 24 hours."""
    brisk = document([MINUTE * n for n in range(1, 101)])

    assert wait_after(brisk) == DAY / 100
    assert wait_after(replace(brisk, ttl_minutes=60)) == HOUR
    assert wait_after(brisk, Answer(fresh_for=2 * HOUR)) == 2 * HOUR
    assert wait_after(brisk, Answer(fresh_for=9 * DAY), Bounds(MINUTE, HOUR)) == HOUR
    assert wait_after(brisk, Answer(retry_after=3 * HOUR), Bounds(MINUTE, HOUR)) == 3 * HOUR
    assert wait_after(brisk, Answer(retry_after=9 * DAY), Bounds(MINUTE, HOUR)) == DAY
    assert wait_after(brisk, bounds=Bounds(timedelta(seconds=1), timedelta(seconds=2))) == timedelta(seconds=2)


def test_an_unchanged_answer_keeps_the_rhythm_and_the_validators():
    """After a 304 the interval is the document's; validators that the answer repeats are taken, others stay."""
    before = replace(
        FEED, etag='"a"', last_modified="yesterday", body_hash="h", checked_at=NOW - HOUR, changed_at=NOW - HOUR,
        rhythm=HOUR,
    )  # fmt: skip

    after = unchanged(before, Answer(etag='"b"'), now=NOW, bounds=BOUNDS, jitter=0).feed

    assert after.next_fetch_at - NOW == HOUR
    assert (after.etag, after.last_modified, after.body_hash) == ('"b"', "yesterday", "h")
    assert (after.checked_at, after.changed_at) == (NOW, NOW - HOUR)


def test_answers_without_news_do_not_add_up():
    """However often nothing changed, jitter, one Retry-After or a night that was skipped stretch no later interval."""
    feed = fetched(FEED, NO_ANSWER, document([HOUR * n for n in range(1, 49)]), now=NOW, bounds=BOUNDS, jitter=1).feed
    for _ in range(10):
        at = feed.next_fetch_at
        feed = unchanged(feed, Answer(retry_after=3 * HOUR), now=at, bounds=BOUNDS, jitter=1).feed
    after = unchanged(
        replace(feed, changed_at=feed.next_fetch_at), NO_ANSWER, now=feed.next_fetch_at, bounds=BOUNDS, jitter=1
    )

    assert after.feed.next_fetch_at - feed.next_fetch_at == HOUR * 1.1


def test_skipped_hours_and_days_are_waited_for_at_every_poll():
    """A channel that skips hours and days is asked after them: after a document, a 304 and a failure alike.

    The upper bound of the interval holds, and a channel that skips everything skips nothing.
    """
    night = Skips(hours=frozenset({11, 12, 13}), days=frozenset({3}))  # NOW is a Thursday, ten o'clock
    hourly = replace(document([HOUR * n for n in range(1, 49)]), skips=Skips(hours=night.hours))
    first = fetched(FEED, NO_ANSWER, hourly, now=NOW, bounds=BOUNDS, jitter=0).feed
    again = unchanged(first, NO_ANSWER, now=NOW, bounds=BOUNDS, jitter=0).feed
    broken = failed(
        SOURCE,
        replace(first, failures=4),
        FeedError("feed-timeout", seconds=20),
        NO_ANSWER,
        now=NOW,
        bounds=BOUNDS,
        jitter=0,
    )

    assert {state.next_fetch_at for state in (first, again, broken.feed)} == {NOW + 4 * HOUR}
    assert past_skips(night, NOW + 30 * MINUTE) == datetime(2025, 12, 12, 0, 0, tzinfo=UTC)
    assert past_skips(Skips(days=frozenset(range(7))), NOW) == NOW
    weekend = replace(hourly, skips=Skips(days=frozenset({3, 4, 5, 6})))
    assert fetched(FEED, NO_ANSWER, weekend, now=NOW, bounds=BOUNDS, jitter=0).feed.next_fetch_at == NOW + DAY


def test_silence_stretches_the_interval():
    """A feed that has been silent for days is asked seldom, also when failures made its last interval short."""
    silent = replace(FEED, checked_at=NOW - 5 * MINUTE, changed_at=NOW - 10 * DAY, failures=2)

    assert unchanged(silent, NO_ANSWER, now=NOW, bounds=BOUNDS, jitter=0).feed.next_fetch_at - NOW == 12 * HOUR


@given(st.floats(0, 1), st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_interval_stays_in_its_bounds(jitter, ttl, age):
    """Whatever a document wishes, and whatever the jitter, the wait lies between the bounds."""
    doc = document([timedelta(seconds=age)], ttl)

    wait = fetched(FEED, NO_ANSWER, doc, now=NOW, bounds=BOUNDS, jitter=jitter).feed.next_fetch_at - NOW

    assert BOUNDS.shortest <= wait <= BOUNDS.longest


def test_failures_wait_twice_as_long_each_time():
    """Waiting starts at the shortest interval, doubles, and ends at the longest; success starts anew."""
    waits = [lose(SOURCE, FEED, 503, times).next_fetch_at - NOW for times in (1, 2, 3, 12)]

    assert waits == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE, DAY]
    assert lose(SOURCE, FEED, 503, 3).error == "HTTP status 503"
    assert (
        fetched(lose(SOURCE, FEED, 503, 3), NO_ANSWER, document([]), now=NOW, bounds=BOUNDS, jitter=0).feed.failures
        == 0
    )


def test_a_busy_host_is_left_alone_as_long_as_it_asks():
    """429 with Retry-After waits for that long, beyond the upper bound too."""
    error = FeedError("feed-status", status=429)
    answer = Answer(retry_after=5 * HOUR)

    state = failed(SOURCE, FEED, error, answer, now=NOW, bounds=Bounds(MINUTE, HOUR), jitter=0).feed

    assert state.next_fetch_at - NOW == 5 * HOUR


def test_a_new_day_turns_to_the_first_address_again():
    """A source that was refused at its first address is tried there once a day, and goes on at the next meanwhile."""
    source = replace(SOURCE, alternatives=("https://x.kz/lenta",))
    second = lose(source, FEED, 403)
    at_work = fetched(second, Answer(etag='"1"'), document([HOUR]), now=NOW, bounds=BOUNDS, jitter=0).feed
    later = unchanged(at_work, NO_ANSWER, now=NOW + HOUR, bounds=BOUNDS, jitter=0).feed
    next_day = unchanged(later, NO_ANSWER, now=NOW + DAY, bounds=BOUNDS, jitter=0).feed
    refused = lose(source, next_day, 403)

    assert [feed.url_index for feed in (second, at_work, later, next_day, refused)] == [1, 1, 1, 0, 1]
    assert (later.etag, next_day.etag) == ('"1"', None)


def test_gone_is_gone():
    """410 ends the polling of a feed that has one address; 404 does not."""
    assert lose(SOURCE, FEED, 410).gone
    assert not lose(SOURCE, FEED, 404, 9).gone


def test_alternatives_are_tried_in_order():
    """A lasting failure turns to the next address at once, without its validators; waiting doubles once all failed."""
    source = replace(SOURCE, alternatives=("https://x.kz/b", "https://x.kz/c"))
    feed = replace(FEED, etag='"a"', body_hash="h")

    first, second, third, fourth = (lose(source, feed, 404, times) for times in (1, 2, 3, 4))

    assert [address(source, state) for state in (first, second, third)] == [
        "https://x.kz/b",
        "https://x.kz/c",
        SOURCE.url,
    ]
    assert (first.etag, first.body_hash) == (None, None)
    assert [state.next_fetch_at - NOW for state in (first, second, third, fourth)] == [5 * MINUTE] * 3 + [10 * MINUTE]


def test_a_passing_failure_keeps_the_address():
    """A time-out or 503 stays at the address, with its validators, until the third in a row."""
    source = replace(SOURCE, alternatives=("https://x.kz/b",))
    feed = replace(FEED, etag='"a"')

    assert lose(source, feed, 503, 2).etag == '"a"'
    assert [address(source, lose(source, feed, 503, times)) for times in (1, 2, 3)] == [
        SOURCE.url,
        SOURCE.url,
        "https://x.kz/b",
    ]


def test_a_permanent_move_is_believed_after_repeated_sightings():
    """301 is followed each time, remembered after three in a row, forgotten when it stops, and left when it fails."""
    moved = Answer(moved_to="https://y.kz/rss")
    feed = FEED
    seen = []
    for _ in range(MOVED_AFTER):
        seen.append(address(SOURCE, feed))
        feed = unchanged(feed, moved, now=NOW, bounds=BOUNDS, jitter=0).feed
    settled = unchanged(feed, NO_ANSWER, now=NOW, bounds=BOUNDS, jitter=0).feed
    once = unchanged(FEED, moved, now=NOW, bounds=BOUNDS, jitter=0).feed

    assert seen == [SOURCE.url] * MOVED_AFTER
    assert address(SOURCE, feed) == address(SOURCE, settled) == "https://y.kz/rss"
    assert unchanged(once, NO_ANSWER, now=NOW, bounds=BOUNDS, jitter=0).feed.moved_to is None
    assert address(SOURCE, lose(SOURCE, feed, 404)) == SOURCE.url


@pytest.mark.parametrize(
    ("headers", "fresh_for", "retry_after"),
    [
        ({}, None, None),
        ({"cache-control": "public, max-age=600"}, 600, None),
        ({"cache-control": "max-age=600", "age": "100"}, 500, None),
        ({"cache-control": "max-age=600, no-cache"}, None, None),
        ({"cache-control": "max-age=junk"}, None, None),
        ({"cache-control": "s-maxage=86400, max-age=60"}, 60, None),
        ({"expires": "Thu, 11 Dec 2025 11:00:00 GMT", "date": "Thu, 11 Dec 2025 10:30:00 GMT"}, 1800, None),
        ({"expires": "Thu, 11 Dec 2025 11:00:00 GMT"}, 3600, None),
        ({"expires": "0"}, None, None),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0, None),
        ({"retry-after": "120"}, None, 120),
        ({"retry-after": "Thu, 11 Dec 2025 10:10:00 GMT"}, None, 600),
        ({"retry-after": "soon"}, None, None),
    ],
)
def test_headers_are_read(headers, fresh_for, retry_after):
    """Cache-Control less Age, Expires less Date, Retry-After in seconds or as a date; nonsense says nothing."""
    answer = read_answer(headers, now=NOW)

    assert answer.fresh_for == (None if fresh_for is None else timedelta(seconds=fresh_for))
    assert answer.retry_after == (None if retry_after is None else timedelta(seconds=retry_after))
