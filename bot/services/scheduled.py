"""Digests at their hours, once a slot.

One transaction for a batch of chats::

    due chats | unseen stories | choose | pages | outbox rows, compositions, watermarks, next slots

A chat that cannot be composed is passed over with a line in the log: the others of its batch get theirs. So is one in
which a digest or an alert waits because the bot may not write there: that one is tried again instead.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from bot import metrics
from bot.core import digest as digests
from bot.core import render
from bot.core.model import (
    Chat,
    ChatKind,
    Composition,
    DeliveryMode,
    DigestKind,
    DigestPage,
    OutgoingMessage,
    Priority,
    StoryMatch,
    Subscription,
)
from bot.core.texts import Translator
from bot.isolation import isolated
from bot.ports import Clock, Storage, Unit
from bot.services import rights
from bot.services.activity import DigestRound
from bot.services.digests import CHANNEL_PARTS, Names, Translators, outlet_names
from bot.services.slots import DIGEST_LIFE, held_until, is_due, is_stale, moved_on, planned_at, quiet_until, slot_of

BATCH: Final = 500
"""Chats in one transaction."""
BREATH_CHATS: Final = 25  # composed in one go, some 10 ms
BREATH_SECONDS: Final = 0.05  # between two batches, at least: answers to readers take the database in between
BREATH_SHARE: Final = 1.0  # of the time that the batch took: an answer's transactions find room one after another
WEEK: Final = timedelta(days=7)
COVERED: Final = 7  # stories in a review of the week
COVERED_AMONG: Final = 50  # the most covered ones, of which a chat that left sources out sees some

_MODES: Final = ((DigestKind.SCHEDULED, DeliveryMode.DIGEST), (DigestKind.WEEKLY, DeliveryMode.WEEKLY))


@dataclass(frozen=True, slots=True)
class _Batch:
    """What the chats of one transaction share.

    ``up_to`` is the last number of an appearance that they may see; ``refused`` are the chats for which news wait
    already because the bot may not write there.
    """

    now: datetime
    up_to: int
    names: Names
    followed: Mapping[int, Sequence[Subscription]]
    cache: render.BlockCache
    refused: AbstractSet[int]
    covered: Mapping[int, Sequence[StoryMatch]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Brought:
    """What a chat gets for its slot."""

    chat: Chat
    slot: str
    pages: tuple[DigestPage, ...]
    tr: Translator
    silent: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether there are buttons under it; channels have none."""
        return bool(self.pages[0].stories) and self.chat.kind is not ChatKind.CHANNEL


