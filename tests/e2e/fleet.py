"""Processes that are killed and started again, and what each kill had in flight."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from harness import BotProcess, free_port, settings_for

from bot.sandbox.faults import Rule
from bot.sandbox.server import Sandbox
from bot.storage import SqlStorage

ANSWER_SECONDS = 0.1  # how long Telegram takes over a message, so that a kill meets some on their way
SPLIT_AND_MIXED = ("updates,delivery", "digests,delivery", "updates,digests", "updates,digests,delivery")
ALL_IN_ONE = ("updates,digests,delivery",)
WINDOW = 8  # most requests in flight of one process


class Fleet:
    """Processes on one database. ``kill`` ends one, notes what it had in flight and restarts it."""

    def __init__(self, sandbox: Sandbox, storage: SqlStorage, url: str, folder: Path, roles: Sequence[str]) -> None:
        self.sandbox = sandbox
        self.in_flight: Counter[int] = Counter()
        self.most_in_flight = 0
        self._storage = storage
        self._processes = [BotProcess(self._settings(url, folder), folder, "--roles", chosen) for chosen in roles]

    def _settings(self, url: str, folder: Path) -> dict[str, str]:
        port = str(free_port())
        return settings_for(self.sandbox, folder, DATABASE_URL=url, SEND_RATE="500", HTTP_PORT=port)

    async def start(self) -> None:
        """Start all and wait until they are ready."""
        await asyncio.gather(*(process.start() for process in self._processes))

    async def kill(self, rng: random.Random) -> None:
        """Kill a process at a random instant and start it again without waiting.

        Half of the kills meet one that has messages on their way, most of the others one that is ready.
        """
        victim = await self._sender() if rng.random() < 0.5 else None
        if victim is None:
            victim = self._processes[0]
            if rng.random() < 0.8:
                await victim.wait_ready()
        await asyncio.sleep(rng.uniform(0, ANSWER_SECONDS))
        pid = victim.pid
        await victim.kill()
        await self._note(pid)
        self._processes.remove(victim)
        self._processes.append(await victim.start(ready=False))

    async def _sender(self) -> BotProcess | None:
        """Wait, up to two seconds after one is ready, for a process that has messages in flight."""
        await self._processes[0].wait_ready()
        for _ in range(200):
            async with self._storage.reading() as unit:
                rows = await unit.connection.fetch_sql("SELECT lease_owner FROM outbox WHERE state = 'sending'")
            owners = {row["lease_owner"].split(":")[1] for row in rows}
            for process in self._processes:
                if str(process.pid) in owners:
                    return process
            await asyncio.sleep(0.01)
        return None

    async def _note(self, pid: int) -> None:
        """Remember which chats had a message in flight of that process: only they may be told twice."""
        async with self._storage.reading() as unit:
            rows = await unit.connection.fetch_sql(
                "SELECT chat_id FROM outbox WHERE state = 'sending' AND lease_owner LIKE :owner",
                {"owner": f"%:{pid}:%"},
            )
        self.in_flight.update(row["chat_id"] for row in rows)
        self.most_in_flight = max(self.most_in_flight, len(rows))

    async def stop(self) -> list[int]:
        """Stop all in order and return their exit codes."""
        await asyncio.gather(*(process.wait_ready() for process in self._processes))
        return list(await asyncio.gather(*(process.stop() for process in self._processes)))

    async def sweep(self) -> None:
        """End whatever still runs; show what it said."""
        for process in self._processes:
            await process.sweep()
            print("\n".join(list(process.errors)[-200:]))

    async def settled(self, keys: str, count: int, *, seconds: float) -> None:
        """Wait until so many messages whose dedupe key begins so have ended as sent."""
        sql = "SELECT count(*) AS rows FROM outbox WHERE dedupe_key LIKE :keys AND state = 'sent'"
        async with asyncio.timeout(seconds):
            while True:
                async with self._storage.reading() as unit:
                    ((sent,),) = [tuple(row) for row in await unit.connection.fetch_sql(sql, {"keys": f"{keys}%"})]
                if sent >= count:
                    return
                await asyncio.sleep(0.2)


@contextmanager
def slow_answers(sandbox: Sandbox) -> Iterator[None]:
    """Let Telegram take its time over each message."""
    rule = sandbox.simulation.faults.add(Rule("slow", "sendMessage", seconds=ANSWER_SECONDS))
    yield
    sandbox.simulation.faults.rules.remove(rule)


def crowd(sandbox: Sandbox, count: int) -> list[int]:
    """Let so many people join who have begun to talk to the bot; return their chats."""
    world = sandbox.simulation.world
    ids = []
    for number in range(count):
        user = world.add_user(f"Reader {number}", "kk")
        world.rooms[user.id].started = True
        ids.append(user.id)
    return ids


def received(sandbox: Sandbox, chat_id: int) -> list[str]:
    """Return the texts that the bot brought to a chat."""
    return [each.text for each in sandbox.simulation.world.rooms[chat_id].messages.values() if each.from_bot]
