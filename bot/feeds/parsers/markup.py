"""Markup to plain text, as a reader sees it. Pure."""

import html
import re
from urllib.parse import urljoin, urlsplit

# Atomic groups and possessive quantifiers keep these linear on hostile input.
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LOOSE_COMMENT = re.compile(r"<!--[^>]*+>?|<!\[CDATA\[|\]\]>|<[!?][a-zA-Z][^>]*+>")
_HIDDEN = re.compile(r"<(script|style|template|noscript)\b[^>]*+>.*?(?:</\1\s*+>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]*+)(?:[^<>\"']|\"[^\"]*+\"|'[^']*+')*+>")
_LOOSE_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]*+)[^<>]*+>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
_PARAMETER = re.compile(r"&(?=[a-zA-Z][a-zA-Z0-9]{1,30}=)")  # in «?a=1&copy=2» nothing is an entity
_UNSEEN = re.compile("[\u200b\u2060\ufeff\u00ad\u0000-\u0008\u000e-\u001f\u007f]")
_BREAKS = frozenset([
    "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav",
    "ol", "option", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "video",
])  # fmt: skip
"""Elements that end a paragraph."""
_INLINE = frozenset([
    "a", "abbr", "acronym", "audio", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "embed",
    "font", "i", "iframe", "img", "ins", "kbd", "label", "mark", "nobr", "noindex", "object", "param", "picture", "q",
    "s", "samp", "small", "source", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
])  # fmt: skip
"""Elements within a paragraph: their tags are taken out, their text stays."""
_IMAGE = re.compile(r"<img\b[^>]*?\bsrc\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)


def fold(text: str) -> str:
    """Return ``text`` on one line: every run of white space is one space, invisible characters are gone."""
    return " ".join(_UNSEEN.sub("", text).split())


def decode_entities(text: str) -> str:
    """Decode HTML entities, twice where decoding once leaves one: ``AT&amp;amp;T`` is written by careless software."""
    once = html.unescape(_PARAMETER.sub("&amp;", text) if "=" in text else text)
    return html.unescape(once) if _ENTITY.search(once) else once


def plain(markup: str) -> str:
    """Return the text of HTML ``markup`` on one line."""
    if "<" not in markup and "&" not in markup:
        return fold(markup)
    return fold(decode_entities(_without_tags(markup, known_only=False)))


def plain_guessed(text: str) -> str:
    """Return the text where nothing says whether it is markup (RSS): only HTML's own tags count as tags."""
    if "<" not in text and "&" not in text:
        return fold(text)
    return fold(decode_entities(_without_tags(text, known_only=True)))


def paragraphs(markup: str) -> str:
    """Return the text of HTML ``markup``, one paragraph a line."""
    text = decode_entities(_without_tags(" ".join(markup.split()), known_only=False))
    return "\n".join(line for line in map(fold, text.split("\n")) if line)


def first_image(markup: str, base: str) -> str | None:
    """Return the absolute address of the first picture in ``markup``."""
    found = _IMAGE.search(markup)
    return absolute(html.unescape(next(filter(None, found.groups()), "")), base) if found else None


def absolute(url: str, base: str) -> str | None:
    """Return ``url`` made absolute by ``base`` where it is, or becomes, an http address; None otherwise."""
    if not url.strip():
        return None
    try:
        joined = urljoin(base, url.strip()) if base else url.strip()
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in {"http", "https"} and parts.netloc else None


def _without_tags(markup: str, *, known_only: bool) -> str:
    def replaced(found: re.Match[str]) -> str:
        name = found[1].lower()
        if name in _BREAKS:
            return "\n"
        return found[0] if known_only and name not in _INLINE else ""

    if "<" not in markup:
        return markup
    shown = _LOOSE_COMMENT.sub("", _without_comments(_HIDDEN.sub(" ", markup)))
    return _LOOSE_TAG.sub(replaced, _TAG.sub(replaced, shown))


def _without_comments(markup: str) -> str:
    """Drop what stands in comments. One that never ends is only its own tag: the text after it is not lost."""
    end = markup.rfind("-->") + 3
    return _COMMENT.sub("", markup[:end]) + markup[end:] if end > 2 else markup  # noqa: PLR2004 (found)
