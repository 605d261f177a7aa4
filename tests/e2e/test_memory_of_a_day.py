"""A day of the whole program in minutes: what it holds in memory once it is warm is what it holds after a day."""

import asyncio
import itertools
import os
import random
import sys
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from feed_server import FeedServer, Item, sources_document
from fleet import crowd, received
from harness import PROJECT, settings_for
from hostile import KAZAKH, RUSSIAN

from bot.sandbox import readers
from bot.sandbox.server import Sandbox

HOURS, WARM = 24, 8
"""By the second, counted in minutes at that speed, each kind of question was asked and what is kept has filled up."""
OUTLETS, HOSTS, CHATS, KEPT = 40, 10, 200, 30
SPEED = float(os.environ.get("JARSHY_TEST_SPEED", "144"))  # a day in ten minutes
MOST_GROWTH = 60 * 2**20
"""Bytes: the articles' analyses that are kept (32 MB), and what the allocator does not give back."""


class Newsroom:
    """Outlets with a rhythm each, from an article in ten minutes to one in some hours."""

    def __init__(self, servers: list[FeedServer]) -> None:
        self._servers = servers
        self._rng = random.Random(24)  # noqa: S311 - the same words every time
        self._items: list[list[Item]] = [[] for _ in range(OUTLETS)]
        self._slugs = itertools.count()

    def publish(self, number: int, at: datetime) -> str:
        """Let an outlet bring one more article; return the feed's address."""
        words = KAZAKH if number % 2 else RUSSIAN
        text = " ".join(self._rng.choices(words, k=120))
        item = Item(" ".join(self._rng.choices(words, k=9)), at, text, slug=f"a{next(self._slugs)}")
        self._items[number] = [item, *self._items[number]][:KEPT]
        return self._servers[number % HOSTS].put_rss(f"/{number}.xml", self._items[number])


@pytest.mark.torture
@pytest.mark.timeout(3600)
async def test_a_day_takes_no_more_memory_than_its_first_hours(sandbox: Sandbox, tmp_path: Path):
    """Forty outlets, two hundred chats with topics, alerts, digests and questions; the clock goes 144 times as fast."""
    async with AsyncExitStack() as stack:
        newsroom = Newsroom([await stack.enter_async_context(FeedServer()) for _ in range(HOSTS)])
        urls = [newsroom.publish(number, datetime.now(UTC)) for number in range(OUTLETS)]
        catalogue = tmp_path / "sources.toml"
        catalogue.write_text(
            sources_document(*((f"s{n}", url, "kk" if n % 2 else "ru") for n, url in enumerate(urls))), encoding="utf-8"
        )
        chats = crowd(sandbox, CHATS)
        process = await _start(sandbox, tmp_path, catalogue)
        began, memory = time.monotonic(), {}
        try:
            for minute in range(0, HOURS * 60, 5):
                now = datetime.now(UTC) + timedelta(seconds=(time.monotonic() - began) * (SPEED - 1))
                for number in range(OUTLETS):
                    if minute % (5 * round(2 * 1.08**number)) == 0:
                        newsroom.publish(number, now)
                _ask(sandbox, chats, minute // 5)
                await asyncio.sleep(max(0.0, began + (minute + 5) * 60 / SPEED - time.monotonic()))
                assert process.returncode is None
                if (minute + 5) % 60 == 0:
                    memory[(minute + 5) // 60] = _resident(process.pid)
        finally:
            process.kill()
            await process.wait()

    print(*(f"hour {hour}: {size / 2**20:.0f} MB" for hour, size in memory.items()), sep="\n")
    print(f"{sum(len(received(sandbox, chat)) for chat in chats)} messages came")
    assert memory[HOURS] - memory[WARM] < MOST_GROWTH


async def _start(sandbox: Sandbox, folder: Path, catalogue: Path) -> asyncio.subprocess.Process:
    more = {"SOURCES_FILE": str(catalogue), "POLL_MIN_SECONDS": "300", "POLL_MAX_SECONDS": "7200", "SEND_RATE": "500"}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, str(Path(__file__).with_name("fast_program.py"))),
        cwd=folder,
        env={
            **os.environ,
            **settings_for(sandbox, folder, **more),
            "PYTHONPATH": str(PROJECT),
            "FAST_SPEED": str(SPEED),
        },
    )


def _ask(sandbox: Sandbox, chats: list[int], turn: int) -> None:
    """Let a tenth of the readers ask something; in the first turns each follows two topics."""
    world, words = sandbox.simulation.world, KAZAKH + RUSSIAN
    for chat in chats[turn % 10 :: 10]:
        word = words[(chat + turn) % len(words)]
        said = ("/latest", "/search", "/trends", "/digest", "/topics")[(chat + turn // 10) % 5]
        command = f"{'/subscribe' if turn < 10 else '/alerts'} {word}" if turn < 20 else f"{said} {word}"
        readers.say(world, world.rooms[chat], world.users[chat], command)


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
