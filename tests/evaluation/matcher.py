"""Topics as texts against articles: matching as the bot does it, in terms of what was typed."""

from collections.abc import Callable, Iterable

from bot.core.matching.analysis import analyse
from bot.core.matching.index import TopicIndex
from bot.core.matching.query import parse_lenient
from bot.core.matching.query_tree import And, Query, Words
from bot.language.locale import Locale


def every_word(query: Query) -> Query:
    """Return a topic that asks for each of its words by itself: no known names of several words, no light words."""
    if not isinstance(query.root, Words) or len(query.root.words) == 1:
        return query
    apart = And(tuple(Words((word,)) for word in query.root.words))
    return Query(f"every word: {query.canonical}", apart)


class Matcher:
    """Distinct topics, as an index holds them; those that are read alike are one."""

    def __init__(self, topics: Iterable[str], reading: Callable[[Query], Query] = lambda query: query) -> None:
        """Read each topic; ``reading`` may change how it is understood.

        Raises:
            TopicError: a topic names nothing to look for.
        """
        self._texts: list[list[str]] = []
        numbers: dict[str, int] = {}
        queries: list[Query] = []
        for text in topics:
            query = reading(parse_lenient(text)[0])
            number = numbers.setdefault(query.canonical, len(numbers))
            if number == len(queries):
                queries.append(query)
                self._texts.append([])
            self._texts[number].append(text)
        self._index = TopicIndex(enumerate(queries))

    def met(self, title: str, text: str, language: Locale | None) -> frozenset[str]:
        """Return the topics that an article meets."""
        found = self._index.match(analyse(title, text, language))
        return frozenset(text for number in found for text in self._texts[number])
