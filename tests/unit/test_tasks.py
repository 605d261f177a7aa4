"""Long-lived tasks: what ends unasked is seen, and goes on or ends the program."""

import ast
import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest

from bot import metrics, tasks
from bot.command_line import main
from bot.errors import StorageError, TaskFailedError
from bot.heartbeat import Heartbeat
from bot.supervision import Supervisor
from bot.tasks import log_failure

ROOT = Path(__file__).parents[2]
SOON = timedelta(milliseconds=10)

# Where a task is started other than by the supervisor: who owns it, and what comes of it when it ends by an error.
OWNERS = {
    ("bot/supervision.py", "run"): "the supervisor itself",
    ("bot/app.py", "serve"): "the start, or the wait for a stop: awaited where they are started",
    ("bot/receiving.py", "_poll"): "a TaskGroup: an error of the poller ends the service `polling`, which starts again",
    ("bot/services/delivery.py", "_exchange"): "one message: logged by _landed, its lease lapses",
    (
        "bot/services/fetch_places.py",
        "_begin",
    ): "one feed: set aside by _run, or logged by log_failure; its lease lapses",
    ("bot/services/live_index.py", "refresh"): "a rebuild: logged by itself, tried again when more topics have come",
    ("bot/services/watch.py", "doubt"): "asking for a sign of life: an error counts as no answer, and is logged",
    ("bot/telegram/runner.py", "_round"): "one update: logged by log_failure, its lease lapses",
    ("bot/telegram/api.py", "disconnect"): "awaited where it is started",
    ("bot/web/server.py", "_asked"): "awaited where it is started",
    ("bot/storage/postgres_watch.py", "polling"): "holds the lock: whatever it ends by, the lock counts as lost",
    ("bot/storage/probe.py", "tick"): "a question to the database: its end is looked at by this tick or the next",
    ("bot/storage/sqlite.py", "finished"): "awaited where it is started",
    ("bot/storage/backup.py", "_snapshot"): "awaited where it is started",
    ("bot/feeds/inspection.py", "describe_feeds"): "the command line; awaited where it is started",
    ("bot/feeds/inspection.py", "check_sources"): "the command line; awaited where it is started",
    ("bot/sandbox/serving.py", "start"): "the sandbox: logged by log_failure",
    ("bot/sandbox/server.py", "start"): "the sandbox: logged by log_failure",
}


def started() -> set[tuple[str, str]]:
    """Return where tasks are started: file and function."""
    found = set()
    for path in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("handlers/**/*.py")]:
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                called = node.func if isinstance(node, ast.Call) else None
                if isinstance(called, ast.Attribute) and (
                    called.attr in {"create_task", "ensure_future"}
                    or (called.attr == "gather" and isinstance(called.value, ast.Name) and called.value.id == "asyncio")
                ):
                    found.add((str(path.relative_to(ROOT)), function.name))
    return found


