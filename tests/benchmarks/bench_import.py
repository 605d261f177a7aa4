"""What others wait for while a long file is taken in: ``python tests/benchmarks/bench_import.py [--url URL]``.

Stores 2,000 articles of 500 words and lets one reader send a file of 100 topics, each of which meets most of them, while
another asks on and on. The baseline is a tenth of that file in one transaction, all that it reads in there too.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

from desk import Desk, open_desk
from hostile import ordinary_texts, topics_file

from bot.core import takeout
from bot.core.matching.analysis import analyse
from bot.core.model import NewArticle, PlacedArticle, Source
from bot.services.backfill import ReadAhead, ReadAheadNeededError
from bot.services.subscriptions import Subscriptions
from handlers import COMMANDS
from handlers.flood import FloodGate

ARTICLES, WORDS, TOPICS = 2_000, 500, 100
AT_ONCE = TOPICS // 10  # topics of the baseline
TEXTS = 200  # different ones
READER, OTHER = 7, 8
ASKED = ("/help", "/latest банк", "/subscribe ж{}")
PAUSE = 0.2  # between two questions


async def store(desk: Desk) -> None:
    """Store the articles."""
    texts = ordinary_texts(TEXTS, WORDS)
    keys = [analyse("", text, "kk").posting_keys for text in texts]
    at = desk.clock.now() - timedelta(hours=1)
    names = {"kk": "S", "ru": "S", "en": "S"}
    async with desk.storage.transaction() as unit:
        await unit.feeds.sync([Source("s", names, "https://s.kz/", "kk")], at)
        await unit.sequences.take("article", ARTICLES)
    for first in range(0, ARTICLES, 100):
        placed = []
        for number in range(first + 1, first + 101):
            text = texts[number % TEXTS]
            article = NewArticle(
                "s", f"u{number}", f"https://s.kz/{number}", f"Хабар {number}", "", text, "kk", at, "h"
            )
            placed.append(PlacedArticle(number, number, at, article, keys[number % TEXTS]))
        async with desk.storage.transaction() as unit:
            await unit.articles.add(placed)


async def in_background(desk: Desk) -> None:
    """Take the file in as the bot does."""
    data = topics_file(TOPICS).encode()
    desk.web.files["f"] = data
    sent = {"file_id": "f", "file_unique_id": "u", "file_name": "jarshy.json", "file_size": len(data)}
    await desk.send({"document": sent}, chat=READER)
    while await desk.importing.tick():
        pass


async def in_one_transaction(desk: Desk) -> None:
    """Do the same with a tenth of it in one transaction."""
    async with desk.storage.transaction() as unit:

        class Inside:
            """A storage whose readings are that transaction."""

            @asynccontextmanager
            async def reading(self):
                yield unit

        ahead = ReadAhead(Inside())
        for topic in takeout.read(topics_file(AT_ONCE).encode()).topics:
            while True:
                try:
                    await Subscriptions(unit, desk.clock, ahead).subscribe(READER, topic.text)
                except ReadAheadNeededError as wanted:
                    await ahead.read(wanted)
                else:
                    break


async def measure(desk: Desk, work: Callable[[Desk], Awaitable[None]]) -> tuple[float, dict[str, float]]:
    """Return how long the work takes, and the longest answer of each kind meanwhile, in seconds."""
    await desk.say("/start", chat=READER)
    await desk.say("/start", chat=OTHER)
    for asked in ASKED:  # so that what is met first does not count
        await desk.say(asked.format(0), chat=OTHER)
    longest = dict.fromkeys(ASKED, 0.0)
    began = time.perf_counter()
    working = asyncio.create_task(work(desk))
    number = 0
    while not working.done():
        for asked in ASKED:
            desk.dispatcher._gate = FloodGate("jarshy_bot", COMMANDS)
            number += 1
            start = time.perf_counter()
            await desk.say(asked.format(number), chat=OTHER)
            longest[asked] = max(longest[asked], time.perf_counter() - start)
            await asyncio.sleep(PAUSE)
    await working
    return time.perf_counter() - began, longest


async def main() -> None:
    """Measure both ways and print them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", help="an empty PostgreSQL database for each way, with {} in its name")
    asked = parser.parse_args()
    found = {}
    for name, work in {"background": in_background, "transaction": in_one_transaction}.items():
        with tempfile.TemporaryDirectory() as folder:
            async with open_desk(Path(folder), url=asked.url and asked.url.format(name)) as desk:
                await store(desk)
                found[name] = await measure(desk, work)
    (taken, longest), (taken_once, longest_once) = found["background"], found["transaction"]
    print(f"{TOPICS} topics over {ARTICLES:,} articles of {WORDS} words, the longest answer meanwhile, ms")
    print(f"{'':20}{'background':>12}{'a tenth at once':>17}{'ratio':>8}")
    for name in ASKED:
        print(f"{name:20}{longest[name] * 1e3:12.0f}{longest_once[name] * 1e3:17.0f}")
    most, most_once = max(longest.values()), max(longest_once.values())
    print(f"{'any of them':20}{most * 1e3:12.0f}{most_once * 1e3:17.0f}{most / most_once:8.3f}")
    print(f"{'a topic of the file':20}{taken / TOPICS * 1e3:12.0f}{taken_once / AT_ONCE * 1e3:17.0f}")


if __name__ == "__main__":
    asyncio.run(main())
