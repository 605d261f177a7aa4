"""Watches whether Telegram can be reached: after a doubt nothing is sent until ``getMe`` answers."""

import asyncio
import logging
from collections.abc import Callable
from itertools import chain, repeat
from typing import Final

from bot.logs import outline
from bot.ports import Messenger

_PROBE_SECONDS: Final = (0.0, 0.5, 1.0, 2.0, 5.0)
"""Pauses before each ``getMe``; the last one again and again."""

_log = logging.getLogger(__name__)


class Watch:
    """In doubt from ``doubt`` or ``refuse`` until Telegram answers; then ``found`` is called."""

    def __init__(self, messenger: Messenger, found: Callable[[], None]) -> None:
        self._messenger = messenger
        self._found = found
        self._probe: asyncio.Task[None] | None = None
        self._refusal: str | None = None

    @property
    def in_doubt(self) -> bool:
        """Whether nothing may be sent."""
        return self._probe is not None

    @property
    def problem(self) -> str | None:
        """Why nothing may be sent, None where it may."""
        if self._refusal is not None:
            return f"Telegram refuses the token: {self._refusal}"
        return "Telegram does not answer" if self.in_doubt else None

    def doubt(self) -> None:
        """Ask ``getMe`` until it answers."""
        if self._probe is None:
            self._probe = asyncio.create_task(self._search())

    def refuse(self, reason: str) -> None:
        """Note that the token was refused, and ask until it is taken again."""
        self._refusal = reason
        self.doubt()

    def cancel(self) -> None:
        """Stop asking."""
        if self._probe is not None:
            self._probe.cancel()

    async def _search(self) -> None:
        """Ask until Telegram answers. A question that fails in an unforeseen way is an answer that did not come."""
        try:
            for pause in chain(_PROBE_SECONDS, repeat(_PROBE_SECONDS[-1])):
                await asyncio.sleep(pause)
                if await self._answers():
                    break
        finally:
            self._refusal = None
            self._probe = None
            self._found()

    async def _answers(self) -> bool:
        try:
            return await self._messenger.alive()
        except Exception as error:  # noqa: BLE001 - ended here, the search would let sending go on unanswered
            _log.error("asking Telegram for a sign of life failed: %s", outline(error))
            return False
