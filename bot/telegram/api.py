"""The bot's side of the Bot API: calls by name with plain JSON, and the first greeting."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
import telegram
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken

from bot import metrics
from bot.errors import TelegramAwayError, TelegramError
from bot.outages import TelegramOutages
from bot.telegram.request import POOL, READ_SECONDS, REQUEST_SECONDS, FloodedError, NotFoundError, StatusRequest

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

GREETING_PAUSE_SECONDS: Final = 0.5
# What Telegram says, unlike all else, which befalls the way to it.
_ANSWERS: Final = (BadRequest, ChatMigrated, Conflict, FloodedError, Forbidden, InvalidToken)

log = logging.getLogger(__name__)


class UnknownMethodError(telegram.error.TelegramError):
    """The server knows the token, as ``getMe`` says, but not this method: an older local server answers so (404)."""

    __slots__ = ("method",)

    def __init__(self, method: str) -> None:
        super().__init__(f"the Bot API server does not know {method}")
        self.method = method


class ApiBot(telegram.Bot):
    """The library's bot, which can also call any method and give back the result as it came."""

    __slots__ = ("_outages", "_unknown_methods")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._unknown_methods: set[str] = set()  # each is told once
        self._outages = TelegramOutages()

    def __repr__(self) -> str:
        return "ApiBot()"  # the library's own shows the token

    async def call(self, method: str, parameters: Mapping[str, object], *, wait_seconds: float = 0) -> Json:
        """Call a method of the Bot API and return the JSON under ``result``.

        Parameters that are None are left out. ``wait_seconds`` is how long the server may hold its answer back. That
        it does not answer, or refuses the token, is told here: whoever catches that logs nothing.

        Raises:
            telegram.error.TelegramError: as ``messenger.outcome_of`` tells apart.
            UnknownMethodError: the server does not know the method; the token is not to blame.
            TimeoutError: no answer within the whole request's time limit.
        """
        try:
            async with asyncio.timeout(wait_seconds + REQUEST_SECONDS):
                result: Json = await self._post(method, dict(parameters))
        except NotFoundError as error:
            if method == "getMe":
                self._hear(error)
                raise
            if not await self.answers():
                raise
            self._note_unknown(method)
            raise UnknownMethodError(method) from error
        except (telegram.error.TelegramError, TimeoutError) as error:
            self._hear(error)
            raise
        self._hear(None)
        return result

    async def answers(self) -> bool:
        """Return whether the server answers ``getMe`` for this token."""
        try:
            await self.call("getMe", {})
        except (telegram.error.TelegramError, TimeoutError):
            return False
        return True

    def _hear(self, error: telegram.error.TelegramError | TimeoutError | None) -> None:
        """Note what an answer, or its absence, says of Telegram."""
        if error is not None and not isinstance(error, _ANSWERS):
            self._outages.silence.failed(_reason(error))
            return
        self._outages.silence.worked()
        if isinstance(error, InvalidToken):
            self._outages.refusal.failed(_reason(error))
        elif error is None:
            self._outages.refusal.worked()

    def _note_unknown(self, method: str) -> None:
        metrics.UNKNOWN_METHODS.inc()
        if method not in self._unknown_methods:
            self._unknown_methods.add(method)
            log.warning("the Bot API server does not know %s (404): what needs it is left out; is it too old?", method)

    async def disconnect(self) -> None:
        """Close all connections, whether or not the library calls the bot initialised."""
        await asyncio.gather(*(request.shutdown() for request in self._request))


@dataclass(frozen=True, slots=True)
class BotIdentity:
    """Who the bot is, as ``getMe`` says. ``username`` is without ``@``."""

    id: int
    username: str
    name: str


def make_bot(
    token: str,
    api_url: str,
    *,
    poll_seconds: float = 0,
    read_seconds: float = READ_SECONDS,
    transport: httpx.AsyncBaseTransport | None = None,
) -> ApiBot:
    """Make a bot for the Bot API at ``api_url``; nothing is sent yet. ``disconnect`` it in the end.

    It works without the library's ``initialize``, whose error for a refused token would show the token.

    Args:
        token: from BotFather.
        api_url: the root, without ``/bot``.
        poll_seconds: how long ``getUpdates`` may wait for an update.
        read_seconds: how long any other answer may keep us waiting.
        transport: stands in for the network, in tests.
    """
    return ApiBot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=StatusRequest(pool=POOL, read_seconds=read_seconds, transport=transport),
        get_updates_request=StatusRequest(pool=1, read_seconds=poll_seconds + READ_SECONDS, transport=transport),
    )


async def greet(bot: ApiBot, api_url: str, *, seconds: float = 20) -> BotIdentity:
    """Ask Telegram who the bot is, again and again for ``seconds`` while it cannot be reached.

    Raises:
        TelegramError: ``api-refused``.
        TelegramAwayError: ``api-unreachable``.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            async with asyncio.timeout_at(asyncio.get_running_loop().time() + max(0.1, deadline - time.monotonic())):
                return _identity(await bot.call("getMe", {}))
        except InvalidToken as error:
            raise TelegramError("api-refused", url=api_url, reason=error.message) from error
        except (telegram.error.TelegramError, TimeoutError) as error:
            if time.monotonic() + GREETING_PAUSE_SECONDS >= deadline:
                reason = _reason(error)
                raise TelegramAwayError("api-unreachable", url=api_url, seconds=seconds, reason=reason) from error
        await asyncio.sleep(GREETING_PAUSE_SECONDS)


def _identity(result: Any) -> BotIdentity:
    try:
        return BotIdentity(int(result["id"]), str(result["username"]), str(result["first_name"]))
    except (TypeError, KeyError, ValueError) as error:
        raise telegram.error.TelegramError("getMe was answered by something that is no bot") from error


def _reason(error: Exception) -> str:
    return str(error).partition('"')[0].strip() or "no answer"  # what it quotes is a reader's
