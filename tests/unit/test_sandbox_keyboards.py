"""The sandbox checks inline keyboards as Telegram does."""

import json

import pytest

from bot.sandbox.keyboards import inline_keyboard
from bot.sandbox.replies import ApiError


def _markup(button: dict[str, object]) -> str:
    return json.dumps({"inline_keyboard": [[button]]})


def test_callback_data_is_counted_in_bytes() -> None:
    """32 Cyrillic letters fill the 64 bytes; one more is refused."""
    kept = inline_keyboard(_markup({"text": "a", "callback_data": "ә" * 32}))

    assert kept == [[{"text": "a", "callback_data": "ә" * 32}]]
    with pytest.raises(ApiError, match="BUTTON_DATA_INVALID"):
        inline_keyboard(_markup({"text": "a", "callback_data": "ә" * 33}))


@pytest.mark.parametrize(
    ("button", "reason"),
    [
        ({"text": "a", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "a"}, "Text buttons are unallowed in the inline keyboard"),
        ({"callback_data": "a"}, 'Can\'t find field "text"'),
        ({"text": "a", "url": "file:///etc"}, "is invalid"),
    ],
)
def test_a_button_that_telegram_would_refuse_is_refused(button: dict[str, object], reason: str) -> None:
    """Each is a 400 that names the reason."""
    with pytest.raises(ApiError) as refused:
        inline_keyboard(_markup(button))

    assert refused.value.code == 400
    assert reason in refused.value.description


def test_a_markup_that_is_no_json_is_refused() -> None:
    """Unreadable markup is never taken for none."""
    with pytest.raises(ApiError, match="can't parse reply keyboard markup JSON object"):
        inline_keyboard("{")


def test_no_buttons_are_no_keyboard() -> None:
    """An empty keyboard removes what was there."""
    assert inline_keyboard(None) is None
    assert inline_keyboard("") is None
    assert inline_keyboard('{"inline_keyboard": [[]]}') is None
