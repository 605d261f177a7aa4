"""Named SQL: ``queries/<aggregate>.sql`` holds blocks, each opened by ``-- name: <name>`` and a comment that says why.

A query is called ``<aggregate>.<name>``. Parameters are named ``:so``; values never become part of the text.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bot.storage.dialect import Dialect

_NAME = re.compile(r"^-- name: (\w+)$", re.MULTILINE)
_COMMENT = re.compile(r"--[^\n]*")
_PARAMETER = re.compile(r"(?<![:\w]):([a-z_]+)")


def load(dialect: Dialect) -> Mapping[str, str]:
    """Return all queries by name, in the words of the dialect, without comments."""
    return {name: " ".join(dialect.expand(text).split()) for name, text in _texts().items()}


@cache
def _texts() -> Mapping[str, str]:
    folder = files("bot.storage") / "queries"
    texts: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".sql"):
            texts.update(_blocks(file.name.removesuffix(".sql"), file.read_text(encoding="utf-8")))
    return texts


def _blocks(aggregate: str, text: str) -> dict[str, str]:
    _, *parts = _NAME.split(text)
    return {f"{aggregate}.{name}": _COMMENT.sub("", body) for name, body in zip(parts[::2], parts[1::2], strict=True)}


def numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """Return SQL with ``$1`` in place of ``:name``, and the names in the order of their numbers."""
    names: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        return f"${names.setdefault(match.group(1), len(names) + 1)}"

    text = _PARAMETER.sub(number, sql)
    return text, tuple(names)
