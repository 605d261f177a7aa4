"""Forgetting in time: what need not be kept is deleted, a little at each tick, so that no reader waits for it."""

import logging
from datetime import timedelta

from bot.core.stories import WINDOW
from bot.ports import Clock, Storage, Unit

log = logging.getLogger(__name__)

STEP = 500  # rows of a kind in one transaction
IDENTITY_LIFE = timedelta(days=30)  # beyond the last time that the feed listed the entry
COMPOSITION_LIFE = timedelta(days=7)  # after that, the buttons under a digest open nothing any more


class Upkeep:
    """The tick that deletes; ``articles`` and ``messages`` are how long these are kept."""

    def __init__(self, storage: Storage, clock: Clock, *, articles: timedelta, messages: timedelta) -> None:
        self._storage = storage
        self._clock = clock
        self._articles = max(articles, WINDOW)
        self._messages = messages

    async def tick(self) -> int:
        """Delete one step of each kind and return how many rows went."""
        async with self._storage.transaction() as unit:
            deleted = await self._step(unit)
        if deleted:
            log.info("upkeep deleted %d rows", deleted)
        return deleted

    async def _step(self, unit: Unit) -> int:
        now, retention = self._clock.now(), unit.retention
        return (
            await retention.articles(now - self._articles, limit=STEP)
            + await retention.stories(now - self._articles, limit=STEP)
            + await retention.identities(now - IDENTITY_LIFE, limit=STEP)
            + await retention.messages(now - self._messages, limit=STEP)
            + await retention.updates(now - self._messages, limit=STEP)
            + await retention.compositions(now - COMPOSITION_LIFE, limit=STEP)
            + await retention.topics(limit=STEP)
        )
