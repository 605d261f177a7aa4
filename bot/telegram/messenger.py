"""Sends messages by the Bot API, and says by its cause what became of each attempt."""

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import httpx
from telegram import InputFile
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, TelegramError

from bot.core.delivery import (
    AttachmentRefused,
    MethodUnknown,
    Migrated,
    NotSent,
    Outcome,
    Sent,
    TokenRefused,
    Unknown,
    read_refusal,
)
from bot.core.model import Button, InlineResult, Keyboard, OutgoingMessage
from bot.telegram.api import ApiBot, Json, UnknownMethodError
from bot.telegram.request import REQUEST_SECONDS, FloodedError

FLOOD_SECONDS: Final = 5.0
"""How long to wait after a 429 that does not say."""

CALLBACK_ANSWER_LIMIT: Final = 200  # Bot API, answerCallbackQuery, text

INLINE_CACHE_SECONDS: Final = 10
"""How long Telegram may give the same answer to the same person."""

# The connection was never made, so nothing can have arrived.
_NEVER_LEFT = (httpx.PoolTimeout, httpx.ConnectTimeout, httpx.ConnectError)

_QUOTED = re.compile(r"""("|(?<=\s)').*""", re.DOTALL)

_log = logging.getLogger(__name__)


class TelegramMessenger:
    """``ports.Messenger`` over the Bot API."""

    def __init__(self, bot: ApiBot) -> None:
        self._bot = bot

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Send or edit one message. Raises nothing for what the other side does."""
        try:
            async with asyncio.timeout(REQUEST_SECONDS):  # all of it: the row's lease lasts little longer
                return await self._send(message)
        except (TelegramError, TimeoutError) as error:
            return outcome_of(error, message)

    async def _send(self, message: OutgoingMessage) -> Outcome:
        try:
            return _sent(await self._bot.call(_method(message), _parameters(message)))
        except UnknownMethodError as error:
            if message.edits is not None:
                return await self._send(replace(message, edits=None))  # a new message says it too
            if message.attachment is not None:
                return AttachmentRefused(_reason(error), "unknown_method")
            return MethodUnknown(_reason(error))

    async def alive(self) -> bool:
        """Return whether Telegram answers ``getMe`` for this token."""
        return await self._bot.answers()

    async def answer_callback(self, callback_id: str, text: str = "", *, alert: bool = False) -> bool:
        """Answer a pressed button, straight out; return whether Telegram took it.

        A lost answer costs the reader a spinning button, no more: it is logged, not tried again.
        """
        parameters = {
            "callback_query_id": callback_id,
            "text": text[:CALLBACK_ANSWER_LIMIT] or None,
            "show_alert": alert,
        }
        try:
            await self._bot.call("answerCallbackQuery", parameters)
        except (TelegramError, TimeoutError) as error:
            _log.debug("a button's answer was not taken: %s", _reason(error))
            return False
        return True

    async def answer_inline(
        self, query_id: str, results: Sequence[InlineResult], *, offer: tuple[str, str] | None
    ) -> bool:
        """Answer an inline query, straight out; return whether Telegram took it.

        ``offer`` is a button above the results: its text, and the parameter that ``/start`` gets. A lost answer is
        logged, not tried again: the next letter asks anew.
        """
        parameters = {
            "inline_query_id": query_id,
            "results": [_article(result) for result in results],
            "cache_time": INLINE_CACHE_SECONDS,
            "is_personal": True,
            "button": {"text": offer[0], "start_parameter": offer[1]} if offer else None,
        }
        try:
            await self._bot.call("answerInlineQuery", parameters)
        except (TelegramError, TimeoutError) as error:
            _log.debug("an inline query's answer was not taken: %s", _reason(error))
            return False
        return True


def outcome_of(error: TelegramError | TimeoutError, message: OutgoingMessage) -> Outcome:
    """Return what became of an attempt to send this message that ended with this error.

    The order of cases matters: the library's ``BadRequest`` and ``TimedOut`` are ``NetworkError`` too.
    """
    reason = _reason(error)
    match error:
        case FloodedError():
            return NotSent(reason, FLOOD_SECONDS if error.retry_after is None else error.retry_after)
        case ChatMigrated():
            return Migrated(error.new_chat_id)
        case InvalidToken():
            return TokenRefused(reason)
        case Forbidden() | BadRequest():
            return read_refusal(reason, message, forbidden=isinstance(error, Forbidden))
        case NetworkError() if isinstance(error.__cause__, _NEVER_LEFT):
            return NotSent(reason)
        case _:
            return Unknown(reason)


def _reason(error: Exception) -> str:
    """Return the error in words; what it quotes is left out, because it quotes the reader's message."""
    text = _QUOTED.sub("", str(error)).strip()
    return text or type(error).__name__


def _sent(result: Json) -> Outcome:
    if isinstance(result, dict) and isinstance(message_id := result.get("message_id"), int):
        return Sent(message_id)
    return Unknown("the answer names no message")


def _method(message: OutgoingMessage) -> str:
    if message.attachment is not None:
        return f"send{message.attachment.kind.value.capitalize()}"
    return "sendMessage" if message.edits is None else "editMessageText"


def _content(message: OutgoingMessage) -> dict[str, object]:
    if (file := message.attachment) is not None:
        return {file.kind.value: InputFile(file.data, filename=file.name), "caption": message.text}
    return {"text": message.text, "link_preview_options": _preview(message.preview)}


def _preview(image: str | None) -> dict[str, object]:
    if image is None:
        return {"is_disabled": True}
    return {"url": image, "prefer_large_media": True, "show_above_text": True}


def _parameters(message: OutgoingMessage) -> dict[str, object]:
    parameters = {"chat_id": message.chat_id, "parse_mode": "HTML", **_content(message)}
    if message.keyboard:
        parameters["reply_markup"] = _markup(message.keyboard)
    if message.edits is not None:
        return parameters | {"message_id": message.edits}
    if message.thread_id is not None:
        parameters["message_thread_id"] = message.thread_id
    if message.silent:
        parameters["disable_notification"] = True
    return parameters


def _markup(keyboard: Keyboard) -> dict[str, object]:
    return {"inline_keyboard": [[_button(button) for button in row] for row in keyboard]}


def _article(result: InlineResult) -> dict[str, object]:
    return {
        "type": "article",
        "id": result.id,
        "title": result.title,
        "description": result.description,
        "url": result.url,
        "input_message_content": {"message_text": result.text, "parse_mode": "HTML"},
    }


def _button(button: Button) -> dict[str, str]:
    if button.url is not None:
        return {"text": button.text, "url": button.url}
    return {"text": button.text, "callback_data": button.data or ""}
