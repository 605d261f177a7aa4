"""The topics of a reader's file: checked when it comes, added a few at once or many in the background.

::

    file | checked as a whole | few: added in the update's transaction
                              | many: a job; each tick: leased | a topic: read ahead, its transaction | ... | told

A kill costs nothing: a topic and the place in the file are committed together, and who takes the job up goes on there.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.core import takeout
from bot.core.matching.analysis_cache import AnalysisCache
from bot.core.matching.query import parse_query, read_stored
from bot.core.model import Chat, ImportJob, Locale, OutgoingMessage, Priority
from bot.core.takeout import TakenTopic
from bot.core.texts import Translator
from bot.errors import LimitError, ReaderError, StorageError, TopicError
from bot.isolation import set_aside
from bot.ports import Clock, Storage, Unit
from bot.services.backfill import ReadAhead
from bot.services.stepwise import TimeSlice
from bot.services.subscriptions import MAX_TOPICS, Subscriptions

AT_ONCE: Final = 10
"""Topics that are added before the reader is answered; more of them go into the background."""
LEASE: Final = timedelta(minutes=1)
TURN_SECONDS: Final = 10.0
"""For how long one file is worked on before it is another one's turn; a topic takes a second or two at most."""
REST_SECONDS: Final = 0.02
"""What answers to readers have of the event loop after each slice of five milliseconds."""
BREATH_SECONDS: Final = 0.05  # between two topics: answers to readers take the database in between
TOLD_LIFE: Final = timedelta(days=1)

Translators = Callable[[Locale, str], Translator]


async def check(subscriptions: Subscriptions, chat_id: int, topics: Sequence[TakenTopic]) -> None:
    """Go on only where all topics of a file can be followed.

    Raises:
        LimitError: ``import-too-many`` (``limit``, ``new``, ``mine``): the chat would follow more than it may.
        ReaderError: ``import-bad-topic`` (``topic``): one names nothing that could be followed.
    """
    mine = {read_stored(one.label).canonical for one in await subscriptions.of(chat_id)}
    new: set[str] = set()
    time = TimeSlice()
    for topic in topics:
        await time.pause()
        try:
            new.add(parse_query(topic.text).canonical)
        except TopicError as error:
            raise ReaderError("import-bad-topic", topic=topic.text) from error
    new -= mine
    if new and len(mine) + len(new) > MAX_TOPICS:
        raise LimitError("import-too-many", limit=MAX_TOPICS, new=len(new), mine=len(mine))


async def take(subscriptions: Subscriptions, chat_id: int, topic: TakenTopic) -> bool:
    """Follow a topic as the file says; return whether it is new. Raises what ``subscribe`` does."""
    followed = await subscriptions.subscribe(chat_id, topic.text)
    brought = await subscriptions.deliver(followed.subscription, topic.mode)
    await subscriptions.limit(brought, topic.languages)
    return followed.is_new


class Importing:
    """The tick that adds the topics of files."""

    def __init__(self, storage: Storage, clock: Clock, translators: Translators, nudge: Callable[[], None]) -> None:
        self._storage = storage
        self._clock = clock
        self._translators = translators
        self._nudge = nudge
        self._analyses: AnalysisCache | None = None  # while there are files: the same articles are read for each topic

    async def tick(self) -> int:
        """Work on one file for a while; return how many of its topics are done."""
        async with self._storage.transaction() as unit:
            job = await unit.imports.claim(self._clock.now(), lease=LEASE)
        if job is None:
            self._analyses = None
            return 0
        try:
            topics = takeout.unpack(job.topics)
        except (ValueError, KeyError, TypeError) as error:
            set_aside("import", job.number, error, what="what was not added of the file is not")
            async with self._storage.transaction() as unit:
                await unit.imports.finish(job.chat_id)
            return 0
        analyses = self._analyses = self._analyses or AnalysisCache()
        now = asyncio.get_running_loop().time
        until, going, done = now() + TURN_SECONDS, job, 0
        while now() < until:
            following = await self._step(going, topics, analyses)
            done += 1
            if following is None:
                self._nudge()
                return done
            going = following
            await asyncio.sleep(BREATH_SECONDS)
        async with self._storage.transaction() as unit:
            await unit.imports.release(job.chat_id, self._clock.now())
        return done

    async def _step(self, job: ImportJob, topics: Sequence[TakenTopic], analyses: AnalysisCache) -> ImportJob | None:
        """Add the next topic; return the job as it is then, None where it is done or somebody else's."""
        ahead = ReadAhead(self._storage, analyses, keep=True, rest=REST_SECONDS)

        async def add(unit: Unit) -> ImportJob | None:
            if await unit.imports.get(job.chat_id) != job:  # forgotten, or another process went on with it
                return None
            subscriptions = Subscriptions(unit, self._clock, ahead)
            is_new = await self._take(subscriptions, job.chat_id, topics[job.position])
            return await self._moved(unit, replace(job, position=job.position + 1, added=job.added + is_new), topics)

        try:
            return await ahead.transact(add)
        except StorageError:
            raise
        except Exception as error:  # noqa: BLE001 - one topic must not keep the others of the file away
            set_aside("import", f"{job.number}, topic {job.position}", error, what="the file's other topics are added")
        async with self._storage.transaction() as unit:
            if await unit.imports.get(job.chat_id) != job:
                return None
            return await self._moved(unit, replace(job, position=job.position + 1), topics)

    async def _take(self, subscriptions: Subscriptions, chat_id: int, topic: TakenTopic) -> bool:
        try:
            return await take(subscriptions, chat_id, topic)
        except ReaderError:  # it was checked, but the chat has followed others since, and has as many as it may
            return False

    async def _moved(self, unit: Unit, job: ImportJob, topics: Sequence[TakenTopic]) -> ImportJob | None:
        if job.position < len(topics):
            await unit.imports.move(job)
            return job
        await unit.imports.finish(job.chat_id)
        chat = await unit.chats.get(job.chat_id)
        if chat is not None:
            await self._tell(unit, chat, job, len(topics))
        return None

    async def _tell(self, unit: Unit, chat: Chat, job: ImportJob, count: int) -> None:
        """Put the message that all is done, under the channel's name where it is one."""
        now, tr = self._clock.now(), self._translators(chat.locale, chat.zone)
        said = tr("import-finished", added=job.added, all=count)
        if job.answer_to != job.chat_id:
            title = await unit.stewards.title(job.answer_to, job.chat_id) or ""
            said = tr("channel-header", title=title) + "\n\n" + said
        message = OutgoingMessage(
            dedupe_key=f"import:{job.number}",
            chat_id=job.answer_to,
            text=str(said),
            priority=Priority.REPLY,
            expires_at=now + TOLD_LIFE,
        )
        await unit.outbox.put([message], now)
