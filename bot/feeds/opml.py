"""OPML (http://opml.org/spec2.opml), the list of feeds that readers carry from program to program. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import quoteattr

from lxml import etree

from bot.core.addresses import is_web_address
from bot.errors import FeedError
from bot.feeds.parsers.markup import fold

OPML_LIMIT = 1024 * 1024
"""Bytes of a list: Telegram's documents may be larger, lists of feeds are not."""


@dataclass(frozen=True, slots=True)
class OpmlFeed:
    """A feed of a list; ``category`` is the title of the folder that it lies in, or empty."""

    url: str
    title: str
    category: str = ""
    site: str = ""


def read_opml(body: bytes) -> tuple[OpmlFeed, ...]:
    """Return the feeds of a list in its order, each address once.

    Raises:
        FeedError: ``feed-too-large``, or ``feed-not-a-feed`` where the document is no OPML.
    """
    if len(body) > OPML_LIMIT:
        raise FeedError("feed-too-large", limit=OPML_LIMIT)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FeedError("feed-not-a-feed", reason=fold(str(error))) from error
    if root is None or str(root.tag).lower() != "opml":
        raise FeedError("feed-not-a-feed", reason="no OPML")
    feeds: dict[str, OpmlFeed] = {}
    for outline in root.iter("outline"):
        feed = _feed(outline)
        if feed:
            feeds.setdefault(feed.url, feed)
    return tuple(feeds.values())


def write_opml(feeds: Iterable[OpmlFeed], *, title: str, at: datetime) -> bytes:
    """Write a list, one folder for each category, in the order given."""
    folders: dict[str, list[OpmlFeed]] = {}
    for feed in feeds:
        folders.setdefault(feed.category, []).append(feed)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"  <head><title>{_escaped(title)}</title><dateCreated>{at:%a, %d %b %Y %H:%M:%S} GMT</dateCreated></head>",
        "  <body>",
        *(line for category, inside in folders.items() for line in _folder(category, inside)),
        "  </body>",
        "</opml>",
        "",
    ]
    return "\n".join(lines).encode()


def _feed(outline: etree._Element) -> OpmlFeed | None:
    names = {str(name).lower(): value.strip() for name, value in outline.attrib.items()}
    url = names.get("xmlurl", "")
    if not is_web_address(url):
        return None
    parent = outline.getparent()
    folder = "" if parent is None or parent.tag != "outline" else parent.get("title") or parent.get("text") or ""
    title = fold(names.get("title") or names.get("text") or url)
    return OpmlFeed(url, title, fold(folder), names.get("htmlurl", ""))


def _folder(category: str, feeds: list[OpmlFeed]) -> Iterator[str]:
    indent = "    "
    if category:
        yield f"{indent}<outline text={_quoted(category)} title={_quoted(category)}>"
        indent += "  "
    for feed in feeds:
        site = f" htmlUrl={_quoted(feed.site)}" if feed.site else ""
        title = _quoted(feed.title)
        yield f'{indent}<outline type="rss" text={title} title={title} xmlUrl={_quoted(feed.url)}{site}/>'
    if category:
        yield "    </outline>"


def _quoted(text: str) -> str:
    return quoteattr(fold(text))


def _escaped(text: str) -> str:
    return fold(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
