"""Which sources each chat of a batch sees: public ones and those that it switched on, less those that it switched off.

Readings for one chat have this rule in their SQL (``{{sees}}``). A batch reads the few switches that there are once:
a look-up for each row of each chat cost more than all the rest of a digest.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.storage import codec
from bot.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class View:
    """The public sources, and the switches and languages of articles of those chats that chose any.

    ``topics`` has the languages of single topics, by chat and topic.
    """

    public: frozenset[str]
    switches: Mapping[int, Mapping[str, bool]]
    languages: Mapping[int, frozenset[str]]
    topics: Mapping[int, Mapping[int, frozenset[str]]]

    def is_own(self, chat_id: int) -> bool:
        """Return whether a chat sees anything else than a new chat does."""
        return chat_id in self.switches or chat_id in self.languages or chat_id in self.topics

    def reads(self, chat_id: int, language: str) -> bool:
        """Return whether a chat wants articles of a language; an unknown one ('') is wanted."""
        wanted = self.languages.get(chat_id)
        return wanted is None or not language or language in wanted

    def wants(self, chat_id: int, topic_id: int, language: str) -> bool:
        """Return whether a chat wants articles of a language under a topic."""
        of_topic = self.topics.get(chat_id, {}).get(topic_id)
        return self.reads(chat_id, language) and (of_topic is None or not language or language in of_topic)

    def sees(self, chat_id: int, source_id: str) -> bool:
        """Return whether a chat sees a source."""
        own = self.switches.get(chat_id)
        return source_id in self.public if own is None else own.get(source_id, source_id in self.public)


async def read_view(connection: Connection, chat_ids: Collection[int]) -> View:
    """Read what these chats see."""
    public = await connection.fetch("view.public")
    switches: dict[int, dict[str, bool]] = defaultdict(dict)
    for row in await connection.fetch("view.switches", {"chat_ids": codec.array(chat_ids)}):
        switches[row["chat_id"]][row["source_id"]] = bool(row["enabled"])
    chosen = await connection.fetch("view.languages", {"chat_ids": codec.array(chat_ids)})
    languages = {row["id"]: frozenset(row["languages"].split(",")) for row in chosen}
    topics: dict[int, dict[int, frozenset[str]]] = defaultdict(dict)
    for row in await connection.fetch("view.topic_languages", {"chat_ids": codec.array(chat_ids)}):
        topics[row["chat_id"]][row["topic_id"]] = frozenset(row["languages"].split(","))
    return View(frozenset(row["id"] for row in public), dict(switches), languages, dict(topics))
