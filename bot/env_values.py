"""How the text of an environment variable becomes a value.

Each reader raises ``ValueError`` with the reason; no reason holds the text of a secret.
"""

import ipaddress
import math
import re
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # Bot API, setWebhook, secret_token
_LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that shows itself only when asked: ``str`` and ``repr`` hide it."""

    _text: str = field(repr=False)

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __str__(self) -> str:
        return "***"


def token(text: str) -> Secret:
    """Read a bot token: digits, a colon, and letters, digits, ``_`` or ``-``."""
    if not _TOKEN.fullmatch(text):
        raise ValueError("expected digits, a colon and letters")
    return Secret(text)


def webhook_secret(text: str) -> Secret:
    """Read a webhook secret, in the alphabet that Telegram allows."""
    if not _WEBHOOK_SECRET.fullmatch(text):
        raise ValueError("expected 1 to 256 of the characters A-Z a-z 0-9 _ -")
    return Secret(text)


def web_url(text: str) -> str:
    """Read an http or https address; a slash at its end is dropped."""
    try:
        parts = urlsplit(text)
        wrong = parts.scheme not in {"http", "https"} or not parts.hostname or (parts.port == 0)
    except ValueError:
        wrong = True
    if wrong or parts.query or parts.fragment:
        raise ValueError("expected an address such as https://example.org/path")
    return text.rstrip("/")


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError("expected a number")
    return number


def rate(text: str) -> float:
    """Read a positive number."""
    number = _number(text)
    if number <= 0:
        raise ValueError("expected a number above 0")
    return number


def interval(text: str) -> timedelta:
    """Read a positive number of seconds."""
    return _span(seconds=rate(text))


def pause(text: str) -> timedelta:
    """Read a number of seconds, 0 among them."""
    number = _number(text)
    if number < 0:
        raise ValueError("expected 0 or more")
    return _span(seconds=number)


def days(text: str) -> timedelta:
    """Read a positive number of days."""
    return _span(days=rate(text))


def _span(*, days: float = 0, seconds: float = 0) -> timedelta:
    try:
        return timedelta(days=days, seconds=seconds)
    except OverflowError:
        raise ValueError("it is too large") from None


def port(text: str) -> int:
    """Read a port, 0 among them."""
    number = _whole(text)
    if not 0 <= number <= _LAST_PORT:
        raise ValueError(f"expected a number from 0 to {_LAST_PORT}")
    return number


def user_ids(text: str) -> frozenset[int]:
    """Read Telegram user ids, by commas."""
    ids = frozenset(_whole(part) for part in _parts(text))
    if any(each <= 0 for each in ids):
        raise ValueError("expected user ids (numbers above 0), by commas")
    return ids


def networks(text: str) -> tuple[Network, ...]:
    """Read networks in CIDR notation, by commas; a bare address is a network of one."""
    try:
        return tuple(ipaddress.ip_network(part) for part in _parts(text))
    except ValueError:
        raise ValueError("expected networks such as 10.0.0.0/8, by commas") from None


def header(text: str) -> str:
    """Read a text that can stand in an HTTP header."""
    if not (text.isascii() and text.isprintable()):
        raise ValueError("expected printable ASCII")
    return text


def log_format(text: str) -> str:
    """Read ``text`` or ``json``."""
    return _one_of(text, ("text", "json"))


def log_level(text: str) -> str:
    """Read the name of a level, in any case."""
    return _one_of(text, _LOG_LEVELS)


def _one_of(text: str, choices: tuple[str, ...]) -> str:
    if text.lower() not in choices:
        raise ValueError(f"expected one of {', '.join(choices)}")
    return text.lower()


def _whole(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise ValueError("expected a whole number")
    return int(text)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
