"""The whole program in this process: a part that breaks in a way that nobody foresaw comes back, or ends the program."""

import asyncio

import pytest
from harness import Reader, settings_for
from inprocess import readiness, serve, serving, until

from bot import tasks
from bot.errors import TaskFailedError
from bot.sandbox.faults import Rule
from bot.telegram.inbox import Poller
from bot.telegram.runner import InboxRunner


async def test_a_poller_that_breaks_polls_again(sandbox, join, tmp_path, monkeypatch):
    """An error that the poller does not know ends it, is seen in ``/readyz``, and the next start answers the reader."""
    broken, poll = asyncio.Event(), Poller.poll

    async def breaking(self: Poller) -> int:
        if broken.is_set():
            return await poll(self)
        raise KeyError("nobody foresaw it")

    monkeypatch.setattr(Poller, "poll", breaking)
    monkeypatch.setattr(tasks, "LONGEST_SERVICE_PAUSE", 0.2)
    reader = await join("kk")
    async with serving(sandbox, tmp_path) as url:
        assert "is to start again" in await readiness(url, "polling", until=True)
        broken.set()

        assert "Сәлем" in (await reader.say("/start")).text
        await readiness(url, "polling", until=False)


async def test_an_inbox_that_keeps_breaking_ends_the_program(sandbox, tmp_path, monkeypatch):
    """What readers cannot do without is not left broken: after six tries the program ends, for a service manager."""

    async def breaking(_: InboxRunner) -> None:
        raise KeyError("nobody foresaw it")

    monkeypatch.setattr(InboxRunner, "_round", breaking)
    monkeypatch.setattr(tasks, "LONGEST_SERVICE_PAUSE", 0.01)

    with pytest.raises(TaskFailedError, match="inbox"):
        await asyncio.wait_for(serve(settings_for(sandbox, tmp_path), asyncio.Event()), 30)


async def test_menus_that_telegram_refuses_at_the_start_are_set_later(sandbox, tmp_path, monkeypatch):
    """A start in a minute in which Telegram takes no menus is no start without menus for good."""
    monkeypatch.setattr(tasks, "FIRST_JOB_PAUSE", 0.2)
    rule = sandbox.simulation.faults.add(Rule("status", "setMyName", code=429, description="Too Many Requests"))
    names = sandbox.simulation.world.profile.names
    async with serving(sandbox, tmp_path), asyncio.timeout(20):
        await until(lambda: len(sandbox.simulation.calls.after(0, "setMyName")) == 4)  # each language, and the default
        assert not names
        sandbox.simulation.faults.rules.remove(rule)
        await until(lambda: "kk" in names)


async def test_a_webhook_that_cannot_be_set_at_the_start_is_set_later(sandbox, join, tmp_path, monkeypatch):
    """Of replicas that start together Telegram turns some away: they set their webhook a little later, and serve."""
    monkeypatch.setattr(tasks, "FIRST_JOB_PAUSE", 0.2)
    rule = sandbox.simulation.faults.add(Rule("status", "setWebhook", code=429, description="Too Many Requests"))
    environment = settings_for(sandbox, tmp_path)
    hook = f"http://127.0.0.1:{environment['HTTP_PORT']}/hook"
    reader: Reader = await join("kk")
    async with serving(
        sandbox, tmp_path, HTTP_PORT=environment["HTTP_PORT"], WEBHOOK_URL=hook, WEBHOOK_SECRET="sesam"
    ) as url:
        assert await readiness(url, "webhook", until=True) == "it has not succeeded yet"
        sandbox.simulation.faults.rules.remove(rule)

        assert "Сәлем" in (await reader.say("/start")).text
        await readiness(url, "webhook", until=False)
