"""From stories to what single chats may see of them.

::

    hits (chat, story) | articles of the stories | switches of the chats | reasons | StoryMatch for each chat

Articles and reasons are read once for all chats of a batch; most chats switched nothing and share the result.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.model import Article, StoryMatch
from bot.storage import codec
from bot.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class Hit:
    """A story that concerns a chat, with the topics that it meets there."""

    chat_id: int
    story_id: int
    first_seq: int
    topic_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Telling:
    """An article of a story, and whether a chat that switched nothing sees it."""

    article: Article
    public: bool


Switches = Mapping[int, Mapping[str, bool]]
Reasons = Mapping[tuple[int, int], tuple[str, ...]]


async def expand(connection: Connection, hits: Sequence[Hit]) -> dict[int, list[StoryMatch]]:
    """Return each chat's stories, in the order of the hits; stories of which a chat sees no article are left out."""
    if not hits:
        return {}
    tellings = await _tellings(connection, {hit.story_id for hit in hits})
    switches = await _switches(connection, {hit.chat_id for hit in hits})
    topics = {topic for hit in hits for topic in hit.topic_ids}
    reasons = await _reasons(connection, topics, {hit.story_id for hit in hits}) if topics else {}
    return _by_chat(hits, tellings, switches, reasons)


def _by_chat(
    hits: Sequence[Hit], tellings: Mapping[int, Sequence[_Telling]], switches: Switches, reasons: Reasons
) -> dict[int, list[StoryMatch]]:
    found: dict[int, list[StoryMatch]] = defaultdict(list)
    shared: dict[tuple[int, int, tuple[int, ...]], StoryMatch] = {}
    for hit in hits:
        own = switches.get(hit.chat_id)
        key = (hit.story_id, hit.first_seq, hit.topic_ids)
        story = None if own else shared.get(key)
        if story is None:
            story = _story(hit, tellings.get(hit.story_id, ()), own or {}, reasons)
            if not own:
                shared[key] = story
        if story.articles:
            found[hit.chat_id].append(story)
    return dict(found)


def _story(hit: Hit, tellings: Iterable[_Telling], own: Mapping[str, bool], reasons: Reasons) -> StoryMatch:
    articles = tuple(telling.article for telling in tellings if own.get(telling.article.source_id, telling.public))
    met = [topic for topic in hit.topic_ids if any((topic, article.id) in reasons for article in articles)]
    why = dict.fromkeys(
        word for article in articles for topic in hit.topic_ids for word in reasons.get((topic, article.id), ())
    )
    return StoryMatch(hit.story_id, tuple(met) or hit.topic_ids, articles, hit.first_seq, tuple(why))


async def _tellings(connection: Connection, story_ids: Iterable[int]) -> dict[int, list[_Telling]]:
    rows = await connection.fetch("expansion.tellings", {"story_ids": codec.array(story_ids)})
    stories: dict[int, list[_Telling]] = defaultdict(list)
    for row in rows:
        stories[row["story_id"]].append(_Telling(codec.article(row), bool(row["public"])))
    return stories


async def _switches(connection: Connection, chat_ids: Iterable[int]) -> dict[int, dict[str, bool]]:
    rows = await connection.fetch("expansion.switches", {"chat_ids": codec.array(chat_ids)})
    switches: dict[int, dict[str, bool]] = defaultdict(dict)
    for row in rows:
        switches[row["chat_id"]][row["source_id"]] = bool(row["enabled"])
    return switches


async def _reasons(
    connection: Connection, topic_ids: Iterable[int], story_ids: Iterable[int]
) -> dict[tuple[int, int], tuple[str, ...]]:
    params = {"topic_ids": codec.array(topic_ids), "story_ids": codec.array(story_ids)}
    rows = await connection.fetch("expansion.reasons", params)
    return {(row["topic_id"], row["article_id"]): codec.strings(row["reasons"]) for row in rows}
