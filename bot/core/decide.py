"""From an entry to an article, and whether it is new. Pure."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from bot.core.addresses import canonical_url, identity, is_web_address, names_a_site
from bot.core.bounds import (
    ADDRESS_CHARACTERS,
    ID_CHARACTERS,
    SUMMARY_LOOKED_AT,
    TEXT_CHARACTERS,
    TITLE_CHARACTERS,
    cut,
)
from bot.core.clean_text import clean_line, clean_text
from bot.core.model import FeedEntry, Locale, NewArticle, Source, StoredEntry
from bot.core.summary import sentences, summarise, without_boilerplate

ENOUGH_TEXT = 400
"""Characters of description from which on it counts as the article's text."""
_SEPARATORS = (" - ", " – ", " — ", " | ", " :: ", " / ")


@dataclass(frozen=True, slots=True)
class Draft:
    """An article, with the entry that it was made of."""

    article: NewArticle
    entry: FeedEntry


@dataclass(frozen=True, slots=True)
class New:
    """An entry that was never stored."""

    article: NewArticle


@dataclass(frozen=True, slots=True)
class Changed:
    """A stored entry whose headline or text was edited."""

    article_id: int
    article: NewArticle


@dataclass(frozen=True, slots=True)
class Ignore:
    """A stored entry as it was."""


def entry_hash(entry: FeedEntry) -> str:
    """Return a digest of an entry's words as its document gives them.

    It tells an entry that is as it was at the last poll before anything else is done with it.
    """
    return _digest("\0".join((entry.title, entry.summary, entry.text, entry.language or "")))


def entry_uid(entry: FeedEntry) -> str:
    """Return the entry's identity within its source.

    A guid that only names the site is what some outlets give to every entry: then the address tells them apart; and
    where there is neither, the headline does.
    """
    named = _name_of(_id(entry)) or _name_of(_address(entry)) or _digest(_headline(entry) or _described(entry))
    return named if len(named) <= ID_CHARACTERS else _digest(named)


def without_hashes(article: NewArticle) -> NewArticle:
    """Return an article that counts as edited at the next poll, whatever its entry says: it is not stored whole yet."""
    return replace(article, content_hash="", entry_hash="")


def decide(stored: StoredEntry | None, article: NewArticle) -> New | Changed | Ignore:
    """Say what an article is to storage: new, edited, or nothing to do."""
    if stored is None:
        return New(article)
    return Ignore() if stored.content_hash == article.content_hash else Changed(stored.article_id, article)


def to_article(source: Source, entry: FeedEntry, *, now: datetime, language: Locale) -> NewArticle:
    """Make the article that an entry stands for.

    A date ahead of ``now`` is ``now``, and so is a missing one. The address loses its tracking. The text is the
    description together with the body, whatever of them there is. The hash covers headline and text, as they came.
    """
    uid, as_it_came = entry_uid(entry), entry_hash(entry)
    entry = within_bounds(entry)
    summary = summarise(f"{entry.summary}\n{entry.text}", entry.title)
    text = without_boilerplate(cut(_full_text(entry), TEXT_CHARACTERS))
    title = _title(source, entry, summary)
    return NewArticle(
        source_id=source.id,
        uid=uid,
        url=_url(source, entry),
        title=title,
        summary=summary,
        text=text,
        language=language,
        published_at=min(entry.published or now, now),
        content_hash=_digest(f"{title}\n{text}"),
        image=entry.image,
        entry_hash=as_it_came,
    )


def needs_page(entry: FeedEntry) -> bool:
    """Say whether the entry gives so little text that its page is worth a look."""
    reachable = len(entry.url) <= ADDRESS_CHARACTERS and is_web_address(entry.url)
    return not entry.text and len(entry.summary) < ENOUGH_TEXT and reachable


def with_page(article: NewArticle, text: str, image: str | None) -> NewArticle:
    """Return the article with its page's text, and a summary from it where the feed gave none.

    The hash stays: it tells edits of the feed's entry.
    """
    text = without_boilerplate(clean_text(cut(text, TEXT_CHARACTERS)))
    image = article.image or _image(image)
    if not text:
        return replace(article, image=image)
    whole = text if article.text in text else f"{article.text}\n{text}".strip()
    return replace(
        article,
        text=cut(whole, TEXT_CHARACTERS),
        summary=article.summary or summarise(text, article.title),
        image=image,
    )


def within_bounds(entry: FeedEntry) -> FeedEntry:
    """Return the entry as it is worked on: no field longer than its bound, nothing in its texts that is not seen.

    A long id stays one of its own. Of a long headline some more is kept, for what is left off its end.
    """
    return replace(
        entry,
        id=_id(entry),
        url=_address(entry),
        image=_image(entry.image),
        title=_headline(entry),
        summary=_described(entry),
        text=clean_text(cut(entry.text, TEXT_CHARACTERS)),
    )


def _id(entry: FeedEntry) -> str:
    return entry.id if len(entry.id) <= ADDRESS_CHARACTERS else _digest(entry.id)


def _address(entry: FeedEntry) -> str:
    return entry.url if len(entry.url) <= ADDRESS_CHARACTERS else ""


def _headline(entry: FeedEntry) -> str:
    return clean_line(cut(entry.title, 2 * TITLE_CHARACTERS))


def _described(entry: FeedEntry) -> str:
    return clean_text(cut(entry.summary, TEXT_CHARACTERS))


def _image(url: str | None) -> str | None:
    return url if url and len(url) <= ADDRESS_CHARACTERS and is_web_address(url) else None


def _full_text(entry: FeedEntry) -> str:
    if not entry.text or not entry.summary:
        return entry.text or entry.summary
    folded = " ".join(entry.text.split())
    return entry.text if entry.summary.rstrip(" .…[]") in folded else f"{entry.summary}\n{entry.text}"


def _title(source: Source, entry: FeedEntry, summary: str) -> str:
    """Return the headline without the outlet's name after it; without a headline, the text's first sentence."""
    title = entry.title or next(iter(sentences(summary or entry.summary[:SUMMARY_LOOKED_AT])), "")
    host = (urlsplit(source.url).hostname or "").removeprefix("www.")
    for name in {*source.name.values(), host} - {""}:
        for separator in _SEPARATORS:
            title = title.removesuffix(f"{separator}{name}")
    return title if len(title) <= TITLE_CHARACTERS else cut(title, TITLE_CHARACTERS) + "…"


def _url(source: Source, entry: FeedEntry) -> str:
    """Return where the reader is led: the entry's page, else the page that its id names, else the source."""
    return next((canonical_url(url) for url in (entry.url, entry.id) if is_web_address(url)), source.url)


def _name_of(text: str) -> str:
    """Return an id as it is, an address as its identity; nothing for one that names a site."""
    if not is_web_address(text):
        return text
    return "" if names_a_site(text) else identity(text)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()
