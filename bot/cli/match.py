"""``match``: which topics each article on standard input meets, and why."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.cli.lines import LineError, read_lines, text_of, write_error, write_line
from bot.core.matching.analysis import analyse
from bot.core.matching.index import TopicIndex
from bot.core.matching.query import parse_lenient
from bot.core.matching.query_tree import Query
from bot.core.model import LOCALES, Locale
from bot.errors import SettingsError, TopicError


class TopicFile:
    """The topics of a file: an index of the distinct ones, and the lines of each."""

    def __init__(self, path: Path) -> None:
        self.index = TopicIndex()
        self._lines: list[tuple[str, int]] = []
        numbers: dict[str, int] = {}
        for number, line in enumerate(_text(path).splitlines(), start=1):
            if text := line.strip():
                query = _query(path, number, text)
                if query.canonical not in numbers:
                    numbers[query.canonical] = len(numbers)
                    self.index.add(numbers[query.canonical], query)
                self._lines.append((text, numbers[query.canonical]))

    def matched(self, found: Mapping[int, tuple[str, ...]]) -> list[tuple[str, tuple[str, ...]]]:
        """Return the lines that are met, as they stand in the file and in its order, with the words that met them."""
        return [(text, found[topic]) for text, topic in self._lines if topic in found]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError("file-unreadable", path=path, reason=error) from error


def _query(path: Path, number: int, text: str) -> Query:
    try:
        query, warning = parse_lenient(text)
    except TopicError as error:
        raise SettingsError("topics-file-line", path=path, line=number, text=text) from error
    if warning:
        sys.stderr.write(f"{path}, line {number}: {warning}; read as plain words: {text}\n")
    return query


def match(topics: Path, *, explain: bool) -> int:
    """Match the articles of standard input, line by line."""
    file = TopicFile(topics)
    failed = False
    for number, record in read_lines(sys.stdin):
        try:
            if isinstance(record, LineError):
                raise record
            write_line(_answer(file, record, explain=explain))
        except LineError as error:
            failed = True
            write_error(number, error)
    return 1 if failed else 0


def _answer(file: TopicFile, record: dict[str, Any], *, explain: bool) -> dict[str, Any]:
    if "id" not in record:
        raise LineError('no "id"')
    title, text = text_of(record, "title"), text_of(record, "text")
    analysis = analyse(title, text, declared(record))
    found = file.matched(file.index.match(analysis))
    answer = {"id": record["id"], "language": analysis.language, "matched": [topic for topic, _ in found]}
    if explain:
        answer["why"] = {topic: list(reasons) for topic, reasons in found}
    return answer


def declared(record: dict[str, Any]) -> Locale | None:
    """Return the language that a record declares, if it is one of the three.

    Raises:
        LineError: it is no text.
    """
    text = text_of(record, "language")
    return next((locale for locale in LOCALES if locale == text), None)
