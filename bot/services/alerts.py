"""Topics at once: what comes is brought within seconds.

One step is one transaction, under the lock of the cursor::

    cursor | chats concerned (1,000), chats with held alerts | unseen stories | plan | outbox, watermarks, paces, cursor

A story is brought once a chat (``alert:<chat>:<story>``); what quiet hours or a burst hold stays unseen until then, and
so does what comes while another message waits because the bot may not write to the chat.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from bot.core import digest as digests
from bot.core import quiet, render
from bot.core.alerts import AlertPace, AlertPlan, plan
from bot.core.model import (
    Chat,
    ChatKind,
    Composition,
    DeliveryMode,
    Digest,
    DigestKind,
    DigestPage,
    OutgoingMessage,
    Priority,
    StoryMatch,
    Subscription,
)
from bot.core.story_cards import alert_keyboard
from bot.core.texts import Translator
from bot.isolation import isolated
from bot.ports import Clock, Storage, Unit
from bot.ports.alerts import AlertCursor
from bot.services.digests import CHANNEL_PARTS, KEPT, Names, Translators, outlet_names

log = logging.getLogger(__name__)

STEP = 1000  # chats in one transaction
ALERT_LIFE = timedelta(hours=24)
FAILED_WAITS = timedelta(hours=1)  # a chat that cannot be served is looked at again then
ASIDE = "no alert now, looked at again in an hour"
AT_ONCE = (DeliveryMode.AT_ONCE,)
REFUSED_PAUSE = timedelta(hours=1)
"""When alerts are looked at again that wait because the bot may not write to their chat; sooner where it may again."""


@dataclass(frozen=True, slots=True)
class _Letter:
    """One chat's stories, how they are let out, and what its messages need."""

    chat: Chat
    stories: Sequence[StoryMatch]
    topics: Sequence[Subscription]
    names: Names
    now: datetime
    plan: AlertPlan

    @property
    def is_folded(self) -> bool:
        """Whether the stories come as one message, with pages."""
        return self.plan.fold and len(self.stories) > 1


@dataclass(frozen=True, slots=True)
class _Brought:
    """What a chat gets: messages, and the digest behind the buttons of one that has pages."""

    messages: Sequence[OutgoingMessage]
    composition: Composition | None = None


class Alerts:
    """The tick that brings what topics at once met."""

    def __init__(self, storage: Storage, clock: Clock, translators: Translators, nudge: Callable[[], None]) -> None:
        self._storage = storage
        self._clock = clock
        self._translators = translators
        self._nudge = nudge

    async def tick(self) -> int:
        """Expand all that came, step by step; return how many chats were looked at."""
        done = 0
        while (looked := await self._step()) is not None:
            done += looked
            self._nudge()
        return done

    async def _step(self) -> int | None:
        now = self._clock.now()
        async with self._storage.reading() as unit:
            if not await unit.alerts.any_due(now):
                return None
        async with self._storage.transaction() as unit:
            cursor = await unit.alerts.cursor()
            if cursor.done_seq == cursor.up_to:
                cursor = replace(cursor, up_to=await unit.sequences.last("seq"))
            concerned = await unit.alerts.concerned(cursor, limit=STEP)
            chats = {*concerned, *await unit.alerts.due(now, limit=STEP)}
            if chats:
                await self._expand(unit, sorted(chats), cursor.up_to, now)
            await unit.alerts.move(_moved(cursor, concerned))
            return len(chats)

    async def _expand(self, unit: Unit, chat_ids: Sequence[int], up_to: int, now: datetime) -> None:
        unseen = await unit.subscriptions.unseen(chat_ids, modes=AT_ONCE, up_to=up_to, now=now)
        paces = await unit.alerts.paces(chat_ids)
        topics = await unit.subscriptions.of_each(unseen)
        names = await outlet_names(unit)
        refused = await unit.outbox.refused(unseen)
        letters: list[_Letter] = []
        for chat in await unit.chats.get_each(chat_ids):
            with isolated("chat", chat.id, what=ASIDE):
                stories = unseen.get(chat.id, [])
                until = quiet.quiet_until(quiet.parse(chat.quiet), chat.zone, now)
                if chat.id in refused:
                    until = max(until or now, now + REFUSED_PAUSE)
                made = plan(paces.get(chat.id) or AlertPace(chat.id, now), len(stories), now, until)
                letters.append(_Letter(chat, stories, topics.get(chat.id, []), names, now, made))
        folded = [letter.chat.id for letter in letters if letter.is_folded]
        first = await unit.sequences.take("composition", len(folded)) if folded else 0
        numbers = dict(zip(folded, count(first), strict=False))
        brought: dict[int, _Brought] = {}
        for letter in letters:
            with isolated("chat", letter.chat.id, what=ASIDE):
                brought[letter.chat.id] = self._put_into_words(letter, numbers.get(letter.chat.id, 0))
        await _post(unit, brought, now)
        plans = {letter.chat.id: letter.plan for letter in letters if letter.chat.id in brought}
        await _advance(unit, plans, unseen, up_to)
        failed = [paces.get(chat_id) or AlertPace(chat_id, now) for chat_id in set(chat_ids) - plans.keys()]
        moved = [made.pace for made in plans.values() if made.pace != paces.get(made.pace.chat_id)]
        await unit.alerts.put([*moved, *(replace(pace, due_at=now + FAILED_WAITS) for pace in failed)])

    def _put_into_words(self, letter: _Letter, number: int) -> _Brought:
        tr = self._translators(letter.chat.locale, letter.chat.zone)
        if letter.is_folded:
            return _folded(letter, number, tr)
        alone = len(letter.stories) if letter.plan.fold else letter.plan.single
        return _Brought(
            [
                replace(
                    _message(letter, f"{story.story_id}", render.alert(_digest(letter, [story]), letter.names, tr)),
                    keyboard=() if letter.chat.kind is ChatKind.CHANNEL else alert_keyboard(story.story_id, tr),
                )
                for story in letter.stories[:alone]
            ]
        )


