"""The composition root: opens everything, wires it, runs it, closes it. The only importer of all rooms.

::

    settings -> texts, sources, storage, Telegram -> services, handlers -> loops of the chosen roles -> stop, close
"""

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Callable, Collection
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial

from bot import __version__, metrics
from bot.clock import SystemClock
from bot.feeds.catalogue import load_catalogue
from bot.i18n import Catalogues
from bot.language.concepts import validate as validate_concepts
from bot.outages import LoopErrors
from bot.ports import Clock, Storage
from bot.program import Program, Role, stop_on_signals
from bot.receiving import receive
from bot.services.activity import ActivityLog
from bot.services.alerts import Alerts
from bot.services.broadcasts import Broadcasting
from bot.services.clock_guard import ClockGuard
from bot.services.delivery import Delivery
from bot.services.health import NewsCheck, SourceWatch, refresh_gauges
from bot.services.imports import Importing
from bot.services.ingest import Ingest
from bot.services.pages import PageTexts
from bot.services.rights import RightsNotices
from bot.services.scheduled import ScheduledDigests
from bot.services.upkeep import Upkeep
from bot.settings import Settings
from bot.storage import open_when_up
from bot.storage.probe import INTERVAL as PROBE
from bot.storage.probe import DatabaseProbe
from bot.telegram.api import ApiBot, greet, make_bot
from bot.telegram.inbox import POLL_SECONDS
from bot.telegram.messenger import TelegramMessenger
from bot.telegram.runner import InboxRunner
from bot.web.server import WebServer, make_app, take_port
from bot.web.webhook import webhook_route

log = logging.getLogger(__name__)

TICK = timedelta(seconds=1)
UPKEEP = timedelta(minutes=1)
LOOK = timedelta(minutes=1)  # whether an hour is over, for its line in the log
CLOCK_LOOK = timedelta(seconds=5)
LONGEST_WARMING = timedelta(minutes=30)  # of the first tick, which reads the topics: 200,000 new ones take a minute
LINGER_SECONDS = 1.5  # a stopping process still takes updates for so long, while /readyz tells balancers that it goes
DATABASE_SECONDS = 60.0  # how long a start waits for the database; then the service manager starts anew


async def serve(
    settings: Settings,
    roles: Collection[Role],
    *,
    stop: asyncio.Event | None = None,
    clock: Clock | None = None,
    opened: Callable[[Storage], object] | None = None,
) -> None:
    """Run these roles until a signal, or until ``stop`` is set; ``opened`` hears of the database once it is open.

    Raises:
        OperatorError: the program cannot start.
        TaskFailedError: a task that it cannot do without kept failing.
    """
    stop = stop or stop_on_signals()
    asyncio.get_running_loop().set_exception_handler(LoopErrors())
    async with AsyncExitStack() as stack:
        starting = asyncio.create_task(_start(settings, roles, clock or SystemClock(), stack, opened))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if starting.done():
            await starting.result().supervisor.run(stop)
        else:
            starting.cancel()
            await asyncio.wait({starting})
            if not starting.cancelled() and (error := starting.exception()):
                log.warning("the start ended while it was stopped: %s", type(error).__name__)
    log.info("stopped")


async def _start(
    settings: Settings,
    roles: Collection[Role],
    clock: Clock,
    stack: AsyncExitStack,
    opened: Callable[[Storage], object] | None,
) -> Program:
    port = _take_port(settings, stack)
    program = await _open(settings, roles, clock, stack)
    if opened:
        opened(program.storage)
    _watch_database(program)
    await _watch_clock(program)
    bot = await _connect(program, roles)
    if Role.DELIVERY in roles and bot:
        _deliver(program, bot)
    if Role.DIGESTS in roles:
        _compose(program)
    if Role.INGEST in roles:
        await _ingest(program)
    runner = await receive(program, bot) if Role.UPDATES in roles and bot else None
    program.supervisor.every("activity log", program.activity.tick, LOOK)
    program.supervisor.service("wake-ups", partial(_hear, program, runner))
    if port:
        _listen(program, runner, port)
    log.info("jarshy %s runs: %s", __version__, ", ".join(sorted(roles)))
    return program


def _take_port(settings: Settings, stack: AsyncExitStack) -> socket.socket | None:
    """Take the port before anything else, so that one which is taken is all that the log says."""
    if settings.http_port == 0:
        return None
    port = take_port(settings.http_host, settings.http_port)
    stack.callback(port.close)
    return port


async def _open(settings: Settings, roles: Collection[Role], clock: Clock, stack: AsyncExitStack) -> Program:
    texts = Catalogues()
    validate_concepts()
    sources = load_catalogue(settings.sources_file)
    storage = await open_when_up(settings.database_url, seconds=DATABASE_SECONDS)
    stack.push_async_callback(storage.close)
    async with storage.transaction() as unit:
        await unit.feeds.sync(sources, clock.now())
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    activity = ActivityLog(storage, clock, outlets=Role.INGEST in roles)
    return Program(settings, clock, owner, texts, storage, stack, activity)


