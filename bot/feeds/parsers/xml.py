"""RSS 0.9x to 2.0, RDF, Atom and CDF -> FeedDocument, by feedparser. Pure."""

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast
from xml.sax import SAXException

import feedparser

from bot.core.model import FeedDocument, FeedEntry, Skips
from bot.errors import FeedError
from bot.feeds.parsers.charset import find_charset
from bot.feeds.parsers.dates import parse_date
from bot.feeds.parsers.markup import absolute, decode_entities, first_image, fold, paragraphs, plain, plain_guessed
from bot.feeds.parsers.xml_repair import repair_xml

_DATES = ("published", "updated", "created")
_FULL_TEXT = "full-text"  # Yandex's element, which Russian-language systems write; its prefix is each feed's own
_DAY_HOURS = 24
_WEEK = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")
# CDF, RSS that lost its root, and RSS 0.9 and 1.0 without any element of their own.
_CHANNEL = re.compile(rb"<channel[\s>]|netscape\.com/rdf/simple/|purl\.org/rss/", re.IGNORECASE)
Fields = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class DocumentContext:
    """What reading one document needs besides its bytes. ``base`` makes relative addresses absolute."""

    base: str
    zone: str
    now: datetime
    atom: bool = False


def parse_xml(body: bytes, *, content_type: str | None, base_url: str, zone: str, now: datetime) -> FeedDocument:
    """Read an XML feed as feedparser does, broken ones too. Raises ``FeedError("feed-not-a-feed")``."""
    parsed = _parsed(body, find_charset(body, content_type))
    if isinstance(parsed.get("bozo_exception"), SAXException) and (repaired := repair_xml(body, content_type)):
        parsed = max(parsed, _parsed(repaired, "utf-8"), key=_richness)
    version = str(parsed.get("version") or "")
    if not version and not parsed.entries and not _CHANNEL.search(body[:2048]):
        raise FeedError("feed-not-a-feed", reason=_why_not(parsed))
    feed = cast("Fields", parsed.feed)
    context = DocumentContext(base_url or _own_base(feed), zone, now, atom=version.startswith("atom"))
    return FeedDocument(
        title=_shown(feed, "title", context),
        language=_text(feed, "language") or None,
        entries=tuple(_entry(cast("Fields", entry), context) for entry in parsed.entries),
        format=version or "rss",
        ttl_minutes=_ttl_minutes(feed),
        skips=_skips(body),
    )


