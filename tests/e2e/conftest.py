"""Fixtures of the end-to-end tests: each test has its own Telegram, feeds, and processes, and leaves none behind."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from feed_server import FeedServer
from harness import BotProcess, Control, Reader, settings_for

from bot.sandbox.server import Sandbox

StartBot = Callable[..., Awaitable[BotProcess]]
Join = Callable[..., Awaitable[Reader]]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A local Telegram, with three readers, a group and a channel."""
    async with Sandbox() as running:
        yield running


@pytest.fixture
async def feeds() -> AsyncIterator[FeedServer]:
    """A server of feeds, empty at first."""
    async with FeedServer() as running:
        yield running


@pytest.fixture
async def control(sandbox: Sandbox) -> AsyncIterator[Control]:
    """The sandbox's control API."""
    opened = Control(sandbox.url)
    yield opened
    await opened.close()


@pytest.fixture
def join(control: Control) -> Join:
    """A function that lets a person join, whose app speaks the given language."""

    async def new_reader(language_code: str, first_name: str = "Reader") -> Reader:
        return await Reader.join(control, language_code, first_name)

    return new_reader


@pytest.fixture
async def start_bot(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[StartBot]:
    """A function that starts the program with the given settings; its log is shown where the test fails."""
    started: list[BotProcess] = []

    async def start(*arguments: str, ready: bool = True, **settings: str) -> BotProcess:
        process = BotProcess(settings_for(sandbox, tmp_path, **settings), tmp_path, *arguments)
        started.append(process)
        return await process.start(ready=ready)

    yield start
    for process in started:
        await process.sweep()
        print(process.log)
