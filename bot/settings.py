"""Settings: read once from the environment (and ``.env``), checked, frozen.

Each field of ``Settings`` carries the ``Variable`` that it comes from: name, default as an operator would type it,
meaning. The table in the README is checked against that. This module is the only reader of the environment.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Self, cast, get_args, get_type_hints

from dotenv import dotenv_values

from bot import env_values as read
from bot.env_values import Network, Secret
from bot.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Variable:
    """One row of the settings table. ``default`` is None where the variable may be absent, or has to be given."""

    name: str
    default: str | None
    meaning: str
    read: Callable[[str], object] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decided. ``token`` is None where what runs does not need it."""

    token: Annotated[Secret | None, Variable("BOT_TOKEN", None, "token from BotFather", read.token)]
    api_url: Annotated[
        str, Variable("BOT_API_URL", "https://api.telegram.org", "root of the Bot API, without `/bot`", read.web_url)
    ]
    database_url: Annotated[
        str,
        Variable(
            "DATABASE_URL",
            "sqlite:///jarshy.db",
            "`sqlite:///relative`, `sqlite:////absolute` or `postgresql://…`",
            str,
        ),
    ] = field(repr=False)  # it may hold a password
    sources_file: Annotated[
        Path | None, Variable("SOURCES_FILE", None, "TOML catalogue of sources in place of the built-in one", Path)
    ]
    poll_min: Annotated[
        timedelta, Variable("POLL_MIN_SECONDS", "300", "shortest interval between two polls of a feed", read.interval)
    ]
    poll_max: Annotated[
        timedelta, Variable("POLL_MAX_SECONDS", "86400", "longest interval between two polls of a feed", read.interval)
    ]
    host_pause: Annotated[
        timedelta, Variable("HOST_PAUSE_SECONDS", "1", "pause between requests to one host; 0 is none", read.pause)
    ]
    allowed_networks: Annotated[
        tuple[Network, ...],
        Variable(
            "FEED_ALLOW_NETWORKS",
            "",
            "networks (CIDR, by commas) that feeds added by readers may reach besides public ones",
            read.networks,
        ),
    ]
    feed_contact: Annotated[
        str, Variable("FEED_CONTACT", "", "page or address where outlets reach you, for the User-Agent", read.header)
    ]
    send_rate: Annotated[float, Variable("SEND_RATE", "25", "messages a second, over all chats", read.rate)]
    webhook_url: Annotated[
        str | None, Variable("WEBHOOK_URL", None, "address of a webhook in place of long polling", read.web_url)
    ]
    webhook_secret: Annotated[
        Secret | None,
        Variable("WEBHOOK_SECRET", None, "secret that Telegram shows with each webhook call", read.webhook_secret),
    ]
    http_host: Annotated[
        str, Variable("HTTP_HOST", "127.0.0.1", "address of the health, metrics and webhook server", str)
    ]
    http_port: Annotated[int, Variable("HTTP_PORT", "8080", "port of that server; 0 is off", read.port)]
    admin_ids: Annotated[
        frozenset[int], Variable("ADMIN_IDS", "", "user ids of administrators, by commas", read.user_ids)
    ]
    keep_articles: Annotated[
        timedelta, Variable("KEEP_ARTICLES_DAYS", "30", "days for which articles are kept", read.days)
    ]
    keep_outbox: Annotated[
        timedelta, Variable("KEEP_OUTBOX_DAYS", "7", "days for which finished messages are kept", read.days)
    ]
    log_format: Annotated[str, Variable("LOG_FORMAT", "text", "`text` or `json`", read.log_format)]
    log_level: Annotated[
        str, Variable("LOG_LEVEL", "info", "`debug`, `info`, `warning`, `error` or `critical`", read.log_level)
    ]

    @classmethod
    def from_env(cls, mapping: Mapping[str, str], *, need_token: bool) -> Self:
        """Read and check the settings. An empty variable counts as absent.

        Args:
            mapping: variables by name, such as the environment.
            need_token: whether ``BOT_TOKEN`` is looked at, and required.

        Raises:
            SettingsError: ``token-missing``, ``token-malformed``, ``setting-malformed`` (``name``, ``reason``) or
                ``webhook-secret-missing``. No error holds the value of a secret.
        """
        values: dict[str, Any] = {"token": _token(mapping) if need_token else None}
        for name, variable in _variables().items():
            if name not in values:
                values[name] = _value(variable, mapping)
        settings = cls(**values)
        settings._check()
        return settings

    @classmethod
    def load(cls, dotenv: Path = Path(".env"), *, need_token: bool) -> Self:
        """Read the settings of this process: the environment, and under it the file ``dotenv`` where there is one.

        Raises:
            SettingsError: as ``from_env``, and ``file-unreadable`` (``path``, ``reason``).
        """
        return cls.from_env({**_file_values(dotenv), **os.environ}, need_token=need_token)

    def _check(self) -> None:
        """Check what several variables say together."""
        if self.poll_min > self.poll_max:
            raise SettingsError("setting-malformed", name="POLL_MIN_SECONDS", reason="it is above POLL_MAX_SECONDS")
        if self.webhook_url is None:
            return
        if self.webhook_secret is None:
            raise SettingsError("webhook-secret-missing")
        if self.http_port == 0:
            raise SettingsError("setting-malformed", name="HTTP_PORT", reason="a webhook needs the server; 0 is off")


def variables() -> tuple[Variable, ...]:
    """Return the settings table, in the order of the fields."""
    return tuple(_variables().values())


def _variables() -> dict[str, Variable]:
    hints = get_type_hints(Settings, include_extras=True)
    return {name: cast("Variable", get_args(hint)[1]) for name, hint in hints.items()}


def _value(variable: Variable, mapping: Mapping[str, str]) -> object:
    text = mapping.get(variable.name, "").strip() or variable.default
    if text is None:
        return None
    try:
        return variable.read(text)
    except ValueError as error:
        raise SettingsError("setting-malformed", name=variable.name, reason=str(error)) from None


def _token(mapping: Mapping[str, str]) -> Secret:
    text = mapping.get("BOT_TOKEN", "").strip()
    if not text:
        raise SettingsError("token-missing")
    try:
        return read.token(text)
    except ValueError:
        raise SettingsError("token-malformed") from None


def _file_values(path: Path) -> dict[str, str]:
    """Return what the file sets; nothing where there is no such file. Dollar signs mean themselves."""
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8") as stream:
            values = dotenv_values(stream=stream, interpolate=False)
    except OSError as error:
        raise SettingsError("file-unreadable", path=path, reason=error.strerror) from error
    except UnicodeError as error:
        raise SettingsError("file-unreadable", path=path, reason="it is not UTF-8 text") from error
    return {name: value for name, value in values.items() if value is not None}
