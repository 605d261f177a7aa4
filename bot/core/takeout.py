"""A reader's own data as one JSON document, written by ``/export`` and read by ``/import``.

::

    {"jarshy": 1, "settings": {…}, "topics": [{"topic", "mode", "articles"}],
     "sources": [{"id", "on"} | {"url", "title", "on"}]}
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.core.model import LOCALES, Chat, DeliveryMode, Locale, SourceChoice, Subscription
from bot.errors import ReaderError

VERSION = 1
MOST = 500  # topics or sources of a document; more is no document of ours

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TakenTopic:
    """A topic as the reader wrote it, how it is brought, and in which languages (empty for all)."""

    text: str
    mode: DeliveryMode = DeliveryMode.DIGEST
    languages: tuple[Locale, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenFeed:
    """A feed that the reader added, and whether it is switched on."""

    url: str
    title: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class Takeout:
    """What a document holds. ``settings`` are texts and flags by name; ``switches`` the catalogue's sources by id."""

    settings: dict[str, str | bool] = field(default_factory=dict)
    topics: tuple[TakenTopic, ...] = ()
    switches: tuple[tuple[str, bool], ...] = ()
    feeds: tuple[TakenFeed, ...] = ()


def write(chat: Chat, topics: Sequence[Subscription], sources: Sequence[SourceChoice]) -> bytes:
    """Return the document of all that a chat chose; sources of the catalogue that it left as they are stay out."""
    document = {
        "jarshy": VERSION,
        "settings": {
            "language": chat.locale,
            "zone": chat.zone,
            "schedule": chat.schedule,
            "quiet": chat.quiet,
            "articles": ",".join(chat.languages),
            "compact": chat.compact,
            "pictures": chat.pictures,
            "digest_when_empty": chat.digest_when_empty,
        },
        "topics": [_written(topic.label, topic.mode, topic.languages) for topic in topics],
        "sources": [_source(one, chat.locale) for one in sources if not (one.source.public and one.on)],
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def _written(text: str, mode: DeliveryMode, languages: Sequence[Locale]) -> dict[str, str]:
    limited = {"articles": ",".join(languages)} if languages else {}
    return {"topic": text, "mode": mode.value, **limited}


def _source(choice: SourceChoice, locale: Locale) -> dict[str, str | bool]:
    switched = {} if choice.on else {"on": False}
    if choice.source.public:
        return {"id": choice.source.id, **switched}
    return {"url": choice.source.url, "title": choice.source.name.get(locale) or choice.source.id, **switched}


def read(data: bytes) -> Takeout:
    """Read a document.

    Raises:
        ReaderError: ``import-unreadable``: it is no document of ``/export``, or of a later version.
    """
    try:
        document = json.loads(data)
        if not isinstance(document, dict) or document.get("jarshy") != VERSION:
            raise ReaderError("import-unreadable")
        settings = _of(dict, document.get("settings", {}))
        sources = _list(document, "sources")
        return Takeout(
            settings={name: value for name, value in settings.items() if isinstance(value, str | bool)},
            topics=tuple(_taken(one) for one in _list(document, "topics")),
            switches=tuple((_of(str, one["id"]), _of(bool, one["on"])) for one in sources if "id" in one),
            feeds=tuple(
                TakenFeed(_of(str, one["url"]), _of(str, one.get("title", one["url"])), _of(bool, one.get("on", True)))
                for one in sources
                if "url" in one
            ),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ReaderError("import-unreadable") from None


def pack(topics: Sequence[TakenTopic]) -> str:
    """Return topics as one text, for ``unpack``."""
    return json.dumps([_written(one.text, one.mode, one.languages) for one in topics], ensure_ascii=False)


def unpack(packed: str) -> tuple[TakenTopic, ...]:
    """Return the topics that ``pack`` wrote."""
    return tuple(_taken(one) for one in json.loads(packed))


def _taken(one: dict[str, Any]) -> TakenTopic:
    return TakenTopic(_of(str, one["topic"]), DeliveryMode(one.get("mode", "digest")), _languages(one))


def _languages(topic: dict[str, Any]) -> tuple[Locale, ...]:
    named = _of(str, topic.get("articles", "")).split(",")
    return tuple(locale for locale in LOCALES if locale in named)


def _list(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = _of(list, document.get(name, []))
    if len(found) > MOST:
        raise TypeError(name)
    return [_of(dict, one) for one in found]


def _of(kind: type[T], value: object) -> T:
    if not isinstance(value, kind):
        raise TypeError(value)
    return value
