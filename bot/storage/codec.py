"""Between the nouns of ``core.model`` and the columns: instants, JSON, text."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from bot.core.clean_text import clean_line, clean_text
from bot.core.model import LOCALES, Article, Button, DigestPage, Keyboard, Locale
from bot.storage.connection import Row

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def millis(instant: datetime) -> int:
    """Return an instant as milliseconds since 1970 in UTC, rounded down.

    Raises:
        TypeError: the instant names no zone.
    """
    return (instant - _EPOCH) // _MILLISECOND


def millis_or_none(instant: datetime | None) -> int | None:
    """Return an instant as milliseconds, None for None."""
    return None if instant is None else millis(instant)


def instant(value: int) -> datetime:
    """Return the instant of so many milliseconds since 1970."""
    return _EPOCH + timedelta(milliseconds=value)


def instant_or_none(value: int | None) -> datetime | None:
    """Return the instant, None for None."""
    return None if value is None else instant(value)


def whole_millis(duration: timedelta) -> int:
    """Return a duration in milliseconds."""
    return duration // _MILLISECOND


def figures(numbers: Iterable[int]) -> str:
    """Return small numbers as text, in order."""
    return " ".join(map(str, sorted(numbers)))


def figure_set(text: str) -> frozenset[int]:
    """Return the numbers of a text that ``figures`` wrote."""
    return frozenset(map(int, text.split()))


def storable(text: str) -> str:
    """Return a text of the world's that both engines can keep: without NUL and without half surrogates."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def storable_or_none(text: str | None) -> str | None:
    """Return a text that both engines can keep, None for None."""
    return None if text is None else storable(text)


def dumps(value: object) -> str:
    """Return compact JSON; Cyrillic stays itself, so that it takes two bytes a letter and not six."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def array(values: Iterable[object]) -> str:
    """Return a JSON array: a collection as one parameter."""
    return dumps(list(values))


def rows(records: Iterable[Mapping[str, object]]) -> str:
    """Return a JSON array of objects: a table as one parameter."""
    return dumps(list(records))


def spans(bounds: Sequence[datetime]) -> str:
    """Return the times between instants that follow each other, as a table: ``no``, ``start``, ``stop``."""
    pairs = pairwise(millis(bound) for bound in bounds)
    return rows({"no": no, "start": start, "stop": stop} for no, (start, stop) in enumerate(pairs))


def strings(text: str) -> tuple[str, ...]:
    """Return the strings of a JSON array."""
    return tuple(json.loads(text))


def mapping(text: str) -> dict[Any, str]:
    """Return a JSON object of strings."""
    loaded: dict[Any, str] = json.loads(text)
    return loaded


def names(text: str) -> dict[Any, str]:
    """Return a JSON object of names that are shown, cleaned: some were stored before names were."""
    return {locale: clean_line(name) for locale, name in mapping(text).items()}


def locales_text(locales: Collection[Locale]) -> str:
    """Return some of the languages as text: «kk,ru», empty for none."""
    return ",".join(locale for locale in LOCALES if locale in locales)


def locales(text: str) -> tuple[Locale, ...]:
    """Return the languages of ``locales_text``."""
    return tuple(locale for locale in LOCALES if locale in text.split(","))


def keyboard_json(keyboard: Keyboard) -> str:
    """Return a keyboard as JSON: rows of ``[text, data, url]``."""
    if not keyboard:
        return "[]"
    return storable(dumps([[[button.text, button.data, button.url] for button in line] for line in keyboard]))


def keyboard(text: str) -> Keyboard:
    """Return the keyboard that the JSON holds."""
    if text == "[]":
        return ()
    return tuple(tuple(Button(*button) for button in line) for line in json.loads(text))


def pages_json(pages: Iterable[DigestPage]) -> str:
    """Return pages as JSON: ``[html, [story, …], image]`` each."""
    return storable(dumps([[page.html, page.stories, page.image] for page in pages]))


def pages(text: str) -> tuple[DigestPage, ...]:
    """Return the pages that the JSON holds; one kept by an older version, which is a string, names no stories."""
    return tuple(
        DigestPage(page) if isinstance(page, str) else DigestPage(page[0], tuple(page[1]), page[2])
        for page in json.loads(text)
    )


def packed(keys: Collection[int]) -> bytes:
    """Return signed 64-bit keys as bytes, eight each.

    Raises:
        OverflowError: a key has more than 64 bits.
    """
    return b"".join(key.to_bytes(8, "little", signed=True) for key in sorted(keys))


def unpacked(data: bytes) -> list[int]:
    """Return the keys that the bytes hold."""
    return [int.from_bytes(data[at : at + 8], "little", signed=True) for at in range(0, len(data), 8)]


def article(row: Row) -> Article:
    """Return the article of a row."""
    return Article(
        id=row["id"],
        source_id=row["source_id"],
        url=row["url"],
        title=clean_line(row["title"]),
        summary=clean_text(row["summary"]),
        language=row["language"],
        published_at=instant(row["published_at"]),
        stored_at=instant(row["stored_at"]),
        story_id=row["story_id"],
        text=row["text"],
        image=row["image"],
    )
