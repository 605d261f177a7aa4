"""When to ask a feed again, and at which address: the next polling state from the last answer. Pure.

::

    interval = the document's own rhythm (7 days over its weekly entries), stretched by silence,
               raised to TTL, Cache-Control and Expires, and where the host is slow; kept within the bounds;
               Retry-After may pass the upper bound, up to 24 hours
    instant  = after the interval, past the hours and days that the document skips, as far as the upper bound allows
    failure  = the shortest interval, doubled each time; the next address where this one is no feed
    address  = one further down the list serves until it fails, or until a new day: then the first is tried again
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.model import Feed, FeedDocument, Skips, Source
from bot.errors import FeedError

RETRY_AFTER_LIMIT = timedelta(hours=24)
MOVED_AFTER = 3
"""Sightings in a row after which a permanent redirect is believed: portals and mistakes redirect for a day."""
SLOW_AFTER = timedelta(seconds=5)
SLOW_FACTOR = 60
"""A feed waits so many times as long as its requests took beyond ``SLOW_AFTER``: slow ones hold few of the places."""
FULL_AFTER = timedelta(days=1)
"""After so long without a whole document a feed is asked for it, even if it has not changed."""
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_PUT_OFF = timedelta(minutes=5)
_JITTER = 0.1
_SILENCE_SHARE = 20
_SWITCH_AFTER = 3
_GONE = 410
_ERROR_CHARACTERS = 300
_HOUR = timedelta(hours=1)
# Answers that will not mend themselves by waiting.
_LASTING_STATUSES = frozenset({400, 401, 403, 404, 405, 406, 410, 451})
_LASTING_ERRORS = frozenset({"feed-not-a-feed", "feed-bad-url", "feed-blocked-address", "feed-empty", "feed-robots"})


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of the polling interval (``POLL_MIN_SECONDS``, ``POLL_MAX_SECONDS``)."""

    shortest: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Answer:
    """What a response said, besides its document.

    ``fresh_for`` is what Cache-Control or Expires promise; ``moved_to`` where permanent redirects alone led; ``took``
    how long the requests took.
    """

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    retry_after: timedelta | None = None
    fresh_for: timedelta | None = None
    moved_to: str | None = None
    took: timedelta = timedelta()


NO_ANSWER = Answer()


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The feed answered that nothing changed, or sent the same bytes."""

    feed: Feed


@dataclass(frozen=True, slots=True)
class Fetched:
    """The feed brought a document."""

    feed: Feed
    document: FeedDocument


@dataclass(frozen=True, slots=True)
class Failed:
    """The feed could not be asked, or what it sent could not be read."""

    feed: Feed
    error: FeedError


FetchResult = Unchanged | Fetched | Failed


def addresses(source: Source) -> tuple[str, ...]:
    """Return the source's addresses in the order of trying."""
    return (source.url, *source.alternatives)


def address(source: Source, feed: Feed) -> str:
    """Return the address to ask: where the feed moved for good, else the one of its addresses that is in use."""
    if feed.moved_to and feed.moved_seen >= MOVED_AFTER:
        return feed.moved_to
    urls = addresses(source)
    return urls[feed.url_index % len(urls)]


def validators(feed: Feed, now: datetime) -> tuple[str | None, str | None]:
    """Return the ETag and the Last-Modified to send with a request.

    None of them once a day: some servers answer 304 whatever has changed, and would never be read again.
    """
    if feed.full_at is None or now - feed.full_at >= FULL_AFTER:
        return None, None
    return feed.etag, feed.last_modified


def unchanged(feed: Feed, answer: Answer, *, now: datetime, bounds: Bounds, jitter: float) -> Unchanged:
    """Return the state after a 304, or after a 200 with the bytes of last time. ``jitter`` is from 0 to 1."""
    state = _answered(feed, answer, now)
    interval = max(_planned(feed, now), answer.fresh_for or timedelta())
    return Unchanged(_back_to_first(feed, _asked_next(state, interval, answer, now, bounds, jitter), now))


def fetched(
    feed: Feed, answer: Answer, document: FeedDocument, *, now: datetime, bounds: Bounds, jitter: float
) -> Fetched:
    """Return the state after a document that was read."""
    own = max(rhythm(document, now), timedelta(minutes=document.ttl_minutes or 0))
    state = replace(
        _answered(feed, answer, now),
        etag=answer.etag,
        last_modified=answer.last_modified,
        body_hash=answer.body_hash,
        changed_at=now,
        rhythm=own,
        skips=document.skips,
    )
    interval = max(own, answer.fresh_for or timedelta())
    return Fetched(_back_to_first(feed, _asked_next(state, interval, answer, now, bounds, jitter), now), document)


