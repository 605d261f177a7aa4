"""From stories to what single chats may see of them.

::

    hits (chat, story) | articles of the stories | reasons | view of the chats | StoryMatch for each chat

Articles and reasons are read once for all chats of a batch; chats that switched nothing share the result.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.core.model import Article, StoryMatch
from bot.storage import codec
from bot.storage.connection import Connection
from bot.storage.view import View


class Hit(NamedTuple):
    """A story that concerns a chat, with the topics that it meets there."""

    chat_id: int
    first_seq: int
    story_id: int
    topic_ids: tuple[int, ...]


Tellings = Mapping[int, Sequence[Article]]
Reasons = Mapping[tuple[int, int], tuple[str, ...]]


async def expand(connection: Connection, hits: Sequence[Hit], view: View) -> dict[int, list[StoryMatch]]:
    """Return each chat's stories, in the order of the hits; stories of which a chat sees no article are left out."""
    if not hits:
        return {}
    stories = {hit.story_id for hit in hits}
    topics = {topic for hit in hits for topic in hit.topic_ids}
    tellings = await _tellings(connection, stories)
    reasons = await _reasons(connection, topics, stories) if topics else {}
    return _by_chat(hits, tellings, reasons, view)


def _by_chat(hits: Sequence[Hit], tellings: Tellings, reasons: Reasons, view: View) -> dict[int, list[StoryMatch]]:
    found: dict[int, list[StoryMatch]] = defaultdict(list)
    shared: dict[tuple[int, int, tuple[int, ...]], StoryMatch] = {}
    for hit in hits:
        if hit.chat_id in view.switches:
            story = _story(hit, tellings, reasons, view)
        else:
            key = hit[1:]
            story = shared.get(key) or shared.setdefault(key, _story(hit, tellings, reasons, view))
        if story.articles:
            found[hit.chat_id].append(story)
    return dict(found)


def _story(hit: Hit, tellings: Tellings, reasons: Reasons, view: View) -> StoryMatch:
    articles = tuple(article for article in tellings.get(hit.story_id, ()) if view.sees(hit.chat_id, article.source_id))
    met = tuple(topic for topic in hit.topic_ids if any((topic, article.id) in reasons for article in articles))
    why = dict.fromkeys(
        word for article in articles for topic in hit.topic_ids for word in reasons.get((topic, article.id), ())
    )
    return StoryMatch(hit.story_id, met or hit.topic_ids, articles, hit.first_seq, tuple(why))


async def _tellings(connection: Connection, story_ids: Iterable[int]) -> dict[int, list[Article]]:
    stories: dict[int, list[Article]] = defaultdict(list)
    for row in await connection.fetch("expansion.tellings", {"story_ids": codec.array(story_ids)}):
        stories[row["story_id"]].append(codec.article(row))
    return stories


async def _reasons(connection: Connection, topic_ids: Iterable[int], story_ids: Iterable[int]) -> Reasons:
    params = {"topic_ids": codec.array(topic_ids), "story_ids": codec.array(story_ids)}
    rows = await connection.fetch("expansion.reasons", params)
    return {(row["topic_id"], row["article_id"]): codec.strings(row["reasons"]) for row in rows}
