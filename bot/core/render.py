"""Digests in words: Telegram HTML, in pages (``core.pages``).

Escaping happens in one place, ``markupsafe``, wherever a value enters a text.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from html import unescape
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.core import actions
from bot.core.model import Button, Digest, DigestEntry, DigestKind, DigestPage, DigestSection, Keyboard, Locale
from bot.core.pages import Block, paginate
from bot.core.texts import Translator

TITLE_LENGTH = 300
SUMMARY_LENGTH = 320

_SUMMARY = Markup("<blockquote expandable>{}</blockquote>")  # folded to three lines until the reader opens it
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>')
_TAG = re.compile(r"<[^>]+>")

Names = Mapping[str, Mapping[Locale, str]]


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


def shorten(text: str, length: int) -> str:
    """Return the text, cut at a word's end with an ellipsis where it is longer than ``length`` characters."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > length // 2 else cut).rstrip(" ,;:–—-") + "…"


def digest_pages(
    digest: Digest, names: Names, tr: Translator, cache: BlockCache | None = None
) -> tuple[DigestPage, ...]:
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
    return paginate(header, blocks)


def alert(digest: Digest, names: Names, tr: Translator) -> DigestPage:
    """Return a single story with the topic that it met, as a message of its own."""
    header, *blocks = [block for section in digest.sections for block in _section(section, digest, names, tr, {})]
    return paginate(header, blocks)[0]


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
        key = article.id, article.title, article.summary, article.image, article.source_id, len(entry.other_sources)
        if (block := shelf.get(key)) is None:
            block = shelf[key] = Block(story_block(entry, digest, names, tr), entry.story_id, image=article.image)
        yield block


@lru_cache(maxsize=4096)
def _topic_block(label: str) -> Block:
    return Block(Markup("<b><u>{}</u></b>").format(label), head=True)


def story_block(entry: DigestEntry, digest: Digest, names: Names, tr: Translator) -> Markup:
    """Return one story: its title in bold as a link, its outlets and time, and a short summary that unfolds."""
    article = entry.article
    title = Markup('<b><a href="{}">{}</a></b>').format(article.url, shorten(article.title, TITLE_LENGTH))
    lines = [title, Markup("<i>{}</i>").format(story_facts(entry, digest, names, tr))]
    if article.summary:
        lines.append(_SUMMARY.format(shorten(article.summary, SUMMARY_LENGTH)))
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


def digest_keyboard(composition_id: int, page: int, pages: Sequence[DigestPage], tr: Translator) -> Keyboard:
    """Return the buttons under a page of a kept digest: those that turn its pages, and the one that opens a story."""
    if not composition_id:
        return ()
    turning = pager(page, len(pages), lambda to: actions.TurnPage(composition_id, to))
    if not pages[page].stories:
        return turning
    return turning + actions.button(str(tr("button-stories")), actions.ListStories(composition_id, page))


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
