"""The HTTP server inside the program's own event loop.

::

    GET  /healthz    200 while the program lives
    GET  /readyz     200 when every check passes, else 503 with the problems
    GET  /metrics    Prometheus
    POST <webhook>   an update: stored, then answered 200
"""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Iterator, Mapping

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot import metrics
from bot.errors import SettingsError, StorageError
from bot.web.connections import BoundedProtocol

Check = Callable[[], Awaitable[str | None]]
"""Returns a problem in one line, or None."""

CHECK_SECONDS = 5.0
BACKLOG = 128  # connections that wait to be taken; also how many the loop tries to take in one go


def make_app(
    checks: Mapping[str, Check], *, refresh: Callable[[], Awaitable[None]] | None = None, webhook: Route | None = None
) -> Starlette:
    """Make the application.

    Args:
        checks: what must be well for ``/readyz``, by name.
        refresh: brings gauges up to date before metrics are shown. Where it raises ``StorageError`` or takes longer
            than ``CHECK_SECONDS``, they are shown as they were.
        webhook: the route of Telegram's webhook, where there is one.
    """

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(_: Request) -> Response:
        problems = {name: problem for name, problem in (await _asked(checks)).items() if problem is not None}
        return JSONResponse({"ready": not problems, "problems": problems}, status_code=503 if problems else 200)

    async def show_metrics(_: Request) -> Response:
        found = await _asked(checks)
        metrics.PROBLEM.clear()  # of a check that has gone (another process polls now) nothing stays
        for name, problem in found.items():
            metrics.PROBLEM.labels(name).set(problem is not None)
        if refresh is not None:
            await _refreshed(refresh)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", show_metrics)]
    return Starlette(routes=[*routes, webhook] if webhook else routes)


async def _asked(checks: Mapping[str, Check]) -> dict[str, str | None]:
    """Ask all checks at once; return what each found."""
    asked = dict(checks)  # some come and go
    found = await asyncio.gather(*(_problem(check) for check in asked.values()))
    return dict(zip(asked, found, strict=True))


async def _refreshed(refresh: Callable[[], Awaitable[None]]) -> None:
    """Refresh the gauges; where the database is away, what the process itself counts is shown all the same."""
    with contextlib.suppress(StorageError, TimeoutError):  # jarshy_database_up is 0 then
        async with asyncio.timeout(CHECK_SECONDS):
            await refresh()


async def _problem(check: Check) -> str | None:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS:.0f} s"
    except Exception as error:  # noqa: BLE001 a check that breaks is a problem to show, whatever broke
        return type(error).__name__


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the program has one stop for all rooms."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class WebServer:
    """Serves an application on a host and port; ``taken`` is that port, where it was taken before."""

    def __init__(self, app: Starlette, host: str, port: int, taken: socket.socket | None = None) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._server: _Server | None = None
        self._listener = taken

    def listen(self) -> None:
        """Let connections in: they wait from here on, until ``serve`` answers them.

        Raises:
            SettingsError: ``port-taken`` (``host``, ``port``, ``reason``).
        """
        if self._listener is None:
            self._listener = take_port(self._host, self._port)
        with _named(self._host, self._port):
            self._listener.listen(BACKLOG)

    async def serve(self) -> None:
        """Answer requests until ``stop``; then answer what is being asked, and close. It may be begun again.

        Raises:
            SettingsError: as ``listen``.
        """
        self.listen()
        assert self._listener is not None  # noqa: S101 - just taken
        config = uvicorn.Config(
            self._app,
            http=BoundedProtocol,
            backlog=BACKLOG,
            ws="none",
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
            server_header=False,
        )
        self._server = _Server(config)
        try:
            await self._server.serve(sockets=[self._listener])
        finally:
            self.close()

    def stop(self) -> None:
        """Ask ``serve`` to end."""
        if self._server is not None:
            self._server.should_exit = True

    def close(self) -> None:
        """Let go of the port."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None


def take_port(host: str, port: int) -> socket.socket:
    """Take a port, so that no other program can; connections are refused until somebody listens there.

    Raises:
        SettingsError: ``port-taken`` (``host``, ``port``, ``reason``).
    """
    with _named(host, port):
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind, protocol)
        try:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(address)
        except OSError:
            taken.close()
            raise
    taken.setblocking(False)
    return taken


@contextlib.contextmanager
def _named(host: str, port: int) -> Iterator[None]:
    try:
        yield
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError("port-taken", host=host, port=port, reason=reason) from error
