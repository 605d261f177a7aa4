"""A message of an administrator's to every active private chat, by the outbox that everything goes through.

::

    draft | confirmed | a step: rows for the next chats, the cursor (one transaction) | ... | done

A kill costs nothing: the next step begins where the last one was committed, and a row is unique by broadcast and chat.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.core.model import Broadcast, OutgoingMessage, Priority
from bot.errors import StorageError
from bot.isolation import set_aside
from bot.ports import Clock, Storage, Unit

STEP: Final = 500
"""Chats in one transaction."""
BREATH_SECONDS: Final = 0.05  # between two steps: answers to readers take the database in between
FAILURES: Final = 3
LIFE: Final = timedelta(hours=24)


class Broadcasting:
    """The tick that hands broadcasts to the outbox."""

    def __init__(self, storage: Storage, clock: Clock, nudge: Callable[[], None], *, step: int = STEP) -> None:
        self._storage = storage
        self._clock = clock
        self._nudge = nudge
        self._limit = step
        self._failures: Counter[int] = Counter()  # of steps, by broadcast

    async def tick(self) -> int:
        """Bring all that is on its way to its end; return how many messages were put."""
        done = 0
        while await self._is_due():
            done += await self.step()
            self._nudge()
            await asyncio.sleep(BREATH_SECONDS)
        return done

    async def step(self) -> int:
        """Put the rows of the next chats and move the cursor; return how many.

        A broadcast whose step fails ``FAILURES`` times is ended: those behind it are others'.
        """
        going: Broadcast | None = None
        try:
            async with self._storage.transaction() as unit:
                going = await unit.broadcasts.next_going()
                if going is None:
                    return 0
                chats = await unit.broadcasts.recipients(going.after_chat, limit=self._limit)
                await self._put(unit, going, chats)
                return len(chats)
        except StorageError:
            raise
        except Exception as error:
            if going is None:
                raise
            self._failures[going.id] += 1
            if self._failures[going.id] < FAILURES:
                raise
            set_aside("broadcast", going.id, error, what="ended, the next ones go out")
            async with self._storage.transaction() as unit:
                await unit.broadcasts.finish(going.id)
            return 0

    async def _is_due(self) -> bool:
        async with self._storage.reading() as unit:
            return await unit.broadcasts.any_going()

    async def _put(self, unit: Unit, going: Broadcast, chats: list[int]) -> None:
        if not chats:
            await unit.broadcasts.finish(going.id)
            return
        now = self._clock.now()
        messages = [
            OutgoingMessage(f"broadcast:{going.id}:{chat}", chat, going.text, Priority.BROADCAST, now + LIFE)
            for chat in chats
        ]
        await unit.outbox.put(messages, now)
        await unit.broadcasts.move(replace(going, after_chat=chats[-1], queued=going.queued + len(chats)))
