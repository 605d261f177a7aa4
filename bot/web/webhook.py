"""Telegram's webhook: an update is stored before Telegram hears 200, and handled after."""

import asyncio
import hmac
import json
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot import metrics
from bot.core.model import InboxUpdate
from bot.core.updates import MOST_WAITING, inbox_update
from bot.errors import StorageError
from bot.outages import Outage
from bot.ports import Clock, Storage

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 a header's name
BODY_LIMIT: Final = 1_000_000
"""Bytes. An update is some kilobytes; nobody else has business here."""

BODY_SECONDS: Final = 10.0
"""For the whole body: a caller that sends it byte by byte holds a connection no longer."""


def webhook_route(url: str, secret: str, storage: Storage, clock: Clock, wake: Callable[[], None]) -> Route:
    """Return the route for the webhook at ``url``; ``wake`` is called after each update that was stored.

    Answers 403 without the secret, 413 and 400 to bodies that are no update. When the database fails, or too
    many updates wait, the answer is 503, and Telegram brings the update again.
    """
    full = Outage(f"{MOST_WAITING} updates wait: no more are taken until some are handled")

    async def receive(request: Request) -> Response:
        if not _knows(request, secret):
            return PlainTextResponse("forbidden\n", status_code=403)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _body(request)
        except (ClientDisconnect, TimeoutError):  # Telegram brings the update again
            return _not_now()
        if body is None:
            return PlainTextResponse("too large\n", status_code=413)
        update = _read(body, clock)
        if update is None:
            return PlainTextResponse("no update\n", status_code=400)
        return await _store(update, storage, wake, full)

    return Route(urlsplit(url).path or "/", receive, methods=["POST"])


async def _store(update: InboxUpdate, storage: Storage, wake: Callable[[], None], full: Outage) -> Response:
    try:
        async with storage.transaction() as unit:
            if await unit.inbox.full(MOST_WAITING):
                full.failed("readers write faster than they are answered")
                return _not_now()
            full.worked()
            metrics.UPDATES.inc(await unit.inbox.store([update]))
    except StorageError:
        return _not_now()
    wake()
    return PlainTextResponse("")


def _not_now() -> Response:
    return PlainTextResponse("not now\n", status_code=503)


def _knows(request: Request, secret: str) -> bool:
    given = request.headers.get(SECRET_HEADER, "")
    return hmac.compare_digest(given.encode(), secret.encode())


async def _body(request: Request) -> bytes | None:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return bytes(body)


def _read(body: bytes, clock: Clock) -> InboxUpdate | None:
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return inbox_update(raw, clock.now())
