"""Requests to the Bot API that keep what python-telegram-bot forgets: the HTTP status.

The library makes one bare ``NetworkError`` of a 429 without ``retry_after``, of every 5xx and of a dropped connection;
what follows from each is different, so the status is judged here, before the library sees it.
"""

import json
from typing import Any, Final

import httpx
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError
from telegram.request import BaseRequest, HTTPXRequest, RequestData

from bot.telegram.lanes import Lanes

POOL: Final = 16
"""Most connections; delivery uses half of them, so that a button's answer finds one free."""

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 10.0
WRITE_SECONDS: Final = 5.0
POOL_SECONDS: Final = 1.0
REQUEST_SECONDS: Final = 15.0
"""The whole request's time limit: httpx's own limits are for each step, and a slow trickle passes them all."""

_NOT_FOUND = 404
_TOO_LARGE = 413
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
_REDIRECT = 300

# The library's names for timeouts: a number, None for none, or its own mark for "as made".
_Timeout = Any


class FloodedError(NetworkError):
    """Status 429. ``retry_after`` is in seconds, None where the answer does not say."""

    __slots__ = ("retry_after",)

    def __init__(self, retry_after: float | None) -> None:
        super().__init__("Too Many Requests")
        self.retry_after = retry_after


class NotFoundError(InvalidToken):
    """Status 404: the server knows either not the token or not the method; ``getMe`` tells."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("Not Found")


class UnreadableAnswerError(NetworkError):
    """Status 5xx, or a 2xx whose body is not the Bot API's: nobody knows what was done."""

    __slots__ = ("status",)

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP status {status} without a readable result")
        self.status = status


class StatusRequest(HTTPXRequest):
    """The library's own client, with the statuses told apart and no proxy taken from the environment."""

    __slots__ = ()

    def __init__(
        self,
        *,
        pool: int = POOL,
        read_seconds: float = READ_SECONDS,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(
            connection_pool_size=pool,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=read_seconds,
            write_timeout=WRITE_SECONDS,
            pool_timeout=POOL_SECONDS,
            httpx_kwargs={"trust_env": False, "transport": transport or Lanes(pool)},
        )

    async def do_request(  # noqa: PLR0917 the library's own signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: _Timeout = BaseRequest.DEFAULT_NONE,
        write_timeout: _Timeout = BaseRequest.DEFAULT_NONE,
        connect_timeout: _Timeout = BaseRequest.DEFAULT_NONE,
        pool_timeout: _Timeout = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make the request and return status and body.

        Raises:
            FloodedError: the status is 429.
            NotFoundError: the answer to a call is 404.
            telegram.error.BadRequest: the status is 413, which the library takes for a fault of the network.
            UnreadableAnswerError: the status is 5xx, or the answer to a call has no result.
            telegram.error.NetworkError: what happened to the connection is its cause.
        """
        status, body = await super().do_request(
            url, method, request_data, read_timeout, write_timeout, connect_timeout, pool_timeout
        )
        if status == _TOO_MANY_REQUESTS:
            raise FloodedError(_retry_after(body))
        if status == _NOT_FOUND and method == "POST":
            raise NotFoundError
        if status == _TOO_LARGE:
            raise BadRequest("Request Entity Too Large")
        # Files are fetched by GET; an answer to a call has its result under this name.
        if status >= _SERVER_ERROR or (method == "POST" and status < _REDIRECT and b'"result"' not in body):
            raise UnreadableAnswerError(status)
        return status, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse an answer; unlike the library's own, log nothing of it: it holds readers' messages."""
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError) as error:  # not JSON, or nested too deep for the parser
            raise TelegramError("Invalid server response") from error
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        return answer


def _retry_after(body: bytes) -> float | None:
    try:
        seconds = json.loads(body)["parameters"]["retry_after"]
        return max(0.0, float(seconds))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
