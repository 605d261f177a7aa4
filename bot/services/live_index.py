"""The topic index of a running process, in step with the database.

::

    start:   what was saved, else compiled anew | the topics that came or went since
    running: topics of newer generations | those that went, now and then | when many came, one rebuild beside the loop
    stop:    saved for the next start
"""

import asyncio
import gc
import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from bot.core.matching.analysis import Analysis
from bot.core.matching.clause import Clause
from bot.core.matching.compiling import compile_query
from bot.core.matching.index import TopicIndex
from bot.core.matching.one_topic import match_one
from bot.core.matching.query import read_stored
from bot.core.matching.query_tree import Query
from bot.core.model import Topic
from bot.errors import StorageError, TopicError
from bot.isolation import set_aside
from bot.language.caches import clear_word_caches
from bot.logs import outline
from bot.ports import Storage, Unit

log = logging.getLogger(__name__)

REBUILD_PAST = 3_000  # topics outside the index's fast part
LOOKS_PER_CLEARING = 60  # looks at what came, of a second each, to one at what went: that only costs memory
WORTH_SAVING = 2_000  # topics; fewer are compiled in less time than a dump takes to read
SAVED_INDEX = "topics"


class MetNewer(NamedTuple):
    """For each article the newer topics that it meets, with the words, and the newest generation of those topics."""

    generation: int
    matches: list[dict[int, tuple[str, ...]]]


class LiveIndex:
    """The index, and the generation of topics up to which it was filled."""

    def __init__(self) -> None:
        self.index = TopicIndex()
        self.generation = 0
        self.is_warm = False
        self._rebuilding: asyncio.Task[None] | None = None
        self._given_up = threading.Event()
        self._rebuild_past = REBUILD_PAST
        self._looks = 0
        self._aside: set[int] = set()  # topics that cannot be read or matched; each is told once, not each second

    async def warm(self, storage: Storage) -> None:
        """Fill the index from what was saved and what the database holds.

        Cancelled, it ends at the next topic: a program that is to stop does not wait for the index.
        """
        async with storage.reading() as unit:
            topics = await unit.topics.since(0)
            index = await unit.saved_state.get(SAVED_INDEX)
        try:
            self.index, compiled, failed = await asyncio.to_thread(_filled, index, topics, self._given_up)
        except asyncio.CancelledError:
            self._given_up.set()
            raise
        for topic_id, error in failed.items():
            self._set_aside(topic_id, error)
        self.generation = max((topic.generation for topic in topics), default=0)
        if compiled >= WORTH_SAVING:
            clear_word_caches()
            await self.save(storage)  # now: a process that is killed would leave the work to the next one
        self.is_warm = True
        gc.freeze()  # a full collection would look at all of it again and again

    async def save(self, storage: Storage) -> None:
        """Save the index for the next start, where that is worth it. An error is logged; all goes on."""
        if len(self.index) < WORTH_SAVING:
            return
        try:
            dumped = await asyncio.to_thread(self.index.dump)
            async with storage.transaction() as unit:
                await unit.saved_state.put(SAVED_INDEX, dumped)
        except StorageError as error:
            log.warning("the topic index was not saved: %s", error)

    async def refresh(self, storage: Storage) -> int:
        """Take in the topics that came since the last look; return how many.

        While the index is rebuilt nothing is taken in: ingest matches topics newer than the generation by themselves.
        """
        if self._rebuilding is not None:
            return 0
        async with storage.reading() as unit:
            topics = await unit.topics.since(self.generation)
        for topic in topics:
            try:  # beside the loop: the longest that may be typed takes a tenth of a second
                self.index.add_compiled(topic.id, await asyncio.to_thread(_compiled, topic))
            except Exception as error:  # noqa: BLE001 - one reader's topic must not stop all others'
                self._set_aside(topic.id, error)
            self.generation = max(self.generation, topic.generation)
        self._looks += 1
        if self._looks % LOOKS_PER_CLEARING == 0:
            async with storage.reading() as unit:
                await self._let_go(unit)
        if self.index.recent > self._rebuild_past:
            self._rebuilding = asyncio.create_task(self._rebuild())
        return len(topics)

    async def meet_newer(self, storage: Storage, generation: int, articles: Sequence[Analysis]) -> MetNewer:
        """Return what ``match_newer`` does of all topics newer than ``generation``, worked out beside the loop.

        It leaves little to do under the sequence lock, where the topics that are newer still are matched.
        """
        async with storage.reading() as unit:
            topics = await unit.topics.since(generation)
        if not topics:
            return MetNewer(generation, [{} for _ in articles])
        found = await asyncio.to_thread(self.match_newer, topics, articles)
        return MetNewer(max(topic.generation for topic in topics), found)

    def match_newer(self, topics: Sequence[Topic], articles: Sequence[Analysis]) -> list[dict[int, tuple[str, ...]]]:
        """Return, for each article, those of some topics that it meets: for topics that are not in the index yet."""
        found: list[dict[int, tuple[str, ...]]] = [{} for _ in articles]
        for topic in topics:
            if topic.id in self._aside:
                continue
            try:
                query = read_stored(topic.canonical)
                reasons = [match_one(query, article) for article in articles]
            except Exception as error:  # noqa: BLE001 - one reader's topic must not stop all others'
                self._set_aside(topic.id, error)
                continue
            for matches, words in zip(found, reasons, strict=True):
                if words is not None:
                    matches[topic.id] = words
        return found

    def _set_aside(self, topic_id: int, error: Exception) -> None:
        if topic_id not in self._aside:
            self._aside.add(topic_id)
            set_aside("topic", topic_id, error, what="it finds nothing, all others do")

    async def _let_go(self, unit: Unit) -> None:
        """Let go of topics that nobody follows any more. All that are stored were taken in or set aside by now."""
        if await unit.topics.count() < len(self.index) + len(self._aside):
            stored = await unit.topics.ids()
            for topic_id in self.index.ids() - stored:
                self.index.remove(topic_id)
            self._aside &= stored

    async def _rebuild(self) -> None:
        try:
            self.index = await asyncio.to_thread(self.index.compacted)
            gc.freeze()
        except Exception as error:  # noqa: BLE001 - the index serves as it is
            log.error("the topic index could not be rebuilt: %s", outline(error))  # noqa: TRY400 - see outline
        finally:
            # What is left is too intricate for the fast part, or the rebuild failed: only more topics are a reason.
            self._rebuild_past = self.index.recent + REBUILD_PAST
            self._rebuilding = None


