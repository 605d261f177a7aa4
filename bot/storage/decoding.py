"""Rows into nouns, one by one: a row that cannot be read is its owner's loss alone.

What a later version wrote, or a hand, may hold a kind or a mode that this one does not know, or JSON that is broken.
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from bot.isolation import Kind, set_aside
from bot.storage.connection import Row

T = TypeVar("T")

_MOST_TOLD: Final = 10_000
_told: set[tuple[str, object]] = set()  # of this process: a claim meets the same row again and again


def decode_each(
    kind: Kind, rows: Iterable[Row], decode: Callable[[Row], T], *, key: str = "id"
) -> tuple[list[T], list[int | str]]:
    """Return what the rows hold, and the ids of those that cannot be read; each of these is told once.

    Args:
        kind: whose the rows are.
        rows: as the database gave them.
        decode: makes a noun of a row.
        key: the column that names the owner in the log and in what is returned.
    """
    found: list[T] = []
    broken: list[int | str] = []
    for row in rows:
        try:
            found.append(decode(row))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one row, the others are read
            broken.append(row[key])
            _tell(kind, row[key], error)
    return found, broken


def _tell(kind: Kind, identifier: int | str, error: Exception) -> None:
    if (kind, identifier) not in _told and len(_told) < _MOST_TOLD:
        _told.add((kind, identifier))
        set_aside(kind, identifier, error, what="its row cannot be read, the others are")
