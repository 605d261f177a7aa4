"""The topic index of a running process, in step with the database.

::

    start:   what was kept, else compiled anew | the topics that came or went since
    running: topics of newer generations | those that went, now and then | when many came, one rebuild beside the loop
    stop:    kept, with the forms of words that were met, for the next start
"""

import asyncio
import gc
import logging
import threading
from collections.abc import Sequence
from itertools import takewhile

from bot.core.compiling import forget_words
from bot.core.matching import TopicIndex
from bot.core.model import Topic
from bot.core.query import parse_query
from bot.errors import StorageError
from bot.language import form_cache
from bot.ports import Storage, Unit

log = logging.getLogger(__name__)

REBUILD_PAST = 3_000  # topics outside the index's fast part
LOOKS_PER_CLEARING = 60  # looks at what came, of a second each, to one at what went: that only costs memory
WORTH_KEEPING = 2_000  # topics; fewer are compiled in less time than a dump takes to read
KEPT_TOPICS, KEPT_FORMS = "topics", "forms"


class LiveIndex:
    """The index, and the generation of topics up to which it was filled."""

    def __init__(self) -> None:
        self.index = TopicIndex()
        self.generation = 0
        self._rebuilding: asyncio.Task[None] | None = None
        self._given_up = threading.Event()
        self._looks = 0

    async def warm(self, storage: Storage) -> None:
        """Fill the index and the caches of forms from what was kept and what the database holds.

        Cancelled, it ends at the next topic: a program that is to stop does not wait for the index.
        """
        async with storage.reading() as unit:
            topics = await unit.topics.since(0)
            index, forms = await unit.kept_work.get(KEPT_TOPICS), await unit.kept_work.get(KEPT_FORMS)
        if forms:
            await asyncio.to_thread(form_cache.load, forms)
        try:
            self.index, compiled = await asyncio.to_thread(_filled, index, topics, self._given_up)
        except asyncio.CancelledError:
            self._given_up.set()
            raise
        self.generation = max((topic.generation for topic in topics), default=0)
        if compiled >= WORTH_KEEPING:
            forget_words()
            await self.keep(storage)  # now: a process that is killed would leave the work to the next one
        gc.freeze()  # a full collection would look at all of it again and again

    async def keep(self, storage: Storage) -> None:
        """Keep the index, where it is worth it, and the forms of words that were met; without them, all goes on."""
        try:
            await self._keep(storage)
        except StorageError as error:
            log.warning("the topic index was not kept: %s", error)

    async def _keep(self, storage: Storage) -> None:
        forms = await asyncio.to_thread(form_cache.dump)
        index = await asyncio.to_thread(self.index.dump) if len(self.index) >= WORTH_KEEPING else None
        async with storage.transaction() as unit:
            await unit.kept_work.put(KEPT_FORMS, forms)
            if index is not None:
                await unit.kept_work.put(KEPT_TOPICS, index)

    async def refresh(self, unit: Unit) -> int:
        """Take in the topics that came since the last look; return how many.

        While the index is rebuilt nothing is taken in: ingest matches topics newer than the generation by themselves.
        """
        if self._rebuilding is not None:
            return 0
        topics = await unit.topics.since(self.generation)
        for topic in topics:
            self.index.add(topic.id, parse_query(topic.canonical))
            self.generation = max(self.generation, topic.generation)
        self._looks += 1
        if self._looks % LOOKS_PER_CLEARING == 0:
            await self._let_go(unit)
        if self.index.recent > REBUILD_PAST:
            self._rebuilding = asyncio.create_task(self._rebuild())
        return len(topics)

    async def _let_go(self, unit: Unit) -> None:
        """Let go of topics that nobody follows any more. All that are stored are in the index by now."""
        if await unit.topics.count() < len(self.index):
            for topic_id in self.index.ids() - await unit.topics.ids():
                self.index.remove(topic_id)

    async def _rebuild(self) -> None:
        try:
            self.index = await asyncio.to_thread(self.index.compacted)
            gc.freeze()
        finally:
            self._rebuilding = None


def _filled(kept: bytes | None, topics: Sequence[Topic], given_up: threading.Event) -> tuple[TopicIndex, int]:
    """Return the index of ``topics``, and how many of them were compiled for it."""
    index = TopicIndex.load(kept) if kept else None
    if index is None:
        wanted = takewhile(lambda _: not given_up.is_set(), topics)
        return TopicIndex((topic.id, parse_query(topic.canonical)) for topic in wanted), len(topics)
    here = index.ids()
    for topic_id in here - {topic.id for topic in topics}:
        index.remove(topic_id)
    fresh = [topic for topic in topics if topic.id not in here]
    for topic in fresh:
        index.add(topic.id, parse_query(topic.canonical))
    return index.compacted() if index.recent > REBUILD_PAST else index, len(fresh)
