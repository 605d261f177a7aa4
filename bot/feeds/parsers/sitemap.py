"""Sitemaps, Google News sitemaps and indexes of sitemaps -> FeedDocument. Pure.

An index becomes a document of format ``sitemap-index`` whose entries are the sitemaps it names.
"""

from datetime import datetime

from lxml import etree

from bot.core.model import FeedDocument, FeedEntry
from bot.errors import FeedError
from bot.feeds.parsers.charset import find_charset
from bot.feeds.parsers.dates import date_in_url, parse_date
from bot.feeds.parsers.markup import absolute, decode_entities, fold


def parse_sitemap(body: bytes, *, content_type: str | None, base_url: str, zone: str, now: datetime) -> FeedDocument:
    """Read a sitemap or an index. Raises ``FeedError("feed-not-a-feed")`` where neither is found."""
    root = _root(body, find_charset(body, content_type))
    kind = _local(root)
    items = [element for element in root if _local(element) in {"url", "sitemap"}]
    entries = [entry for item in items if (entry := _entry(item, base_url, zone, now))]
    publication = _find(root, "publication")
    return FeedDocument(
        title=_field(publication, "name") if publication is not None else "",
        language=(_field(publication, "language") or None) if publication is not None else None,
        entries=tuple(entries),
        format="sitemap-index" if kind == "sitemapindex" else "sitemap",
    )


def _root(body: bytes, charset: str | None) -> etree._Element:
    """Parse forgivingly, without entities, network or unbounded trees."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding=charset,
    )  # fmt: skip
    try:
        root = etree.fromstring(body.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise FeedError("feed-not-a-feed", reason=fold(str(error))) from error
    if root is None or _local(root) not in {"urlset", "sitemapindex"}:
        raise FeedError("feed-not-a-feed", reason="no urlset or sitemapindex")
    return root


def _entry(item: etree._Element, base: str, zone: str, now: datetime) -> FeedEntry | None:
    url = absolute(_own(item, "loc"), base)
    if url is None:
        return None
    news = _find(item, "news")
    dates = (_field(news, "publication_date") if news is not None else "", _own(item, "lastmod"))
    picture = _find(item, "image")
    return FeedEntry(
        id=url,
        url=url,
        title=_field(news, "title") if news is not None else "",
        published=next(filter(None, (parse_date(date, zone=zone, now=now) for date in dates)), None)
        or date_in_url(url, zone=zone),
        image=absolute(_field(picture, "loc"), base) if picture is not None else None,
        language=(_field(news, "language") or None) if news is not None else None,
    )


def _own(item: etree._Element, name: str) -> str:
    """Return the text of a direct child: ``image:loc`` lies deeper than ``loc``."""
    return next((fold(child.text or "") for child in item if _local(child) == name), "")


def _field(item: etree._Element, name: str) -> str:
    found = _find(item, name)
    return fold(decode_entities("".join(found.itertext()))) if found is not None else ""


def _find(item: etree._Element, name: str) -> etree._Element | None:
    return next((element for element in item.iter() if element is not item and _local(element) == name), None)


def _local(element: etree._Element) -> str:
    """Return the tag without its namespace or an undeclared prefix; comments and instructions have none."""
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(element.tag, str) else ""
