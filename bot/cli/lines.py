"""JSON lines in, JSON lines out."""

import json
import sys
from collections.abc import Iterator
from typing import Any, TextIO, cast


class LineError(ValueError):
    """A line that is no record; its text says why."""


def read_lines(source: TextIO) -> Iterator[tuple[int, dict[str, Any] | LineError]]:
    """Yield each non-blank line's number (from 1) and its object, or why it is none."""
    for number, line in enumerate(source, start=1):
        if line.strip():
            yield number, _record(line)


def _record(line: str) -> dict[str, Any] | LineError:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as error:
        return LineError(f"not JSON: {error}")
    if not isinstance(value, dict):
        return LineError("not an object")
    return cast("dict[str, Any]", value)


def text_of(record: dict[str, Any], name: str) -> str:
    """Return a text field; absent and null are empty.

    Raises:
        LineError: it is something else.
    """
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise LineError(f'"{name}" is not a text')
    return value


def write_line(value: dict[str, Any]) -> None:
    """Print one object and flush, so that a reader of the stream can go on."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def write_error(line: int, reason: object) -> None:
    """Print what is wrong with a line, in its place."""
    write_line({"line": line, "error": str(reason)})


def say(line: str) -> None:
    """Print a line for a person."""
    sys.stdout.write(line + "\n")


def warn(line: str) -> None:
    """Print a line for a person on standard error."""
    sys.stderr.write(line + "\n")
