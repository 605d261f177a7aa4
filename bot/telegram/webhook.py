"""Tells Telegram where updates go: to a webhook, or to whoever polls."""

from typing import Final

import telegram.error

from bot.core.updates import ALLOWED_UPDATES
from bot.errors import TelegramError
from bot.telegram.api import ApiBot

MAX_CONNECTIONS: Final = 20
_LASTING: Final = (telegram.error.BadRequest, telegram.error.Forbidden, telegram.error.InvalidToken)


async def set_webhook(bot: ApiBot, url: str, secret: str) -> None:
    """Have Telegram post updates to ``url`` with the secret in a header; what waits is kept.

    Raises:
        TelegramError: ``webhook-refused`` (``reason``): Telegram will never take it; ``webhook-unset`` (``reason``): it
            may the next time.
    """
    parameters = {
        "url": url,
        "secret_token": secret,
        "allowed_updates": list(ALLOWED_UPDATES),
        "max_connections": MAX_CONNECTIONS,
    }
    try:
        await bot.call("setWebhook", parameters)
    except _LASTING as error:
        raise TelegramError("webhook-refused", reason=str(error)) from error
    except (telegram.error.TelegramError, TimeoutError) as error:
        raise TelegramError("webhook-unset", reason=str(error) or "no answer") from error


async def clear_webhook(bot: ApiBot) -> None:
    """Have Telegram keep updates for polling.

    Raises:
        TelegramError: ``webhook-unset`` (``reason``): where one stands polling brings nothing.
    """
    try:
        await bot.call("deleteWebhook", {})
    except (telegram.error.TelegramError, TimeoutError) as error:
        raise TelegramError("webhook-unset", reason=str(error) or "no answer") from error
