"""Log lines hold no secret, whatever way it came into the record, and are one line each."""

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot import logs
from bot.isolation import isolated

TOKEN = "123456789:AAE-abcdefghijklmnopqrstuvwxyz_01234"


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    """Put logging back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def lines(log_format: str, *secrets: str) -> tuple[logging.Logger, io.StringIO]:
    """Return a logger and where its lines go."""
    stream = io.StringIO()
    logs.configure(log_format, "info", secrets=secrets, stream=stream)
    return logging.getLogger("bot.test"), stream


def fail(text: str) -> None:
    """Raise an error that has a cause, both with this text."""
    try:
        int(text)
    except ValueError as error:
        raise RuntimeError(text) from error


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_tokens_are_redacted(log_format: str):
    """A token is taken out of messages, arguments, extras, exceptions and their causes."""
    logger, stream = lines(log_format)

    logger.info("GET https://api.telegram.org/bot%s/getMe", TOKEN)
    logger.info("encoded bot123456789%%3AAAE-abcdefghijklmnopqrstuvwxyz_01234 %s", TOKEN, extra={"url": TOKEN})
    try:
        fail(TOKEN)
    except RuntimeError:
        logger.exception("failed")

    assert "abcdefghij" not in stream.getvalue()
    assert "***" in stream.getvalue()
    assert "RuntimeError" in stream.getvalue()


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_given_secrets_are_redacted(log_format: str):
    """Secrets that no pattern could know are taken out by their text, short tokens in addresses by their place."""
    logger, stream = lines(log_format, "s3cret", "")

    logger.info("the secret is s3cret at http://127.0.0.1:81/bot1:ab/getMe, at 12:30")

    assert "s3cret" not in stream.getvalue()
    assert "1:ab" not in stream.getvalue()
    assert "12:30" in stream.getvalue()


def test_json_lines():
    """Each record is one JSON object with its time in UTC, its extras and its exception."""
    logger, stream = lines("json")

    logger.info("қос «%s»\nsecond", "сөз", extra={"chat": 5})
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        logger.exception("failed")
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())

    assert first["message"] == "қос «сөз»\nsecond"
    assert (first["level"], first["logger"], first["chat"]) == ("info", "bot.test", 5)
    assert datetime.fromisoformat(first["time"]).utcoffset() == timedelta()
    assert "ZeroDivisionError" in second["exception"]


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_an_error_is_shown_without_what_it_quotes(log_format: str):
    """Its kind, its cause's and where they were raised; the message of neither, for it may quote a reader."""
    logger, stream = lines(log_format)
    said = "reader wrote this"
    try:
        fail(said)
    except RuntimeError:
        logger.exception("failed")

    assert said not in stream.getvalue()
    assert "ValueError" in stream.getvalue()
    assert "RuntimeError" in stream.getvalue()
    assert "in fail" in stream.getvalue()


def test_request_lines_are_left_out():
    """The HTTP client's line for each request, which holds the token, does not appear at all."""
    _, stream = lines("text")

    logging.getLogger("httpx").info("HTTP Request: POST https://api.telegram.org/bot%s/getMe", TOKEN)

    assert not stream.getvalue()


def test_outline_has_no_message():
    """An error's outline tells type and place of it and of its cause, never the message."""
    text = "reader's words"
    with pytest.raises(RuntimeError, match="words") as caught:
        fail(text)
    shown = logs.outline(caught.value)

    assert "ValueError" in shown
    assert "RuntimeError" in shown
    assert "in fail" in shown
    assert "words" not in shown


@pytest.mark.parametrize(
    "name", ["aiosqlite.core", "asyncpg", "asyncio", "httpcore.http11", "telegram.ext", "PIL", "?"]
)
def test_at_debug_no_library_tells_what_it_works_on(name: str):
    """Libraries quote statements with their values, addresses and documents; below a warning they say nothing at all."""
    stream = io.StringIO()
    logs.configure("text", "debug", stream=stream)
    logging.getLogger(name).debug("INSERT %s", "сөз")
    logging.getLogger(name).info("INSERT %s", "сөз")
    logging.getLogger(name).warning("the server is old")
    for own in ("bot.app", "handlers.start", "__main__"):
        logging.getLogger(own).debug("works: %s", own)

    assert "сөз" not in stream.getvalue()
    assert "the server is old" in stream.getvalue()
    assert stream.getvalue().count("works") == 3


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_passwords_in_addresses_are_redacted(log_format: str):
    """Whose the address is does not matter, nor where in the line it stands."""
    logger, stream = lines(log_format)
    logger.warning("postgresql://jarshy:s3cr%%40t@db/jarshy and https://u:s3cr@feed.kz:80/a@b, at http://h:81/x@y")

    assert "s3cr" not in stream.getvalue()
    assert "postgresql://jarshy:***@db/jarshy" in stream.getvalue()
    assert "https://u:***@feed.kz:80/a@b" in stream.getvalue()
    assert "http://h:81/x@y" in stream.getvalue()


def test_what_nobody_catches_is_told_without_its_words():
    """The end of the program, of a thread, and what Python could only print: one record each, by kind and place."""
    _, stream = lines("text")
    logs.log_uncaught()
    said = "\N{CYRILLIC SMALL LETTER YA}" * 3  # in no line of this file: a traceback shows those
    thread = threading.Thread(target=fail, args=(said,))
    thread.start()
    thread.join()
    with pytest.raises(RuntimeError) as caught:
        fail(said)
    sys.excepthook(caught.type, caught.value, caught.tb)
    Unlucky(said)

    assert said not in stream.getvalue()
    assert stream.getvalue().count("ValueError") == 3
    assert stream.getvalue().count("in fail") == 6


class Unlucky:
    """Fails where nothing can be raised."""

    def __init__(self, said: str) -> None:
        self._said = said

    def __del__(self) -> None:
        fail(self._said)


def test_text_lines_say_when_in_which_zone():
    """The time stands first, by ISO 8601 and in UTC, whatever zone the machine is in."""
    logger, stream = lines("text")
    before = datetime.now(UTC) - timedelta(seconds=1)
    logger.info("works")

    at = datetime.fromisoformat(stream.getvalue().split()[0])
    assert at.utcoffset() == timedelta()
    assert before < at < before + timedelta(minutes=1)


def test_ids_are_fields_for_machines():
    """What was set aside is named in the text once, and in JSON by a field too."""
    for chat, log_format in ((76, "text"), (77, "json")):  # each is told once
        _, stream = lines(log_format)
        with isolated("chat", chat, what="no digest this time"):
            raise KeyError("word")
        line = stream.getvalue().splitlines()[0]

        assert f"chat {chat}: no digest this time" in line
        assert ("chat_id" in line) == (log_format == "json")
    assert json.loads(line)["chat_id"] == 77
