"""Logging: to standard error, as text or as JSON lines, with no secret in any line.

Secrets are taken out of the finished line, so that nothing slips through by arguments, exceptions or their causes.
"""

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, TextIO

_log = logging.getLogger(__name__)

_REDACTED = "***"
# A token wherever it stands: 8 to 10 digits, a colon (it may be percent-encoded), 35 letters; looser here, to last.
_TOKEN = re.compile(r"(?<![0-9])[0-9]{6,}(?::|%3[Aa])[A-Za-z0-9_-]{25,}")
# Whatever stands for the token in an address of the Bot API, however short.
_TOKEN_IN_ADDRESS = re.compile(r"(/bot)[0-9]+(?::|%3[Aa])[A-Za-z0-9_-]+")
# A password in an address: of a database, or of a feed.
_PASSWORD = re.compile(r"(?<=://)([^\s/@:]*:)[^\s/@]+(?=@)")
_TEXT_FORMAT = "%(asctime)s %(levelname)-8s %(name)s: %(message)s"

# Whose lines are written at any level. What libraries say below a warning quotes what they work on: whole addresses of
# requests, statements of a database with their values.
_OWN = frozenset({"bot", "handlers", "__main__"})
# It warns each second of a run that takes longer than one; the supervisor says when that is too long.
_NAGGING = ("apscheduler", "asyncpg.pool")

# Fields of that name hold what a text names already, for those who read logs by machine: feed_id, chat_id, ...
_ID = "_id"

_STANDARD_ATTRIBUTES = frozenset(logging.makeLogRecord({}).__dict__) | {
    "message",
    "asctime",
    "taskName",
    "color_message",
}


class Redactor:
    """Takes secrets out of a text: those given, whatever looks like a bot token, and passwords in addresses."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        self._secrets = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, _REDACTED)
        text = _TOKEN_IN_ADDRESS.sub(rf"\1{_REDACTED}", text)
        text = _PASSWORD.sub(rf"\1{_REDACTED}", text)
        return _TOKEN.sub(_REDACTED, text)


class _WithoutMessages(logging.Formatter):
    """Shows an exception by ``outline``, whoever logs it, libraries too."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's own
        """Return what kind of error it was, and where."""
        return outline(ei[1]) if ei[1] is not None else ""


class TextFormatter(_WithoutMessages):
    """One line for a person, its time in UTC, and the traceback under it."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__(_TEXT_FORMAT)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text, with its extra attributes as ``key=value``, but for ids: the text names them."""
        extra = "".join(f" {key}={value}" for key, value in _extra(record).items() if not key.endswith(_ID))
        head, newline, rest = super().format(record).partition("\n")
        return self._redact(head + extra + newline + rest)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 - the library's own
        """Return the time of a record."""
        return _time(record)


class JsonFormatter(_WithoutMessages):
    """One JSON object a line: ``time`` (UTC), ``level``, ``logger``, ``message``, ``exception``, and the extras."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        row: dict[str, object] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_extra(record),
        }
        if record.exc_info:
            row["exception"] = self.formatException(record.exc_info)
        return self._redact(json.dumps(row, ensure_ascii=False, default=str))


def configure(log_format: str, level: str, *, secrets: Collection[str] = (), stream: TextIO | None = None) -> None:
    """Send all logging to ``stream`` (standard error), in place of whatever was set up before.

    Args:
        log_format: ``text`` or ``json``.
        level: the name of a level, in any case.
        secrets: texts that no line may hold.
        stream: where lines go.
    """
    redact = Redactor(secrets)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(_is_wanted)
    handler.setFormatter(JsonFormatter(redact) if log_format == "json" else TextFormatter(redact))
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.captureWarnings(capture=True)
    for name in _NAGGING:
        logging.getLogger(name).setLevel(logging.ERROR)


def log_uncaught() -> None:
    """Log errors that end the program or a thread, or that Python can only print, without what they quote."""
    sys.excepthook = lambda _kind, error, _trace: _log.critical("the program ends: %s", outline(error))
    threading.excepthook = lambda ended: _log.error("a thread ended: %s", _outlined(ended.exc_value))
    sys.unraisablehook = lambda lost: _log.error("an error came to nobody: %s", _outlined(lost.exc_value))


def outline(error: BaseException) -> str:
    """Return an error's type and the lines of code that it came through, its causes first, without its message.

    The message of an error that nobody planned may quote what a reader wrote, and logs hold no reader's words. Of a
    group each error is told.
    """
    if isinstance(error, BaseExceptionGroup):
        return "\n".join(map(outline, error.exceptions))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{outline(cause)}\n" if cause is not None else ""
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{before}{type(error).__module__}.{type(error).__qualname__}\n{frames}".rstrip()


def _outlined(error: BaseException | None) -> str:
    return outline(error) if error is not None else "no error is known"


def _is_wanted(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in _OWN


def _time(record: logging.LogRecord) -> str:
    """Return when it was, in UTC, by ISO 8601."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _extra(record: logging.LogRecord) -> dict[str, object]:
    return {key: value for key, value in record.__dict__.items() if key not in _STANDARD_ATTRIBUTES}
