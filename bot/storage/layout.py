"""The tables of a version of the schema, read from what its migrations make."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter

from bot.storage import schema
from bot.storage.dialect import SQLITE

# The migrations themselves, and what can be worked out anew, under its name of today and under that of older versions.
_NOT_DATA = {"schema_version", "saved_state", "kept_work"}
_TABLES = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid"


@dataclass(frozen=True, slots=True)
class Table:
    """A table that holds data.

    ``keys`` is its primary key; ``is_numbered`` says that the database gives its ids, ``is_seeded`` that a migration
    put rows into it.
    """

    name: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    is_numbered: bool
    is_seeded: bool


@cache
def tables(version: int) -> tuple[Table, ...]:
    """Return the tables of that version, each after those that it refers to."""
    with closing(sqlite3.connect(":memory:")) as model:
        for migration in schema.migrations():
            if migration.version <= version:
                for statement in migration.statements(SQLITE):
                    model.execute(statement)
        found = {name: _table(model, name, sql) for name, sql in model.execute(_TABLES) if name not in _NOT_DATA}
        parents = {name: _referred(model, name) for name in found}
    return tuple(found[name] for name in TopologicalSorter(parents).static_order())


def _table(model: sqlite3.Connection, name: str, sql: str) -> Table:
    columns = model.execute("SELECT name, pk FROM pragma_table_info(?) ORDER BY cid", (name,)).fetchall()
    keys = sorted((place, column) for column, place in columns if place)
    (is_seeded,) = model.execute(f"SELECT EXISTS (SELECT 1 FROM {name})").fetchone()  # noqa: S608 - a table's own name
    return Table(
        name,
        tuple(column for column, _ in columns),
        tuple(column for _, column in keys),
        is_numbered="AUTOINCREMENT" in sql,
        is_seeded=bool(is_seeded),
    )


def _referred(model: sqlite3.Connection, name: str) -> set[str]:
    return {parent for (parent,) in model.execute('SELECT "table" FROM pragma_foreign_key_list(?)', (name,))}
