"""The alert rules fire for each of their causes, and for nothing in a quiet day.

The bot's own services run over a simulated clock; its /metrics is scraped at each step and judged by Prometheus' own
evaluator.
"""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from alert_rules import RULES, Prometheus, promtool

from bot import metrics
from bot.core.delivery import Outcome, Sent, TokenRefused
from bot.core.model import FeedDocument, InboxUpdate, OutgoingMessage, Source
from bot.core.polling import Failed, Fetched, Unchanged
from bot.errors import FeedError, StorageError
from bot.isolation import set_aside
from bot.sandbox.server import Sandbox
from bot.services.delivery import Delivery
from bot.services.health import refresh_gauges
from bot.tasks import Periodic
from bot.telegram.api import make_bot
from bot.telegram.runner import InboxRunner
from bot.telegram.webhook import set_webhook
from bot.telegram.webhook_watch import WebhookWatch
from bot.web.server import make_app

MINUTE = timedelta(minutes=1)
SOURCES = [
    Source(f"outlet-{number}", dict.fromkeys(("kk", "ru", "en"), f"Outlet {number}"), f"https://{number}.kz/", "ru")
    for number in range(4)
]


class Telegram:
    """A messenger at the port: every message ends as ``outcome``."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    async def send(self, message: OutgoingMessage) -> Outcome:  # noqa: ARG002 - the port's
        return self.outcome

    async def alive(self) -> bool:
        return isinstance(self.outcome, Sent)


class AwayStorage:
    """A database at the port that does not answer."""

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        raise StorageError("database-unusable", url="postgresql://…", reason="connection refused")
        yield


class Life:
    """A bot that lives through simulated time: feeds answer, digests go out, messages are sent, metrics are scraped."""

    def __init__(self, desk, folder: Path, step: timedelta = MINUTE) -> None:
        self.desk = desk
        self.folder = folder
        self.step = step
        self.numbers = count()
        self.problems: dict[str, str | None] = {"ingest": None}
        self.failing: set[str] = set()
        self.brings_news = True
        self.composes = True
        self.delivers = True
        checks = {"ingest": self._problem}
        self.app = make_app(checks, refresh=partial(refresh_gauges, desk.storage, desk.clock))
        self.prometheus = Prometheus(self.app, desk.clock.now(), step)

    async def _problem(self) -> str | None:
        return self.problems["ingest"]

    async def begin(self) -> "Life":
        async with self.desk.storage.transaction() as unit:
            await unit.feeds.sync(SOURCES, self.desk.clock.now())
        await self.desk.say("/subscribe Иран")
        await self.live(1)
        return self

    async def live(self, steps: int, **shown: float) -> None:
        """Go through so many steps; at each the bot does what is due and is scraped."""
        for _ in range(steps):
            self.desk.clock.at += self.step
            await self._poll()
            if self.composes:
                await self.desk.digests.tick()
            if self.delivers:
                await self.deliver()
            await self.prometheus.scrape(**shown)

    async def deliver(self) -> None:
        async with self.desk.storage.transaction() as unit:
            await unit.connection.fetch_sql(
                "UPDATE outbox SET state = 'sent', settled_at = created_at WHERE settled_at IS NULL"
            )

    def fired(self, *, ever: bool = False) -> set[str]:
        return self.prometheus.fired(self.folder, ever=ever)

    async def _poll(self) -> None:
        now = self.desk.clock.now()
        async with self.desk.storage.transaction() as unit:
            due = await unit.feeds.claim_due(
                now, owner="test", lease=timedelta(seconds=1), limit=100, own=100, at_host=100
            )
        for source, feed in due:
            state = replace(feed, next_fetch_at=now + 6 * self.step, checked_at=now)
            if source.id in self.failing:
                error = FeedError("feed-timeout", seconds=20)
                failed = replace(state, failures=feed.failures + 1, failing_since=feed.failing_since or now)
                await self.desk.ingest.store(source, Failed(failed, error))
            elif self.brings_news:
                entry = self.desk.entry(f"Иран: новость номер {next(self.numbers)} дня", minutes_ago=1)
                document = FeedDocument("Feed", source.language, (entry,))
                changed = replace(state, changed_at=now, failing_since=None, failures=0)
                await self.desk.ingest.store(source, Fetched(changed, document))
            else:
                await self.desk.ingest.store(source, Unchanged(replace(state, failing_since=None)))


@pytest.fixture
async def life(desk, tmp_path):
    """A bot at 06:01 UTC of a quiet day, scraped each minute."""
    promtool()
    return await Life(desk, tmp_path).begin()


def test_the_rules_are_well_formed():
    """Prometheus itself finds nothing wrong with them; each has a severity and a summary."""
    run = subprocess.run([promtool(), "check", "rules", RULES], capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
    for rule in RULES.read_text(encoding="utf-8").split("- alert: ")[1:]:
        assert re.search(r"severity: (page|ticket)\}", rule), rule
        assert re.search(r"summary: \"\S", rule), rule


async def test_a_quiet_day_raises_no_alert(desk, tmp_path):
    """A day with news, a digest at its hour and answers: not one alert fires at any of 288 steps."""
    promtool()
    life = await Life(desk, tmp_path, timedelta(minutes=5)).begin()
    await life.live(288)

    digests = [key for key, _ in await desk.outbox() if key.startswith("digest:")]
    assert len(digests) == 1
    assert life.fired(ever=True) == set()


async def test_a_process_that_does_not_answer(life):
    """JarshyDown."""
    for _ in range(7):
        await life.prometheus.scrape(up=False)

    assert life.fired() == {"JarshyDown"}


async def test_a_process_that_restarts_again_and_again(life):
    """JarshyRestartLoop."""
    for start in range(6):
        await life.live(2, process_start_time_seconds=float(1000 + start))

    assert life.fired() == {"JarshyRestartLoop"}


async def test_a_check_of_readyz_that_fails(life):
    """JarshyNotReady."""
    life.problems["ingest"] = "the topics are being read"
    await life.live(7)

    assert life.fired() == {"JarshyNotReady"}


async def test_a_database_that_is_away(life, desk):
    """JarshyDatabaseAway; and /metrics shows what the process itself counts."""
    life.prometheus.observe(make_app({}, refresh=partial(refresh_gauges, AwayStorage(), desk.clock)))
    await life.live(5)

    assert life.fired() == {"JarshyDatabaseAway"}


async def test_news_that_stop(desk, tmp_path):
    """JarshyNoNews: the feeds answer, and bring nothing for six hours and a half."""
    promtool()
    life = await Life(desk, tmp_path, timedelta(minutes=5)).begin()
    life.brings_news = False
    await life.live(81)

    assert life.fired() == {"JarshyNoNews"}


async def test_feeds_that_do_not_answer(desk, tmp_path):
    """JarshyFeedsUnanswered and JarshyMostSourcesFailing: an hour and a half without any answer."""
    promtool()
    life = await Life(desk, tmp_path, timedelta(minutes=5)).begin()
    life.failing = {source.id for source in SOURCES}
    await life.live(24)

    assert life.fired() == {"JarshyFeedsUnanswered", "JarshyMostSourcesFailing"}


async def test_a_source_that_fails_for_a_day(desk, tmp_path):
    """JarshySourceFailing: one outlet of four, for a day; nobody is woken for it."""
    promtool()
    life = await Life(desk, tmp_path, timedelta(minutes=5)).begin()
    life.failing = {SOURCES[0].id}
    await life.live(298)

    assert life.fired() == {"JarshySourceFailing"}


async def test_a_digest_that_is_late(life, desk):
    """JarshyDigestsLate: the first late digest of a process is seen."""
    await life.live(5)
    async with desk.storage.transaction() as unit:
        chat = await unit.chats.get(7)
        await unit.chats.put(replace(chat, next_digest_at=desk.clock.now() - timedelta(minutes=9)))
    await life.live(2)

    assert life.fired() == {"JarshyDigestsLate"}


async def test_a_message_that_is_not_sent(life, desk):
    """JarshyMessagesWaiting."""
    life.delivers = False
    await desk.say("/help")
    async with desk.storage.transaction() as unit:  # a reply would grow too old within its quarter of an hour
        await unit.connection.fetch_sql("UPDATE outbox SET expires_at = expires_at + 86400000 WHERE settled_at IS NULL")
    await life.live(18)

    assert life.fired() == {"JarshyMessagesWaiting"}


async def test_a_reader_who_waits(life, desk):
    """JarshyUpdatesWaiting."""
    async with desk.storage.transaction() as unit:
        await unit.inbox.store([InboxUpdate(900_000, 7, "{}", desk.clock.now())])
    await life.live(7)

    assert life.fired() == {"JarshyUpdatesWaiting"}


@pytest.fixture
async def hook(desk):
    """A webhook that was set, the watch over it, and the queue of a Telegram that calls nobody by itself."""
    async with Sandbox(clock=lambda: desk.clock.now().timestamp()) as sandbox:
        sandbox._delivering.cancel()
        bot = make_bot(sandbox.token, sandbox.url)
        await set_webhook(bot, "http://127.0.0.1:9/hook", "s")
        yield WebhookWatch(bot, "http://127.0.0.1:9/hook", "s", desk.clock), sandbox.simulation.world.updates
        await bot.disconnect()
    metrics.WEBHOOK_WAITING.set(0)
    metrics.WEBHOOK_FAILED_AT.set(0)


async def test_calls_of_the_webhook_that_fail(life, desk, hook):
    """JarshyWebhookFailing: an update waits, and Telegram tries in vain."""
    watch, updates = hook
    updates.add_raw({})
    for _ in range(8):
        updates.webhook.last_error, updates.webhook.last_error_at = "502 Bad Gateway", desk.clock.now().timestamp()
        await watch.tick()
        await life.live(1)

    assert life.fired() == {"JarshyWebhookFailing"}


async def test_a_webhook_that_somebody_changed(life, hook):
    """JarshyWebhookChanged: it is right again, and somebody has the token."""
    watch, updates = hook
    updates.webhook.url = "http://127.0.0.1:9/elsewhere"
    await watch.tick()
    await life.live(2)

    assert updates.webhook.url == "http://127.0.0.1:9/hook"
    assert life.fired() == {"JarshyWebhookChanged"}


async def test_a_token_that_is_refused(life, desk):
    """JarshyTokenRefused."""
    refused = metrics.SENDS.labels("TokenRefused")
    before = refused._value.get()
    await desk.say("/help")
    delivery = Delivery(desk.storage, Telegram(TokenRefused("Unauthorized")), desk.clock, rate=25, owner="test")
    await _run_until(delivery, lambda: refused._value.get() > before)
    await life.live(2)

    assert life.fired() == {"JarshyTokenRefused"}


async def test_messages_that_telegram_refuses_for_themselves(life):
    """JarshyMessagesRejected; a chat that blocked the bot is no bug."""
    metrics.REFUSALS.labels("blocked").inc()
    metrics.REFUSALS.labels("other").inc()
    await life.live(2)

    assert life.fired() == {"JarshyMessagesRejected"}


async def test_a_method_that_the_server_does_not_know(life):
    """JarshyUnknownMethod."""
    metrics.UNKNOWN_METHODS.inc()
    await life.live(2)

    assert life.fired() == {"JarshyUnknownMethod"}


async def test_an_update_that_cannot_be_handled(life, desk):
    """JarshyUpdatesSetAside."""

    async def fail(_: InboxUpdate) -> None:
        raise ValueError

    def set_aside_yet() -> bool:
        desk.clock.at += timedelta(seconds=1)  # towards the next try
        return counted._value.get() > before

    counted = metrics.UPDATES_HANDLED.labels("set_aside")
    before = counted._value.get()
    async with desk.storage.transaction() as unit:
        await unit.inbox.store([InboxUpdate(900_001, 7, "{}", desk.clock.now())])
    runner = InboxRunner(desk.storage, desk.clock, fail, owner="test")
    await _run_until(runner, set_aside_yet)
    await life.live(2)

    assert life.fired() == {"JarshyUpdatesSetAside"}


async def test_a_thing_that_is_set_aside(life):
    """JarshySetAside."""
    set_aside("topic", 1, ValueError())
    await life.live(2)

    assert life.fired() == {"JarshySetAside"}


async def test_rounds_that_fail(life):
    """JarshyRoundsFailing."""

    async def fail() -> None:
        raise ValueError

    digests = Periodic("digests", fail, MINUTE, at_once=True, longest=MINUTE)
    await life.live(1)
    for _ in range(8):
        digests._not_before = 0.0
        await digests.run_once()
        await life.live(1)

    assert life.fired() == {"JarshyRoundsFailing"}


async def _run_until(service, done) -> None:
    """Run a loop of the program until ``done()``, then stop it."""
    task = asyncio.create_task(service.run())
    async with asyncio.timeout(30):
        while not done():  # noqa: ASYNC110 - what ends it is counted, and tells nobody
            await asyncio.sleep(0.02)
    service.stop()
    await task
