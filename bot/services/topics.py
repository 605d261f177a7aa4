"""Topics as readers follow them: a new one is filled from the stored articles.

::

    candidates by posting keys, read ahead | lock, get_or_create | what meets it | matches, first appearances

Who may see what is a part of every search for candidates, never asked of its result: a feed that one chat added would
take the places of all that others look for.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Final

from bot.core.kept_analyses import KeptAnalyses
from bot.core.matching.one_topic import candidate_keys, match_one
from bot.core.matching.query_tree import Query
from bot.core.model import Article, Topic, TopicMatch, TopicStory
from bot.ports import Clock, Unit
from bot.services.stepwise import TimeSlice

log = logging.getLogger(__name__)

STORED: Final = datetime.fromtimestamp(0, UTC)
"""Since when stored articles are searched: all that there are. How long they are kept is the operator's to say."""
FRESH = timedelta(days=7)  # an entry dated longer before its storing shows in /latest and /search only
REACH_BACK = timedelta(hours=24)  # how far a new subscription's first digest looks back
BACKFILL_NEWEST = 300  # candidates among the articles of public sources, of which a new topic is filled for everybody
BACKFILL_EACH_LANGUAGE = 100  # of them at least: a language with little news is not crowded out
BACKFILL_OWN = 100  # candidates among those of the feeds that the chat itself added
SEARCH_LIMIT = 200
ANALYSES: Final = KeptAnalyses()
"""Of this process: a search, the topic made of it and the next reader's words ask for the same recent articles.

A month's articles, which only one new topic asks for, would drive those out: they are not kept.
"""

Proofs = Mapping[Article, tuple[str, ...] | None]


async def follow(unit: Unit, chat_id: int, query: Query, clock: Clock) -> Topic:
    """Return the topic of a query, for a chat to follow; it is created and filled from the stored articles.

    Matches are shared by all that follow the topic: one that is new is filled from the public sources, and from the
    feeds that this chat added; one that others follow already, from those feeds alone.

    The articles are read first, as many as there may be. Then the sequence lock is taken and held to the commit, so
    that no article falls between the index of a running ingest and the new topic; under it the search runs again, and
    has to read what came or was edited meanwhile.
    """
    topic = await unit.topics.find(query.canonical)
    before = await _proofs(unit, chat_id, query, is_new=topic is None, known={})
    if topic is not None and not before:
        return topic
    first = await unit.sequences.take("seq", 0)
    generation = await unit.sequences.take("generation", 1)
    topic, is_new = await unit.topics.get_or_create(query.canonical, generation)
    matched = _met(await _proofs(unit, chat_id, query, is_new=is_new, known=before))
    stories = list(_appearances(topic.id, matched, first, added_at=None if is_new else clock.now()))
    await unit.sequences.take("seq", len(stories))
    await unit.topics.add_matches([TopicMatch(topic.id, article.id, reasons) for article, reasons in matched])
    await unit.topics.add_stories(stories)
    return topic


async def _proofs(unit: Unit, chat_id: int, query: Query, *, is_new: bool, known: Proofs) -> Proofs:
    """Return the candidates, newest first, each with what met the query; those that are ``known`` as they are now."""
    candidates = await unit.articles.to_backfill(
        chat_id,
        candidate_keys(query),
        since=STORED,
        newest=BACKFILL_NEWEST if is_new else 0,
        each_language=BACKFILL_EACH_LANGUAGE if is_new else 0,
        own=BACKFILL_OWN,
    )
    time = TimeSlice()
    return {
        article: known[article] if article in known else await _reasons(query, article, time, keep=False)
        for article in candidates
    }


def _met(proofs: Proofs) -> list[tuple[Article, tuple[str, ...]]]:
    return [(article, reasons) for article, reasons in proofs.items() if reasons is not None]


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


def _appearances(
    topic_id: int, matched: Iterable[tuple[Article, tuple[str, ...]]], first: int, *, added_at: datetime | None
) -> Iterable[TopicStory]:
    """Yield the stories' first appearances, numbered in the order of storing, so that a watermark can stand between.

    Of stories that are ``added_at`` an instant to a topic that has others, only those of the last day appear, as of
    that instant: the order of numbers stays the order of storing, and a first digest brings no more than a day.
    """
    earliest: dict[int, Article] = {}
    for article, _ in sorted(matched, key=lambda pair: (pair[0].stored_at, pair[0].id)):
        is_late = added_at is not None and article.stored_at < added_at - REACH_BACK
        if is_fresh(article.published_at, article.stored_at) and not is_late:
            earliest.setdefault(article.story_id, article)
    for number, article in zip(count(first), earliest.values()):
        yield TopicStory(topic_id, article.story_id, number, added_at or article.stored_at, backfilled=True)