def test_every_task_has_an_owner():
    """No task is started by anything but the supervisor or an owner that is known to look at how it ends."""
    assert started() == set(OWNERS)


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pauses be short."""
    for name in ("LONGEST_SERVICE_PAUSE", "LONGEST_JOB_PAUSE", "LONGEST_RUN_PAUSE"):
        monkeypatch.setattr(tasks, name, 0.01)


async def until(found: Callable[[], bool]) -> None:
    """Wait until something is so."""
    while True:
        if found():
            return
        await asyncio.sleep(0.002)


@contextlib.asynccontextmanager
async def running(supervisor: Supervisor) -> AsyncIterator[asyncio.Event]:
    """Run the tasks during the block, and have them stopped afterwards."""
    stop = asyncio.Event()
    task = asyncio.create_task(supervisor.run(stop))
    try:
        async with asyncio.timeout(20):
            yield stop
    finally:
        stop.set()
        await task


class Failing:
    """Work that fails so many times, then says that it went well and goes on until it is cancelled."""

    def __init__(self, times: int, error: Exception | None = None) -> None:
        self.left = times
        self.error = error
        self.well = asyncio.Event()
        self.calls = 0

    async def serve(self) -> None:
        """Fail, end unasked, or serve for ever."""
        await self.once()
        if self.well.is_set():
            await asyncio.Event().wait()

    async def once(self) -> None:
        """Fail, or go well."""
        self.calls += 1
        if self.left == 0:
            self.well.set()
            return
        self.left -= 1
        if self.error is not None:
            raise self.error


@pytest.mark.parametrize("error", [KeyError("сөз"), StorageError("database-url"), asyncio.CancelledError(), None])
async def test_a_service_that_ends_unasked_starts_again(error: Exception | None, caplog: pytest.LogCaptureFixture):
    """Whatever it ended by, an error, a cancellation of something it waited for, or nothing: it is logged, and goes on.

    What the database does is told by the storage alone.
    """
    work = Failing(3, error)
    supervisor = Supervisor()
    supervisor.service("listener", work.serve)
    async with running(supervisor):
        await work.well.wait()

    assert work.calls == 4
    assert caplog.text.count("listener") == (0 if isinstance(error, StorageError) else 3)
    assert "сөз" not in caplog.text


async def test_an_essential_service_that_keeps_failing_ends_the_program_in_order():
    """After six failures in a row the program ends; the other services finish what is in flight first."""
    finished, asked = [], asyncio.Event()

    async def other() -> None:
        await asked.wait()
        finished.append("in flight")

    supervisor = Supervisor()
    supervisor.service("delivery", Failing(99, KeyError()).serve, essential=True)
    supervisor.service("inbox", other, stop=asked.set, essential=True)

    with pytest.raises(TaskFailedError, match="delivery failed 6 times in a row"):
        await asyncio.wait_for(supervisor.run(asyncio.Event()), 20)
    assert finished == ["in flight"]


async def test_what_the_database_does_ends_no_program():
    """A database that is away is waited for, however long: a new process would find the same."""
    work = Failing(20, StorageError("database-url"))
    supervisor = Supervisor()
    supervisor.service("delivery", work.serve, essential=True)
    async with running(supervisor):
        await work.well.wait()

    assert work.calls == 21


async def test_failures_that_lie_apart_end_no_program(monkeypatch: pytest.MonkeyPatch):
    """A service that was well for a while in between is counted anew."""
    monkeypatch.setattr(tasks, "STEADY_SECONDS", 0.0)
    work = Failing(20, KeyError())
    supervisor = Supervisor()
    supervisor.service("delivery", work.serve, essential=True)
    async with running(supervisor):
        await work.well.wait()

    assert work.calls == 21


async def test_a_job_is_tried_again_until_it_succeeds_once():
    """A start-up job that fails delays nothing else, comes again, and is not done twice."""
    job, other = Failing(3, TimeoutError()), Failing(0)
    supervisor = Supervisor()
    supervisor.job("menus", job.once)
    supervisor.job("webhook", job.well.wait, needed=True)
    supervisor.service("inbox", other.serve)
    async with running(supervisor):
        await other.well.wait()
        assert await supervisor.tasks[1].problem() == "it has not succeeded yet"
        await job.well.wait()
        for _ in range(10):
            await asyncio.sleep(0)
        assert await supervisor.tasks[1].problem() is None

    assert job.calls == 4
    assert await supervisor.tasks[0].problem() is None


async def test_a_periodic_task_goes_on_after_failures_and_says_when_there_are_many(monkeypatch: pytest.MonkeyPatch):
    """Three failed runs in a row are a problem; one that goes well ends it."""
    monkeypatch.setattr(tasks, "LONGEST_RUN_PAUSE", 0.05)
    work = Failing(4, KeyError())
    supervisor = Supervisor()
    supervisor.every("digests", work.once, SOON)
    async with running(supervisor):
        await until(lambda: work.calls >= 4)
        await asyncio.sleep(0)
        assert await supervisor.tasks[0].problem() == "the last 4 runs failed"
        await work.well.wait()
        await asyncio.sleep(0)
        assert await supervisor.tasks[0].problem() is None


async def test_a_run_that_hangs_is_cancelled_and_the_next_one_comes():
    """A periodic task that waits for something that does not come is given up after its longest time."""
    begun = []

    async def hang() -> None:
        begun.append(1)
        await asyncio.Event().wait()

    supervisor = Supervisor()
    supervisor.every("digests", hang, SOON, longest=SOON)
    async with running(supervisor):
        await until(lambda: len(begun) >= 3)

    assert supervisor.tasks[0].failures >= 2


async def test_periodic_tasks_never_run_twice_at_once_and_at_once_means_now():
    """The next run waits for the one before it; the first comes after one interval, or at once."""
    at_work, most, runs = 0, 0, 0

    async def work() -> None:
        nonlocal at_work, most, runs
        at_work, runs = at_work + 1, runs + 1
        most = max(most, at_work)
        await asyncio.sleep(0.02)
        at_work -= 1

    supervisor = Supervisor()
    supervisor.every("now", work, SOON, at_once=True)
    late = Failing(0)
    supervisor.every("later", late.once, timedelta(hours=1))
    async with running(supervisor):
        await until(lambda: runs >= 4)

    assert most == 1
    assert late.calls == 0


async def test_a_clock_that_is_set_ahead_and_back_stops_no_periodic_task(monkeypatch: pytest.MonkeyPatch):
    """The scheduler plans by the machine's clock: set a month ahead and right again, all goes on within seconds."""

    class Shifted(datetime):
        """The machine's clock, as it was set."""

        ahead = timedelta()

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + cls.ahead

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Shifted)
    monkeypatch.setattr("bot.supervision.datetime", Shifted)
    work = Failing(0)
    supervisor = Supervisor()
    supervisor.every("ingest", work.once, timedelta(seconds=0.2))
    async with running(supervisor):
        for ahead in (timedelta(), timedelta(days=31), timedelta(), timedelta(days=-31), timedelta()):
            Shifted.ahead = ahead
            before = work.calls
            await until(lambda before=before: work.calls > before + 1)

    assert supervisor.tasks[0].failures == 0


