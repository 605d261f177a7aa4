"""Refusals of the Bot API, in Telegram's own words.

The wording follows the Bot API server (tdlib/telegram-bot-api, ``Client::fail_query_with_error``): a prefix for the
code, then TDLib's message with its first letter lowered, except where it is an identifier like ``BUTTON_DATA_INVALID``.
"""

from bot.sandbox.model import JsonObject

_PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


class ApiError(Exception):
    """A call that Telegram refuses: HTTP status and ``error_code``, description, response parameters."""

    def __init__(self, code: int, message: str = "", **parameters: int) -> None:
        super().__init__(code, message)
        self.code = code
        self.description = describe(code, message)
        self.parameters = parameters

    def body(self) -> JsonObject:
        """Return the answer's JSON."""
        answer: JsonObject = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            answer["parameters"] = dict(self.parameters)
        return answer


def describe(code: int, message: str) -> str:
    """Return the description that Telegram would give: ``Bad Request: chat not found``."""
    prefix = _PREFIXES.get(code, "Error")
    if not message or message.startswith(prefix):
        return message or prefix
    identifier = len(message) > 1 and (message[1] == "_" or message[1].isupper())
    return f"{prefix}: {message if identifier else message[0].lower() + message[1:]}"


def too_many_requests(seconds: int) -> ApiError:
    """Return status 429 with the wait in whole seconds."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def upgraded(chat_id: int) -> ApiError:
    """Return the refusal for a group that became the supergroup ``chat_id``."""
    return ApiError(400, "group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat_id)


def bad_request(message: str) -> ApiError:
    """Return status 400."""
    return ApiError(400, message)


def forbidden(message: str) -> ApiError:
    """Return status 403."""
    return ApiError(403, message)
