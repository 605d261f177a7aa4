"""What a source is, how it is polled, and what its documents say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.language.locale import Locale


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet's feed, as the catalogue or a reader names it.

    ``url`` is tried first, then each of ``alternatives``; ``zone`` is the IANA zone of dates that name none;
    ``selectors`` (CSS, by the names ``item``, ``title``, ``link``, ``date``, ``summary``) reads an HTML listing.
    ``public`` is false for a feed that readers added: only the chats that added it see it.
    """

    id: str
    name: Mapping[Locale, str]
    url: str
    language: Locale
    category: str = ""
    alternatives: tuple[str, ...] = ()
    zone: str = "Asia/Almaty"
    selectors: Mapping[str, str] = field(default_factory=dict)
    enabled: bool = True
    public: bool = True


@dataclass(frozen=True, slots=True)
class Skips:
    """The hours and days in UTC at which a channel asks not to be read (RSS 2.0); Monday is day 0."""

    hours: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()


NO_SKIPS = Skips()


@dataclass(frozen=True, slots=True)
class Feed:
    """A source's polling state: what the last answers said, and when to ask again.

    ``etag`` and ``last_modified`` are opaque and echoed as they came; ``body_hash`` tells an unchanged body that came
    with status 200. ``url_index`` is the address in use (0 is the source's ``url``, n its n-th alternative);
    ``moved_to`` was named by a permanent redirect ``moved_seen`` times in a row. ``failing_since`` is the instant of
    the first of the ``failures`` in a row. Of the last document are ``rhythm``, the interval that it asks for, and
    ``skips``, when it asks not to be read. ``full_at`` is when a whole document last came, changed or not.
    """

    source_id: str
    next_fetch_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    url_index: int = 0
    moved_to: str | None = None
    moved_seen: int = 0
    failures: int = 0
    error: str | None = None
    checked_at: datetime | None = None
    changed_at: datetime | None = None
    gone: bool = False
    failing_since: datetime | None = None
    rhythm: timedelta | None = None
    skips: Skips = NO_SKIPS
    full_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """A source that a chat can switch on or off, with its polling state.

    ``own_name`` is what the chat calls a feed that it added; empty where it calls it what the feed does.
    """

    source: Source
    feed: Feed
    on: bool
    own_name: str = ""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a document, as the document says it.

    ``id`` is the guid, else the address. ``title``, ``summary`` and ``text`` are plain text; ``text`` is the full body
    where the document carries one, else empty. ``published`` is unclamped.
    """

    id: str
    url: str
    title: str
    summary: str = ""
    text: str = ""
    published: datetime | None = None
    image: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A parsed feed, in the document's order. ``ttl_minutes`` and ``skips`` are the document's own wishes.

    ``left_out`` is how many of its entries were too many to be taken.
    """

    title: str
    language: str | None
    entries: tuple[FeedEntry, ...]
    format: str = "rss"
    ttl_minutes: int | None = None
    skips: Skips = NO_SKIPS
    left_out: int = 0
