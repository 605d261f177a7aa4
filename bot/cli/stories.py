"""``stories``: which articles on standard input tell the same story."""

import sys
from datetime import UTC, datetime
from typing import Any

from bot.cli.lines import LineError, read_lines, text_of, write_error, write_line
from bot.cli.match import declared
from bot.core.stories import StoryInput, group
from bot.language.identify import identify


def stories() -> int:
    """Read all articles of standard input, then print each one's story and looser group, in their order."""
    articles: list[tuple[Any, StoryInput]] = []
    failed = False
    for number, record in read_lines(sys.stdin):
        try:
            if isinstance(record, LineError):
                raise record
            articles.append((record.get("id"), _input(record, len(articles))))
        except LineError as error:
            failed = True
            write_error(number, error)
    places = group([article for _, article in articles])
    ids = {article.id: name for name, article in articles}
    for (name, _), place in zip(articles, places, strict=True):
        write_line({"id": name, "story": ids[place.story], "related": ids[place.related]})
    return 1 if failed else 0


def _input(record: dict[str, Any], number: int) -> StoryInput:
    if "id" not in record:
        raise LineError('no "id"')
    title, text = text_of(record, "title"), text_of(record, "text")
    return StoryInput(
        id=str(number),
        title=title,
        text=text,
        language=identify(f"{title}\n{text}", declared(record)),
        source=text_of(record, "source"),
        published=_instant(text_of(record, "published")),
    )


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise LineError(f'"published" is no ISO 8601 instant: {text}') from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