class ScheduledDigests:
    """The tick that composes what is due. ``tell`` hears of each round in which something was."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        translators: Translators,
        nudge: Callable[[], None],
        tell: Callable[[DigestRound], None] = lambda _round: None,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._translators = translators
        self._nudge = nudge
        self._tell = tell

    async def tick(self) -> int:
        """Compose all that is due, a batch of chats a transaction; return how many chats were due."""
        done = 0
        cache, these = render.BlockCache(), DigestRound()
        loop = asyncio.get_running_loop()
        start = began = loop.time()
        while count := await self._batch(cache, these):
            done += count
            self._nudge()
            these.seconds = loop.time() - start
            await asyncio.sleep(max(BREATH_SECONDS, BREATH_SHARE * (loop.time() - began)))
            began = loop.time()
        if these.slots:
            self._tell(these)
        return done

    async def _batch(self, cache: render.BlockCache, these: DigestRound) -> int:
        now = self._clock.now()
        async with self._storage.reading() as unit:
            if not await unit.chats.any_due(now):
                return 0
        async with self._storage.transaction() as unit:
            chats = await unit.chats.claim_due(now, limit=BATCH)
            if chats:
                await self._bring(unit, chats, now, cache, these)
            return len(chats)

    async def _bring(
        self, unit: Unit, chats: Sequence[Chat], now: datetime, cache: render.BlockCache, these: DigestRound
    ) -> None:
        up_to = await unit.sequences.last("seq")
        ids = [chat.id for chat in chats]
        followed = await unit.subscriptions.of_each(ids)
        refused = frozenset(await unit.outbox.refused(ids))
        batch = _Batch(now, up_to, await outlet_names(unit), followed, cache, refused)
        for kind, mode in _MODES:
            coming = [chat for chat in chats if is_due(chat, kind, now)]
            due = {chat.id: chat for chat in coming if not is_stale(chat, kind, now)}
            these.passed_over += len(coming) - len(due)
            these.slots |= {planned_at(chat, kind) for chat in coming}
            if due:
                unseen = await unit.subscriptions.unseen(list(due), modes=[mode], up_to=up_to, now=now)
                covered = await _most_covered(unit, due, followed, now) if kind is DigestKind.WEEKLY else {}
                brought, failed = await self._compose(replace(batch, covered=covered), kind, due, unseen)
                failed |= await _post(unit, brought, now)
                _count([each for each in brought if each.chat.id not in failed], kind, now)
                these.chats += len(due)
                these.told += sum(each.chat.id not in failed for each in brought)
                await unit.subscriptions.advance(list(due.keys() - failed), modes=[mode], up_to=up_to)
        if refused:
            await rights.try_again(unit, refused, now)
        await unit.chats.put_each([moved_on(chat, now) for chat in chats])

    async def _compose(
        self, batch: _Batch, kind: DigestKind, due: Mapping[int, Chat], unseen: Mapping[int, Sequence[StoryMatch]]
    ) -> tuple[list[_Brought], set[int]]:
        """Return what the chats get, and those that failed or are held: what is unseen there stays so."""
        brought, failed = [], {*due.keys() & batch.refused}
        told = [
            chat_id
            for chat_id, chat in due.items()
            if chat_id not in failed and (unseen.get(chat_id) or _speaks_anyway(chat, kind, batch))
        ]
        for place, chat_id in enumerate(told):
            if place % BREATH_CHATS == 0:
                await asyncio.sleep(0)  # composing is work for the processor: others get their turn
            failed.add(chat_id)
            with isolated("chat", chat_id, what="no digest this time"):
                if not held_until(due[chat_id], kind, batch.now):
                    brought.append(self._put_into_words(batch, kind, due[chat_id], unseen.get(chat_id, ())))
                    failed.remove(chat_id)
        return brought, failed

    def _put_into_words(self, batch: _Batch, kind: DigestKind, chat: Chat, stories: Sequence[StoryMatch]) -> _Brought:
        mine = batch.followed.get(chat.id, [])
        digest = digests.choose(kind, stories, mine, locale=chat.locale, now=batch.now, compact=chat.compact)
        tr = self._translators(chat.locale, chat.zone)
        if covered := batch.covered.get(chat.id):
            label = str(tr("most-covered"))
            digest = digests.reviewed(digest, covered, label, locale=chat.locale, compact=chat.compact)
        pages = render.digest_pages(digest, batch.names, tr, batch.cache) or (DigestPage(str(tr("digest-nothing"))),)
        slot = digests.slot_name(kind, slot_of(chat, kind, batch.now))
        return _Brought(chat, slot, pages, tr, silent=quiet_until(chat, batch.now) is not None)


async def _post(unit: Unit, brought: Sequence[_Brought], now: datetime) -> set[int]:
    """Store the messages, and the compositions behind their buttons; return the chats whose buttons failed."""
    kept = [each for each in brought if each.is_kept]
    first = await unit.sequences.take("composition", len(kept)) if kept else 0
    numbers = {each.chat.id: number for number, each in enumerate(kept, start=first)}
    messages: list[OutgoingMessage] = []
    done = set()
    for each in brought:
        with isolated("chat", each.chat.id, what="no digest this time"):
            messages += _messages(each, numbers.get(each.chat.id, 0), now)
            done.add(each.chat.id)
    if compositions := [
        Composition(numbers[each.chat.id], each.chat.id, each.pages, now) for each in kept if each.chat.id in done
    ]:
        await unit.compositions.add(compositions)
    if messages:
        await unit.outbox.put(messages, now)
    return {each.chat.id for each in brought} - done


def _count(brought: Sequence[_Brought], kind: DigestKind, now: datetime) -> None:
    metrics.DIGESTS.labels(kind).inc(len(brought))
    for each in brought:
        metrics.DIGEST_DELAY.observe((now - planned_at(each.chat, kind)).total_seconds())


def _messages(brought: _Brought, composition_id: int, now: datetime) -> list[OutgoingMessage]:
    chat, pages = brought.chat, brought.pages
    if chat.kind is ChatKind.CHANNEL:
        return [_message(brought, part, page, now) for part, page in enumerate(pages[:CHANNEL_PARTS])]
    keyboard = render.digest_keyboard(composition_id, 0, pages, brought.tr)
    return [replace(_message(brought, 0, page, now), keyboard=keyboard) for page in pages[:1]]


def _speaks_anyway(chat: Chat, kind: DigestKind, batch: _Batch) -> bool:
    """Return whether a chat with nothing unseen gets a message: a review of the week, or the word that it asked for."""
    if kind is DigestKind.WEEKLY:
        return bool(batch.covered.get(chat.id))
    return chat.digest_when_empty and bool(batch.followed.get(chat.id))


async def _most_covered(
    unit: Unit, due: Mapping[int, Chat], followed: Mapping[int, Sequence[Subscription]], now: datetime
) -> dict[int, list[StoryMatch]]:
    """Return the week's most covered stories for each chat that follows something: read once, and seen by each."""
    readers = [chat_id for chat_id in due if followed.get(chat_id)]
    if not readers:
        return {}
    found = await unit.articles.popular_for(readers, since=now - WEEK, limit=COVERED, among=COVERED_AMONG)
    return {chat_id: stories for chat_id, stories in found.items() if stories}


def _message(brought: _Brought, part: int, page: DigestPage, now: datetime) -> OutgoingMessage:
    chat = brought.chat
    return OutgoingMessage(
        dedupe_key=digests.digest_key(chat.id, brought.slot, part),
        chat_id=chat.id,
        text=page.html,
        priority=Priority.DIGEST,
        expires_at=now + DIGEST_LIFE,
        thread_id=chat.thread_id,
        silent=brought.silent,
        preview=page.image if chat.pictures else None,
    )
