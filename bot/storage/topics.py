"""Distinct queries and what met them."""

from collections.abc import Collection, Sequence

from bot.core.model import Topic, TopicMatch, TopicStory
from bot.storage import codec
from bot.storage.connection import Connection, Row


class Topics:
    """``ports.Topics`` on SQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get_or_create(self, canonical: str, generation: int) -> tuple[Topic, bool]:
        """Return the topic of that canonical text, and whether it was made just now."""
        params = {"canonical": canonical, "generation": generation}
        if made := await self._connection.fetch("topics.create", params):
            await self._connection.notify("topics")
            return _topic(made[0]), True
        (known,) = await self._connection.fetch("topics.find", {"canonical": canonical})
        return _topic(known), False

    async def find(self, canonical: str) -> Topic | None:
        """Return the topic of that canonical text, if it is there."""
        rows = await self._connection.fetch("topics.find", {"canonical": canonical})
        return _topic(rows[0]) if rows else None

    async def since(self, generation: int) -> list[Topic]:
        """Return the topics of a greater generation, in the order of generations."""
        return [_topic(row) for row in await self._connection.fetch("topics.since", {"generation": generation})]

    async def count(self) -> int:
        """Return the number of topics."""
        (row,) = await self._connection.fetch("topics.count")
        return int(row["topics"])

    async def ids(self) -> frozenset[int]:
        """Return the ids of all topics."""
        return frozenset(row["id"] for row in await self._connection.fetch("topics.ids"))

    async def add_matches(self, matches: Sequence[TopicMatch]) -> None:
        """Store matches; one that is stored already gets the new reasons."""
        await self._connection.executemany(
            "topics.add_match",
            [
                {
                    "topic_id": match.topic_id,
                    "article_id": match.article_id,
                    "reasons": codec.storable(codec.array(match.reasons)),
                }
                for match in matches
            ],
        )

    async def met_by(self, article_ids: Collection[int]) -> dict[int, frozenset[int]]:
        """Return the topics whose matches with these articles are stored, by article."""
        found: dict[int, set[int]] = {}
        for row in await self._connection.fetch("topics.met_by", {"article_ids": codec.array(article_ids)}):
            found.setdefault(row["article_id"], set()).add(row["topic_id"])
        return {article_id: frozenset(topic_ids) for article_id, topic_ids in found.items()}

    async def drop_matches(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Forget matches, each of a topic and an article."""
        params = [{"topic_id": topic_id, "article_id": article_id} for topic_id, article_id in pairs]
        await self._connection.executemany("topics.drop_match", params)

    async def add_stories(self, stories: Sequence[TopicStory]) -> None:
        """Store first appearances, for each source whose matches are stored; one that is there keeps its number."""
        params = [_story_params(story) for story in stories]
        await self._connection.executemany("topics.add_story", params)
        await self._connection.executemany("topics.add_story_of_any_source", params)


def _topic(row: Row) -> Topic:
    return Topic(row["id"], row["canonical"], row["generation"])


def _story_params(story: TopicStory) -> dict[str, object]:
    return {
        "topic_id": story.topic_id,
        "story_id": story.story_id,
        "first_seq": story.first_seq,
        "stored_at": codec.millis(story.stored_at),
        "backfilled": int(story.backfilled),
    }