def _filled(
    saved: bytes | None, topics: Sequence[Topic], given_up: threading.Event
) -> tuple[TopicIndex, int, dict[int, Exception]]:
    """Return the index of ``topics``, how many of them were compiled for it, and those that could not be."""
    failed: dict[int, Exception] = {}
    index = TopicIndex.load(saved) if saved else None
    if index is None:
        wanted = takewhile(lambda _: not given_up.is_set(), topics)
        if saved:
            log.info("the saved topic index is of another version: it is made anew")
        index = TopicIndex(_readable(wanted, failed))
        return index, len(topics), failed | index.failed
    here = index.ids()
    for topic_id in here - {topic.id for topic in topics}:
        index.remove(topic_id)
    fresh = [topic for topic in topics if topic.id not in here]
    for topic_id, query in _readable(fresh, failed):
        try:
            index.add(topic_id, query)
        except Exception as error:  # noqa: BLE001 - as in ``refresh``
            failed[topic_id] = error
    return index.compacted() if index.recent > REBUILD_PAST else index, len(fresh), failed


def _compiled(topic: Topic) -> Clause:
    return compile_query(read_stored(topic.canonical))


def _readable(topics: Iterable[Topic], failed: dict[int, Exception]) -> Iterator[tuple[int, Query]]:
    """Yield the queries of topics, and note those that cannot be read."""
    for topic in topics:
        try:
            yield topic.id, read_stored(topic.canonical)
        except TopicError as error:
            failed[topic.id] = error
