"""Topics as readers follow them: a new one is filled from the stored articles.

::

    candidates by posting keys, read ahead | lock, get_or_create | what meets it | matches, first appearances
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from bot.core.kept_analyses import KeptAnalyses
from bot.core.matching import candidate_keys, match_one
from bot.core.model import Article, Topic, TopicMatch, TopicStory
from bot.core.query_tree import Query
from bot.ports import Clock, Unit

log = logging.getLogger(__name__)

REACH = timedelta(days=30)  # how far back stored articles are kept and searched
FRESH = timedelta(days=7)  # an entry dated longer before its storing shows in /latest and /search only
BACKFILL_LIMIT = 300  # the newest candidates; bounds the time that the sequence is locked
SEARCH_LIMIT = 200
BREATH = 8  # articles after which others may run: one that is read for the first time takes most of a millisecond
ANALYSES: Final = KeptAnalyses()
"""Of this process: a search, the topic made of it and the next reader's words ask for the same recent articles.

A month's articles, which only one new topic asks for, would drive those out: they are not kept.
"""

Proofs = Mapping[Article, tuple[str, ...] | None]


async def follow(unit: Unit, query: Query, clock: Clock) -> Topic:
    """Return the topic of a query; one that is new is created and filled from the stored articles.

    The articles are read first, as many as there may be. Then the sequence lock is taken and held to the commit, so
    that no article falls between the index of a running ingest and the new topic; under it the search runs again, and
    has to read what came or was edited meanwhile.
    """
    if (known := await unit.topics.find(query.canonical)) is not None:
        return known
    since = clock.now() - REACH
    before = await _proofs(unit, query, since=since, limit=BACKFILL_LIMIT, known={})
    first = await unit.sequences.take("seq", 0)
    generation = await unit.sequences.take("generation", 1)
    topic, is_new = await unit.topics.get_or_create(query.canonical, generation)
    if is_new:
        matched = _met(await _proofs(unit, query, since=since, limit=BACKFILL_LIMIT, known=before))
        stories = list(_appearances(topic.id, matched, first))
        await unit.sequences.take("seq", len(stories))
        await unit.topics.add_matches([TopicMatch(topic.id, article.id, reasons) for article, reasons in matched])
        await unit.topics.add_stories(stories)
    return topic


async def search(
    unit: Unit, query: Query, *, since: datetime, limit: int = SEARCH_LIMIT
) -> list[tuple[Article, tuple[str, ...]]]:
    """Return stored articles that meet the query, newest first, with the words that met it.

    The posting table proposes, the matcher decides: the result is what ingest would have found.
    """
    return _met(await _proofs(unit, query, since=since, limit=limit, known={}))


async def _proofs(unit: Unit, query: Query, *, since: datetime, limit: int, known: Proofs) -> Proofs:
    """Return the candidates, newest first, each with what met the query; those that are ``known`` as they are now."""
    candidates = await unit.articles.by_keys(candidate_keys(query), since=since, limit=limit)
    return {
        article: known[article] if article in known else await _reasons(query, article, number, keep=False)
        for number, article in enumerate(candidates)
    }


def _met(proofs: Proofs) -> list[tuple[Article, tuple[str, ...]]]:
    return [(article, reasons) for article, reasons in proofs.items() if reasons is not None]


async def search_for(
    unit: Unit, chat_id: int, query: Query, *, since: datetime, enough: int, limit: int = SEARCH_LIMIT
) -> list[Article]:
    """Return articles that meet the query and that the chat may see, newest first, until so many stories are told.

    A reader waits for this. To read an article takes most of a millisecond, so it ends early.
    """
    found: list[Article] = []
    for most in (min(2 * enough, limit), limit):  # most words are met by most of what has their keys
        candidates = await unit.articles.by_keys(candidate_keys(query), since=since, limit=most)
        found = await _proven(unit, chat_id, query, candidates, enough=enough, known=found)
        if len(candidates) < most or len({article.story_id for article in found}) >= enough:
            break
    return found


async def _proven(
    unit: Unit, chat_id: int, query: Query, candidates: Sequence[Article], *, enough: int, known: Sequence[Article]
) -> list[Article]:
    visible = {article.id for article in await unit.articles.visible(chat_id, [article.id for article in candidates])}
    before = {article.id for article in known}
    found: list[Article] = []
    stories: set[int] = set()
    for number, article in enumerate(candidates):
        if article.id in before or (
            article.id in visible and await _reasons(query, article, number, keep=True) is not None
        ):
            found.append(article)
            stories.add(article.story_id)
            if len(stories) == enough:
                break
    return found


async def _reasons(query: Query, article: Article, number: int, *, keep: bool) -> tuple[str, ...] | None:
    if number % BREATH == BREATH - 1:
        await asyncio.sleep(0)
    return match_one(query, ANALYSES.of(article.title, article.text, article.language, keep=keep))


def is_fresh(published_at: datetime, stored_at: datetime) -> bool:
    """Return whether an article is news at all: not dated more than a week before it was first stored."""
    return stored_at - published_at <= FRESH


def _appearances(topic_id: int, matched: Iterable[tuple[Article, tuple[str, ...]]], first: int) -> Iterable[TopicStory]:
    # In the order of storing, so that a watermark can stand between yesterday's and today's.
    earliest: dict[int, Article] = {}
    for article, _ in sorted(matched, key=lambda pair: (pair[0].stored_at, pair[0].id)):
        if is_fresh(article.published_at, article.stored_at):
            earliest.setdefault(article.story_id, article)
    for number, article in zip(count(first), earliest.values()):
        yield TopicStory(topic_id, article.story_id, number, article.stored_at, backfilled=True)