def _parsed(body: bytes, charset: str | None) -> feedparser.FeedParserDict:
    headers = {"content-type": f"application/xml; charset={charset}"} if charset else {}
    try:
        return feedparser.parse(body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    except MemoryError:
        raise
    except Exception as error:  # feedparser fails in many ways of its own on broken documents
        raise FeedError("feed-not-a-feed", reason=fold(f"{type(error).__name__}: {error}")[:200]) from error


def _richness(parsed: feedparser.FeedParserDict) -> int:
    """Count what was read: entries with words, and what the feed says of itself."""
    entries = sum(bool(entry.get("title") or entry.get("summary")) for entry in parsed.entries)
    return entries + bool(parsed.feed.get("title")) + bool(parsed.feed.get("language"))


def _why_not(parsed: Fields) -> str:
    error = parsed.get("bozo_exception")
    if not error:
        return "no RSS or Atom elements"
    return re.sub(r"^<unknown>:(\d+):\d+: ", r"line \1: ", fold(str(error)))[:200]


def _own_base(feed: Fields) -> str:
    """Return the document's own address, for a file that came without one: its ``self`` link, else its site's."""
    links = [_text(link, "href") for link in _list(feed, "links") if _text(link, "rel") == "self"]
    return next((url for url in (*links, _text(feed, "link")) if absolute(url, "")), "")


def _entry(entry: Fields, context: DocumentContext) -> FeedEntry:
    link = _link(entry)
    url = absolute(link, context.base) or link
    summary, text = _texts(entry, context)
    return FeedEntry(
        id=_text(entry, "id") or url,
        url=url,
        title=_shown(entry, "title", context),
        summary=summary,
        text=text,
        published=_published(entry, context),
        image=_image(entry, context.base),
        language=_text(entry, "language") or None,
    )


def _link(entry: Fields) -> str:
    """Return the entry's address: its alternate link, else any link to a page, else its enclosure."""
    link = _text(entry, "link")
    if link and not (entry.get("guidislink") and "/" not in link):  # a guid that is a bare name leads nowhere
        return link
    links = _list(entry, "links")
    for kinds in (("alternate",), ("related", "via", "canonical"), ("self",), ("enclosure",)):
        for item in links:
            if _text(item, "rel") in kinds and _text(item, "href"):
                return _text(item, "href")
    guid = _text(entry, "id")
    return guid if "link" in entry and absolute(guid, "") else ""  # an empty link beside a guid that is an address


def _published(entry: Fields, context: DocumentContext) -> datetime | None:
    """Return the first date that can be read; by feedparser's readers where the form is one of its rare ones."""
    for name in _DATES:
        text = _text(entry, name)
        if found := text and parse_date(text, zone=context.zone, now=context.now):
            return found
        parsed = entry.get(f"{name}_parsed")
        if parsed and not _month_first(text):
            return datetime.fromtimestamp(calendar.timegm(cast("tuple[int, ...]", parsed)), UTC)
    return None


def _month_first(text: str) -> bool:
    return re.match(r"\s*\d\d?[./-]\d\d?[./-]\d", text) is not None


def _shown(fields: Fields, name: str, context: DocumentContext) -> str:
    """Return a field as plain text. Atom says whether it is markup; in RSS nothing does."""
    value = _text(fields, name)
    detail = fields.get(f"{name}_detail")
    kind = _text(cast("Fields", detail), "type") if isinstance(detail, Mapping) else ""
    if _is_markup(kind):
        return plain(value)
    if context.atom and kind != "application/octet-stream":
        return fold(decode_entities(value))  # tags are text here; «&nbsp;» is what careless software meant as markup
    return plain_guessed(value)


def _is_markup(kind: str) -> bool:
    return "html" in kind or kind.endswith("xml")


def _texts(entry: Fields, context: DocumentContext) -> tuple[str, str]:
    """Return summary and full body. A body that merely repeats the summary is none."""
    # Without a type of its own the summary is feedparser's copy of the body.
    summary = _shown(entry, "summary", context) if "summary_detail" in entry else ""
    bodies = [
        paragraphs(_text(item, "value")) if _is_markup(_text(item, "type")) else _text(item, "value")
        for item in _list(entry, "content")
    ]
    bodies += [paragraphs(_text(entry, name)) for name in entry if name.endswith(_FULL_TEXT)]
    body = max(bodies, key=len, default="")
    return summary or fold(body), body if fold(body) != summary else ""


def _image(entry: Fields, base: str) -> str | None:
    enclosures = [item for item in _list(entry, "links") if _text(item, "rel") == "enclosure"]
    media = [item for item in _list(entry, "media_content") if _text(item, "medium") in {"", "image"}]
    for item in (*media, *enclosures, *_list(entry, "media_thumbnail")):
        url = _text(item, "url") or _text(item, "href")
        kind = _text(item, "type")
        if kind.startswith("image/") or (not kind and _looks_like_image(url, item)):
            return absolute(url, base)
    bodies = (_text(item, "value") for item in _list(entry, "content"))
    return next(filter(None, (first_image(text, base) for text in (_text(entry, "summary"), *bodies))), None)


def _looks_like_image(url: str, item: Fields) -> bool:
    return "medium" in item or re.search(r"\.(?:jpe?g|png|webp|gif|avif)(?:\?|$)", url, re.IGNORECASE) is not None


def _ttl_minutes(feed: Fields) -> int | None:
    """Return how long the document asks to be left alone: ``ttl`` and ``sy:update…``."""
    minutes = [_minutes(_text(feed, "ttl"))]
    period = {"hourly": 60, "daily": 1440, "weekly": 10080}.get(_text(feed, "sy_updateperiod").lower())
    if period:
        minutes.append(period // max(_minutes(_text(feed, "sy_updatefrequency")) or 1, 1))
    return max(filter(None, minutes), default=None)


def _minutes(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 6 else None  # noqa: PLR2004 (more is nonsense)


def _skips(body: bytes) -> Skips:
    """Return when an RSS channel asks not to be read: ``skipHours`` and ``skipDays``, which feedparser drops."""
    hours = (int(hour) % _DAY_HOURS for hour in _skipped(body, b"hour") if hour.isdigit() and len(hour) <= 2)  # noqa: PLR2004
    days = (day.lower() for day in _skipped(body, b"day"))
    return Skips(frozenset(hours), frozenset(_WEEK.index(day) for day in days if day in _WEEK))


def _skipped(body: bytes, name: bytes) -> list[bytes]:
    found = re.search(rb"<skip%ss>(.{0,4000}?)</skip%ss>" % (name, name), body, re.DOTALL | re.IGNORECASE)
    return re.findall(rb"<%s>\s*(\w+)\s*</%s>" % (name, name), found[1], re.IGNORECASE) if found else []


def _text(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def _list(fields: Fields, name: str) -> list[Fields]:
    value = fields.get(name)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, Iterable) else []
