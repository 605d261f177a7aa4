"""An ASGI application on one port, in the event loop of whoever starts it."""

import asyncio
import contextlib
import socket
from asyncio import Task, Transport
from collections.abc import Generator

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.errors import SettingsError
from bot.tasks import log_failure


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
    """HTTP that hands each request its connection (``request.state.transport``), so that a fault can cut it."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class Serving:
    """An application, served from ``start`` to ``stop``. Port 0 takes a free one."""

    def __init__(self, application: Starlette, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self._application = application
        self._server: _Server | None = None
        self._task: Task[None] | None = None

    @property
    def url(self) -> str:
        """Return the server's root."""
        return f"http://{self.host}:{self.port}"

    async def start(self) -> None:
        """Listen; raise SettingsError ``port-taken`` where the port cannot be had."""
        listener = self._listener()
        self.port = listener.getsockname()[1]
        self._server = _Server(
            uvicorn.Config(
                self._application,
                http=_Protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=1,
                timeout_keep_alive=60,
            )
        )
        self._task = asyncio.create_task(self._server.serve([listener]))
        self._task.add_done_callback(log_failure("the sandbox's server"))
        await self._server.ready.wait()

    async def stop(self) -> None:
        """Close every connection and the port."""
        if self._server is None or self._task is None:
            return
        self._server.should_exit = True
        await self._task
        self._server = self._task = None

    def _listener(self) -> socket.socket:
        # Named as TCP, or asyncio leaves Nagle's algorithm on, and every answer waits 40 ms for an acknowledgement.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self.host, self.port))
        except OSError as error:
            listener.close()
            raise SettingsError("port-taken", host=self.host, port=self.port, reason=error.strerror) from error
        return listener
