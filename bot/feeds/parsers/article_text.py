"""An HTML page of an article -> its text: JSON-LD ``articleBody``, else what trafilatura extracts. Pure."""

import json
from collections.abc import Iterator

from bot.errors import FeedError
from bot.feeds.parsers.charset import decode
from bot.feeds.parsers.html_listing import read_html
from bot.feeds.parsers.markup import absolute, decode_entities, fold, paragraphs
from bot.feeds.workers.results import PageText

_ARTICLE_TYPES = ("article", "newsarticle", "reportagenewsarticle", "blogposting", "webpage")
_ENOUGH = 120
"""Characters below which a body is an excerpt or a caption, not an article's text."""
_JSON_DEPTH = 12


def extract_page(body: bytes, *, content_type: str | None = None, url: str) -> PageText:
    """Return the text of an article's HTML page. Raises ``FeedError("feed-not-a-feed")`` for what is not HTML."""
    root = read_html(body, content_type)
    image = next(iter(root.xpath("//meta[@property='og:image' or @name='og:image']/@content")), "")
    text = _json_ld_body(root.xpath("//script[@type='application/ld+json']/text()")) or _trafilatura(
        decode(body, content_type), url,
    )  # fmt: skip
    return PageText(text, absolute(image, url) if image else None)


def _json_ld_body(scripts: list[str]) -> str:
    """Return the longest ``articleBody``; some outlets escape its markup once more than JSON asks."""
    bodies = []
    for script in scripts:
        try:
            document = json.loads(script.strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue  # broken JSON-LD is common; the page's own text remains
        bodies += [paragraphs(decode_entities(body)) for body in _bodies(document, _JSON_DEPTH)]
    return max((body for body in bodies if len(body) >= _ENOUGH), key=len, default="")


def _bodies(node: object, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(node, list):
        for item in node:
            yield from _bodies(item, depth - 1)
    elif isinstance(node, dict):
        kinds = node.get("@type")
        names = kinds if isinstance(kinds, list) else [kinds]
        body = node.get("articleBody")
        if isinstance(body, str) and any(str(name).lower() in _ARTICLE_TYPES for name in names):
            yield body
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _bodies(node.get(key), depth - 1)


def _trafilatura(page: str, url: str) -> str:
    import trafilatura  # noqa: PLC0415 (a fifth of a second, and not needed for feeds alone; workers for pages have it)

    try:
        found = trafilatura.extract(page, url=url, fast=True, include_comments=False, include_tables=False)
    except Exception as error:  # trafilatura raises whatever its parsers raise
        raise FeedError("feed-not-a-feed", reason=f"{type(error).__name__}: {error}"[:200]) from error
    return "\n".join(line for line in map(fold, (found or "").split("\n")) if line)
