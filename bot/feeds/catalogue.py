"""The catalogue of sources: TOML -> Sources, every mistake named."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.core.model import LOCALES, Locale, Source
from bot.errors import CatalogueError, FeedError
from bot.feeds.http.guard import check_url

_BUILT_IN = "catalogue.toml"
_SELECTORS = ("item", "title", "link", "date", "summary")
_KEYS = frozenset(field.name for field in fields(Source)) - {"public"}
_REQUIRED = ("id", "name", "url", "language")
_ID_LIMIT = 64


class _WrongError(Exception):
    """One mistake in the catalogue, in words."""


def load_catalogue(path: Path | None) -> tuple[Source, ...]:
    """Read the sources of a TOML file, or the built-in ones.

    ``[[source]]`` has ``id``, ``name`` (text, or a table of kk, ru, en), ``url``, ``language``, and optionally
    ``category``, ``alternatives``, ``zone``, ``selectors``, ``enabled``.

    Raises:
        CatalogueError: ``sources-broken`` with ``path`` and ``reason``; unknown keys are a reason.
    """
    shown = str(path) if path else _BUILT_IN
    try:
        text = path.read_text("utf-8") if path else files("bot.feeds").joinpath(_BUILT_IN).read_text("utf-8")
        return _sources(tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, _WrongError) as error:
        reason = error.strerror or str(error) if isinstance(error, OSError) else str(error)
        raise CatalogueError("sources-broken", path=shown, reason=reason) from error


def _sources(document: Mapping[str, object]) -> tuple[Source, ...]:
    _no_others(document, ("source",), "at the top")
    tables = document.get("source", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise _WrongError("sources are tables written [[source]]")
    sources = tuple(_source(table, number) for number, table in enumerate(tables, start=1))
    ids = [source.id for source in sources]
    if repeated := next((name for name in ids if ids.count(name) > 1), None):
        raise _WrongError(f"the id {repeated!r} occurs twice")
    return sources


def _source(table: Mapping[str, object], number: int) -> Source:
    where = f"in source {table.get('id', number)!r}"
    _no_others(table, _KEYS, where)
    if missing := next((key for key in _REQUIRED if key not in table), None):
        raise _WrongError(f"{where}: {missing} is missing")
    return Source(
        id=_id(table["id"], where),
        name=_name(table["name"], where),
        url=_url(table["url"], where),
        language=_language(table["language"], where),
        category=_text(table.get("category", ""), f"{where}: category"),
        alternatives=tuple(_url(url, where) for url in _list(table.get("alternatives", []), f"{where}: alternatives")),
        zone=_zone(table.get("zone", "Asia/Almaty"), where),
        selectors=_selectors(table.get("selectors", {}), where),
        enabled=_flag(table.get("enabled", True), f"{where}: enabled"),
    )


def _no_others(table: Mapping[str, object], known: Iterable[str], where: str) -> None:
    if unknown := sorted(set(table) - set(known)):
        raise _WrongError(f"unknown key {unknown[0]!r} {where}")


def _id(value: object, where: str) -> str:
    name = _text(value, f"{where}: id")
    if not name or len(name) > _ID_LIMIT or not name.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise _WrongError(f"{where}: id is letters, figures, '-', '_' and '.', at most {_ID_LIMIT}")
    return name


def _name(value: object, where: str) -> dict[Locale, str]:
    """Return the name in each language; a plain text serves all three, a missing one is taken from the others."""
    if isinstance(value, str) and value.strip():
        return dict.fromkeys(LOCALES, value.strip())
    if not isinstance(value, dict) or not value:
        raise _WrongError(f"{where}: name is a text or a table of kk, ru and en")
    _no_others(value, LOCALES, f"{where}: name")
    names = {locale: _text(text, f"{where}: name.{locale}") for locale, text in value.items()}
    fallback = next(iter(names.values()))
    return {locale: names.get(locale, fallback) for locale in LOCALES}


def _url(value: object, where: str) -> str:
    url = _text(value, f"{where}: url")
    try:
        check_url(url)
    except FeedError as error:
        raise _WrongError(f"{where}: {error}") from error
    return url


def _language(value: object, where: str) -> Locale:
    language = next((locale for locale in LOCALES if locale == value), None)
    if language is None:
        raise _WrongError(f"{where}: language is kk, ru or en")
    return language


def _zone(value: object, where: str) -> str:
    name = _text(value, f"{where}: zone")
    if not _zone_exists(name):
        raise _WrongError(f"{where}: no time zone {name!r}")
    return name


@cache
def _zone_exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _selectors(value: object, where: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _WrongError(f"{where}: selectors is a table")
    _no_others(value, _SELECTORS, f"{where}: selectors")
    return {name: _text(text, f"{where}: selectors.{name}") for name, text in value.items()}


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise _WrongError(f"{where} is a text")
    return value.strip()


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        raise _WrongError(f"{where} is a list")
    return value


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise _WrongError(f"{where} is true or false")
    return value
