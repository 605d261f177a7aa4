"""The tables in ``tables/``, read and checked line by line. Their format: the README there."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.errors import CatalogueError
from bot.language.locale import LOCALES, Locale

_TABLES = ("countries", "cities", "kazakhstan", "geography", "people", "organisations", "culture", "money")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: forms and adjectives by language, and those that carry a mark.

    ``ambiguous``: forms that are ordinary words too (``!``). ``attributive``: adjectives that stand for the thing
    itself (``*``).
    """

    forms: Mapping[Locale, tuple[str, ...]]
    adjectives: Mapping[Locale, tuple[str, ...]]
    ambiguous: frozenset[str] = frozenset()
    attributive: frozenset[str] = frozenset()


def rows() -> Mapping[tuple[str, str], Row]:
    """Return every line of the tables of names, by kind and key.

    Raises:
        CatalogueError: ``concepts-broken``.
    """
    return _rows(_TABLES)


def cldr_rows() -> Mapping[tuple[str, str], Row]:
    """Return every line of the table that is made from Unicode CLDR, by kind and key."""
    return _rows(("cldr",))


def _rows(tables: Iterable[str]) -> Mapping[tuple[str, str], Row]:
    found: dict[tuple[str, str], Row] = {}
    for table in tables:
        for kind, lines in _toml(table).items():
            if not isinstance(lines, dict):
                raise _broken(table, f"{kind} is not a table")
            for key, line in lines.items():
                if (kind, key) in found:
                    raise _broken(table, f"{kind}.{key} is in another table already")
                found[kind, key] = parse_row(table, key, line)
    return found


def parse_row(table: str, key: str, line: object) -> Row:
    """Read «kk; adjectives | ru; … | en; …».

    Raises:
        CatalogueError: ``concepts-broken``: not text, or not three columns.
    """
    columns = line.split("|") if isinstance(line, str) else []
    if len(columns) != len(LOCALES):
        raise _broken(table, f"{key}: three columns divided by | are needed")
    forms: dict[Locale, tuple[str, ...]] = {}
    adjectives: dict[Locale, tuple[str, ...]] = {}
    names: tuple[str, ...] = ()
    described: tuple[str, ...] = ()
    for locale, column in zip(LOCALES, columns, strict=True):
        if column.strip() != "=":
            first, _, second = column.partition(";")
            names, described = _listed(first), _listed(second)
        forms[locale], adjectives[locale] = names, described
    text = str(line)
    if "!" not in text and "*" not in text:
        return Row(forms, adjectives)
    return Row(_bare(forms, "!"), _bare(adjectives, "*"), _marked(forms, "!"), _marked(adjectives, "*"))


def topics() -> Iterator[tuple[str, Row, Mapping[Locale, str]]]:
    """Yield the ready-made topics: key, names, query by language.

    Raises:
        CatalogueError: ``concepts-broken``.
    """
    for key, fields in _toml("topics").items():
        if not isinstance(fields, dict) or set(fields) != {"name", *LOCALES}:
            raise _broken("topics", f"{key}: name, kk, ru and en are needed, and nothing else")
        yield key, parse_row("topics", key, fields["name"]), {locale: str(fields[locale]) for locale in LOCALES}


def set_phrases() -> Mapping[tuple[str, str], Row]:
    """Return, by kind and key, the phrases in which an adjective of a thing says nothing of it («американский футбол»).

    Raises:
        CatalogueError: ``concepts-broken``.
    """
    return _rows(("set_phrases",))


def state_words() -> Row:
    """Return the nouns that stand for a state behind its adjective.

    Raises:
        CatalogueError: ``concepts-broken``.
    """
    return parse_row("state_words", "words", _toml("state_words").get("words"))


def alternatives() -> Iterator[Mapping[Locale, tuple[str, ...]]]:
    """Yield rows of words that mean nearly the same, by language.

    Raises:
        CatalogueError: ``concepts-broken``.
    """
    for key, line in _toml("alternatives").items():
        yield parse_row("alternatives", key, line).forms


def _marked(columns: Mapping[Locale, tuple[str, ...]], mark: str) -> frozenset[str]:
    return frozenset(form[:-1] for forms in columns.values() for form in forms if form.endswith(mark))


def _bare(columns: Mapping[Locale, tuple[str, ...]], mark: str) -> dict[Locale, tuple[str, ...]]:
    return {locale: tuple(form.rstrip(mark) for form in forms) for locale, forms in columns.items()}


def _listed(text: str) -> tuple[str, ...]:
    if "," not in text:
        return (alone,) if (alone := text.strip()) else ()
    return tuple(form for form in map(str.strip, text.split(",")) if form)


@cache
def _toml(table: str) -> Mapping[str, object]:
    text = files("bot.language.concepts").joinpath("tables", f"{table}.toml").read_text(encoding="utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _broken(table, str(error)) from error


def _broken(table: str, reason: str) -> CatalogueError:
    return CatalogueError("concepts-broken", path=f"concepts/tables/{table}.toml", reason=reason)
