"""What the renewal of search keys after an upgrade takes, and what readers notice of it.

    python tests/benchmarks/bench_renewal.py [--articles N] [--engine sqlite|postgresql]

Stores N articles of 220 words whose keys another version made, and 300 topics; renews them while a reader asks /help,
/latest and /search in turn, with 50 ms in between. Prints how long it took, what that makes for 100,000 articles, and
each command's time from the stored update to its committed answer, as the median and the longest.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from databases import empty_database
from desk import Desk, open_desk
from workload import Workload

from bot.core.model import InboxUpdate, NewArticle, PlacedArticle, Source
from bot.core.steps import finished
from bot.services.topics import ANALYSES

WORDS, TOPICS, STEP, PAUSE = 220, 300, 200, 0.05
SOURCE = Source("outlet", dict.fromkeys(("kk", "ru", "en"), "Outlet"), "https://outlet.kz/rss", "ru")


async def fill(desk: Desk, workload: Workload, count: int) -> None:
    """Store topics, and articles that another version left."""
    now = desk.clock.now()
    async with desk.storage.transaction() as unit:
        await unit.feeds.sync([SOURCE], now)
        for query in workload.queries(TOPICS):
            await unit.topics.get_or_create(query.canonical, await unit.sequences.take("generation", 1))
    articles = enumerate(workload.articles(count))
    while step := list(itertools.islice(articles, STEP)):
        async with desk.storage.transaction() as unit:
            first = await unit.sequences.take("article", len(step))
            await unit.sequences.take("seq", len(step))
            placed = [
                PlacedArticle(first + at, first + at, now, article(number, *parts, now), frozenset({number}))
                for at, (number, parts) in enumerate(step)
            ]
            await unit.articles.add(placed)


def article(number: int, title: str, text: str, language: str, now) -> NewArticle:
    """Return an article as an older program stored it."""
    text = " ".join(text.split()[:WORDS])
    return NewArticle(
        source_id=SOURCE.id, uid=f"a{number}", url=f"https://outlet.kz/{number}", title=title, summary=text[:200],
        text=text, language=language, published_at=now, content_hash=str(number),
    )  # fmt: skip


async def ask(desk: Desk, commands: list[str], renewal: asyncio.Task[int]) -> dict[str, list[float]]:
    """Ask in turn until the renewal is done; return the seconds of each answer by command."""
    took = defaultdict(list)
    for number, text in zip(itertools.count(1), itertools.cycle(commands)):
        if renewal.done():
            return took
        message = {
            "message_id": number, "date": number, "chat": {"id": 7, "type": "private", "first_name": "A"},
            "from": {"id": 7, "is_bot": False, "first_name": "A", "language_code": "ru"}, "text": text,
            "entities": [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}],
        }  # fmt: skip
        row = InboxUpdate(number, 7, json.dumps({"update_id": number, "message": message}), desk.clock.now())
        began = time.perf_counter()
        async with desk.storage.transaction() as unit:
            await unit.inbox.store([row])
        await desk.dispatcher(row)
        took[text.split()[0]].append(time.perf_counter() - began)
        desk.clock.forward(seconds=5)  # nobody asks too often
        await asyncio.sleep(PAUSE)
    raise AssertionError


async def renew(desk: Desk) -> int:
    """Renew all that there is, tick after tick, as the program does once a second."""
    renewed = 0
    while done := await desk.ingest.renewal.tick():
        renewed += done
        await asyncio.sleep(1)
    return renewed


async def measure(engine: str, count: int) -> None:
    """Measure on one engine."""
    workload = Workload()
    with tempfile.TemporaryDirectory() as folder:
        async with empty_database(engine, Path(folder)) as url, open_desk(Path(folder), url=url) as desk:
            await fill(desk, workload, count)
            await desk.ingest.warm()
            finished(ANALYSES.reading("Слово", "word сөз", "ru", keep=False))  # reads the dictionaries
            word = next(workload.articles(1))[0].split()[0]
            began, used = time.perf_counter(), time.process_time()
            renewal = asyncio.create_task(renew(desk))
            took = await ask(desk, ["/help", f"/latest {word}", f"/search {word}"], renewal)
            seconds, used = time.perf_counter() - began, time.process_time() - used
            assert await renewal == count
    print(f"{engine}: {count} articles renewed in {seconds:.0f} s ({used:.0f} s of processor time, readers included)")
    print(f"  at that pace 100,000 take {seconds * 100_000 / count / 60:.0f} minutes")
    for command, each in took.items():
        print(
            f"  {command}: {len(each)} asked, median {1000 * statistics.median(each):.0f} ms, longest {1000 * max(each):.0f} ms"
        )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--articles", type=int, default=2_000)
    arguments.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    chosen = arguments.parse_args()
    for name in chosen.engine or ("sqlite", "postgresql"):
        asyncio.run(measure(name, chosen.articles))
