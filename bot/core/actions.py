"""What an inline button asks for, and its form in Telegram's 64 bytes of callback data.

Each action is a frozen dataclass with a one-letter code; its fields follow, separated by colons, the last one free
to hold colons itself. ``decode(encode(action)) == action`` for every action.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass, fields
from typing import Any, get_args

from bot.core.model import Button, Keyboard
from bot.errors import ReaderError

MAX_BYTES = 64  # Telegram: callback_data, 1-64 bytes


@dataclass(frozen=True, slots=True)
class TurnPage:
    """Show another page (0-based) of a kept composition."""

    composition_id: int
    page: int


@dataclass(frozen=True, slots=True)
class SetLocale:
    """Speak this language."""

    locale: str


@dataclass(frozen=True, slots=True)
class SetZone:
    """Live in this IANA zone."""

    zone: str


@dataclass(frozen=True, slots=True)
class SetSchedule:
    """Change the schedule as ``/schedule`` with this text does."""

    text: str


@dataclass(frozen=True, slots=True)
class Unfollow:
    """Stop following a topic."""

    topic_id: int


@dataclass(frozen=True, slots=True)
class ShowLatest:
    """Show the newest stories of a topic that the chat follows; 0 for all its topics."""

    topic_id: int


@dataclass(frozen=True, slots=True)
class Follow:
    """Follow a topic by its text, as ``/subscribe`` does."""

    text: str


@dataclass(frozen=True, slots=True)
class Refine:
    """Change a topic that the chat follows, in one of the ways of ``core.understanding.Change``."""

    topic_id: int
    change: str


@dataclass(frozen=True, slots=True)
class ShowTopics:
    """Show a page (0-based) of the list of topics; ``purpose`` is why: ``topics``, ``mute`` or ``alerts``."""

    page: int
    purpose: str


@dataclass(frozen=True, slots=True)
class OpenTopic:
    """Show the card of a topic."""

    topic_id: int


@dataclass(frozen=True, slots=True)
class SetMode:
    """Bring a topic's stories in this ``DeliveryMode``."""

    topic_id: int
    mode: str


@dataclass(frozen=True, slots=True)
class Mute:
    """Bring nothing of a topic for so many days; 0 ends it."""

    topic_id: int
    days: int


@dataclass(frozen=True, slots=True)
class Restore:
    """Follow a topic again that was removed a moment ago, in the mode that it had."""

    mode: str
    text: str


@dataclass(frozen=True, slots=True)
class ShowSources:
    """Show a page (0-based) of the panel of sources."""

    page: int


@dataclass(frozen=True, slots=True)
class SwitchSource:
    """Turn a source on (1) or off (0) and show that page of the panel; ``key`` is ``core.sources.button_key``."""

    page: int
    on: int
    key: str


@dataclass(frozen=True, slots=True)
class AddSource:
    """Add a feed that was found, or that was removed a moment ago."""

    source_id: str


@dataclass(frozen=True, slots=True)
class RemoveSource:
    """Remove a feed that the chat added; ``key`` is ``core.sources.button_key``."""

    key: str


@dataclass(frozen=True, slots=True)
class OpenSettings:
    """Show a part of the settings: ``main``, ``language``, ``articles``, ``zone``, ``hours`` or ``quiet``."""

    part: str


@dataclass(frozen=True, slots=True)
class Toggle:
    """Turn a setting over: ``compact``, ``empty``, ``pause``, or a language of articles."""

    setting: str


@dataclass(frozen=True, slots=True)
class SetQuiet:
    """Set the quiet hours as ``/quiet`` with this text does."""

    text: str


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete all that is kept of the chat; the chat is named, so that a forwarded button does nothing elsewhere."""

    chat_id: int


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
    | OpenSettings
    | Toggle
    | SetQuiet
    | Forget
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
    "e": OpenSettings,
    "i": Toggle,
    "q": SetQuiet,
    "y": Forget,
    "g": ShowSources,
    "w": SwitchSource,
    "a": AddSource,
    "x": RemoveSource,
}
_CODE_OF = {action: code for code, action in _CODES.items()}
_READ: dict[object, Callable[[str], int | str]] = {int: int, str: str, "int": int, "str": str}


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
