"""Messages a second without a limit, by one process and by four on one PostgreSQL database.

``python tests/benchmarks/bench_processes.py [MESSAGES]``; the server is that of the tests (JARSHY_TEST_POSTGRES). All
share the machine with the database and with the bare server that stands for Telegram: on few cores four processes
cannot be four times as fast as one.
"""

import asyncio
import multiprocessing
import os
import sys
import time
import uuid
from multiprocessing.connection import Connection

import asyncpg
from bench_delivery import TOKEN, SystemClock, fill, serve

from bot.services.delivery import Delivery
from bot.storage import SqlStorage, open_storage
from bot.telegram.api import make_bot
from bot.telegram.messenger import TelegramMessenger

SERVER = os.environ.get("JARSHY_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/test")
SPAWN = multiprocessing.get_context("spawn")


def send(api: str, database: str, pipe: Connection) -> None:
    """Send what is in the outbox, from the moment that the pipe says so until it says so again."""

    async def main() -> None:
        storage = await open_storage(database)
        bot = make_bot(TOKEN, api)
        delivery = Delivery(storage, TelegramMessenger(bot), SystemClock(), rate=1e6, owner=str(os.getpid()))
        pipe.send("ready")
        await asyncio.to_thread(pipe.recv)
        cpu = time.process_time()
        running = asyncio.create_task(delivery.run())
        await asyncio.to_thread(pipe.recv)
        delivery.stop()
        await running
        pipe.send(time.process_time() - cpu)
        await bot.disconnect()
        await storage.close()

    asyncio.run(main())


async def measure(api: str, database: str, processes: int, count: int) -> tuple[float, float]:
    """Return messages a second and milliseconds of the senders' processors for each."""
    storage = await open_storage(database)
    await fill(storage, count)
    pipes = [SPAWN.Pipe() for _ in range(processes)]
    children = [SPAWN.Process(target=send, args=(api, database, theirs), daemon=True) for _, theirs in pipes]
    for child in children:
        child.start()
    for mine, _ in pipes:
        await asyncio.to_thread(mine.recv)
    start = time.perf_counter()
    for mine, _ in pipes:
        mine.send("go")
    await all_sent(storage, count)
    took = time.perf_counter() - start
    for mine, _ in pipes:
        mine.send("stop")
    cpu = sum([await asyncio.to_thread(mine.recv) for mine, _ in pipes])
    for child in children:
        child.join()
    await storage.close()
    return count / took, cpu / count * 1000


async def all_sent(storage: SqlStorage, count: int) -> None:
    """Wait until so many messages are sent."""
    while True:
        async with storage.reading() as unit:
            if (await unit.outbox.counts()).get("sent", 0) >= count:
                return
        await asyncio.sleep(0.05)


async def main(count: int) -> None:
    """Measure one and four, each in a schema of its own."""
    pipe, theirs = SPAWN.Pipe()
    telegram = SPAWN.Process(target=serve, args=(theirs,), daemon=True)
    telegram.start()
    api = f"http://127.0.0.1:{pipe.recv()}"
    server = await asyncpg.connect(SERVER)
    for processes in (1, 4):
        schema = f"jarshy_{uuid.uuid4().hex}"
        await server.execute(f"CREATE SCHEMA {schema}")
        database = f"{SERVER}{'&' if '?' in SERVER else '?'}search_path={schema}"
        pace, cpu = await measure(api, database, processes, count)
        await server.execute(f"DROP SCHEMA {schema} CASCADE")
        print(f"{processes} process(es): {pace:6.0f} messages/s, {cpu:.2f} ms CPU each", flush=True)
    await server.close()
    telegram.kill()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
