"""Search: the stored articles that meet a topic.

::

    candidates by posting keys, newest first | what meets it

Who may see what is a part of every search for candidates, never asked of its result: a feed that one chat added would
take the places of all that others look for.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.core.matching.analysis_cache import AnalysisCache
from bot.core.matching.one_topic import candidate_keys, match_one
from bot.core.matching.query_tree import Query
from bot.core.model import Article
from bot.ports import Unit
from bot.services.stepwise import TimeSlice

log = logging.getLogger(__name__)

STORED: Final = datetime.fromtimestamp(0, UTC)
"""Since when stored articles are searched: all that there are. How long they are kept is the operator's to say."""
FRESH = timedelta(days=7)  # an entry dated longer before its storing shows in /latest and /search only
SEARCH_LIMIT = 200
ANALYSES: Final = AnalysisCache()
"""Of this process: a search, the topic made of it and the next reader's words ask for the same recent articles.

A month's articles, which only one new topic asks for, would drive those out: they are not kept.
"""


async def search(
    unit: Unit, chat_id: int, query: Query, *, since: datetime, limit: int = SEARCH_LIMIT
) -> list[Article]:
    """Return stored articles that meet the query and that the chat may see, newest first.

    The posting table proposes, the matcher decides: the result is what ingest would have found.
    """
    candidates = await unit.articles.by_keys(chat_id, candidate_keys(query), since=since, limit=limit)
    time = TimeSlice()
    return [article for article in candidates if await _reasons(query, article, time, keep=False) is not None]


async def search_for(
    unit: Unit, chat_id: int, query: Query, *, since: datetime, enough: int, limit: int = SEARCH_LIMIT
) -> list[Article]:
    """Return articles that meet the query and that the chat may see, newest first, until so many stories are told.

    A reader waits for this. To read an article takes most of a millisecond, so it ends early.
    """
    found: list[Article] = []
    for most in (min(2 * enough, limit), limit):  # most words are met by most of what has their keys
        candidates = await unit.articles.by_keys(chat_id, candidate_keys(query), since=since, limit=most)
        found = await _proven(query, candidates, enough=enough, known=found)
        if len(candidates) < most or len({article.story_id for article in found}) >= enough:
            break
    return found


async def _proven(
    query: Query, candidates: Sequence[Article], *, enough: int, known: Sequence[Article]
) -> list[Article]:
    before = {article.id for article in known}
    found: list[Article] = []
    stories: set[int] = set()
    time = TimeSlice()
    for article in candidates:
        if article.id in before or await _reasons(query, article, time, keep=True) is not None:
            found.append(article)
            stories.add(article.story_id)
            if len(stories) == enough:
                break
    return found


async def _reasons(query: Query, article: Article, time: TimeSlice, *, keep: bool) -> tuple[str, ...] | None:
    steps = ANALYSES.reading(article.title, article.text, article.language, keep=keep)
    return match_one(query, await time.run(steps))


def is_fresh(published_at: datetime, stored_at: datetime) -> bool:
    """Return whether an article is news at all: not dated more than a week before it was first stored."""
    return stored_at - published_at <= FRESH
