"""Forgetting in time: what need not be kept is deleted, a little at each tick, so that no reader waits for it.

::

    each kind: a step of few rows (one transaction) | a breath | ... until nothing old is left, or its steps are used up
    topics:    looked through by readings, a window at a time | those that nobody follows deleted
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.core.stories import WINDOW
from bot.logs import outline
from bot.outages import is_told
from bot.ports import Clock, Retention, Storage
from bot.services.sources import OFFER_LIFE

log = logging.getLogger(__name__)

STEP: Final = 500
"""Rows of a kind in one transaction."""
ARTICLES: Final = 50
"""Articles in one transaction: each has some hundreds of postings."""
CHATS: Final = 5
"""Chats forgotten in one transaction: each has some thousands of rows at most."""
STEPS: Final = 20
"""Steps of a kind in one tick; the next tick goes on."""
TOPICS: Final = 10_000
"""Topics that one reading looks through."""
BREATH_SECONDS: Final = 0.05  # between two steps: others take the database in between
IDENTITY_LIFE = timedelta(days=30)  # beyond the last time that the feed listed the entry
COMPOSITION_LIFE = timedelta(days=7)  # after that, the buttons under a digest open nothing any more
REMOVAL_LIFE = timedelta(days=1)  # after that, the removal of a topic cannot be undone
GONE_LIFE = timedelta(days=90)  # after that, a chat that blocked or removed the bot is forgotten
DUE = timedelta(0)  # of what is to be deleted: it says itself from when on

Delete = Callable[[Retention, datetime, int], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is deleted: how, how long it is kept, and how many of it in one transaction.

    Of what is ``heavy`` a transaction may take fewer although there are more: the last one is that which takes none.
    """

    name: str
    delete: Delete
    life: timedelta
    step: int = STEP
    heavy: bool = False


class Upkeep:
    """The tick that deletes; ``articles`` and ``messages`` are how long these are kept. ``tell`` hears how many."""

    def __init__(
        self,
        storage: Storage,
        clock: Clock,
        *,
        articles: timedelta,
        messages: timedelta,
        tell: Callable[[int], None] = lambda _rows: None,
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._tell = tell
        self._now = clock.now()
        articles = max(articles, WINDOW)
        kinds = (
            _Kind(
                "articles",
                lambda kept, before, limit: kept.articles(before, limit=limit),
                articles,
                ARTICLES,
                heavy=True,
            ),
            _Kind("stories", lambda kept, before, limit: kept.stories(before, limit=limit), articles),
            _Kind("identities", lambda kept, before, limit: kept.identities(before, limit=limit), IDENTITY_LIFE),
            _Kind("messages", lambda kept, before, limit: kept.messages(before, limit=limit), messages),
            _Kind("updates", lambda kept, before, limit: kept.updates(before, limit=limit), messages),
            _Kind("broadcasts", lambda kept, before, limit: kept.broadcasts(before, limit=limit), messages),
            _Kind("compositions", lambda kept, before, limit: kept.compositions(before, limit=limit), COMPOSITION_LIFE),
            _Kind("removals", lambda kept, before, limit: kept.removals(before, limit=limit), REMOVAL_LIFE),
            _Kind("offers", lambda kept, before, limit: kept.offers(before, limit=limit), OFFER_LIFE),
            _Kind("lost chats", lambda kept, now, _: kept.note_gone(now), DUE),
            _Kind("chats", lambda kept, before, limit: kept.gone_chats(before, limit=limit), GONE_LIFE, CHATS),
            _Kind("forgotten chats", lambda kept, now, _: kept.forgotten_chats(now), DUE),
            _Kind("deleted topics", lambda kept, now, limit: kept.erased_topics(now, limit=limit), DUE),
            _Kind(
                "deleted feeds", lambda kept, now, limit: kept.erased_feeds(now, limit=limit), DUE, ARTICLES, heavy=True
            ),
        )
        self._work: dict[str, Callable[[], Awaitable[int]]] = {"topics": self._topics}
        for kind in kinds:
            self._work[kind.name] = partial(self._forget, kind)

    async def tick(self) -> int:
        """Delete some steps of each kind and return how many rows went.

        A kind that fails stops no other; its error is raised after all of them.
        """
        deleted = 0
        errors: list[Exception] = []
        self._now = await self._trusted_now()
        for name, forget in self._work.items():
            try:
                deleted += await forget()
            except Exception as error:  # noqa: BLE001 - what cannot be deleted today must not fill the disk with the rest
                if not is_told(error):
                    log.error("upkeep of %s failed: %s", name, outline(error))  # noqa: TRY400 - see outline
                errors.append(error)
        self._tell(deleted)
        if errors:
            raise errors[0]
        return deleted

    async def _trusted_now(self) -> datetime:
        """Return the instant by which things are old: not a clock's that was set ahead a moment ago."""
        async with self._storage.reading() as unit:
            witness = await unit.instants.witness()
        now = self._clock.now()
        return now if witness is None else min(now, witness.trusted_at)

    async def _forget(self, kind: _Kind) -> int:
        deleted = 0
        for _ in range(STEPS):
            async with self._storage.transaction() as unit:
                count = await kind.delete(unit.retention, self._now - kind.life, kind.step)
            deleted += count
            if count < (1 if kind.heavy else kind.step):
                break
            await asyncio.sleep(BREATH_SECONDS)
        return deleted

    async def _topics(self) -> int:
        """Delete topics that nobody follows. Most are followed, so they are looked for beside the writers."""
        deleted, after = 0, 0
        while True:
            async with self._storage.reading() as unit:
                last, unfollowed = await unit.retention.unfollowed(after, limit=TOPICS)
            for first in range(0, len(unfollowed), STEP):
                async with self._storage.transaction() as unit:
                    deleted += await unit.retention.topics(unfollowed[first : first + STEP], self._clock.now())
            if last is None:
                return deleted
            after = last
            await asyncio.sleep(0)