def _folded(letter: _Letter, number: int, tr: Translator) -> _Brought:
    chat, about = letter.chat, f"{letter.stories[0].story_id}"
    pages = render.digest_pages(_digest(letter, letter.stories), letter.names, tr)
    if chat.kind is ChatKind.CHANNEL:
        parts = enumerate(pages[:CHANNEL_PARTS])
        return _Brought([_message(letter, f"{about}:{part}" if part else about, page) for part, page in parts])
    message = replace(_message(letter, about, pages[0]), keyboard=render.digest_keyboard(number, 0, pages, tr))
    return _Brought([message], Composition(number, chat.id, tuple(pages), letter.now))


async def _post(unit: Unit, brought: Mapping[int, _Brought], now: datetime) -> None:
    """Store the messages, and the digests behind their buttons."""
    kept = [each.composition for each in brought.values() if each.composition]
    await unit.compositions.add(kept)
    for composition in kept:
        await unit.compositions.trim(composition.chat_id, keep=KEPT)
    await unit.outbox.put([message for each in brought.values() for message in each.messages], now)


def _moved(cursor: AlertCursor, concerned: Sequence[int]) -> AlertCursor:
    if len(concerned) == STEP:
        return replace(cursor, after_chat=concerned[-1])
    return AlertCursor(cursor.up_to, cursor.up_to)


async def _advance(
    unit: Unit, plans: Mapping[int, AlertPlan], unseen: Mapping[int, Sequence[StoryMatch]], up_to: int
) -> None:
    """Move the watermarks past what was let out; of a chat that holds some back, up to the last that was."""
    done = [chat for chat, made in plans.items() if made.pace.due_at is None]
    await unit.subscriptions.advance(done, modes=AT_ONCE, up_to=up_to)
    for chat, made in plans.items():
        if made.pace.due_at is not None and made.single:
            last = unseen[chat][made.single - 1].first_seq
            await unit.subscriptions.advance([chat], modes=AT_ONCE, up_to=last)


def _digest(letter: _Letter, stories: Sequence[StoryMatch]) -> Digest:
    chat = letter.chat
    return digests.choose(
        DigestKind.ALERT, stories, letter.topics, locale=chat.locale, now=letter.now, compact=chat.compact
    )


def _message(letter: _Letter, about: str, page: DigestPage) -> OutgoingMessage:
    return OutgoingMessage(
        dedupe_key=f"alert:{letter.chat.id}:{about}",
        chat_id=letter.chat.id,
        text=page.html,
        priority=Priority.ALERT,
        expires_at=letter.now + ALERT_LIFE,
        thread_id=letter.chat.thread_id,
        preview=page.image if letter.chat.pictures else None,
    )
