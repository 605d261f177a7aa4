"""The few words that differ between the engines, as tokens in the SQL files.

::

    {{key}} {{identity}} {{bytes}} {{without_rowid}}    in migrations
    {{now}} {{server_now}}        the database's clock, in milliseconds; a server's, NULL where there is no server
    {{greatest}} {{least}}        of several values
    {{skip_locked}} {{locked}}    lock clauses: take what is free; wait for the row
    {{ids:name}} {{texts:name}}   the parameter, a JSON array, as a table of the column ``value``
    {{in_ids:name}} {{in_texts:name}}   the condition that what stands before is in the parameter, a JSON array
    {{rows:name(a BIGINT, …)}}    the parameter, a JSON array of objects, as a table
    {{sees:chat,source}}          the condition that a chat sees a source: public and not switched off, or switched on
    {{reads:chat,language}}       the condition that a chat wants articles of a language
    {{wants:chat,topic,language}} the condition that it does so of a topic, followed or not
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

_TOKEN = re.compile(r"\{\{(\w+)(?::([^}]*))?\}\}")
_ROWS = re.compile(r"(\w+)\((.*)\)", re.DOTALL)

_SEES = (
    "COALESCE((SELECT enabled FROM chat_source WHERE chat_id = {chat} AND source_id = {source}),"
    " (SELECT public FROM source WHERE id = {source})) = 1"
)

_READS = (
    "COALESCE((SELECT NULLIF(languages, '') FROM chat WHERE id = {chat}), {language}) LIKE '%' || {language} || '%'"
)

_WANTS = (
    "COALESCE((SELECT NULLIF(languages, '') FROM subscription WHERE chat_id = {chat} AND topic_id = {topic}),"
    " {language}) LIKE '%' || {language} || '%'"
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """An engine's words for the tokens: plain ones, and those that take an argument."""

    name: Literal["sqlite", "postgresql"]
    words: dict[str, str]
    phrases: dict[str, Callable[[str], str]]

    def expand(self, text: str) -> str:
        """Return SQL with every token replaced.

        Raises:
            KeyError: a token is unknown.
        """
        return _TOKEN.sub(self._replacement, text)

    def _replacement(self, token: re.Match[str]) -> str:
        name, argument = token.group(1), token.group(2)
        return self.words[name] if argument is None else self.phrases[name](argument)


def _sees(argument: str) -> str:
    chat, source = argument.split(",")
    return _SEES.format(chat=chat.strip(), source=source.strip())


def _reads(argument: str) -> str:
    chat, language = argument.split(",")
    return _READS.format(chat=chat.strip(), language=language.strip())


def _wants(argument: str) -> str:
    chat, topic, language = argument.split(",")
    return _WANTS.format(chat=chat.strip(), topic=topic.strip(), language=language.strip())


def _columns(argument: str) -> tuple[str, str, list[str]]:
    match = _ROWS.fullmatch(argument)
    if match is None:
        raise KeyError(argument)
    parameter, columns = match.groups()
    return parameter, columns, [column.split()[0] for column in columns.split(",")]


def _sqlite_rows(argument: str) -> str:
    parameter, _, names = _columns(argument)
    picked = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in names)
    return f"(SELECT {picked} FROM json_each(:{parameter}))"  # noqa: S608 - names of the SQL file's own


def _postgres_rows(argument: str) -> str:
    parameter, columns, names = _columns(argument)
    picked = f"SELECT {', '.join(names)} FROM json_to_recordset(CAST(:{parameter} AS JSON)) AS r({columns})"  # noqa: S608
    return f"({picked})"


def _sqlite_values(argument: str) -> str:
    return f"(SELECT value FROM json_each(:{argument}))"  # noqa: S608


def _sqlite_in(argument: str) -> str:
    return f"IN {_sqlite_values(argument)}"


def _postgres_in(kind: str) -> Callable[[str], str]:
    # ANY of an array is a condition of an index; IN of a sub-select would be one more join.
    values = _postgres_values(kind)
    return lambda argument: f"= ANY(ARRAY{values(argument)})"


def _postgres_values(kind: str) -> Callable[[str], str]:
    def values(argument: str) -> str:
        return f"(SELECT CAST(value AS {kind}) FROM json_array_elements_text(CAST(:{argument} AS JSON)))"  # noqa: S608

    return values


SQLITE = Dialect(
    "sqlite",
    {
        "key": "INTEGER PRIMARY KEY",
        # AUTOINCREMENT: an id is never used twice, so an index in memory cannot mistake a new topic for an old one.
        "identity": "INTEGER PRIMARY KEY AUTOINCREMENT",
        "bytes": "BLOB",
        "without_rowid": " WITHOUT ROWID",
        "now": "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
        "server_now": "NULL",
        "greatest": "max",
        "least": "min",
        "skip_locked": "",
        "locked": "",
    },
    {
        "ids": _sqlite_values,
        "texts": _sqlite_values,
        "in_ids": _sqlite_in,
        "in_texts": _sqlite_in,
        "rows": _sqlite_rows,
        "sees": _sees,
        "reads": _reads,
        "wants": _wants,
    },
)

POSTGRES = Dialect(
    "postgresql",
    {
        "key": "BIGINT PRIMARY KEY",
        "identity": "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        "bytes": "BYTEA",
        "without_rowid": "",
        "now": "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
        "server_now": "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
        "greatest": "GREATEST",
        "least": "LEAST",
        "skip_locked": "FOR NO KEY UPDATE SKIP LOCKED",  # NO KEY: rows that refer to a locked one may be added
        "locked": "FOR NO KEY UPDATE",
    },
    {
        "ids": _postgres_values("BIGINT"),
        "texts": _postgres_values("TEXT"),
        "in_ids": _postgres_in("BIGINT"),
        "in_texts": _postgres_in("TEXT"),
        "rows": _postgres_rows,
        "sees": _sees,
        "reads": _reads,
        "wants": _wants,
    },
)
