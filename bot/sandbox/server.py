"""The sandbox as a server on one loopback port, in the event loop of whoever starts it."""

import asyncio
import contextlib
import socket
import time
from asyncio import Task, Transport
from collections.abc import Callable, Generator
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import SettingsError
from bot.sandbox.botapi import BotApi
from bot.sandbox.control import Control
from bot.sandbox.news import NewsRoom
from bot.sandbox.page import page_routes
from bot.sandbox.simulation import Simulation
from bot.sandbox.webhook import deliver

TOKEN = "1234567890:sandbox-token_of-no-secret"  # noqa: S105 - it opens nothing but the sandbox


class _Server(uvicorn.Server):
    """A server that leaves signals to the program around it, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class _Protocol(H11Protocol):
    """HTTP that hands each request its connection, so that a fault can cut it."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class Sandbox:
    """A local Telegram. ``port`` 0 takes a free one; ``clock`` gives Unix seconds.

    ``simulation`` is its state, for programs and tests in the same process; all others use ``/sandbox/…``.
    """

    def __init__(
        self, host: str = "127.0.0.1", port: int = 0, token: str = TOKEN, clock: Callable[[], float] = time.time
    ) -> None:
        self.host = host
        self.port = port
        self.token = token
        self.simulation = Simulation(token, clock)
        self.news = NewsRoom(clock)
        self._server: _Server | None = None
        self._tasks: list[Task[None]] = []

    @property
    def url(self) -> str:
        """Return the root for ``BOT_API_URL``, for the page and for the news feeds."""
        return f"http://{self.host}:{self.port}"

    async def start(self) -> None:
        """Listen; raise SettingsError ``port-taken`` where the port cannot be had."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self.host, self.port))
        except OSError as error:
            listener.close()
            raise SettingsError("port-taken", host=self.host, port=self.port, reason=error.strerror) from error
        self.port = listener.getsockname()[1]
        self._server = _Server(self._config())
        self._tasks = [
            asyncio.create_task(self._server.serve([listener])),
            asyncio.create_task(deliver(self.simulation)),
        ]
        await self._server.ready.wait()

    async def stop(self) -> None:
        """Answer what waits, close every connection and the port."""
        if self._server is None:
            return
        self.simulation.close()
        self._server.should_exit = True
        serving, delivering = self._tasks
        delivering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await delivering
        await serving
        self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _config(self) -> uvicorn.Config:
        routes = [
            *BotApi(self.simulation).routes(),
            *Control(self.simulation).routes(),
            *self.news.routes(),
            *page_routes(),
        ]
        return uvicorn.Config(
            Starlette(routes=routes),
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=60,
        )