def _watch_database(program: Program) -> None:
    probe = DatabaseProbe(program.storage)
    program.stack.push_async_callback(probe.close)
    program.supervisor.every("database probe", probe.tick, PROBE)
    program.checks["database"] = probe.problem


async def _watch_clock(program: Program) -> None:
    """Bring back what a clock that was ahead has reckoned, before anything waits for it, and go on looking."""
    guard = ClockGuard(program.storage, program.clock, longest_poll=program.settings.poll_max)
    await guard.tick()
    program.supervisor.every("clock-guard", guard.tick, CLOCK_LOOK)
    program.checks["clock"] = guard.problem


async def _connect(program: Program, roles: Collection[Role]) -> ApiBot | None:
    settings = program.settings
    if settings.token is None or not {Role.UPDATES, Role.DELIVERY} & set(roles):
        return None
    bot = make_bot(settings.token.reveal(), settings.api_url, poll_seconds=POLL_SECONDS)
    program.stack.push_async_callback(bot.disconnect)
    identity = await greet(bot, settings.api_url)
    log.info("@%s answers at %s", identity.username, settings.api_url)
    return bot


def _deliver(program: Program, bot: ApiBot) -> None:
    messenger = TelegramMessenger(bot)
    delivery = Delivery(
        program.storage,
        messenger,
        program.clock,
        rate=program.settings.send_rate,
        owner=program.owner,
        notices=RightsNotices(program.clock, program.texts.translator),
    )
    program.supervisor.service("delivery", delivery.run, stop=delivery.stop, essential=True, heart=delivery.heart)
    program.checks["telegram"] = delivery.problem
    program.nudge = delivery.nudge


def _compose(program: Program) -> None:
    needs = (program.storage, program.clock, program.texts.translator, program.nudge)
    program.supervisor.every("digests", ScheduledDigests(*needs, tell=program.activity.digests).tick, TICK)
    program.supervisor.every("alerts", Alerts(*needs).tick, TICK)
    program.supervisor.every("imports", Importing(*needs).tick, TICK)
    broadcasting = Broadcasting(program.storage, program.clock, program.nudge)
    program.supervisor.every("broadcasts", broadcasting.tick, TICK)


async def _ingest(program: Program) -> None:
    settings = program.settings
    feeds = await program.open_feeds()
    texts = PageTexts(feeds.pages, program.clock)
    watch = SourceWatch(program.clock, program.texts.translator, settings.admin_ids)
    ingest = Ingest(program.storage, feeds.source, program.clock, program.owner, texts=texts, watch=watch)
    program.stack.push_async_callback(ingest.close)
    program.checks["topics"] = ingest.problem
    program.checks |= {"feeds": ingest.places.problem, "news": NewsCheck(program.storage, program.clock).problem}
    program.checks["parser"] = feeds.parser.problem
    program.supervisor.every("ingest", ingest.tick, TICK, at_once=True, longest=LONGEST_WARMING)
    program.supervisor.every("key renewal", ingest.renewal.tick, TICK)
    upkeep = Upkeep(
        program.storage,
        program.clock,
        articles=settings.keep_articles,
        messages=settings.keep_outbox,
        tell=program.activity.deleted,
    )
    program.supervisor.every("upkeep", upkeep.tick, UPKEEP)


async def _hear(program: Program, runner: InboxRunner | None) -> None:
    """Wake up for what other processes committed."""
    async for name in program.storage.changes():
        if name == "outbox":
            program.nudge()
        elif name == "inbox" and runner:
            runner.wake()


def _listen(program: Program, runner: InboxRunner | None, port: socket.socket) -> None:
    settings = program.settings
    metrics.BUILD.labels(__version__).set(1)
    webhook = None
    if runner and settings.webhook_url and settings.webhook_secret:
        secret = settings.webhook_secret.reveal()
        webhook = webhook_route(settings.webhook_url, secret, program.storage, program.clock, wake=runner.wake)

    async def refresh() -> None:
        program.supervisor.report()
        if program.storage.outage.since:  # known without asking, which might take as long as a scrape may
            metrics.DATABASE_UP.set(0)
        else:
            await refresh_gauges(program.storage, program.clock)

    app = make_app(program.checks, refresh=refresh, webhook=webhook)
    server = WebServer(app, settings.http_host, settings.http_port, port)
    server.listen()
    program.stack.callback(server.close)
    program.supervisor.service("http", server.serve, stop=server.stop, last=True)
    program.supervisor.linger = LINGER_SECONDS if webhook else 0
    program.checks["stop"] = program.supervisor.problem
    program.checks |= {task.name: task.problem for task in program.supervisor.tasks if task.is_watched}
