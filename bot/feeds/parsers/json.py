"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/) -> FeedDocument. Pure."""

import json
from collections.abc import Mapping
from datetime import datetime

from bot.core.model import FeedDocument, FeedEntry
from bot.errors import FeedError
from bot.feeds.parsers.charset import decode
from bot.feeds.parsers.dates import parse_date
from bot.feeds.parsers.markup import absolute, decode_entities, first_image, fold, paragraphs, plain

Fields = Mapping[str, object]


def parse_json(body: bytes, *, content_type: str | None, base_url: str, zone: str, now: datetime) -> FeedDocument:
    """Read a JSON Feed. Raises ``FeedError("feed-not-a-feed")`` for other JSON."""
    try:
        document = json.loads(decode(body, content_type), strict=False)
    except (ValueError, RecursionError) as error:
        raise FeedError("feed-not-a-feed", reason=f"broken JSON: {error}") from error
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise FeedError("feed-not-a-feed", reason="JSON without items")
    base = next((url for url in (base_url, _text(document, "feed_url"), _text(document, "home_page_url")) if url), "")
    return FeedDocument(
        title=fold(decode_entities(_text(document, "title"))),
        language=_text(document, "language") or None,
        entries=tuple(_entry(item, base, zone, now) for item in items if isinstance(item, dict)),
        format="json",
    )


def _entry(item: Fields, base: str, zone: str, now: datetime) -> FeedEntry:
    guid = _text(item, "id")
    link = _text(item, "url") or _text(item, "external_url") or guid
    url = absolute(link, base if link != guid or "/" in guid else "") or _text(item, "url")
    markup = _text(item, "content_html")
    text = paragraphs(markup) if markup else _text(item, "content_text")
    dates = (_text(item, "date_published"), _text(item, "date_modified"))
    picture = _text(item, "image") or _text(item, "banner_image")
    return FeedEntry(
        id=guid or url,
        url=url,
        title=fold(decode_entities(_text(item, "title"))),
        summary=plain(_text(item, "summary")) or fold(text),
        text=text,
        published=next(filter(None, (parse_date(date, zone=zone, now=now) for date in dates)), None),
        image=absolute(picture, base) if picture else first_image(markup, base),
        language=_text(item, "language") or None,
    )


def _text(fields: Fields, name: str) -> str:
    """Return a field as text; ids that are numbers are taken as the specification asks, as their text."""
    value = fields.get(name)
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
