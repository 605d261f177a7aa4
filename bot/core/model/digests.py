"""What a chat gets to read, before and after it is put into words."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.model.articles import Article


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
    ALERT = "alert"
    SEARCH = "search"


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
class DigestPage:
    """A page of Telegram HTML, the ids of the stories on it in their order, and its first picture's address."""

    html: str
    stories: tuple[int, ...] = ()
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """A digest as it was composed, kept so that buttons can turn its pages and open its stories."""

    id: int
    chat_id: int
    pages: tuple[DigestPage, ...]
    created_at: datetime

    def page_of(self, story_id: int) -> int | None:
        """Return the number (0-based) of the page that a story stands on, None where it stands on none."""
        return next((number for number, page in enumerate(self.pages) if story_id in page.stories), None)
