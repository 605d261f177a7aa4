"""Everybody's hour at once: Telegram's limit is used and kept, and who asks in between is answered."""

import asyncio
import gc
import time
from collections.abc import Iterator

import pytest
from conftest import StartBot
from fleet import crowd, received
from harness import Control, Reader, processor_seconds
from seeding import make_due, seed_news, seed_readers

from bot.sandbox.server import Sandbox
from bot.storage import SqlStorage

pytestmark = pytest.mark.timeout(900)

RATE = 25
SHORT = 300


@pytest.fixture
def _steady() -> Iterator[None]:
    """Collect no garbage here: this process stands for Telegram, and its pauses bunch what was sent evenly."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_steady")
@pytest.mark.parametrize(
    "digests", [pytest.param(SHORT, id="short"), pytest.param(10_000, id="long", marks=pytest.mark.torture)]
)
async def test_all_are_due_in_the_same_minute(
    sandbox: Sandbox, storage: SqlStorage, start_bot: StartBot, control: Control, digests: int
):
    """25 a second are held within three percent, no send is refused, ``/latest`` takes less than a second.

    The short one asks only what no load of the machine changes: no more than that a second, nothing refused, each once.
    """
    sandbox.simulation.limits.on = True
    chats = crowd(sandbox, digests)
    reader = await Reader.join(control, "kk")
    await seed_readers(storage, chats, await seed_news(storage))
    bot = await start_bot("--roles", "updates,digests,delivery")
    assert "Иран" in (await reader.say("/subscribe Иран")).text

    began, used = time.monotonic(), processor_seconds(bot.pid)
    cursor = sandbox.simulation.calls.seq
    await make_due(storage, chats)
    waits = []
    while len(sandbox.simulation.calls.after(cursor, "sendMessage")) < digests + len(waits):
        await asyncio.sleep(2)
        asked = time.monotonic()
        assert "хабар" in (await reader.say("/latest")).text
        waits.append(time.monotonic() - asked)
    used, took = processor_seconds(bot.pid) - used, time.monotonic() - began

    calls = sandbox.simulation.calls.after(cursor, "sendMessage")
    at = sorted(float(str(call["at"])) for call in calls)[: digests - RATE]
    pace = (len(at) - 1) / (at[-1] - at[0])
    print(
        f"{digests} digests: {pace:.2f} a second, {sandbox.simulation.limits.refused} refused, "
        f"{len(waits)} /latest within {max(waits):.2f} s, {100 * used / took:.1f} % of a core"
    )
    assert all(call["status"] == 200 for call in calls)
    assert sandbox.simulation.limits.refused == 0
    assert pace <= 1.03 * RATE
    if digests > SHORT:
        assert pace >= 0.97 * RATE
        assert max(waits) < 1
        assert used / took < 0.15
    assert all(len(received(sandbox, chat)) == 1 for chat in chats)
