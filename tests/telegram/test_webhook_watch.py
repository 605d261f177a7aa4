"""A webhook that somebody changes is set again; calls that fail are told; two programs do not fight for ever."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from telegram.error import Conflict

from bot import metrics
from bot.sandbox.faults import Rule
from bot.sandbox.readers import say
from bot.sandbox.server import Sandbox
from bot.sandbox.updates import Webhook
from bot.storage import SqlStorage
from bot.telegram.api import ApiBot, make_bot
from bot.telegram.inbox import Poller
from bot.telegram.webhook import set_webhook
from bot.telegram.webhook_watch import FAILING, INTERVAL, MOST_REPAIRS, REPAIR_WINDOW, SILENCE, WebhookWatch

OURS = "http://127.0.0.1:9/hook"  # nobody listens there, so calls fail
THEIRS = "http://127.0.0.1:9/their-secret-path"
SECRET = "s3cret"


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the instant."""
        return self.at

    def seconds(self) -> float:
        """Return it in Unix seconds."""
        return self.at.timestamp()


@pytest.fixture
def clock() -> SetClock:
    """A clock for the bot and its Telegram."""
    return SetClock()


@pytest.fixture
async def sandbox(clock: SetClock) -> AsyncIterator[Sandbox]:
    """A local Telegram with that clock, which calls no webhook: tests say how its calls ended."""
    async with Sandbox(clock=clock.seconds) as running:
        running._delivering.cancel()
        yield running


@pytest.fixture
async def watch(api: ApiBot, clock: SetClock) -> WebhookWatch:
    """A watch over a webhook that was set."""
    await set_webhook(api, OURS, SECRET)
    return WebhookWatch(api, OURS, SECRET, clock)


def hook(sandbox: Sandbox) -> Webhook:
    """Return where updates go now."""
    return sandbox.simulation.world.updates.webhook


def point_elsewhere(sandbox: Sandbox, url: str = THEIRS) -> None:
    """Let somebody else set the webhook."""
    sandbox.simulation.world.updates.webhook = Webhook(url, "other")


def fail(sandbox: Sandbox, clock: SetClock, error: str) -> None:
    """Let Telegram have failed to deliver an update a moment ago."""
    world = sandbox.simulation.world
    say(world, world.rooms[1001], world.users[1001], "сәлем")
    hook(sandbox).last_error, hook(sandbox).last_error_at = error, clock.at.timestamp()


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was said since the last call."""
    said = [record.getMessage() for record in caplog.records if record.name.startswith("bot.telegram")]
    caplog.clear()
    return said


async def test_a_webhook_that_stands_is_left_alone(sandbox: Sandbox, watch: WebhookWatch, caplog) -> None:
    """A check of what is right asks once, sets nothing and says nothing."""
    caplog.set_level(logging.INFO)
    await watch.tick()

    assert sandbox.simulation.calls.counts["setWebhook"] == 1
    assert await watch.problem() is None
    assert lines(caplog) == []


@pytest.mark.parametrize(("url", "told"), [(THEIRS, "it points to 127.0.0.1"), ("", "it is gone")])
async def test_a_webhook_that_was_changed_is_set_again(sandbox, watch, caplog, url, told) -> None:
    """One check later it is ours again, with its secret; one line says so, without the other's whole address."""
    point_elsewhere(sandbox, url)
    before = metrics.WEBHOOK_REPAIRS._value.get()
    await watch.tick()

    assert (hook(sandbox).url, hook(sandbox).secret) == (OURS, SECRET)
    assert lines(caplog) == [f"the webhook was changed: {told}; it was set again"]
    assert metrics.WEBHOOK_REPAIRS._value.get() == before + 1
    assert await watch.problem() is None
    await watch.tick()
    assert lines(caplog) == []


async def test_updates_that_were_left_out_are_asked_for_again(sandbox, watch, caplog) -> None:
    """A webhook of ours that brings no pressed buttons is no webhook of ours."""
    sandbox.simulation.world.updates.allowed = frozenset({"message"})
    await watch.tick()

    assert "callback_query" in sandbox.simulation.world.updates.allowed
    (line,) = lines(caplog)
    assert line.startswith("the webhook was changed: it leaves out callback_query, ")


async def test_another_secret_is_put_right_once_a_failure(sandbox, clock, watch, caplog) -> None:
    """Calls that this program refused mean another secret: it is set again, and not again for the same call."""
    hook(sandbox).secret = "other"
    fail(sandbox, clock, "Wrong response from the webhook: 403 Forbidden")
    await watch.tick()
    hook_after = hook(sandbox)
    hook_after.last_error, hook_after.last_error_at = (
        "Wrong response from the webhook: 403 Forbidden",
        clock.at.timestamp(),
    )
    await watch.tick()

    assert hook(sandbox).secret == SECRET
    assert hook(sandbox) is hook_after
    assert sum("another secret" in line for line in lines(caplog)) == 1


async def test_two_programs_do_not_fight_for_ever(sandbox, clock, watch, caplog) -> None:
    """After three repairs in an hour it is left as it is and /readyz says so; an hour later it is tried again."""
    for _ in range(10):
        point_elsewhere(sandbox)
        await watch.tick()
        clock.at += INTERVAL
    said = lines(caplog)
    assert sum("set again" in line for line in said) == MOST_REPAIRS
    assert len(said) == MOST_REPAIRS + 1
    assert hook(sandbox).url == THEIRS
    assert "another program has the token" in await watch.problem()

    clock.at += REPAIR_WINDOW
    await watch.tick()
    assert hook(sandbox).url == OURS
    assert await watch.problem() is None


