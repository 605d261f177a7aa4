"""Topics, who follows them, and what met them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.language.locale import Locale


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
    """A chat follows a topic. ``label`` is what the reader typed; stories up to ``watermark`` were brought.

    ``languages`` are those of the articles that it wants of this topic, empty for all that the chat reads.
    """

    chat_id: int
    topic_id: int
    label: str
    watermark: int
    created_at: datetime
    mode: DeliveryMode = DeliveryMode.DIGEST
    muted_until: datetime | None = None
    languages: tuple[Locale, ...] = ()
