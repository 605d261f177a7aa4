"""One request at a time to a host, and a pause after it; a host is a name and a port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


@dataclass(slots=True)
class _Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    free_at: float = 0.0


class HostTurns:
    """Hands out turns. ``pause`` is in seconds, from the end of a request to the start of the next."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._turns: dict[tuple[str, int], _Turn] = {}

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Wait for the host's turn, hold it, and let the pause begin at the end."""
        loop = asyncio.get_running_loop()
        key = host_of(url)
        turn = self._turns.setdefault(key, _Turn())
        turn.waiting += 1
        try:
            async with turn.lock:
                if self._pause and (left := turn.free_at - loop.time()) > 0:
                    await asyncio.sleep(left)
                try:
                    yield
                finally:
                    turn.free_at = loop.time() + self._pause
        finally:
            turn.waiting -= 1
            self._forget(loop.time())

    def _forget(self, now: float) -> None:
        """Drop hosts whose pause is over, so that the table does not grow with all hosts ever met."""
        if len(self._turns) > 1000 or not self._pause:  # noqa: PLR2004 (a sweep is rare, and small)
            self._turns = {key: turn for key, turn in self._turns.items() if turn.waiting or turn.free_at > now}


def host_of(url: str) -> tuple[str, int]:
    """Return the name and the port that an address leads to."""
    parts = urlsplit(url)
    return (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme, 0)