async def test_one_of_several_processes_heals(sandbox, api, clock, watch) -> None:
    """What one has set is right for the others: they set nothing."""
    others = [WebhookWatch(api, OURS, SECRET, clock) for _ in range(3)]
    point_elsewhere(sandbox)
    for each in (watch, *others):
        await each.tick()

    assert sandbox.simulation.calls.counts["setWebhook"] == 2


async def test_a_repair_that_fails_is_a_problem_and_tried_again(sandbox, clock, watch, caplog) -> None:
    """While Telegram does not take the webhook /readyz says so; failures use up none of the repairs."""
    sandbox.simulation.faults.add(Rule("status", "setWebhook", code=429, times=5))
    point_elsewhere(sandbox)
    for _ in range(5):
        await watch.tick()
        clock.at += INTERVAL
        assert "points to 127.0.0.1" in await watch.problem()
    assert len(lines(caplog)) == 1
    await watch.tick()

    assert hook(sandbox).url == OURS
    assert await watch.problem() is None


async def test_calls_that_fail_are_told_and_shown(sandbox, clock, watch, caplog) -> None:
    """One line when they begin to fail, one when they arrive again; metrics in between; no problem for a balancer."""
    caplog.set_level(logging.INFO)
    fail(sandbox, clock, "Wrong response from the webhook: 502 Bad Gateway")
    for _ in range(3):
        await watch.tick()
    assert lines(caplog) == [
        "Telegram's calls of the webhook fail, 1 updates wait: Wrong response from the webhook: 502 Bad Gateway"
    ]
    assert await watch.problem() is None
    assert metrics.WEBHOOK_WAITING._value.get() == 1
    assert metrics.WEBHOOK_FAILED_AT._value.get() == clock.at.timestamp()

    sandbox.simulation.world.updates.pending.clear()
    clock.at += FAILING
    await watch.tick()
    assert lines(caplog) == ["Telegram's calls of the webhook arrive again"]
    assert metrics.WEBHOOK_WAITING._value.get() == 0


async def test_a_telegram_that_does_not_answer_is_told_once(sandbox, watch, caplog) -> None:
    """Three minutes of silence are a problem, in one line of the log."""
    rule = sandbox.simulation.faults.add(Rule("drop", "getWebhookInfo"))
    for _ in range(4):
        await watch.tick()
    assert await watch.problem() is None
    watch._heart._at -= SILENCE.total_seconds() + 1
    assert "getWebhookInfo has not answered for" in await watch.problem()
    assert len(lines(caplog)) == 1

    sandbox.simulation.faults.rules.remove(rule)
    await watch.tick()
    assert await watch.problem() is None


@pytest.mark.parametrize(
    "answer", ["[]", '"text"', "{}", '{"url": 1, "last_error_date": "soon"}', '{"url": "", "last_error_date": 1e300}']
)
async def test_an_answer_that_cannot_be_read_is_no_webhook(answer, clock, caplog) -> None:
    """What is no WebhookInfo changes nothing and breaks nothing."""
    body = f'{{"ok": true, "result": {answer}}}'
    bot = make_bot("1:a", "http://127.0.0.1:9", transport=httpx.MockTransport(lambda _: httpx.Response(200, text=body)))
    await WebhookWatch(bot, OURS, SECRET, clock).tick()
    await bot.disconnect()

    assert lines(caplog) == ["Telegram does not say how the webhook is: getWebhookInfo was answered by something else"]


async def test_polling_clears_a_webhook_that_somebody_set(sandbox, api, clock, storage: SqlStorage, caplog) -> None:
    """Updates come again after one round; after three in an hour it is left so, and /readyz says why."""
    poller = Poller(api, storage, clock, wake=lambda: None, poll_seconds=0)
    world = sandbox.simulation.world
    for number in range(MOST_REPAIRS):
        point_elsewhere(sandbox)
        say(world, world.rooms[1001], world.users[1001], f"{number}")
        await one_failed_round(poller)
        assert hook(sandbox).url == ""
        assert await poller.poll() == 1
    said = lines(caplog)
    assert said == ["somebody set a webhook, it points to 127.0.0.1; it was deleted, this program polls"] * MOST_REPAIRS

    for _ in range(3):
        point_elsewhere(sandbox)
        await one_failed_round(poller)
    assert hook(sandbox).url == THEIRS
    assert len(lines(caplog)) == 1
    assert "another program has the token" in await poller.problem()

    clock.at += REPAIR_WINDOW + timedelta(seconds=1)
    await one_failed_round(poller)
    await poller.poll()
    assert await poller.problem() is None


async def one_failed_round(poller: Poller) -> None:
    """Let the poller ask once and do what it does after an error, without its pause."""
    with pytest.raises(Conflict) as caught:
        await poller.poll()
    await poller._give_way_or_clear_it(caught.value)


async def test_another_poller_is_left_alone(api, sandbox, clock, storage, caplog) -> None:
    """A second program that polls is named; nothing is deleted for it."""
    poller = Poller(api, storage, clock, wake=lambda: None, poll_seconds=0)
    await poller._give_way_or_clear_it(Conflict("terminated by other getUpdates request"))

    assert "deleteWebhook" not in sandbox.simulation.calls.counts
    assert "another program polls" in lines(caplog)[0]
