"""An HTML page -> the feeds that it links to. Pure."""

from bot.feeds.parsers.html_listing import read_html
from bot.feeds.parsers.markup import absolute, fold
from bot.feeds.workers.results import MOST_LINKS, FoundLinks

_TYPES = (
    "application/rss+xml", "application/atom+xml", "application/feed+json", "application/json", "application/rdf+xml",
    "text/xml", "application/xml",
)  # fmt: skip


def find_links(body: bytes, *, content_type: str | None = None, url: str) -> FoundLinks:
    """Find the feeds in an HTML page: ``link rel=alternate``, then links whose address looks like a feed's.

    Raises ``FeedError("feed-not-a-feed")`` for what is not HTML.
    """
    root = read_html(body, content_type)
    base = absolute(next(iter(root.xpath("//base/@href")), ""), url) or url
    found: dict[str, str] = {}
    for link in root.xpath("//link[@href and contains(concat(' ', normalize-space(@rel), ' '), ' alternate ')]"):
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        address = absolute(link.get("href"), base)
        if address and kind in _TYPES and not (kind == "application/json" and "wp-json" in address):
            found.setdefault(address, fold(link.get("title") or ""))
    for anchor in root.xpath("//a[@href]"):
        href = anchor.get("href")
        if len(found) < MOST_LINKS and _feed_like(f"/{href.strip()}") and (address := absolute(href, base)):
            found.setdefault(address, fold(anchor.text_content()))
    title = next(iter(root.xpath("//title")), None)
    return FoundLinks(fold(title.text_content()) if title is not None else "", tuple(found.items())[:MOST_LINKS])


def _feed_like(url: str) -> bool:
    path = url.lower().partition("#")[0]
    return path.rstrip("/").endswith(("/rss", "/feed", ".rss", "/rss.xml", "/atom.xml", "/feed.xml", "/feed.json"))
