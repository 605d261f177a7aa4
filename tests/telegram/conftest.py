"""Fixtures for Telegram's room: a local Telegram, a bot for it, a database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from bot.storage import SqlStorage, open_storage
from bot.telegram.api import ApiBot, make_bot


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the instant."""
        return datetime.now(UTC)


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A local Telegram."""
    async with Sandbox() as running:
        yield running


@pytest.fixture
async def api(sandbox: Sandbox) -> AsyncIterator[ApiBot]:
    """The bot of that Telegram; it gives up waiting for an answer after half a second."""
    bot = make_bot(sandbox.token, sandbox.url, read_seconds=0.5)
    yield bot
    await bot.disconnect()


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[SqlStorage]:
    """An empty SQLite database."""
    opened = await open_storage(f"sqlite:///{tmp_path / 'test.db'}")
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> SystemClock:
    """The real time."""
    return SystemClock()
