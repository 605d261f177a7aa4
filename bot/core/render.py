"""Digests in words: Telegram HTML, in pages that stay within Telegram's limits.

A page is put together from whole blocks (a header, a topic's name, a story), never cut inside one, so that its tags are
balanced by construction. Escaping happens in one place, ``markupsafe``, wherever a value enters a text.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from markupsafe import Markup

from bot.core import actions
from bot.core.model import Button, Digest, DigestEntry, DigestKind, DigestSection, Keyboard, Locale
from bot.core.texts import Translator

PAGE_UNITS = 4096  # Telegram: text after entities, in UTF-16 code units
PAGE_BYTES = 30_000  # Telegram: raw text below 32,768 bytes; the rest is room for a footer
PAGE_STORIES = 10  # a page that is read, not scrolled; 3 entities a story keep it below Telegram's 100
TITLE_LENGTH = 300
SUMMARY_LENGTH = 320

_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>')
_TAG = re.compile(r"<[^>]+>")

Names = Mapping[str, Mapping[Locale, str]]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a page that is never cut. ``story`` counts towards a page's stories; ``head`` keeps with the next."""

    html: Markup
    story: bool = False
    head: bool = False


def units(html: str) -> int:
    """Return the length of a text after entities, in UTF-16 code units, as Telegram counts."""
    return len(unescape(_TAG.sub("", html)).encode("utf-16-le")) // 2


def shorten(text: str, length: int) -> str:
    """Return the text, cut at a word's end with an ellipsis where it is longer than ``length`` characters."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > length // 2 else cut).rstrip(" ,;:–—-") + "…"


def digest_pages(digest: Digest, names: Names, tr: Translator) -> tuple[str, ...]:
    """Return the pages of a digest; ``names`` gives the outlets' names by source id. Empty where it has no story."""
    if not digest.sections:
        return ()
    blocks = [block for section in digest.sections for block in _section(section, digest, names, tr)]
    return paginate(_header(digest, tr), blocks)


def _header(digest: Digest, tr: Translator) -> Markup:
    shown = tr.count("story-count", digest.total or digest.story_count)
    if digest.kind is DigestKind.POPULAR:
        return tr("header-popular")
    return tr(f"header-{digest.kind}", day=tr.weekday_and_day(digest.at), count=shown)


def _section(section: DigestSection, digest: Digest, names: Names, tr: Translator) -> Iterable[Block]:
    if section.topic_id is not None:
        yield Block(Markup("<b><u>{}</u></b>").format(section.label), head=True)
    for entry in section.entries:
        yield Block(story_block(entry, digest, names, tr), story=True)


def story_block(entry: DigestEntry, digest: Digest, names: Names, tr: Translator) -> Markup:
    """Return one story: its title in bold as a link, its outlets and time, and a short summary."""
    article = entry.article
    outlet = outlet_name(article.source_id, names, tr.locale)
    if entry.other_sources:
        outlet += f" +{len(entry.other_sources)}"
    facts = [outlet, tr.when(article.published_at, digest.at)]
    if article.language != tr.locale:
        facts.append(str(tr(f"in-{article.language}")))
    title = Markup('<b><a href="{}">{}</a></b>').format(article.url, shorten(article.title, TITLE_LENGTH))
    lines = [title, Markup("<i>{}</i>").format(" · ".join(facts))]
    if article.summary:
        lines.append(Markup("{}").format(shorten(article.summary, SUMMARY_LENGTH)))
    return Markup("\n").join(lines)


def outlet_name(source_id: str, names: Names, locale: Locale) -> str:
    """Return an outlet's name in the reader's language, its id where it has none."""
    name = names.get(source_id, {})
    return name.get(locale) or next(iter(name.values()), source_id)


def paginate(header: Markup, blocks: Sequence[Block]) -> tuple[str, ...]:
    """Return pages of whole blocks, an empty line between them, the header on the first.

    A ``head`` (a topic's name) that would end a page moves to the next one; no block is lost or cut.
    """
    pages: list[list[Block]] = [[Block(header, head=True)]]
    for block in blocks:
        if not _fits([*pages[-1], block]):
            carried = _carry(pages[-1])
            pages.append(carried)
        pages[-1].append(block)
    return tuple(str(Markup("\n\n").join(block.html for block in page)) for page in pages if page)


def _carry(page: list[Block]) -> list[Block]:
    carried: list[Block] = []
    while len(page) > 1 and page[-1].head:
        carried.insert(0, page.pop())
    return carried


def _fits(page: Sequence[Block]) -> bool:
    text = Markup("\n\n").join(block.html for block in page)
    return (
        sum(block.story for block in page) <= PAGE_STORIES
        and units(text) <= PAGE_UNITS
        and len(text.encode()) <= PAGE_BYTES
    )


def page_keyboard(composition_id: int, page: int, pages: int) -> Keyboard:
    """Return the buttons that turn the pages of a composition."""
    return pager(page, pages, lambda to: actions.TurnPage(composition_id, to))


def pager(page: int, pages: int, action: Callable[[int], actions.Action]) -> Keyboard:
    """Return the buttons that turn pages: back, where one stands, on. None of them for a single page."""
    if pages < 2:  # noqa: PLR2004 - a single page needs no turning
        return ()
    targets = (("‹", (page - 1) % pages), (f"{page + 1}/{pages}", page), ("›", (page + 1) % pages))
    return (tuple(Button(text, actions.encode(action(to))) for text, to in targets),)


def plain_text(page: str) -> str:
    """Return a page as plain text for a terminal, with each link's address on the line below its text."""
    linked = _LINK.sub(lambda link: f"{link[2]}\n{link[1]}", page)
    return unescape(_TAG.sub("", linked))
