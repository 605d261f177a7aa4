"""The log of a day at info, of 40 outlets and 200 chats: a line an hour, some for digests, and nothing that nobody needs."""

import asyncio
import logging
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from bot.core.delivery import ChatGone, NoRights, Outcome, Sent
from bot.core.model import (
    Chat,
    ChatKind,
    ChatState,
    Feed,
    FeedDocument,
    FeedEntry,
    OutgoingMessage,
    Source,
    Subscription,
)
from bot.core.polling import NO_ANSWER, Bounds, FetchResult, failed, fetched, unchanged
from bot.errors import DatabaseAwayError, FeedError
from bot.logs import Redactor, TextFormatter
from bot.services.activity import FIRST, HOUR, SLOT_LINES, ActivityLog, DigestRound
from bot.services.chats import with_next_slots
from bot.services.clock_guard import ClockGuard
from bot.services.delivery import Delivery
from bot.services.health import SourceWatch
from bot.services.ingest import Ingest
from bot.services.scheduled import ScheduledDigests
from bot.services.upkeep import Upkeep
from bot.storage.probe import DatabaseProbe
from bot.tasks import Periodic

OUTLETS, CHATS = 40, 200
MOST_LINES = 400
MINUTE, STEP = timedelta(minutes=1), timedelta(minutes=5)
BEGINS = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # a Monday; 05:00 in Almaty
NETWORK_AWAY = (BEGINS + timedelta(hours=8), BEGINS + timedelta(hours=8, minutes=40))
DATABASE_AWAY = (BEGINS + timedelta(hours=12), BEGINS + timedelta(hours=12, minutes=10))
BLOCKED, FORBIDDEN = {5, 50, 150}, {77}  # chats that Telegram refuses
WORDS = ("Иран", "Қытай", "спорт", "нефть", "выборы", "погода", "экспорт", "school", "budget", "music", "rail", "water")


