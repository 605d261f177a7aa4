"""A document in any known format -> FeedDocument. The format is told by the content, not by the Content-Type. Pure.

::

    body | unpack (gzip) | sniff | xmlfeed, jsonfeed, sitemap or listing
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal

from bot.core.model import FeedDocument
from bot.errors import FeedError
from bot.feeds.http.content_encoding import BODY_LIMIT, unpack_content
from bot.feeds.parsers.html_listing import parse_listing
from bot.feeds.parsers.json import parse_json
from bot.feeds.parsers.sitemap import parse_sitemap
from bot.feeds.parsers.xml import parse_xml

Shape = Literal["xml", "json", "sitemap", "html", "binary"]
_GZIP = b"\x1f\x8b"
_LEAD = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_FEED_MARK = re.compile(r"<(?:rss|feed|rdf:rdf|channel|(?:[\w-]+:)?item|entry)[\s>]", re.IGNORECASE)

_PAGE_MARK = re.compile(r"<!doctype html|<(?:div|script|p|a|title|meta|link)[\s>]", re.IGNORECASE)


def parse_document(
    body: bytes,
    *,
    content_type: str | None = None,
    base_url: str = "",
    zone: str = "Asia/Almaty",
    now: datetime,
    selectors: Mapping[str, str] = MappingProxyType({}),
    most: int | None = None,
) -> FeedDocument:
    """Read a feed of any known format.

    Entries are as the document says them: dates unclamped in UTC, addresses absolute, tracking kept, in its order.

    Args:
        body: the document, in any encoding, perhaps packed with gzip.
        content_type: the Content-Type that came with it.
        base_url: where it was fetched; relative addresses are relative to it.
        zone: the IANA zone of dates without one.
        now: the instant of fetching.
        selectors: CSS selectors by field; with them an HTML page is read as a listing of headlines.
        most: entries to keep, the newest ones; an archive may hold thousands.

    Raises:
        FeedError: ``feed-empty``, ``feed-too-large``, ``feed-encoding``, ``feed-not-a-feed``.
    """
    document = _parsed(body, content_type, base_url, zone, now, selectors)
    if most is None or len(document.entries) <= most:
        return document
    oldest = datetime.min.replace(tzinfo=UTC)
    newest = sorted(range(len(document.entries)), key=lambda n: document.entries[n].published or oldest, reverse=True)
    entries = tuple(document.entries[number] for number in sorted(newest[:most]))
    return replace(document, entries=entries, left_out=len(document.entries) - most)


def _parsed(  # noqa: PLR0917 (as ``parse_document`` takes them)
    body: bytes, content_type: str | None, base_url: str, zone: str, now: datetime, selectors: Mapping[str, str]
) -> FeedDocument:
    body = unpack(body)
    if not body.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise FeedError("feed-empty")
    shape = sniff(body)
    if shape == "json":
        return parse_json(body, content_type=content_type, base_url=base_url, zone=zone, now=now)
    if shape == "sitemap":
        return parse_sitemap(body, content_type=content_type, base_url=base_url, zone=zone, now=now)
    if shape == "html" and selectors:
        return parse_listing(body, selectors, content_type=content_type, base_url=base_url, zone=zone, now=now)
    if shape == "html":
        raise FeedError("feed-not-a-feed", reason="an HTML page")
    if shape == "binary":
        raise FeedError("feed-not-a-feed", reason="neither text nor gzip")
    return parse_xml(body, content_type=content_type, base_url=base_url, zone=zone, now=now)


def unpack(body: bytes) -> bytes:
    """Return ``body`` without gzip, where it is gzip (a ``sitemap.xml.gz``). Raises ``FeedError`` past BODY_LIMIT."""
    if body.startswith(_GZIP):
        return unpack_content(body, "gzip")
    if len(body) > BODY_LIMIT:
        raise FeedError("feed-too-large", limit=BODY_LIMIT)
    return body


def sniff(body: bytes) -> Shape:
    """Tell the shape of a document by its first element, in whatever encoding it is."""
    head = _head(body)
    lead = _LEAD.match(head)
    start = head[lead.end() :] if lead else head
    if start[:1] in {"{", "["}:
        return "json"
    root = _ROOT.match(start)
    name = root[1].lower() if root else ""
    if name in {"urlset", "sitemapindex"}:
        return "sitemap"
    if name in {"html", "head", "body"}:
        return "html"
    if not root and not _FEED_MARK.search(head):
        return "html" if _PAGE_MARK.search(head) else _textual(body)
    return "xml"


def _head(body: bytes) -> str:
    """Return the document's first characters, near enough to see its markup: wide encodings lose their zeros."""
    return body[:16384].replace(b"\x00", b"").decode("latin-1").lstrip("\xef\xbb\xbf\xff\xfe\r\n\t ")


def _textual(body: bytes) -> Shape:
    """Tell binary rubbish from XML in an encoding unlike ASCII (EBCDIC), which feedparser knows."""
    return "xml" if body.startswith(b"Lo\xa7\x94") or b"<" in body else "binary"
