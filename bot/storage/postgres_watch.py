"""What processes tell each other through PostgreSQL: wake-ups by NOTIFY, the one poller by an advisory lock.

Each takes a connection of its own and asks it for a sign of life now and then.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import asyncpg

    Connect = Callable[[], Awaitable[asyncpg.Connection[Any]]]

NAMES: Final = ("topics", "outbox", "inbox")
NOTIFY: Final = "SELECT pg_notify('jarshy_' || current_schema(), $1)"

_ENDED: Final = ""  # in place of a name: the connection broke

_BEAT_SECONDS: Final = 15.0  # how often a quiet connection is asked for a sign of life
_ANSWER_SECONDS: Final = 5.0
_PAUSE_SECONDS: Final = 1.0  # before the lock is asked for again, or a broken connection made again
_POLLER: Final = "SELECT pg_try_advisory_lock(hashtext('jarshy_poller'), hashtext(current_schema()))"

_log = logging.getLogger(__name__)


async def changes(connect: "Connect") -> AsyncIterator[str]:
    """Name what was committed; first all names, because some may have been missed. It ends where the connection does.

    Raises:
        asyncpg's errors, OSError or TimeoutError: the connection broke, or there is none to be had.
    """
    connection = await connect()
    try:
        async for name in _heard(connection):
            yield name
    finally:
        connection.terminate()


async def _heard(connection: "asyncpg.Connection[Any]") -> AsyncIterator[str]:
    heard: asyncio.Queue[str] = asyncio.Queue()
    connection.add_termination_listener(lambda _connection: heard.put_nowait(_ENDED))
    channel = f"jarshy_{await connection.fetchval('SELECT current_schema()')}"
    await connection.add_listener(channel, lambda _connection, _pid, _channel, name: heard.put_nowait(name))
    for name in NAMES:
        yield name
    while True:
        try:
            async with asyncio.timeout(_BEAT_SECONDS):
                name = await heard.get()
        except TimeoutError:
            await connection.fetchval("SELECT 1", timeout=_ANSWER_SECONDS)
            continue
        if name == _ENDED:
            return
        yield name


@asynccontextmanager
async def polling(connect: "Connect") -> AsyncIterator[asyncio.Event]:
    """Wait for the lock and hold it; the event is set where the connection that holds it breaks."""
    connection = await _lock(connect)
    lost = asyncio.Event()
    connection.add_termination_listener(lambda _connection: lost.set())
    beat = asyncio.create_task(_beat(connection, lost))
    try:
        yield lost
    finally:
        beat.cancel()
        connection.terminate()


async def _lock(connect: "Connect") -> "asyncpg.Connection[Any]":
    """Ask for the lock until it is free: a question that waits in the server would not notice that it is gone."""
    while True:
        with suppress(*_broken()):
            connection = await connect()
            try:
                while not await connection.fetchval(_POLLER, timeout=_ANSWER_SECONDS):  # noqa: ASYNC110 - no event tells
                    await asyncio.sleep(_PAUSE_SECONDS)
            except BaseException:
                connection.terminate()
                raise
            return connection
        await asyncio.sleep(_PAUSE_SECONDS)


async def _beat(connection: "asyncpg.Connection[Any]", lost: asyncio.Event) -> None:
    try:
        while True:
            await connection.fetchval("SELECT 1", timeout=_ANSWER_SECONDS)
            await asyncio.sleep(_BEAT_SECONDS)
    except _broken():
        _log.info("the connection that holds the long poll broke")
    finally:
        lost.set()  # whatever it ended by: who does not know that it holds the lock must not poll


def _broken() -> tuple[type[Exception], ...]:
    import asyncpg  # noqa: PLC0415 - an extra

    return OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError
