"""An HTML page of headlines -> FeedDocument, by the CSS selectors that the catalogue declares. Pure."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from lxml import html

from bot.core.model import FeedDocument, FeedEntry
from bot.errors import FeedError
from bot.feeds.parsers.charset import decode
from bot.feeds.parsers.dates import date_in_url, parse_date
from bot.feeds.parsers.markup import absolute, fold

_HEADLINE_WORDS = 3


def parse_listing(
    body: bytes, selectors: Mapping[str, str], *, content_type: str | None, base_url: str, zone: str, now: datetime,
) -> FeedDocument:  # fmt: skip
    """Read the page's ``item`` elements. Raises ``FeedError("feed-not-a-feed")`` where the page has none.

    ``title`` and ``link`` default to the item's first link; a selector is looked up within its item.
    """
    root = read_html(body, content_type)
    base = absolute(next(iter(root.xpath("//base/@href")), ""), base_url) or base_url
    entries: dict[str, FeedEntry] = {}
    for item in root.cssselect(selectors.get("item", "article")):
        entry = _entry(item, selectors, base, zone, now)
        if entry is not None:
            entries.setdefault(entry.url, entry)
    if not entries:
        raise FeedError("feed-not-a-feed", reason=f"no {selectors.get('item', 'article')!r} with a link on the page")
    title = next(iter(root.xpath("//title")), None)
    return FeedDocument(
        title=_text(title),
        language=next(iter(root.xpath("/html/@lang")), None),
        entries=tuple(entries.values()),
        format="html",
    )


def read_html(body: bytes, content_type: str | None) -> html.HtmlElement:
    """Return the root of an HTML page. Raises ``FeedError("feed-not-a-feed")`` for what has no elements."""
    text = decode(body, content_type).replace("\x00", "")
    try:
        return html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8", huge_tree=False))
    except (ValueError, html.etree.ParserError) as error:
        raise FeedError("feed-not-a-feed", reason=fold(str(error))) from error


def _entry(
    item: html.HtmlElement, selectors: Mapping[str, str], base: str, zone: str, now: datetime,
) -> FeedEntry | None:  # fmt: skip
    link = _first(item, selectors.get("link", "a[href]"))
    if link is None and item.tag == "a":
        link = item
    url = absolute(link.get("href") or "", base) if link is not None else None
    title = _title(item, link, selectors)
    if url is None or not title or not urlsplit(url).path.strip("/"):
        return None
    date = _first(item, selectors["date"]) if "date" in selectors else None
    summary = _first(item, selectors["summary"]) if "summary" in selectors else None
    return FeedEntry(
        id=url,
        url=url,
        title=title,
        summary=_text(summary),
        published=_date(date, zone, now) or date_in_url(url, zone=zone),
        image=_image(item, base),
    )


def _title(item: html.HtmlElement, link: html.HtmlElement | None, selectors: Mapping[str, str]) -> str:
    """Return the headline: what the selector finds, else the link's text where it is long enough to be no menu's."""
    found = _text(_first(item, selectors["title"])) if "title" in selectors else ""
    text = _text(link)
    return found or (text if len(text.split()) >= _HEADLINE_WORDS else "")


def _first(item: html.HtmlElement, selector: str) -> html.HtmlElement | None:
    return next(iter(item.cssselect(selector)), None)


def _text(element: html.HtmlElement | None) -> str:
    return fold(element.text_content()) if element is not None else ""


def _date(element: html.HtmlElement | None, zone: str, now: datetime) -> datetime | None:
    if element is None:
        return None
    texts = (element.get("datetime") or element.get("content") or "", _text(element))
    return next(filter(None, (parse_date(text, zone=zone, now=now) for text in texts)), None)


def _image(item: html.HtmlElement, base: str) -> str | None:
    picture = _first(item, "img")
    if picture is None:
        return None
    return absolute(picture.get("data-src") or picture.get("src") or "", base)