def failed(
    source: Source, feed: Feed, error: FeedError, answer: Answer, *, now: datetime, bounds: Bounds, jitter: float
) -> Failed:
    """Return the state after a failure.

    A lasting failure, or the third in a row, turns to the source's next address; once all have failed, waiting doubles
    with each round. 410 at the only address left ends the polling.
    """
    urls = addresses(source)
    failures = feed.failures + 1
    text = str(error)[:_ERROR_CHARACTERS]
    state = replace(feed, failures=failures, error=text, checked_at=now, failing_since=feed.failing_since or now)
    lasting = _is_lasting(error)
    rounds = failures
    if lasting and feed.moved_to and feed.moved_seen >= MOVED_AFTER:
        state = _at_address(state, feed.url_index)
    elif (lasting or failures >= _SWITCH_AFTER) and len(urls) > 1:
        state = _at_address(state, (feed.url_index + 1) % len(urls))
        rounds = 1 + (failures - 1) // len(urls)
    elif error.values.get("status") == _GONE:
        state = replace(state, gone=True)
    if error.values.get("status") == _GONE and failures >= len(urls) > 1:
        state = replace(state, gone=True)
    wait = bounds.shortest * 2 ** min(rounds - 1, 20)
    return Failed(_asked_next(state, wait, answer, now, bounds, jitter), error)


def put_off(feed: Feed, error: FeedError, *, now: datetime) -> Feed:
    """Return the state after an answer that this program could not work with: a pause, doubled each time, to a day.

    The validators stay those of the last answer that was stored, so that the same document is sent again.
    """
    wait = min(_PUT_OFF * 2 ** min(feed.failures, 20), _DAY)
    return replace(
        feed,
        failures=feed.failures + 1,
        error=str(error),
        checked_at=now,
        failing_since=feed.failing_since or now,
        next_fetch_at=now + wait,
    )


def rhythm(document: FeedDocument, now: datetime) -> timedelta:
    """Return the feed's own interval: a week over the entries it brings in one.

    A document whose entries are all of this week shows only the end of it: then they stand for the time they span, a
    day at least. Without dates nothing is known, and an hour is taken.
    """
    ages = [now - entry.published for entry in document.entries if entry.published]
    recent = [age for age in ages if age < _WEEK]
    if not ages:
        return timedelta(hours=1)
    if not recent:
        return _WEEK
    span = max(_DAY, *recent) if len(recent) == len(ages) else _WEEK
    return span / len(recent)


def _planned(feed: Feed, now: datetime) -> timedelta:
    """Return the interval that the last document asked for, stretched where the feed has long been silent."""
    silence = now - (feed.changed_at or feed.checked_at or now)
    return max(feed.rhythm or timedelta(), silence / _SILENCE_SHARE)


def _asked_next(  # noqa: PLR0917 (what the next instant follows from)
    state: Feed, interval: timedelta, answer: Answer, now: datetime, bounds: Bounds, jitter: float
) -> Feed:
    rest = max(answer.took - SLOW_AFTER, timedelta()) * SLOW_FACTOR
    bounded = min(max(interval, rest, bounds.shortest) * (1 + _JITTER * jitter), bounds.longest)
    asked = min(answer.retry_after or timedelta(), RETRY_AFTER_LIMIT)
    due = now + max(bounded, asked)
    return replace(state, next_fetch_at=min(past_skips(state.skips, due), max(due, now + bounds.longest)))


def past_skips(skips: Skips, at: datetime) -> datetime:
    """Return the first instant from ``at`` on that is not skipped; ``at`` itself where all of the week is."""
    first = at
    for _ in range(7 * 24):
        if at.hour not in skips.hours and at.weekday() not in skips.days:
            return at
        at = at.replace(minute=0, second=0, microsecond=0) + _HOUR
    return first


def _answered(feed: Feed, answer: Answer, now: datetime) -> Feed:
    """Return the state after any answer but a failure; validators that a 304 leaves out stay."""
    moved_to, moved_seen = feed.moved_to, feed.moved_seen
    if answer.moved_to:
        moved_seen = moved_seen + 1 if answer.moved_to == moved_to else 1
        moved_to = answer.moved_to
    elif moved_seen < MOVED_AFTER:
        moved_to, moved_seen = None, 0
    return replace(
        feed,
        etag=answer.etag or feed.etag,
        last_modified=answer.last_modified or feed.last_modified,
        moved_to=moved_to,
        moved_seen=moved_seen,
        failures=0,
        error=None,
        checked_at=now,
        failing_since=None,
        full_at=now if answer.body_hash else feed.full_at,
    )


def _back_to_first(before: Feed, after: Feed, now: datetime) -> Feed:
    """Turn to the source's first address again with the first answer of a day: it was refused once, not for ever."""
    first_today = before.checked_at is not None and before.checked_at.date() < now.date()
    return _at_address(after, 0) if after.url_index and first_today else after


def _at_address(feed: Feed, index: int) -> Feed:
    """Return the state for another address, to which the validators of this one mean nothing."""
    return replace(
        feed, url_index=index, moved_to=None, moved_seen=0, etag=None, last_modified=None, body_hash=None, full_at=None
    )  # fmt: skip


def _is_lasting(error: FeedError) -> bool:
    return error.values.get("status") in _LASTING_STATUSES or error.message_id in _LASTING_ERRORS
