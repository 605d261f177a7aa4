"""XML that is not well-formed -> XML that is, as libxml2 recovers it. For feeds that feedparser stops in. Pure."""

from lxml import etree

from bot.feeds.parsers.charset import decode


def repair_xml(body: bytes, content_type: str | None) -> bytes | None:
    """Return the document with all elements closed, in UTF-8; None where nothing can be made of it."""
    text = decode(body, content_type).replace("\x00", "").lstrip()
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root is None else etree.tostring(root, encoding="utf-8")
