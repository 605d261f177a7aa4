"""The whole program behind a webhook that somebody points elsewhere: it is put right, and updates come again."""

import asyncio
from datetime import timedelta

import httpx
from harness import free_port, settings_for

from bot import app, receiving
from bot.program import Role
from bot.sandbox.updates import Webhook
from bot.settings import Settings


async def until(condition, seconds=30.0):
    """Wait until the condition holds; it tells nobody of itself."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_a_webhook_that_was_changed_is_put_right(sandbox, join, tmp_path, monkeypatch):
    """One check later readers are answered again; while it cannot be put right /readyz has the problem by name."""
    monkeypatch.setattr(receiving, "WEBHOOK_CHECK", timedelta(seconds=0.2))
    (tmp_path / "none.toml").touch()
    port = free_port()
    environment = settings_for(
        sandbox,
        tmp_path,
        SOURCES_FILE=str(tmp_path / "none.toml"),
        HTTP_PORT=str(port),
        WEBHOOK_URL=f"http://127.0.0.1:{port}/hook",
        WEBHOOK_SECRET="s3cret",
    )
    stop = asyncio.Event()
    running = asyncio.create_task(
        app.serve(Settings.from_env(environment, need_token=True), [Role.UPDATES, Role.DELIVERY], stop=stop)
    )
    updates = sandbox.simulation.world.updates
    await until(lambda: updates.webhook.url)
    reader = await join("en")
    await reader.say("/help")

    updates.webhook = Webhook(f"http://127.0.0.1:{free_port()}/theirs", "other")
    await reader.say("/help")

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        for _ in range(3):
            updates.webhook = Webhook("", "")
            if "updates" in (answer := await problems(client, updates)):
                break
        assert "another program has the token" in answer["updates"]
    stop.set()
    await running


async def problems(client, updates):
    """Return the problems of /readyz once the webhook is right again or is not put right any more."""
    async with asyncio.timeout(30):
        while True:
            answer = (await client.get("/readyz")).json()["problems"]
            if updates.webhook.url or "updates" in answer:
                return answer
            await asyncio.sleep(0.05)
