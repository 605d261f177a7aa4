"""What an inline button asks for, and its form in Telegram's 64 bytes of callback data.

Each action is a frozen dataclass with a one-letter code; its fields follow, separated by colons, the last one free
to hold colons itself. ``decode(encode(action)) == action`` for every action.
"""

from collections.abc import Callable
from dataclasses import astuple, fields, replace
from typing import Any, get_args

from bot.core.action_kinds import (
    AddSource,
    BringHere,
    FirstStep,
    Follow,
    Forget,
    Manage,
    Mute,
    OpenLanguages,
    OpenSettings,
    OpenTopic,
    Refine,
    RemoveSource,
    Restore,
    SendBroadcast,
    SetLocale,
    SetMode,
    SetQuiet,
    SetSchedule,
    SetZone,
    ShowLatest,
    ShowSources,
    ShowTopics,
    ShowTrend,
    SwitchSource,
    Toggle,
    ToggleLanguage,
    ToggleReady,
    TurnPage,
    Unfollow,
)
from bot.core.model import Button, Keyboard
from bot.core.story_actions import (
    ExcludeWord,
    IncludeWord,
    ListStories,
    OfferMutes,
    OpenStory,
    Related,
    Silence,
    Why,
)
from bot.errors import ReaderError

__all__ = [
    "MAX_BYTES",
    "Action",
    "AddSource",
    "BringHere",
    "ExcludeWord",
    "FirstStep",
    "Follow",
    "Forget",
    "IncludeWord",
    "ListStories",
    "Manage",
    "Mute",
    "OfferMutes",
    "OpenLanguages",
    "OpenSettings",
    "OpenStory",
    "OpenTopic",
    "Refine",
    "Related",
    "RemoveSource",
    "Restore",
    "SendBroadcast",
    "SetLocale",
    "SetMode",
    "SetQuiet",
    "SetSchedule",
    "SetZone",
    "ShowLatest",
    "ShowSources",
    "ShowTopics",
    "ShowTrend",
    "Silence",
    "SwitchSource",
    "Toggle",
    "ToggleLanguage",
    "ToggleReady",
    "TurnPage",
    "Unfollow",
    "Why",
    "button",
    "decode",
    "encode",
    "fits",
    "for_channel",
    "split_channel",
]

MAX_BYTES = 64  # Telegram: callback_data, 1-64 bytes

Action = (
    TurnPage
    | SetLocale
    | SetZone
    | SetSchedule
    | Unfollow
    | ShowLatest
    | Follow
    | Refine
    | ShowTopics
    | OpenTopic
    | SetMode
    | Mute
    | Restore
    | OpenLanguages
    | ToggleLanguage
    | OpenSettings
    | Toggle
    | SetQuiet
    | Forget
    | FirstStep
    | ToggleReady
    | BringHere
    | Manage
    | ListStories
    | OpenStory
    | Why
    | Related
    | OfferMutes
    | ExcludeWord
    | IncludeWord
    | Silence
    | ShowTrend
    | SendBroadcast
    | ShowSources
    | SwitchSource
    | AddSource
    | RemoveSource
)

_CODES: dict[str, type[Action]] = {
    "p": TurnPage,
    "l": SetLocale,
    "z": SetZone,
    "s": SetSchedule,
    "u": Unfollow,
    "n": ShowLatest,
    "f": Follow,
    "r": Refine,
    "t": ShowTopics,
    "o": OpenTopic,
    "d": SetMode,
    "m": Mute,
    "b": Restore,
    "9": OpenLanguages,
    "0": ToggleLanguage,
    "e": OpenSettings,
    "i": Toggle,
    "q": SetQuiet,
    "y": Forget,
    "1": FirstStep,
    "2": ToggleReady,
    "3": Why,
    "8": BringHere,
    "M": Manage,
    "k": ListStories,
    "h": OpenStory,
    "j": Related,
    "v": OfferMutes,
    "5": ExcludeWord,
    "6": IncludeWord,
    "7": Silence,
    "c": ShowTrend,
    "4": SendBroadcast,
    "g": ShowSources,
    "w": SwitchSource,
    "a": AddSource,
    "x": RemoveSource,
}
_CODE_OF = {action: code for code, action in _CODES.items()}
_LARGEST = 2**63 - 1  # what a database takes for a number


def encode(action: Action) -> str:
    """Return the callback data of an action.

    Raises:
        ValueError: it would not fit into 64 bytes; see ``fits``.
    """
    data = ":".join((_CODE_OF[type(action)], *map(str, astuple(action))))
    if len(data.encode()) > MAX_BYTES:
        msg = f"callback data of {len(data.encode())} bytes: {data}"
        raise ValueError(msg)
    return data


def _number(text: str) -> int:
    number = int(text)
    if abs(number) > _LARGEST:
        raise ValueError(text)
    return number


_READ: dict[object, Callable[[str], int | str]] = {int: _number, str: str, "int": _number, "str": str}


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def for_channel(keyboard: Keyboard, channel_id: int) -> Keyboard:
    """Return the keyboard with its buttons about a channel: ``@<channel>:`` before their data, where that fits."""
    mark = f"@{_base36(channel_id)}:"
    rows = [
        tuple(
            button if button.data is None else replace(button, data=mark + button.data)
            for button in row
            if len((mark + (button.data or "")).encode()) <= MAX_BYTES
        )
        for row in keyboard
    ]
    return tuple(row for row in rows if row)


def split_channel(data: str) -> tuple[int | None, str]:
    """Return the channel that callback data is about, None for the chat itself, and the rest of the data."""
    mark, found, rest = data.partition(":")
    if not (found and mark.startswith("@")):
        return None, data
    try:
        channel_id = -int(mark[1:], 36)
    except ValueError:
        return None, data
    return (channel_id, rest) if 0 < -channel_id <= _LARGEST else (None, data)


def _base36(channel_id: int) -> str:
    number, digits = -channel_id, ""  # the ids of channels are negative
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits


def fits(text: str) -> bool:
    """Return whether an action whose only field is this text fits into callback data."""
    return len(text.encode()) <= MAX_BYTES - 2


def button(text: str, action: Action) -> Keyboard:
    """Return a row of one button, no row at all where the action would not fit into callback data."""
    try:
        return ((Button(text, encode(action)),),)
    except ValueError:
        return ()


def decode(data: str) -> Action:
    """Return the action that callback data stands for.

    Raises:
        ReaderError: ``button-stale``, where no action of this version has that form.
    """
    code, _, rest = data.partition(":")
    action = _CODES.get(code)
    if action is None:
        raise ReaderError("button-stale")
    kinds = {field.name: field.type for field in fields(action)}
    texts = rest.split(":", len(kinds) - 1)
    try:
        values: dict[str, Any] = {
            name: _READ[kind](text) for (name, kind), text in zip(kinds.items(), texts, strict=True)
        }
        return action(**values)
    except ValueError:
        raise ReaderError("button-stale") from None


assert set(_CODES.values()) == set(get_args(Action))  # noqa: S101 - a new action needs a code
