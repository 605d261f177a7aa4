"""Inline keyboards, checked as Telegram checks them."""

import json

from bot.sandbox.model import JsonObject
from bot.sandbox.replies import bad_request

MAX_CALLBACK_BYTES = 64
MAX_BUTTONS = 100
_URL_SCHEMES = ("http://", "https://", "tg://")
_PASSED_ON = ("switch_inline_query", "switch_inline_query_current_chat", "copy_text", "web_app")


def inline_keyboard(markup: object) -> list[list[JsonObject]] | None:
    """Return the rows of ``reply_markup``, None where there are none; raise ApiError 400 for a bad one.

    ``markup`` is the parameter as it came: JSON text or an object. Keyboards of other kinds give None.
    """
    if isinstance(markup, str):
        markup = _loaded(markup)
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        return None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('can\'t parse inline keyboard markup: Field "inline_keyboard" must be of type Array')
    keyboard = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, keyboard)) > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return keyboard or None


def _loaded(markup: str) -> object:
    if not markup:
        return None
    try:
        return json.loads(markup)
    except ValueError as error:
        raise bad_request("can't parse reply keyboard markup JSON object") from error


def _button(button: object) -> JsonObject:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str):
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    if not text.strip():
        raise bad_request("can't parse inline keyboard button: Text buttons must have non-empty text")
    if "url" in button:
        return {"text": text, "url": _address(str(button["url"]))}
    if "callback_data" in button:
        return {"text": text, "callback_data": _callback_data(button["callback_data"])}
    for name in _PASSED_ON:
        if name in button:
            return {"text": text, name: button[name]}
    raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")


def _callback_data(data: object) -> str:
    """Return the data; Telegram wants 1 to 64 bytes of UTF-8."""
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= MAX_CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return data


def _address(url: str) -> str:
    if not url.startswith(_URL_SCHEMES):
        reason = "Unsupported URL protocol" if "://" in url else "Wrong HTTP URL"
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {reason}")
    return url
