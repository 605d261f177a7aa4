"""A bound on what callers may hold open at the bot's HTTP port: so many connections, so long for a request's head.

Whoever opens a thousand connections and says nothing would take all file descriptors of the process, and with them the
webhook and ``/healthz``. A connection that has not sent a whole head in time is closed; where there are too many, the
one that has been waited for longest makes room for the newest.
"""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS: Final = 256
"""A balancer, Telegram (20) and Prometheus together hold some dozens."""
HEAD_SECONDS: Final = 10.0
"""For the head of a request, from the opening of the connection or its first byte on a kept one."""


class BoundedProtocol(H11Protocol):
    """uvicorn's protocol for one connection, with these bounds."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Make room where there are too many, and wait for a head."""
        super().connection_made(transport)
        self._await_head()
        if len(self.connections) > MOST_CONNECTIONS:
            waiting = [one for one in self.connections if isinstance(one, BoundedProtocol) and one.waits_since]
            min(waiting, key=lambda one: one.waits_since, default=self).drop()

    def data_received(self, data: bytes) -> None:
        """Read on; a head that is whole stops the wait, the first byte of another begins one."""
        cycle = self.cycle
        super().data_received(data)
        if self.cycle is not cycle:
            self._stop_waiting()
        elif self.cycle is None or self.cycle.response_complete:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    @property
    def waits_since(self) -> float:
        """When the wait for a head began, on the loop's clock; 0 where none is waited for."""
        return self._head_timer.when() - HEAD_SECONDS if self._head_timer else 0.0

    def drop(self) -> None:
        """Close the connection at once."""
        self.connections.discard(self)
        self.transport.abort()

    def _await_head(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self.drop)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
