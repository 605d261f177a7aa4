"""The whole program inside the test's own process, where a test sets its clock or breaks one of its parts."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
from harness import settings_for

from bot import app
from bot.ports import Clock
from bot.program import Role
from bot.sandbox.server import Sandbox
from bot.settings import Settings


async def serve(environment: dict[str, str], stop: asyncio.Event, clock: Clock | None = None) -> None:
    """Run the program until ``stop``."""
    await app.serve(Settings.from_env(environment, need_token=True), list(Role), stop=stop, clock=clock)


@contextlib.asynccontextmanager
async def serving(sandbox: Sandbox, folder: Path, clock: Clock | None = None, **more: str) -> AsyncIterator[str]:
    """Run the program during the block; give the address of its own server."""
    environment = settings_for(sandbox, folder, **more)
    stop = asyncio.Event()
    task = asyncio.create_task(serve(environment, stop, clock))
    try:
        yield f"http://127.0.0.1:{environment['HTTP_PORT']}"
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


async def until(found: Callable[[], object], *, seconds: float = 30) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while True:
            if found():
                return
            await asyncio.sleep(0.02)


async def readiness(url: str, name: str, *, until: bool, seconds: float = 30) -> str | None:
    """Wait until ``/readyz`` names that problem, or no longer does; return what it says of it."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client, asyncio.timeout(seconds):
        while True:
            with contextlib.suppress(httpx.TransportError):
                problems = (await client.get("/readyz")).json()["problems"]
                if (name in problems) == until:
                    return problems.get(name)
            await asyncio.sleep(0.02)
