"""What storage promises of articles and topics."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.core.model import (
    Article,
    NewArticle,
    PlacedArticle,
    StoredEntry,
    StoryMatch,
    Topic,
    TopicMatch,
    TopicStory,
)


class Sequences(Protocol):
    """Named counters: ``seq`` (order of appearance), ``generation`` (of topics), ``article``, ``composition``."""

    async def take(self, name: str, count: int) -> int:
        """Reserve ``count`` numbers and return the first of them.

        The counter stays locked until the transaction ends, so that the order of numbers is the order of commits;
        ``count`` 0 only takes the lock and returns the next number. Lock ``seq`` before any other counter.
        """
        ...

    async def last(self, name: str) -> int:
        """Return the last number that a committed transaction took (0 at first), without locking."""
        ...


class Articles(Protocol):
    """Articles, their postings and stories."""

    async def known(self, source_id: str, uids: Collection[str]) -> dict[str, StoredEntry]:
        """Return what is stored of these entries of a source, by uid."""
        ...

    async def listed(self, source_id: str, uids: Collection[str], now: datetime) -> None:
        """Note that the source's newest document lists these entries: retention keeps their identities."""
        ...

    async def seen(self, source_id: str, entry_hashes: Mapping[str, str]) -> None:
        """Write down by uid how entries look now of which the same articles were made as before."""
        ...

    async def add(self, articles: Sequence[PlacedArticle]) -> None:
        """Store new articles with their posting keys. One whose (source, uid) is stored already is passed over."""
        ...

    async def change(
        self, article_id: int, article: NewArticle, posting_keys: frozenset[int], *, keys_version: int = 0
    ) -> None:
        """Replace the text of a stored article; its date of storing and its story stay."""
        ...

    async def finish(self, articles: Mapping[int, NewArticle]) -> None:
        """Write the hashes of articles, by id, that were stored without them until they were whole."""
        ...

    async def story_ids(self, article_ids: Collection[int]) -> dict[int, int]:
        """Return the stories of those of the articles that are still stored, by id."""
        ...

    async def outdated(self, keys_version: int, *, limit: int) -> list[Article]:
        """Return articles whose posting keys another version made, newest first. Their text is filled."""
        ...

    async def count_outdated(self, keys_version: int) -> int:
        """Return how many articles have posting keys that another version made."""
        ...

    async def renew_keys(self, keys: Mapping[Article, frozenset[int] | None], keys_version: int) -> set[int]:
        """Replace the posting keys of articles; return the ids of those that were renewed.

        One whose keys are None keeps its own, as if this version had made them. One that is gone, that was renewed by
        another process, or whose text is no longer what was read is passed over.
        """
        ...

    async def mark_keys(self, article_ids: Collection[int], keys_version: int) -> None:
        """Write down which version made the posting keys of articles: 0 for one that is still to be renewed."""
        ...

    async def texts(self, article_ids: Collection[int]) -> dict[int, str]:
        """Return the texts of those of the articles that are still stored, by id."""
        ...

    async def by_keys(
        self, chat_id: int, groups: Sequence[frozenset[int]], *, since: datetime, limit: int
    ) -> list[Article]:
        """Return the newest articles stored since then that the chat may see and that have a key of each group.

        Newest first, with their text. At most ``limit`` of those that the chat sees, in the languages that it reads:
        what it does not see takes no place.
        """
        ...

    async def to_backfill(
        self,
        chat_id: int,
        groups: Sequence[frozenset[int]],
        *,
        since: datetime,
        newest: int,
        each_language: int,
        own: int,
    ) -> dict[int, str]:
        """Return candidates for a topic that the chat follows: articles stored since then with a key of each group.

        Newest first, by id, each with the hash of its content, '' where its identity is kept no more (so that it cannot
        be edited). Of the public sources, which all followers of the topic share, the ``newest``,
        and at least so many in ``each_language`` (none where ``newest`` is 0); of the feeds that the chat added and
        has on, which take no place of those, the newest ``own``.
        """
        ...

    async def read(self, article_ids: Collection[int]) -> list[tuple[Article, str]]:
        """Return those of the articles that are still stored, with their text, each with the hash of its content."""
        ...

    async def after(self, article_id: int, *, since: datetime, limit: int) -> list[Article]:
        """Return articles with a greater id stored since then, in the order of ids. Text and group are filled."""
        ...

    async def latest(
        self, chat_id: int, topic_ids: Collection[int], *, since: datetime, limit: int
    ) -> list[StoryMatch]:
        """Return the newest stories under these topics, of sources that the chat sees, newest article first."""
        ...

    async def stories(self, chat_id: int, story_ids: Sequence[int]) -> list[StoryMatch]:
        """Return those of the stories (``topic_ids`` empty) of which the chat sees an article, in the order given."""
        ...

    async def related(self, chat_id: int, story_id: int, *, limit: int) -> list[StoryMatch]:
        """Return the other stories of a story's wider group of which the chat sees an article, newest first."""
        ...

    async def counts(self, chat_id: int, topic_ids: Collection[int], *, since: datetime) -> dict[int, int]:
        """Return how many articles published since then met each topic, of sources that the chat sees; 0 left out."""
        ...

    async def mentions(self, chat_id: int, topic_id: int, starts: Sequence[datetime]) -> dict[tuple[int, str], int]:
        """Return how many articles met a topic on each day, by day and language, of sources that the chat sees.

        The days are told by when they were published: day 0 begins at the first of ``starts`` and ends at the second.
        """
        ...

    async def popular_for(
        self, chat_ids: Collection[int], *, since: datetime, limit: int, among: int
    ) -> dict[int, list[StoryMatch]]:
        """Return for each chat those that it sees of the stories that most public sources tell, most covered first.

        At most ``limit`` for a chat, out of the first ``among`` of its languages: one reading serves all chats of a
        batch that read the same languages. A chat that sees too few of those is answered as ``popular`` does.
        """
        ...

    async def popular(self, chat_id: int, *, since: datetime, limit: int) -> list[StoryMatch]:
        """Return the stories that most sources tell (``topic_ids`` empty), of sources that the chat sees."""
        ...


class Topics(Protocol):
    """Distinct queries and what met them."""

    async def get_or_create(self, canonical: str, generation: int) -> tuple[Topic, bool]:
        """Return the topic of that canonical text, and whether it was made just now (with that generation)."""
        ...

    async def find(self, canonical: str) -> Topic | None:
        """Return the topic of that canonical text, if it is there."""
        ...

    async def since(self, generation: int) -> list[Topic]:
        """Return the topics of a greater generation, in the order of generations."""
        ...

    async def count(self) -> int:
        """Return the number of topics."""
        ...

    async def ids(self) -> frozenset[int]:
        """Return the ids of all topics: many. ``count`` says at less cost whether any went."""
        ...

    async def add_matches(self, matches: Sequence[TopicMatch]) -> None:
        """Store matches; one that is stored already gets the new reasons."""
        ...

    async def met_by(self, article_ids: Collection[int]) -> dict[int, frozenset[int]]:
        """Return the topics whose matches with these articles are stored, by article."""
        ...

    async def drop_matches(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Forget matches, each of a topic and an article. What was brought under a topic stays brought."""
        ...

    async def add_stories(self, stories: Sequence[TopicStory]) -> None:
        """Store first appearances; one that is there keeps its first number.

        Call it after ``add_matches``: an appearance is kept for each source whose article of the story met the topic,
        so that a chat which does not see the first of them is told of the story by one that it sees.
        """
        ...
