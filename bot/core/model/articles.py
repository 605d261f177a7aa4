"""Articles, from an entry that is to be stored to a story that a chat may read."""

from dataclasses import dataclass
from datetime import datetime

from bot.language.locale import Locale


@dataclass(frozen=True, slots=True)
class NewArticle:
    """An entry that is to be stored: identity (``source_id``, ``uid``), address without tracking, clamped date.

    ``content_hash`` is of the headline and the text that were made of the entry, and tells edits; ``entry_hash`` is of
    the entry as its document gave it, empty where that is not known.
    """

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
    entry_hash: str = ""


@dataclass(frozen=True, slots=True)
class PlacedArticle:
    """A new article with its place: its id, its story and the keys under which search finds it.

    ``related_id`` is the wider group of stories; 0 for a story that is a group of its own. ``keys_version`` is what
    made the keys (``language.data_version.keys_version``), 0 where that is not known.
    """

    id: int
    story_id: int
    stored_at: datetime
    article: NewArticle
    posting_keys: frozenset[int]
    related_id: int = 0
    keys_version: int = 0


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """What storage knows of an entry: enough to decide whether it is new or edited. Hashes are as of ``NewArticle``."""

    article_id: int
    content_hash: str
    entry_hash: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """A stored article. ``stored_at`` is when it was first stored; ``story_id`` the story that it tells.

    ``related_id`` is the wider group of stories, 0 where it was not asked for.
    """

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
    related_id: int = 0


@dataclass(frozen=True, slots=True)
class StoryMatch:
    """A story that meets some of a chat's topics: all its articles that the chat may see, the topics, the reasons."""

    story_id: int
    topic_ids: tuple[int, ...]
    articles: tuple[Article, ...]
    first_seq: int = 0
    reasons: tuple[str, ...] = ()
