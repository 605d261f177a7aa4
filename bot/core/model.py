"""The nouns of Jarshy, each frozen, with its stage of life in its name.

Instants are timezone-aware and in UTC. Languages and locales are ``"kk"``, ``"ru"`` or ``"en"``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Locale = Literal["kk", "ru", "en"]
LOCALES: tuple[Locale, ...] = ("kk", "ru", "en")

# ------------------------------------------------------------------------------------------------ feeds


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
class Feed:
    """A source's polling state: what the last answers said, and when to ask again.

    ``etag`` and ``last_modified`` are opaque and echoed as they came; ``body_hash`` tells an unchanged body that came
    with status 200. ``url_index`` is the address in use (0 is the source's ``url``, n its n-th alternative);
    ``moved_to`` was named by a permanent redirect ``moved_seen`` times in a row.
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
    """A parsed feed, in the document's order. ``ttl_minutes`` is the document's own wish."""

    title: str
    language: str | None
    entries: tuple[FeedEntry, ...]
    format: str = "rss"
    ttl_minutes: int | None = None


# --------------------------------------------------------------------------------------------- articles


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An entry that is to be stored: identity (``source_id``, ``uid``), address without tracking, clamped date."""

    source_id: str
    uid: str
    url: str
    title: str
    summary: str
    text: str
    language: Locale
    published_at: datetime
    content_hash: str
    image: str | None = None


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """What storage knows of an entry: enough to decide whether it is new or edited."""

    article_id: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class Article:
    """A stored article. ``stored_at`` is when it was first stored; ``story_id`` the story that it tells."""

    id: int
    source_id: str
    url: str
    title: str
    summary: str
    language: Locale
    published_at: datetime
    stored_at: datetime
    story_id: int
    text: str = ""
    image: str | None = None


# ----------------------------------------------------------------------------------------------- topics


@dataclass(frozen=True, slots=True)
class Topic:
    """A distinct query. ``canonical`` is its text; readers who type the same thing differently share one topic."""

    id: int
    canonical: str
    generation: int


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """Why an article met a topic: the article's own words, as they stand in it."""

    topic_id: int
    article_id: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TopicStory:
    """A story's first appearance under a topic. ``first_seq`` orders appearances as they were committed."""

    topic_id: int
    story_id: int
    first_seq: int
    stored_at: datetime
    backfilled: bool = False


class DeliveryMode(StrEnum):
    """When a topic's stories are brought."""

    DIGEST = "digest"
    AT_ONCE = "at_once"
    WEEKLY = "weekly"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A chat follows a topic. ``label`` is what the reader typed; stories up to ``watermark`` were brought."""

    chat_id: int
    topic_id: int
    label: str
    watermark: int
    created_at: datetime
    mode: DeliveryMode = DeliveryMode.DIGEST
    muted_until: datetime | None = None


# ------------------------------------------------------------------------------------------------ chats


class ChatKind(StrEnum):
    """Telegram's kinds of chat."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


class ChatState(StrEnum):
    """Whether digests go out: ``paused`` and ``stopped`` were asked for, ``gone`` was told by Telegram."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat and its settings.

    ``schedule`` is the canonical text of ``core.schedule.Schedule``; ``zone`` an IANA zone. ``next_digest_at`` and
    ``next_weekly_at`` are the next slots, None where there is none.
    """

    id: int
    kind: ChatKind
    locale: Locale
    zone: str
    schedule: str
    state: ChatState
    created_at: datetime
    next_digest_at: datetime | None = None
    next_weekly_at: datetime | None = None
    thread_id: int | None = None
    quiet: str = ""
    digest_when_empty: bool = False


# ---------------------------------------------------------------------------------------------- digests


@dataclass(frozen=True, slots=True)
class StoryMatch:
    """A story that meets some of a chat's topics: all its articles that the chat may see, the topics, the reasons."""

    story_id: int
    topic_ids: tuple[int, ...]
    articles: tuple[Article, ...]
    first_seq: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One story in a digest: the article that stands for it, and the ids of the other outlets that tell it."""

    story_id: int
    article: Article
    other_sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestSection:
    """The stories of one topic, under the reader's own words for it."""

    topic_id: int | None
    label: str
    entries: tuple[DigestEntry, ...]


class DigestKind(StrEnum):
    """What a composition answers."""

    SCHEDULED = "scheduled"
    PREVIEW = "preview"
    LATEST = "latest"
    WEEKLY = "weekly"
    POPULAR = "popular"


@dataclass(frozen=True, slots=True)
class Digest:
    """What a chat gets to read, before it is put into words. ``total`` counts the stories that there are to choose."""

    kind: DigestKind
    sections: tuple[DigestSection, ...]
    at: datetime
    total: int = 0

    @property
    def story_count(self) -> int:
        """The number of stories over all sections."""
        return sum(len(section.entries) for section in self.sections)


@dataclass(frozen=True, slots=True)
class Composition:
    """A digest as it was composed: pages of Telegram HTML, kept so that buttons can turn them."""

    id: int
    chat_id: int
    pages: tuple[str, ...]
    created_at: datetime


# --------------------------------------------------------------------------------------------- messages


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: it carries either callback ``data`` (at most 64 bytes) or a ``url``."""

    text: str
    data: str | None = None
    url: str | None = None


Keyboard = tuple[tuple[Button, ...], ...]


class Priority(StrEnum):
    """Which messages go first; their order here is the order of sending."""

    REPLY = "0-reply"
    ALERT = "1-alert"
    DIGEST = "2-digest"
    BROADCAST = "3-broadcast"


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """A message for the outbox. ``text`` is Telegram HTML. With ``edits`` it replaces that message of the chat.

    ``dedupe_key`` makes it unique for ever: ``digest:<chat>:<slot>:<part>``, ``alert:<chat>:<story>``,
    ``reply:<update>:<n>``, ``broadcast:<id>:<chat>``.
    """

    dedupe_key: str
    chat_id: int
    text: str
    priority: Priority
    expires_at: datetime
    keyboard: Keyboard = ()
    thread_id: int | None = None
    edits: int | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class LeasedMessage:
    """An outbox row in a sender's hands. ``attempts`` counts the sends that were tried before this one."""

    id: int
    message: OutgoingMessage
    attempts: int
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class InboxUpdate:
    """An update of Telegram's, as it came: ``payload`` is the update's JSON text."""

    update_id: int
    chat_id: int | None
    payload: str
    received_at: datetime
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class PlacedArticle:
    """A new article with its place: its id, its story and the keys under which search finds it."""

    id: int
    story_id: int
    stored_at: datetime
    article: NewArticle
    posting_keys: frozenset[int]


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch of outbox rows in one sender's hands.

    The first message may be sent ``delay`` seconds after the claim, each further one ``step`` seconds after the one
    before: that is the batch's share of the send budget.
    """

    messages: tuple[LeasedMessage, ...]
    delay: float
    step: float


class SettledState(StrEnum):
    """What becomes of an outbox row after an attempt."""

    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Settlement:
    """The end of one attempt. ``retry_at`` is set for ``retry``; ``uncertain`` says that it may have arrived."""

    id: int
    state: SettledState
    retry_at: datetime | None = None
    message_id: int | None = None
    error: str | None = None
    uncertain: bool = False
