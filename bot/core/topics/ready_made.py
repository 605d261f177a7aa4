"""The ready-made topics, as readers choose them: by a key that fits a button, under a name in their language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.core.matching.query import parse_query
from bot.language.concepts import ready_topics
from bot.language.locale import LOCALES, Locale


@dataclass(frozen=True, slots=True)
class ReadyTopic:
    """A topic to choose. ``canonicals`` are the queries that it is in the three languages: following one is enough."""

    key: str
    names: Mapping[Locale, str]
    canonicals: frozenset[str]


@cache
def ready() -> tuple[ReadyTopic, ...]:
    """Return the ready-made topics, in the order to offer them."""
    return tuple(
        ReadyTopic(
            concept.id.removeprefix("topic:"),
            {locale: concept.name(locale) for locale in LOCALES},
            frozenset(parse_query(concept.name(locale)).canonical for locale in LOCALES),
        )
        for concept in ready_topics()
    )
