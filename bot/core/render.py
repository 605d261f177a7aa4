"""Digests in words: Telegram HTML, in pages that stay within Telegram's limits.

A page is put together from whole blocks (a header, a topic's name, a story), never cut inside one, so that its tags are
balanced by construction. Escaping happens in one place, ``markupsafe``, wherever a value enters a text.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from html import unescape
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.core import actions
from bot.core.model import Button, Digest, DigestEntry, DigestKind, DigestSection, Keyboard, Locale
from bot.core.texts import Translator

PAGE_UNITS = 4096  # Telegram: text after entities, in UTF-16 code units
PAGE_BYTES = 30_000  # Telegram: raw text below 32,768 bytes; the rest is room for a footer
PAGE_STORIES = 10  # a page that is read, not scrolled; 3 entities a story keep it below Telegram's 100
TITLE_LENGTH = 300
SUMMARY_LENGTH = 320
_BETWEEN = 2  # the empty line between two blocks, in units and in bytes alike

_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>')
_TAG = re.compile(r"<[^>]+>")

Names = Mapping[str, Mapping[Locale, str]]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a page that is never cut. ``story`` counts towards a page's stories; ``head`` keeps with the next.

    ``units`` and ``size`` measure it, in UTF-16 units after entities and in raw bytes: once, however often it is used.
    """

    html: Markup
    story: bool = False
    head: bool = False
    units: int = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "units", units(self.html))
        object.__setattr__(self, "size", len(self.html.encode()))


Shelf = dict[tuple[object, ...], Block]
"""Rendered stories and headers, by all that their words depend on beside language, zone and day."""


class BlockCache:
    """Stories as they were rendered for other readers of the same language and zone on the same day.

    Readers share most of their stories, and words cost more than all else in composing. It grows with what it is
    given: one is for the digests of one hour, not for ever.
    """

    def __init__(self) -> None:
        self._shelves: dict[tuple[str, str, date], Shelf] = {}

    def shelf(self, tr: Translator, at: datetime) -> Shelf:
        """Return the blocks of this language, zone and local day."""
        return self._shelves.setdefault((tr.locale, tr.zone, at.astimezone(ZoneInfo(tr.zone)).date()), {})


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


def digest_pages(digest: Digest, names: Names, tr: Translator, cache: BlockCache | None = None) -> tuple[str, ...]:
    """Return the pages of a digest; ``names`` gives the outlets' names by source id. Empty where it has no story.

    With a ``cache`` a story is put into words once for all readers of one language and zone.
    """
    if not digest.sections:
        return ()
    shelf = cache.shelf(tr, digest.at) if cache is not None else {}
    blocks = [block for section in digest.sections for block in _section(section, digest, names, tr, shelf)]
    key = digest.kind, digest.at, digest.total or digest.story_count
    if (header := shelf.get(key)) is None:
        header = shelf[key] = Block(_header(digest, tr), head=True)
    return _pages(header, blocks)


def alert(digest: Digest, names: Names, tr: Translator) -> str:
    """Return a single story with the topic that it met, as a message of its own."""
    blocks = [block.html for section in digest.sections for block in _section(section, digest, names, tr, {})]
    return str(Markup("\n\n").join(blocks))


def _header(digest: Digest, tr: Translator) -> Markup:
    shown = tr.count("story-count", digest.total or digest.story_count)
    if digest.kind is DigestKind.POPULAR:
        return tr("header-popular")
    return tr(f"header-{digest.kind}", day=tr.weekday_and_day(digest.at), count=shown)


def _section(section: DigestSection, digest: Digest, names: Names, tr: Translator, shelf: Shelf) -> Iterable[Block]:
    if section.label:
        yield _topic_block(section.label)
    for entry in section.entries:
        article = entry.article
        key = article.id, article.title, article.summary, _outlets(entry, names, tr.locale)
        if (block := shelf.get(key)) is None:
            block = shelf[key] = Block(story_block(entry, digest, names, tr), story=True)
        yield block


@lru_cache(maxsize=4096)
def _topic_block(label: str) -> Block:
    return Block(Markup("<b><u>{}</u></b>").format(label), head=True)


def story_block(entry: DigestEntry, digest: Digest, names: Names, tr: Translator) -> Markup:
    """Return one story: its title in bold as a link, its outlets and time, and a short summary."""
    article = entry.article
    title = Markup('<b><a href="{}">{}</a></b>').format(article.url, shorten(article.title, TITLE_LENGTH))
    lines = [title, Markup("<i>{}</i>").format(story_facts(entry, digest, names, tr))]
    if article.summary:
        lines.append(Markup("{}").format(shorten(article.summary, SUMMARY_LENGTH)))
    return Markup("\n").join(lines)


def story_facts(entry: DigestEntry, digest: Digest, names: Names, tr: Translator) -> str:
    """Return who tells a story and when, as plain text; of another language than the reader's, in which."""
    article = entry.article
    facts = [_outlets(entry, names, tr.locale), tr.when(article.published_at, digest.at)]
    if article.language != tr.locale:
        facts.append(str(tr(f"in-{article.language}")))
    return " · ".join(facts)


def _outlets(entry: DigestEntry, names: Names, locale: Locale) -> str:
    outlet = outlet_name(entry.article.source_id, names, locale)
    return f"{outlet} +{len(entry.other_sources)}" if entry.other_sources else outlet


def outlet_name(source_id: str, names: Names, locale: Locale) -> str:
    """Return an outlet's name in the reader's language, its id where it has none."""
    name = names.get(source_id, {})
    return name.get(locale) or next(iter(name.values()), source_id)


def paginate(header: Markup, blocks: Sequence[Block]) -> tuple[str, ...]:
    """Return pages of whole blocks, an empty line between them, the header on the first.

    A ``head`` (a topic's name) that would end a page moves to the next one; no block is lost or cut.
    """
    return _pages(Block(header, head=True), blocks)


def _pages(header: Block, blocks: Sequence[Block]) -> tuple[str, ...]:
    pages = [_Page([header])]
    for block in blocks:
        if not pages[-1].fits(block):
            pages.append(_Page(pages[-1].carry()))
        pages[-1].add(block)
    return tuple("\n\n".join(block.html for block in page.blocks) for page in pages if page.blocks)


class _Page:
    """A page being filled; what it holds is measured as it grows."""

    def __init__(self, blocks: list[Block]) -> None:
        self.blocks: list[Block] = []
        self._units = self._size = -_BETWEEN
        self._stories = 0
        for block in blocks:
            self.add(block)

    def add(self, block: Block) -> None:
        self.blocks.append(block)
        self._units += block.units + _BETWEEN
        self._size += block.size + _BETWEEN
        self._stories += block.story

    def fits(self, block: Block) -> bool:
        return (
            self._stories + block.story <= PAGE_STORIES
            and self._units + block.units + _BETWEEN <= PAGE_UNITS
            and self._size + block.size + _BETWEEN <= PAGE_BYTES
        )

    def carry(self) -> list[Block]:
        """Take off the topics' names that would end the page."""
        carried: list[Block] = []
        while len(self.blocks) > 1 and self.blocks[-1].head:
            carried.insert(0, self.blocks.pop())
        return carried


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
