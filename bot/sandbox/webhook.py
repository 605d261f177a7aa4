"""Posts updates to the bot's webhook, one after the other, each until it is taken."""

import httpx

from bot.sandbox.simulation import Simulation
from bot.sandbox.updates import Updates

_RETRY_SECONDS = 0.5
_IDLE_SECONDS = 3600.0


async def deliver(simulation: Simulation) -> None:
    """Deliver for ever, over resets too; ends when its task is cancelled."""
    async with httpx.AsyncClient(trust_env=False, timeout=10) as client:
        while True:
            await _deliver_of(simulation.world.updates, client)
            # The queue was closed: by a reset, which has put another in its place, or by the end of it all.
            await simulation.world.updates.bell.wait_for(lambda: not simulation.world.updates.closed, _IDLE_SECONDS)


async def _deliver_of(updates: Updates, client: httpx.AsyncClient) -> None:
    while not updates.closed:
        hook = updates.webhook
        if hook.url and updates.pending:
            await _deliver_one(updates, client)
        else:
            await updates.bell.wait_for(
                lambda: updates.closed or bool(updates.webhook.url and updates.pending), _IDLE_SECONDS
            )


async def _deliver_one(updates: Updates, client: httpx.AsyncClient) -> None:
    hook, update_id = updates.webhook, min(updates.pending)
    headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
    try:
        answer = await client.post(hook.url, json=updates.pending[update_id], headers=headers)
        reason = "" if answer.is_success else f"Wrong response from the webhook: {answer.status_code}"
    except (httpx.HTTPError, httpx.InvalidURL) as error:  # the bot may have set any address at all
        reason = f"Connection failed: {type(error).__name__}"
    if not reason:
        updates.pending.pop(update_id, None)
        return
    hook.last_error, hook.last_error_at = reason, updates.clock()
    await updates.bell.wait_for(lambda: updates.closed or updates.webhook is not hook, _RETRY_SECONDS)
