"""What gathered at Telegram while the bot was away is answered, or grouped as the flood rules say; nobody is left out."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import empty_database
from fleet import crowd, received
from harness import BotProcess, Control, Reader, settings_for

from bot.i18n import Catalogues
from bot.sandbox import readers
from bot.sandbox.server import Sandbox
from bot.storage import open_storage
from handlers.flood import ALLOWANCES, Kind

SAID = ("/help", "/topics", "/subscribe Иран", "/latest Иран", "/schedule 09:00")
MOST_MEMORY = 400 * 2**20  # the whole program, with its four roles, has some 200 MB


@pytest.mark.timeout(3000)
@pytest.mark.parametrize(
    ("engine", "count"),
    [
        ("sqlite", 300),  # some 40 s, as the one chat that wrote much gets an answer a second
        *(
            pytest.param(engine, count, marks=[pytest.mark.torture, *marks])
            for engine, marks in (("sqlite", []), ("postgresql", [pytest.mark.postgres]))
            for count in (1_000, 10_000)
        ),
    ],
)
async def test_what_gathered_is_answered(sandbox: Sandbox, control: Control, tmp_path: Path, engine: str, count: int):
    """Four people in five wrote one thing each, one wrote all the rest within a second; then the bot starts.

    Each of the many is answered once, the one as often as the allowance says and by one sentence; who writes while the
    rest is being answered is answered too, before it is over.
    """
    chats = crowd(sandbox, count * 4 // 5)
    (flooder,) = crowd(sandbox, 1)
    world = sandbox.simulation.world
    for number in range(count):
        chat = flooder if number % 5 == 0 else chats[number * 4 // 5]
        readers.say(world, world.rooms[chat], world.users[chat], SAID[number % 4 + 1])
    (tmp_path / "none.toml").touch()
    async with empty_database(engine, tmp_path) as url:
        settings = settings_for(
            sandbox, tmp_path, DATABASE_URL=url, SEND_RATE="500", SOURCES_FILE=str(tmp_path / "none.toml")
        )
        bot = BotProcess(settings, tmp_path)
        storage = await open_storage(url)
        try:
            began = time.monotonic()
            await bot.start()
            neighbour = await Reader.join(control, "kk")
            await neighbour.say("/help", seconds=count / 5)
            waited = time.monotonic() - began
            async with asyncio.timeout(count / 4):
                while True:
                    async with storage.reading() as unit:
                        left = await unit.figures.backlog(datetime.now(UTC))
                        on_their_way = sum((await unit.outbox.underway()).values())
                    if not left.updates and not on_their_way:
                        break
                    await asyncio.sleep(0.2)
            took = time.monotonic() - began
            memory = peak(bot.pid)
            await bot.stop()
        finally:
            await bot.sweep()
            await storage.close()

    print(
        f"{engine}: {count} updates in {took:.0f} s, a neighbour after {waited:.0f} s, {memory / 2**20:.0f} MB at most"
    )
    assert {len(received(sandbox, chat)) for chat in chats} == {1}
    calm = str(Catalogues().translator("kk", "Asia/Almaty")("flood"))
    assert received(sandbox, flooder).count(calm) == 1
    assert len(received(sandbox, flooder)) == ALLOWANCES[Kind.WRITE].most + 1
    assert memory < MOST_MEMORY


def peak(pid: int) -> int:
    """Return the most memory that a process has had, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    (kilobytes,) = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(kilobytes) * 1024
