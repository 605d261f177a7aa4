"""Topics as readers follow them: a new one is filled from the stored articles, which are read ahead.

::

    a reading: candidates by posting keys | their texts, some at a time, matched in steps, while others write
    a transaction: sequence lock, the candidates again | what came or was edited since is read | topic, matches, stories

So whoever else writes waits for a look-up and for the rows of one topic, never for the reading of articles. The lock of
the sequence is held to the commit: no article falls between the index of a running ingest and the new topic.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Final, TypeVar

from bot.core.matching.analysis_cache import AnalysisCache
from bot.core.matching.one_topic import candidate_keys, match_one
from bot.core.matching.query_tree import Query
from bot.core.model import Article, Topic, TopicMatch, TopicStory
from bot.ports import Clock, Storage, Unit
from bot.services.stepwise import TimeSlice
from bot.services.topics import ANALYSES, STORED, is_fresh

REACH_BACK = timedelta(hours=24)  # how far a new subscription's first digest looks back
NEWEST: Final = 300
"""Candidates among the articles of public sources, of which a new topic is filled for everybody."""
EACH_LANGUAGE: Final = 100
"""Of them at least: a language with little news is not crowded out."""
OWN: Final = 100
"""Candidates among those of the feeds that the chat itself added."""
TEXTS: Final = 50
"""Articles whose texts are read at once."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What met a topic in an article (None where it does not), and the hash of the content that was read."""

    article: Article
    content_hash: str
    reasons: tuple[str, ...] | None


Proofs = Mapping[int, Proof]
T = TypeVar("T")


class ReadAheadNeededError(Exception):
    """Stored articles are to be read for a topic before it can be followed; begin again after ``ReadAhead.read``."""

    def __init__(self, chat_id: int, query: Query, *, is_new: bool) -> None:
        super().__init__(chat_id, query.canonical, is_new)
        self.chat_id = chat_id
        self.query = query
        self.is_new = is_new


class ReadAhead:
    """What was read of the stored articles for the topics that one update, or one import, is to follow."""

    def __init__(
        self, storage: Storage, analyses: AnalysisCache = ANALYSES, *, keep: bool = False, rest: float = 0.0
    ) -> None:
        """Read articles without keeping their analyses; with ``keep`` they are, for further topics of the same ones.

        ``rest`` is that of ``TimeSlice``: for work that nobody waits for.
        """
        self._storage = storage
        self._analyses = analyses
        self._keep = keep
        self._rest = rest
        self._proofs: dict[tuple[int, str, bool], Proofs] = {}

    def __len__(self) -> int:
        """Return for how many topics something was read."""
        return len(self._proofs)

    def of(self, chat_id: int, query: Query, *, is_new: bool) -> Proofs:
        """Return what was read.

        Raises:
            ReadAheadNeededError: nothing yet.
        """
        found = self._proofs.get((chat_id, query.canonical, is_new))
        if found is None:
            raise ReadAheadNeededError(chat_id, query, is_new=is_new)
        return found

    async def read(self, wanted: ReadAheadNeededError) -> None:
        """Read and match, in steps. No transaction may be open in this task."""
        query, time = wanted.query, TimeSlice(rest=self._rest)
        async with self._storage.reading() as unit:
            ids = list(await candidates(unit, wanted.chat_id, query, is_new=wanted.is_new))
        proofs: dict[int, Proof] = {}
        for first in range(0, len(ids), TEXTS):
            async with self._storage.reading() as unit:
                articles = await unit.articles.read(ids[first : first + TEXTS])
            proofs |= {article.id: await self.prove(query, article, known, time) for article, known in articles}
        self._proofs[wanted.chat_id, query.canonical, wanted.is_new] = proofs

    async def transact(self, work: Callable[[Unit], Awaitable[T]]) -> T:
        """Do something in a transaction; it is begun again whenever something was to be read ahead for it."""
        while True:
            try:
                async with self._storage.transaction() as unit:
                    return await work(unit)
            except ReadAheadNeededError as wanted:
                await self.read(wanted)

    async def prove(self, query: Query, article: Article, content_hash: str, time: TimeSlice) -> Proof:
        """Return whether and by what an article meets a query."""
        steps = self._analyses.reading(article.title, article.text, article.language, keep=self._keep)
        reasons = match_one(query, await time.run(steps))
        return Proof(replace(article, text=""), content_hash, reasons)


async def candidates(unit: Unit, chat_id: int, query: Query, *, is_new: bool) -> Mapping[int, str]:
    """Return the ids of stored articles that may meet a topic, newest first, each with the hash of its content.

    Matches are shared by all that follow the topic: one that is new is filled from the public sources, and from the
    feeds that this chat added; one that others follow already, from those feeds alone.
    """
    return await unit.articles.to_backfill(
        chat_id,
        candidate_keys(query),
        since=STORED,
        newest=NEWEST if is_new else 0,
        each_language=EACH_LANGUAGE if is_new else 0,
        own=OWN,
    )


async def follow(unit: Unit, chat_id: int, query: Query, clock: Clock, ahead: ReadAhead) -> Topic:
    """Return the topic of a query, for a chat to follow; it is created and filled from the stored articles.

    Raises:
        ReadAheadNeededError: they are to be read first.
    """
    topic = await unit.topics.find(query.canonical)
    if topic is not None and not await candidates(unit, chat_id, query, is_new=False):
        return topic
    known = ahead.of(chat_id, query, is_new=topic is None)
    first = await unit.sequences.take("seq", 0)
    generation = await unit.sequences.take("generation", 1)
    topic, is_new = await unit.topics.get_or_create(query.canonical, generation)
    known = ahead.of(chat_id, query, is_new=is_new)  # another process may have made it meanwhile, or let it go
    matched = _met(await _up_to_date(unit, chat_id, query, ahead, known, is_new=is_new))
    stories = list(_appearances(topic.id, matched, first, added_at=None if is_new else clock.now()))
    await unit.sequences.take("seq", len(stories))
    await unit.topics.add_matches([TopicMatch(topic.id, article.id, reasons) for article, reasons in matched])
    await unit.topics.add_stories(stories)
    return topic


async def _up_to_date(
    unit: Unit, chat_id: int, query: Query, ahead: ReadAhead, known: Proofs, *, is_new: bool
) -> list[Proof]:
    """Return the proofs of the candidates as they are now: those that came, or were edited, since are read here."""
    now = await candidates(unit, chat_id, query, is_new=is_new)
    proofs = {one: known[one] for one, content in now.items() if one in known and known[one].content_hash == content}
    time = TimeSlice()
    for article, content_hash in await unit.articles.read([one for one in now if one not in proofs]):
        proofs[article.id] = await ahead.prove(query, article, content_hash, time)
    return list(proofs.values())


def _met(proofs: Iterable[Proof]) -> list[tuple[Article, tuple[str, ...]]]:
    return [(proof.article, proof.reasons) for proof in proofs if proof.reasons is not None]


def _appearances(
    topic_id: int, matched: Sequence[tuple[Article, tuple[str, ...]]], first: int, *, added_at: datetime | None
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
