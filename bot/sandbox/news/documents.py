"""Feed documents of sample articles: RSS 2.0, Atom and JSON Feed 1.1, and an article's own page."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from bot.sandbox.news.samples import Outlet

_ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Entry:
    """An article with its address and its date in UTC."""

    url: str
    title: str
    lead: str
    body: str
    published: datetime


def rss(outlet: Outlet, home: str, entries: Sequence[Entry]) -> str:
    """Return RSS 2.0 (rssboard.org)."""
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    _add(channel, title=outlet.names[outlet.language], link=home, description=outlet.category, language=outlet.language)
    _add(channel, ttl="5")
    for entry in entries:
        item = ET.SubElement(channel, "item")
        _add(item, title=entry.title, link=entry.url, guid=entry.url, description=entry.lead)
        _add(item, pubDate=format_datetime(entry.published, usegmt=True))
    return _document(root)


def atom(outlet: Outlet, home: str, entries: Sequence[Entry]) -> str:
    """Return Atom (RFC 4287)."""
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": outlet.language})
    updated = max((entry.published for entry in entries), default=None)
    _add(root, title=outlet.names[outlet.language], id=home, updated=updated.isoformat() if updated else "")
    ET.SubElement(root, "link", href=home)
    for entry in entries:
        item = ET.SubElement(root, "entry")
        _add(item, title=entry.title, id=entry.url, published=entry.published.isoformat())
        _add(item, updated=entry.published.isoformat(), summary=entry.lead)
        ET.SubElement(item, "link", href=entry.url, rel="alternate")
    return _document(root)


def json_feed(outlet: Outlet, home: str, entries: Sequence[Entry]) -> str:
    """Return JSON Feed 1.1 (jsonfeed.org)."""
    items = [
        {
            "id": entry.url,
            "url": entry.url,
            "title": entry.title,
            "summary": entry.lead,
            "content_text": f"{entry.lead}\n\n{entry.body}".strip(),
            "date_published": entry.published.isoformat(),
        }
        for entry in entries
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": outlet.names[outlet.language]}
    return json.dumps({**head, "home_page_url": home, "language": outlet.language, "items": items}, ensure_ascii=False)


def page(outlet: Outlet, entry: Entry) -> str:
    """Return an article's page: what a reader sees who follows the link of a digest."""
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in (entry.lead, *entry.body.split("\n\n")) if part.strip())
    return (
        f'<!doctype html><html lang="{outlet.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(entry.title)}</title>'
        f'<link rel="stylesheet" href="/article.css"></head><body><article><h1>{escape(entry.title)}</h1>'
        f'<p class="from">{escape(outlet.names[outlet.language])} · '
        f'<time datetime="{entry.published.isoformat()}">{entry.published:%Y-%m-%d %H:%M} UTC</time></p>'
        f"{paragraphs}</article></body></html>"
    )


RENDERERS: dict[str, tuple[Callable[[Outlet, str, Sequence[Entry]], str], str]] = {
    "rss": (rss, "application/rss+xml"),
    "atom": (atom, "application/atom+xml"),
    "json": (json_feed, "application/feed+json"),
}


def _add(parent: ET.Element, **children: str) -> None:
    for tag, text in children.items():
        ET.SubElement(parent, tag).text = text


def _document(root: ET.Element) -> str:
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")
