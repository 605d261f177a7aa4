"""From stories to what single chats may see of them.

::

    hits (chat, story) | articles of the stories | reasons | view of the chats | StoryMatch for each chat

Articles and reasons are read once for all chats of a batch; chats that switched nothing share the result.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
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


Articles = tuple[Article, ...]
Tellings = Mapping[int, Articles]
Reasons = Mapping[tuple[int, int], tuple[str, ...]]


async def expand(connection: Connection, hits: Sequence[Hit], view: View) -> dict[int, list[StoryMatch]]:
    """Return each chat's stories, in the order of the hits; stories of which a chat sees no article are left out."""
    if not hits:
        return {}
    stories = {hit.story_id for hit in hits}
    pairs = {(hit.story_id, topic) for hit in hits for topic in hit.topic_ids}
    tellings = await _tellings(connection, stories)
    reasons = await _reasons(connection, pairs) if pairs else {}
    return _by_chat(hits, tellings, reasons, view)


def _by_chat(hits: Sequence[Hit], tellings: Tellings, reasons: Reasons, view: View) -> dict[int, list[StoryMatch]]:
    found: dict[int, list[StoryMatch]] = defaultdict(list)
    anyone = replace(view, switches={}, languages={}, topics={})
    plain = {story: _visible(articles, 0, (), anyone) for story, articles in tellings.items()}
    shared: dict[tuple[object, ...], StoryMatch] = {}
    for hit in hits:
        if view.is_own(hit.chat_id):
            articles = _visible(tellings.get(hit.story_id, ()), hit.chat_id, hit.topic_ids, view)
            story = _story(hit, articles, reasons, view.topics.get(hit.chat_id, {}))
        else:
            key = hit[1:]
            story = shared.get(key) or shared.setdefault(key, _story(hit, plain.get(hit.story_id, ()), reasons, {}))
        if story.articles:
            found[hit.chat_id].append(story)
    return dict(found)


def _visible(articles: Articles, chat_id: int, topic_ids: tuple[int, ...], view: View) -> Articles:
    return tuple(
        article
        for article in articles
        if view.sees(chat_id, article.source_id) and view.reads(chat_id, article.language)
        if not topic_ids or any(view.wants(chat_id, topic, article.language) for topic in topic_ids)
    )


def _story(hit: Hit, articles: Articles, reasons: Reasons, languages: Mapping[int, frozenset[str]]) -> StoryMatch:
    """Return the story as its articles tell it; ``languages`` are those of the topics that want only some."""
    met: set[int] = set()
    why: dict[str, None] = {}
    for article in articles:
        for topic in hit.topic_ids:
            words = reasons.get((topic, article.id))
            if words is not None and article.language in languages.get(topic, (article.language,)):
                met.add(topic)
                why.update(dict.fromkeys(words))
    # A match that an edit took away leaves its appearance: the story is told under the topics that still meet it.
    topics = tuple(topic for topic in hit.topic_ids if topic in met) if met else hit.topic_ids
    return StoryMatch(hit.story_id, topics, articles, hit.first_seq, tuple(why))


async def _tellings(connection: Connection, story_ids: Iterable[int]) -> Tellings:
    stories: dict[int, list[Article]] = defaultdict(list)
    for row in await connection.fetch("expansion.tellings", {"story_ids": codec.array(story_ids)}):
        stories[row["story_id"]].append(codec.article(row))
    return {story: tuple(articles) for story, articles in stories.items()}


async def _reasons(connection: Connection, pairs: Iterable[tuple[int, int]]) -> Reasons:
    params = {"pairs": codec.rows({"story_id": story, "topic_id": topic} for story, topic in pairs)}
    rows = await connection.fetch("expansion.reasons", params)
    return {(row["topic_id"], row["article_id"]): codec.strings(row["reasons"]) for row in rows}