async def test_lags_are_told():
    """A task that is down, does not come round, or is late says so to ``/readyz`` and in the metrics."""
    heart = Heartbeat(60)
    supervisor = Supervisor()
    supervisor.service("inbox", asyncio.Event().wait, heart=heart)
    supervisor.every("digests", asyncio.Event().wait, timedelta(seconds=1))
    inbox, digests = supervisor.tasks
    supervisor.report()

    assert [await task.problem() for task in supervisor.tasks] == [None, None]
    assert metrics.TASK_LAG.labels("inbox")._value.get() == 0

    heart._at -= 100
    digests._well_at -= 100
    supervisor.report()

    assert await inbox.problem() == "no sign of life for 100 s"
    assert await digests.problem() == "the last run that went well ended 100 s ago"
    assert 39 < metrics.TASK_LAG.labels("inbox")._value.get() < 45
    assert 98 < metrics.TASK_LAG.labels("digests")._value.get() < 105


async def test_a_service_that_does_not_end_holds_up_the_stop_for_a_limited_time(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    """What neither finishes nor can be cancelled is named, and the program ends."""
    monkeypatch.setattr("bot.supervision.STOP_SECONDS", 0.05)
    monkeypatch.setattr("bot.supervision._CANCEL_SECONDS", 0.05)
    let_go = asyncio.Event()

    async def stubborn() -> None:
        while not let_go.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await let_go.wait()

    supervisor = Supervisor()
    supervisor.service("stubborn", stubborn, stop=lambda: None)
    began = time.monotonic()
    async with running(supervisor) as stop:
        await asyncio.sleep(0)
        stop.set()
    let_go.set()
    await asyncio.sleep(0.01)

    assert time.monotonic() - began < 5
    assert "stubborn did not end when it was cancelled" in caplog.text


async def test_an_error_of_a_task_that_nobody_waits_for_is_logged_without_its_words(caplog: pytest.LogCaptureFixture):
    """Type and place are logged once; a reader's word in the message is not."""
    word = "сөз"

    async def fail() -> None:
        raise KeyError(word)

    caplog.set_level(logging.ERROR)
    task = asyncio.create_task(fail())
    task.add_done_callback(log_failure("update 5"))
    await asyncio.wait({task})
    await asyncio.sleep(0)

    assert "update 5 failed: builtins.KeyError" in caplog.text
    assert word not in caplog.text


def test_the_exit_code_of_a_program_whose_task_failed(monkeypatch: pytest.MonkeyPatch, capsys):
    """It is 1, which service managers start again, with one line; 2 is what a new start would not mend."""
    failed = TaskFailedError("task-failed", task="delivery", times=6)
    monkeypatch.setattr("bot.command_line._run", lambda _: (_ for _ in ()).throw(failed))

    with pytest.raises(SystemExit) as ended:
        main(["run"])

    assert ended.value.code == 1
    assert capsys.readouterr().err == f"jarshy: {failed}\n"
