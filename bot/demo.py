"""``demo``: the same bot on the sandbox, with sample news; no token, no network, nothing kept afterwards."""

import asyncio
import logging
import tempfile
import webbrowser
from functools import partial
from pathlib import Path

from bot import app
from bot.clock import ShiftedClock
from bot.ports import Storage
from bot.program import Role
from bot.sandbox.news import sources_toml
from bot.sandbox.server import Sandbox
from bot.settings import Settings

log = logging.getLogger(__name__)


async def demo(port: int, *, open_browser: bool) -> None:
    """Run the sandbox and the bot in this process until a signal.

    Raises:
        OperatorError: the port is taken, or the bot cannot start.
    """
    with tempfile.TemporaryDirectory(prefix="jarshy-demo-") as folder:
        clock = ShiftedClock()
        async with Sandbox(port=port, clock=clock.seconds) as sandbox:
            settings = demo_settings(sandbox, Path(folder))
            print(f"Jarshy's sandbox: {sandbox.url}/  (Ctrl+C ends it)", flush=True)  # noqa: T201 - for the person who started it
            if open_browser:
                await asyncio.to_thread(webbrowser.open, f"{sandbox.url}/")
            await app.serve(settings, list(Role), clock=clock, opened=partial(_let_skip, sandbox, clock))


def _let_skip(sandbox: Sandbox, clock: ShiftedClock, storage: Storage) -> None:
    """Give the page a button that moves the bot's clock, and the sandbox's own, to the next digest."""

    async def skip() -> None:
        async with storage.reading() as unit:
            slot = await unit.chats.next_digest()
        if slot is not None:
            clock.move_to(slot)

    sandbox.simulation.skip = skip


def demo_settings(sandbox: Sandbox, folder: Path) -> Settings:
    """Return settings that point every address at the sandbox and every file into the folder."""
    sources = folder / "sources.toml"
    sources.write_text(sources_toml(sandbox.url), encoding="utf-8")
    return Settings.from_env(
        {
            "BOT_TOKEN": sandbox.token,
            "BOT_API_URL": sandbox.url,
            "DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
            "SOURCES_FILE": str(sources),
            "POLL_MIN_SECONDS": "5",
            "POLL_MAX_SECONDS": "60",
            "HOST_PAUSE_SECONDS": "0",
            "HTTP_PORT": "0",
            "LOG_LEVEL": "warning",
        },
        need_token=True,
    )
