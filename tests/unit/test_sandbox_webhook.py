"""Updates are posted to the bot's webhook, in order, until they are taken."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.journal import Bell
from bot.sandbox.readers import say
from bot.sandbox.server import Sandbox
from bot.sandbox.serving import Serving


class Hook:
    """A bot's webhook that refuses the first ``refusals`` posts."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.texts: list[str] = []
        self.secrets: list[str | None] = []
        self.bell = Bell()
        self.serving = Serving(Starlette(routes=[Route("/hook", self.take, methods=["POST"])]), "127.0.0.1", 0)

    async def take(self, request: Request) -> Response:
        """Take one update, or refuse it."""
        update = await request.json()
        self.texts.append(update["message"]["text"])
        self.secrets.append(request.headers.get("x-telegram-bot-api-secret-token"))
        self.bell.ring()
        return Response(status_code=500 if len(self.texts) <= self.refusals else 200)


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    """A webhook that refuses once."""
    opened = Hook(refusals=1)
    await opened.serving.start()
    yield opened
    await opened.serving.stop()


async def test_updates_are_posted_in_order_and_again_where_they_were_refused(hook: Hook) -> None:
    """The secret goes along, a 500 is tried again, and polling is refused meanwhile."""
    async with Sandbox() as sandbox, httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as client:
        api = f"/bot{sandbox.token}"
        await client.post(f"{api}/setWebhook", json={"url": f"{hook.serving.url}/hook", "secret_token": "s-1"})
        world = sandbox.simulation.world
        for text in ("бір", "екі"):
            say(world, world.rooms[1001], world.users[1001], text)
        await hook.bell.wait_for(lambda: len(hook.texts) == 3, 10)
        await world.updates.bell.wait_for(lambda: not world.updates.pending, 10)
        polled = await client.post(f"{api}/getUpdates")
        info = (await client.post(f"{api}/getWebhookInfo")).json()["result"]

    assert hook.texts == ["бір", "бір", "екі"]
    assert set(hook.secrets) == {"s-1"}
    assert polled.status_code == 409
    assert info["last_error_message"] == "Wrong response from the webhook: 500"
