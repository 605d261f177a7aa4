"""What an answer costs, from the update to its committed outbox row: ``python tests/benchmarks/bench_handlers.py``.

Fills SQLite with 10,000 chats, twice as many subscriptions and 20,000 articles (220 words each, their postings and
matches as ingest makes them), then sends updates through the real dispatcher. The baseline is a bare commit: the same
update stored, a row put into the outbox, the update done, and nothing thought about.
"""

import argparse
import asyncio
import itertools
import json
import random
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from desk import ME, Desk, open_desk
from workload import Workload

from bot.core import actions
from bot.core.matching.query import parse_query
from bot.core.model import (
    Chat,
    ChatKind,
    ChatState,
    InboxUpdate,
    NewArticle,
    OutgoingMessage,
    PlacedArticle,
    Priority,
    Source,
    Subscription,
)
from bot.core.steps import finished
from bot.services.backfill import ReadAhead, follow
from bot.services.topics import ANALYSES
from handlers import COMMANDS
from handlers.flood import FloodGate

LOCALES = ("kk", "ru", "en")
WORDS = 220
SOURCES = 40
TOPICS = 300
STEP = 500
ROUNDS = 40
SLOWEST_MS, SLOWEST_SEARCH_MS = 50, 100


class Town:
    """A desk with everybody in it, and a stopwatch."""

    def __init__(self, desk: Desk, workload: Workload, chats: int, articles: int) -> None:
        self.desk = desk
        self.chats = chats
        self.articles = articles
        self.workload = workload
        self.random = random.Random(5)  # noqa: S311 - the same numbers every time
        self.topics = [query.canonical for query in workload.queries(TOPICS)]
        self.common = [stem for one in workload._vocabularies for stem in one.stems[40:400:7] if len(stem) > 2]
        self.updates = itertools.count(10**6)

    async def settle(self) -> None:
        """Store sources, articles, topics with what they met, chats and what these follow."""
        await self._news()
        ids = [await self._follow(text) for text in self.topics]
        for first in range(1, self.chats + 1, STEP):
            numbers = range(first, min(first + STEP, self.chats + 1))
            async with self.desk.storage.transaction() as unit:
                await unit.chats.put_each([self._chat(number) for number in numbers])
                for number in numbers:
                    for at in {self.random.randrange(TOPICS), int(TOPICS * self.random.random() ** 3)}:
                        label = self.topics[at]
                        await unit.subscriptions.add(Subscription(number, ids[at], label, 0, self.desk.clock.now()))

    async def _follow(self, text: str) -> int:
        ahead, clock, query = ReadAhead(self.desk.storage), self.desk.clock, parse_query(text)
        return (await ahead.transact(lambda unit: follow(unit, 1, query, clock, ahead))).id

    async def _news(self) -> None:
        now = self.desk.clock.now()
        sources = [
            Source(f"s{n}", dict.fromkeys(LOCALES, f"Outlet {n}"), f"https://s{n}.kz/", "kk") for n in range(SOURCES)
        ]
        async with self.desk.storage.transaction() as unit:
            await unit.feeds.sync(sources, now)
            await unit.sequences.take("article", self.articles)
        made = zip(range(1, self.articles + 1), self.workload.articles(self.articles), strict=True)
        while batch := list(itertools.islice(made, STEP)):
            async with self.desk.storage.transaction() as unit:
                await unit.articles.add([self._placed(number, *article) for number, article in batch])

    def _placed(self, number: int, title: str, text: str, language: str) -> PlacedArticle:
        text = " ".join(text.split()[:WORDS])
        at = self.desk.clock.now() - timedelta(days=30) * (1 - number / self.articles)
        article = NewArticle(
            f"s{number % SOURCES}", f"u{number}", f"https://s.kz/{number}", title, text[:300], text, language, at, "h"
        )
        analysis = finished(ANALYSES.reading(title, text, language))
        return PlacedArticle(number, number - number % 3, at, article, analysis.posting_keys)

    def _chat(self, number: int) -> Chat:
        now = self.desk.clock.now()
        locale = LOCALES[number % 3]
        return Chat(
            number, ChatKind.PRIVATE, locale, "Asia/Almaty", "08:30", ChatState.ACTIVE, now, now + timedelta(days=9)
        )

    # ------------------------------------------------------------------------------------------------- measuring

    async def baseline(self) -> float:
        """Return the milliseconds of a bare commit, the median."""
        taken = []
        for number in range(ROUNDS * 5):
            start = time.perf_counter()
            row = InboxUpdate(next(self.updates), 1, "{}", self.desk.clock.now())
            async with self.desk.storage.transaction() as unit:
                await unit.inbox.store([row])
                later = self.desk.clock.now() + timedelta(minutes=15)
                await unit.outbox.put(
                    [OutgoingMessage(f"bare:{number}", 1, "x", Priority.REPLY, later)], self.desk.clock.now()
                )
                await unit.inbox.done(row.update_id, self.desk.clock.now())
            taken.append((time.perf_counter() - start) * 1e3)
        return statistics.median(taken)

    async def answer(self, chat: int, *, text: str = "", data: str = "") -> float:
        """Handle one update of a chat; return its milliseconds."""
        number, who = next(self.updates), {"id": chat, "is_bot": False, "first_name": "A", "language_code": "kk"}
        about = {"id": chat, "type": "private", "first_name": "A"}
        message = {"message_id": 9, "date": number, "chat": about}
        if data:
            query = {
                "id": "q",
                "from": who,
                "chat_instance": "1",
                "data": data,
                "message": {**message, "from": ME, "text": "x"},
            }
            update = {"callback_query": query}
        else:
            entities = (
                [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
                if text[0] == "/"
                else []
            )
            update = {"message": {**message, "from": who, "text": text, "entities": entities}}
        row = InboxUpdate(number, chat, json.dumps({"update_id": number, **update}), self.desk.clock.now())
        async with self.desk.storage.transaction() as unit:
            await unit.inbox.store([row])
        self.desk.dispatcher._gate = FloodGate("jarshy_bot", COMMANDS)
        start = time.perf_counter()
        await self.desk.dispatcher(row)
        return (time.perf_counter() - start) * 1e3

    async def time(self, make) -> tuple[float, float]:
        """Return the median and the nine tenths' milliseconds of answers to many chats."""
        taken = []
        for _ in range(ROUNDS):
            chat = self.random.randrange(1, self.chats + 1)
            async with self.desk.storage.reading() as unit:
                (mine, *_) = await unit.subscriptions.of(chat)
            taken.append(await self.answer(chat, **make(mine)))
        return statistics.median(taken), statistics.quantiles(taken, n=10)[-1]

    def actions(self):
        """Name each interactive answer, and make its update from a subscription of the chat."""
        words = self.random.choice
        topic = lambda mine: mine.topic_id  # noqa: E731
        return {
            "/start": lambda _: {"text": "/start"},
            "/help": lambda _: {"text": "/help"},
            "/settings": lambda _: {"text": "/settings"},
            "a setting turned over": lambda _: {"data": "i:compact"},
            "/schedule 09:15": lambda _: {"text": "/schedule 09:15"},
            "/timezone Қарағанды": lambda _: {"text": "/timezone Қарағанды"},
            "/quiet 23-7": lambda _: {"text": "/quiet 23-7"},
            "/language ru": lambda _: {"text": "/language ru"},
            "/sources": lambda _: {"text": "/sources"},
            "/topics": lambda _: {"text": "/topics"},
            "a topic's card": lambda mine: {"data": actions.encode(actions.OpenTopic(topic(mine)))},
            "delivery changed": lambda mine: {"data": actions.encode(actions.SetMode(topic(mine), "weekly"))},
            "a topic muted": lambda mine: {"data": actions.encode(actions.Mute(topic(mine), 1))},
            "words offered as a topic": lambda _: {"text": words(self.common)},
            "/subscribe, known": lambda _: {"text": f"/subscribe {words(self.topics)}"},
            "/subscribe, new": lambda _: {"text": f"/subscribe {words(self.common)} {words(self.common)}"},
            "/latest": lambda _: {"text": "/latest"},
            "/latest of a topic": lambda mine: {"text": f"/latest {mine.label}"},
            "/digest": lambda _: {"text": "/digest"},
            "/trends": lambda mine: {"text": f"/trends {mine.label}"},
            "/export": lambda _: {"text": "/export"},
            "/search, a word": lambda _: {"text": f"/search {words(self.common)}"},
            "/search, two words": lambda _: {"text": f"/search {words(self.common)} {words(self.common)}"},
            "/search, either": lambda _: {"text": f"/search {words(self.common)} | {words(self.common)}"},
            "/search, a phrase": lambda _: {"text": f'/search "{words(self.common)} {words(self.common)}"'},
            "/unsubscribe": lambda mine: {"data": actions.encode(actions.Unfollow(topic(mine)))},
        }  # fmt: skip


async def main() -> None:
    """Fill, measure, print; mark what is slower than readers are promised."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--chats", type=int, default=10_000)
    parser.add_argument("--articles", type=int, default=20_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        async with open_desk(Path(folder)) as desk:
            town = Town(desk, Workload(seed=3), asked.chats, asked.articles)
            start = time.perf_counter()
            await town.settle()
            print(f"{asked.chats:,} chats, {asked.articles:,} articles stored in {time.perf_counter() - start:.0f} s")
            bare = await town.baseline()
            print(f"{'':32}{'median ms':>10}{'9 of 10':>10}{'of a bare commit':>18}")
            print(f"{'a bare commit (the baseline)':32}{bare:10.2f}")
            for name, make in town.actions().items():
                await town.answer(1, **make((await _of(desk, 1))[0]))  # the first one reads tables of the language
                median, tenth = await town.time(make)
                limit = SLOWEST_SEARCH_MS if name.startswith("/search") else SLOWEST_MS
                print(f"{name:32}{median:10.2f}{tenth:10.2f}{median / bare:18.1f}{'  SLOW' if median > limit else ''}")


async def _of(desk: Desk, chat: int) -> list[Subscription]:
    async with desk.storage.reading() as unit:
        return await unit.subscriptions.of(chat)


if __name__ == "__main__":
    asyncio.run(main())
