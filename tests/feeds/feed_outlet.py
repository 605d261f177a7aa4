"""An outlet on loopback that answers whatever a test wants, byte for byte; and a clock that tests turn."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

RSS = (
    '<rss version="2.0"><channel><title>Х</title><item><title>Иран туралы</title><link>/n/1?utm_source=rss</link>'
    "<guid>n-1</guid></item></channel></rss>"
).encode()


@dataclass(frozen=True)
class Request:
    """What the client asked: target, headers with names in lower case (raw latin-1), when."""

    target: str
    headers: Mapping[str, str]
    at: float


Handler = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


def respond(status: int = 200, body: bytes = b"", **headers: str) -> Handler:
    """Return a handler that answers so; header names are written with underscores."""

    async def handler(_request: Request, writer: asyncio.StreamWriter) -> None:
        fields = {"content-length": str(len(body)), **{k.replace("_", "-"): v for k, v in headers.items()}}
        head = f"HTTP/1.1 {status} X\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items()) + "\r\n"
        writer.write(head.encode("latin-1") + body)

    return handler


@dataclass
class Outlet:
    """A server of raw answers; ``requests`` is all that it was asked."""

    port: int = 0
    routes: dict[str, Handler] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    serving: set[asyncio.Task[None] | None] = field(default_factory=set)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def targets(self) -> list[str]:
        """Return what was asked for, in order."""
        return [request.target for request in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close."""
        self.serving.add(asyncio.current_task())  # the loop alone would let the garbage collector have it
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = dict(line.split(": ", 1) for line in head[1:] if line)
            fields = {name.lower(): value for name, value in headers.items()}
            request = Request(head[0].split()[1], fields, asyncio.get_running_loop().time())
            self.requests.append(request)
            await self.routes.get(request.target, respond(404))(request, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client hung up, as it may
        finally:
            self.at_once -= 1
            self.serving.discard(asyncio.current_task())
            writer.close()


class TurnedClock:
    """A clock that stands until it is turned."""

    def __init__(self) -> None:
        self.at = datetime(2025, 12, 11, 10, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return where the clock stands."""
        return self.at

    def turn(self, **span: float) -> None:
        """Turn the clock on by a span, as of ``timedelta``."""
        self.at += timedelta(**span)


async def trickle(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Answer one byte at a time, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Answer without an end."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"<item>" * 10_000)
        await writer.drain()
