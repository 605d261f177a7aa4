"""What delivery costs for each message, beside bare httpx that posts the same form.

Both talk to the same bare server in another process, over eight connections. Run it as a program::

    python tests/benchmarks/bench_delivery.py [MESSAGES] [postgresql://…]
"""

import asyncio
import gc
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

import httpx

from bot.core.model import Button, OutgoingMessage, Priority
from bot.services.delivery import WINDOW, Delivery
from bot.storage import SqlStorage, open_storage
from bot.telegram.api import make_bot
from bot.telegram.messenger import TelegramMessenger

TOKEN = "123456:bench"
TEXT = "<b>Иран</b>\n" + "\n".join(
    f'{number}. <a href="https://example.org/news/{number}">Тоқаев пен Пезешкиан келіссөз жүргізді</a> · Kazinform'
    for number in range(1, 11)
)
RATE, PACED = 25, 300
KEYBOARD = ((Button("◀", data="p:1:0"), Button("1/3", data="p:1:1"), Button("▶", data="p:1:2")),)
ANSWER = json.dumps(
    {"ok": True, "result": {"message_id": 7, "date": 1, "chat": {"id": 1, "type": "private"}, "text": TEXT}}
).encode()


def serve(pipe: Connection) -> None:
    """Answer every request of HTTP/1.1 alike, as fast as can be; tell the port by the pipe."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(ANSWER)}\r\n\r\n".encode()
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                length = int(request.lower().partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
                await reader.readexactly(length)
                writer.write(head + ANSWER)
        except asyncio.IncompleteReadError:
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the instant."""
        return datetime.now(UTC)


async def bare(url: str, count: int) -> None:
    """Post the same form by httpx alone, eight at a time."""
    keyboard = {
        "inline_keyboard": [[{"text": button.text, "callback_data": button.data} for button in row] for row in KEYBOARD]
    }
    form = {
        "chat_id": "1",
        "text": TEXT,
        "parse_mode": "HTML",
        "link_preview_options": json.dumps({"is_disabled": True}),
        "reply_markup": json.dumps(keyboard),
    }
    left = iter(range(count))
    limits = httpx.Limits(max_connections=WINDOW)
    async with httpx.AsyncClient(trust_env=False, limits=limits) as client:

        async def post() -> None:
            for _ in left:
                (await client.post(f"{url}/bot{TOKEN}/sendMessage", data=form)).json()

        await asyncio.gather(*(post() for _ in range(WINDOW)))


async def delivered(url: str, storage: SqlStorage, count: int, rate: float = 1_000_000) -> None:
    """Send what waits in the outbox, from claim to settle."""
    bot = make_bot(TOKEN, url)
    delivery = Delivery(storage, TelegramMessenger(bot), SystemClock(), rate=rate, owner="bench")
    task = asyncio.create_task(delivery.run())
    while True:
        async with storage.reading() as unit:
            if (await unit.outbox.counts()).get("sent", 0) >= count:
                break
        await asyncio.sleep(0.1)
    delivery.stop()
    await task
    await bot.disconnect()


async def fill(storage: SqlStorage, count: int) -> None:
    """Put digests into the outbox, each for another chat."""
    now = datetime.now(UTC)
    messages = [
        OutgoingMessage(
            f"digest:{chat}:{now.timestamp()}:0", chat, TEXT, Priority.DIGEST, now + timedelta(hours=1), KEYBOARD
        )
        for chat in range(1, count + 1)
    ]
    async with storage.transaction() as unit:
        await unit.outbox.put(messages, now)


async def measured(work: Callable[[], Awaitable[None]], count: int) -> tuple[float, float]:
    """Return CPU and wall time for each message, in milliseconds."""
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    await work()
    return (time.process_time() - cpu) * 1000 / count, (time.perf_counter() - wall) * 1000 / count


async def main(count: int, database: str) -> None:
    """Measure both, three times in turn, and print the medians."""
    pipe, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{pipe.recv()}"
    with tempfile.TemporaryDirectory() as folder:
        storage = await open_storage(database or f"sqlite:///{folder}/bench.db")
        await bare(url, 200)
        rows = []
        for _ in range(3):
            alone = await measured(lambda: bare(url, count), count)
            await fill(storage, count)
            whole = await measured(lambda: delivered(url, storage, count), count)
            async with storage.transaction() as unit:
                await unit.connection.fetch_sql("DELETE FROM outbox RETURNING id")
                await unit.connection.fetch_sql("DELETE FROM pace RETURNING chat_id")
            rows.append((*alone, *whole))
        await fill(storage, PACED)
        paced_cpu, paced_wall = await measured(lambda: delivered(url, storage, PACED, RATE), PACED)
        await storage.close()
    server.kill()
    bare_cpu, bare_wall, cpu, wall = (sorted(column)[1] for column in zip(*rows, strict=True))
    print(f"bare httpx      {bare_cpu:6.2f} ms CPU   {1000 / bare_wall:7.0f} messages/s")
    print(f"claim to settle {cpu:6.2f} ms CPU   {1000 / wall:7.0f} messages/s")
    print(f"ratio           {cpu / bare_cpu:6.2f}          {wall / bare_wall:7.2f}")
    print(f"at {RATE}/s: {1000 / paced_wall:.2f} messages/s, {100 * paced_cpu / paced_wall:.1f} % of one core")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000, sys.argv[2] if len(sys.argv) > 2 else ""))