class Outlets:
    """Outlets that bring something each 20 minutes to 20 hours by day; one is dead, one fails now and then."""

    def __init__(self, clock) -> None:
        self.clock = clock
        self.rng = random.Random(40)  # noqa: S311 - a day, no secrets
        self.seen: dict[str, datetime] = {}

    async def fetch(self, source: Source, feed: Feed) -> FetchResult:
        now, how = self.clock.now(), {"bounds": Bounds(10 * MINUTE, timedelta(days=1)), "jitter": self.rng.random()}
        number = int(source.id.removeprefix("outlet-"))
        if number == 1 or NETWORK_AWAY[0] <= now < NETWORK_AWAY[1]:
            error = FeedError("feed-unknown-host", host=f"{source.id}.kz", reason="no address is known")
            return failed(source, feed, error, NO_ANSWER, now=now, **how)
        if number == 2 and self.rng.random() < 0.3:
            return failed(source, feed, FeedError("feed-status", status=503), NO_ANSWER, now=now, **how)
        gap = timedelta(minutes=20 * 1.1**number)
        count = min(20, (now - BEGINS) // gap) if now.hour < 17 else 0
        newest = BEGINS + ((now - BEGINS) // gap) * gap
        if not count or self.seen.get(source.id) == newest:
            return unchanged(feed, NO_ANSWER, now=now, **how)
        self.seen[source.id] = newest
        entries = tuple(self._entry(source, newest - n * gap) for n in range(count))
        return fetched(feed, NO_ANSWER, FeedDocument(source.id, "ru", entries), now=now, **how)

    def _entry(self, source: Source, at: datetime) -> FeedEntry:
        words = " ".join(random.Random(f"{source.id}{at}").sample(WORDS, 4))  # noqa: S311
        url = f"https://{source.id}.kz/{at:%d%H%M}"
        return FeedEntry(url, url, f"{words} {at:%H:%M} {source.id}", published=at)


class Telegram:
    """Takes all messages but those to some chats."""

    def __init__(self) -> None:
        self.sent = 0

    async def send(self, message: OutgoingMessage) -> Outcome:
        if message.chat_id in BLOCKED:
            return ChatGone("Forbidden: bot was blocked by the user", "blocked")
        if message.chat_id in FORBIDDEN:
            return NoRights("Bad Request: not enough rights to send text messages to the chat", "no_rights")
        self.sent += 1
        return Sent(self.sent)

    async def alive(self) -> bool:
        return True


class Away:
    """A database that is away when the clock says so."""

    def __init__(self, engine, clock) -> None:
        self._engine = engine
        self._clock = clock

    def __getattr__(self, name: str):
        return getattr(self._engine, name)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[object]:
        self._fail()
        async with self._engine.transaction() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[object]:
        self._fail()
        async with self._engine.reading() as connection:
            yield connection

    def _fail(self) -> None:
        if DATABASE_AWAY[0] <= self._clock.now() < DATABASE_AWAY[1]:
            raise DatabaseAwayError("database-unusable", url="postgresql://db/jarshy", reason="Connection refused")


class Lines(logging.Handler):
    """Keeps lines as the log would have them, at the clock's time."""

    def __init__(self, clock) -> None:
        super().__init__(logging.INFO)
        self.clock = clock
        self.lines: list[str] = []
        self.setFormatter(TextFormatter(Redactor()))

    def emit(self, record: logging.LogRecord) -> None:
        record.created = self.clock.now().timestamp()
        self.lines.append(self.format(record))


async def populate(storage, clock) -> None:
    """Store the outlets and the chats, most of which have the usual hour, the others any."""
    rng = random.Random(200)  # noqa: S311
    names = [f"outlet-{n}" for n in range(OUTLETS)]
    async with storage.transaction() as unit:
        await unit.feeds.sync([Source(name, {}, f"https://{name}.kz/rss", "ru") for name in names], clock.now())
        topics = [(await unit.topics.get_or_create(word, n))[0] for n, word in enumerate(WORDS[:6], 1)]
        for number in range(1, CHATS + 1):
            usual = rng.random() < 0.6
            slots = {f"{hour:02}:{rng.choice(('00', '30', '30', '10', '25'))}" for hour in rng.sample(range(7, 23), 2)}
            hours = "08:30" if usual else ",".join(sorted(slots))
            zone = rng.choice(["Asia/Almaty"] * 4 + ["Europe/Moscow"])
            chat = Chat(number, ChatKind.PRIVATE, "ru", zone, hours, ChatState.ACTIVE, clock.now())
            await unit.chats.put(with_next_slots(chat, clock))
            topic = rng.choice(topics)
            await unit.subscriptions.add(Subscription(number, topic.id, topic.canonical, 0, clock.now()))


async def settled(storage) -> None:
    """Wait until no message is on its way that could go now."""
    async with asyncio.timeout(20):
        while True:
            async with storage.reading() as unit:
                counts = dict(await unit.outbox.counts())
            if not any(counts.get(state) for state in ("pending", "leased", "sending")):
                return
            await asyncio.sleep(0.01)


async def test_a_day_at_info(desk):
    """At most 400 lines, of known kinds; with the network away for 40 minutes and the database for ten, too."""
    storage, clock = desk.storage, desk.clock
    clock.at = BEGINS
    await populate(storage, clock)
    storage.engine = Away(storage.engine, clock)
    lines = Lines(clock)
    root = logging.getLogger("bot")
    root.addHandler(lines)
    before, root.level = root.level, logging.INFO

    def seconds() -> float:
        return clock.at.timestamp()

    activity = ActivityLog(storage, clock, outlets=True)
    delivery = Delivery(storage, Telegram(), clock, rate=1e6, owner="a")
    translators = desk.texts.translator
    watch = SourceWatch(clock, translators, [])
    ingest = Ingest(storage, Outlets(clock), clock, "a", watch=watch)
    digests = ScheduledDigests(storage, clock, translators, delivery.nudge, activity.digests)
    guard = ClockGuard(storage, clock, longest_poll=timedelta(days=1), monotonic=seconds)
    upkeep = Upkeep(storage, clock, articles=timedelta(days=30), messages=timedelta(days=7), tell=activity.deleted)

    async def ask_feeds() -> None:
        await ingest.tick()
        await ingest.drain()

    work = {"clock-guard": guard.tick, "ingest": ask_feeds, "digests": digests.tick, "activity log": activity.tick}
    work |= {"database probe": DatabaseProbe(storage).tick}
    tasks = [Periodic(name, tick, MINUTE, at_once=True, longest=MINUTE) for name, tick in work.items()]
    rare = Periodic("upkeep", upkeep.tick, MINUTE, at_once=True, longest=MINUTE)
    for outage in (storage.outage, ingest._reach._outage, *(task._outage for task in (*tasks, rare))):
        outage._now = seconds
    sending = asyncio.create_task(delivery.run())
    try:
        while clock.at < BEGINS + timedelta(days=1):
            for task in (*tasks, rare) if clock.at.minute == 0 else tasks:
                task._not_before = 0.0  # the pause after a failure is over: minutes have passed
                await task.run_once()
            if not DATABASE_AWAY[0] <= clock.at < DATABASE_AWAY[1]:
                await settled(storage)
            clock.at += STEP
    finally:
        delivery.stop()
        await sending
        root.removeHandler(lines)
        root.level = before
    print(*lines.lines, sep="\n")

    hourly = [line for line in lines.lines if re.search(r"\d\dZ to \d\d:\d\dZ: \d+ of 40 outlets brought", line)]
    slots = [line for line in lines.lines if re.search(r": digests of .*: \d+ chats?, \d+ without news, ", line)]
    rest = [line for line in lines.lines if line not in hourly and line not in slots]
    assert len(lines.lines) <= MOST_LINES
    assert len(hourly) == 24  # the first after five minutes
    assert len(slots) <= SLOT_LINES * 24
    assert sum("outage of the network" in line for line in rest) <= 4
    assert sum("outage of the database" in line for line in rest) <= 4
    assert sum("(blocked)" in line for line in rest) == len(BLOCKED)
    assert sum("(no_rights)" in line for line in rest) == len(FORBIDDEN)
    assert not [
        line for line in rest if not re.search(r"outage of|\(blocked\)|\(no_rights\)|has failed for a day", line)
    ]


async def test_an_hour_of_many_slots_has_few_lines(desk, caplog):
    """The first of an hour have lines of their own, all others share that of the hour."""
    caplog.set_level(logging.INFO)
    activity = ActivityLog(desk.storage, desk.clock, outlets=False)
    for minute in range(60):
        activity.digests(DigestRound({desk.clock.now() + minute * MINUTE}, chats=3, told=2, seconds=0.01))
    desk.clock.at += HOUR
    await activity.tick()

    assert caplog.messages[0] == "digests of 06:00Z: 3 chats, 1 without news, 0.0 s"
    assert caplog.messages[SLOT_LINES:] == [
        "06:00Z to 07:00Z: digests of 54 slots, to 06:59Z: 162 chats, 54 without news, 0.5 s"
    ]


async def test_the_first_line_comes_early_and_a_quiet_process_is_quiet(desk, caplog):
    """Five minutes after a start it says how outlets do, then at each full hour; who asks no feeds and did nothing, nothing."""
    caplog.set_level(logging.INFO)
    news = ActivityLog(desk.storage, desk.clock, outlets=True)
    quiet = ActivityLog(desk.storage, desk.clock, outlets=False)
    told = {}
    for minute in range(130):
        await news.tick()
        await quiet.tick()
        told |= {minute: caplog.messages[0]} if caplog.messages else {}
        caplog.clear()
        desk.clock.at += MINUTE

    assert list(told) == [FIRST // MINUTE, 60, 120]
    assert told[60] == "06:05Z to 07:00Z: 0 of 0 outlets brought 0 articles"


async def test_a_clock_that_was_ahead_keeps_no_line_back(desk, caplog):
    """Set a month ahead and back, the next line comes within an hour."""
    caplog.set_level(logging.INFO)
    activity = ActivityLog(desk.storage, desk.clock, outlets=True)
    for ahead in (timedelta(days=31), timedelta(days=-31), HOUR, HOUR):
        desk.clock.at += ahead
        await activity.tick()

    assert len(caplog.messages) >= 3
