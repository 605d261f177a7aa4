"""The sandbox as one server: Bot API, control API, chat page and sample news."""

import asyncio
import contextlib
import time
from asyncio import Task
from collections.abc import Callable
from types import TracebackType
from typing import Self

from starlette.applications import Starlette

from bot.sandbox.botapi import BotApi
from bot.sandbox.control import Control
from bot.sandbox.news import NewsRoom
from bot.sandbox.page import page_routes
from bot.sandbox.serving import Serving
from bot.sandbox.simulation import Simulation
from bot.sandbox.webhook import deliver
from bot.tasks import log_failure

TOKEN = "1234567890:sandbox-token_of-no-secret"  # noqa: S105 - it opens nothing but the sandbox


class Sandbox:
    """A local Telegram. ``port`` 0 takes a free one; ``clock`` gives Unix seconds.

    ``simulation`` is its state, for programs and tests in the same process; all others use ``/sandbox/…``.
    """

    def __init__(
        self, host: str = "127.0.0.1", port: int = 0, token: str = TOKEN, clock: Callable[[], float] = time.time
    ) -> None:
        self.token = token
        self.simulation = Simulation(token, clock)
        self.news = NewsRoom(clock)
        routes = [
            *BotApi(self.simulation).routes(),
            *Control(self.simulation).routes(),
            *self.news.routes(),
            *page_routes(),
        ]
        self._serving = Serving(Starlette(routes=routes), host, port)
        self._delivering: Task[None] | None = None

    @property
    def port(self) -> int:
        """Return the port; 0 before ``start`` where any was asked for."""
        return self._serving.port

    @property
    def url(self) -> str:
        """Return the root for ``BOT_API_URL``, for the page and for the news feeds."""
        return self._serving.url

    async def start(self) -> None:
        """Listen, again too after ``stop``, with everything as it was; the port then stays the same.

        Raises:
            SettingsError: ``port-taken``, the port cannot be had.
        """
        await self._serving.start()
        self.simulation.open()
        self._delivering = asyncio.create_task(deliver(self.simulation))
        self._delivering.add_done_callback(log_failure("delivery to the webhook"))

    async def stop(self) -> None:
        """Answer what waits, close every connection and the port."""
        if self._delivering is None:
            return
        self.simulation.close()
        self._delivering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._delivering
        self._delivering = None
        await self._serving.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
