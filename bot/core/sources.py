"""Sources as readers and operators see them: identities, what a found feed is called, how a source does. Pure."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from urllib.parse import urlsplit

from bot.core.addresses import canonical_url, identity
from bot.core.bounds import NAME_CHARACTERS, TITLE_CHARACTERS, cut
from bot.core.clean_text import clean_line
from bot.core.model import LOCALES, Feed, FeedDocument, FeedEntry, Locale, Source
from bot.core.polling import addresses
from bot.language.identify import identify

RESTS_AFTER = timedelta(days=1)
"""After so long without an answer that can be read, a source counts as resting, and operators hear of it."""
_HEADLINES = 3
_JUDGED = 10


class Health(StrEnum):
    """How a source does. ``gone`` said so itself (410); it is asked no more."""

    WELL = "well"
    FAILING = "failing"
    RESTING = "resting"
    GONE = "gone"


def health(feed: Feed, at: datetime) -> Health:
    """Return how a source does at an instant."""
    if feed.gone:
        return Health.GONE
    if feed.failing_since is None:
        return Health.WELL
    return Health.RESTING if at - feed.failing_since >= RESTS_AFTER else Health.FAILING


def turned(before: Feed, after: Feed) -> Health | None:
    """Return ``resting`` or ``gone`` where the last answer made the source so, None where it was so already.

    The state before is that of its own check, so exactly one of all answers is the turn.
    """
    if after.checked_at is None:
        return None
    now = health(after, after.checked_at)
    was = health(before, before.checked_at) if before.checked_at else Health.WELL
    return now if now in {Health.RESTING, Health.GONE} and now != was else None


def own_id(url: str) -> str:
    """Return the id under which all chats share a feed that readers add: one for each address."""
    return f"own-{_digest(identity(url))}"


def button_key(source_id: str) -> str:
    """Return a source's name in a button's data; an id itself may be too long for it."""
    return _digest(source_id)


def own_source(url: str, title: str, language: Locale) -> Source:
    """Return the source that a reader's feed is; its name is the same in all languages."""
    words = cut(clean_line(title[: 4 * NAME_CHARACTERS]), NAME_CHARACTERS) or urlsplit(url).hostname or url
    return Source(own_id(url), dict.fromkeys(LOCALES, words), canonical_url(url), language, public=False)


def same_address(source: Source, url: str) -> bool:
    """Tell whether a source's feed is at that address, under any of its addresses."""
    return identity(url) in map(identity, addresses(source))


def language_of(document: FeedDocument, fallback: Locale) -> Locale:
    """Return the language that the newest entries are written in, else the one that the document names."""
    declared = next((locale for locale in LOCALES if (document.language or "").lower().startswith(locale)), fallback)
    return identify("\n".join(entry.title[:TITLE_CHARACTERS] for entry in document.entries[:_JUDGED]), declared)


def headlines(document: FeedDocument) -> tuple[str, ...]:
    """Return the newest headlines, for a preview."""
    titles = (clean_line(cut(entry.title, TITLE_CHARACTERS)) for entry in _newest_first(document.entries))
    return tuple(islice(filter(None, titles), _HEADLINES))


def _newest_first(entries: Sequence[FeedEntry]) -> list[FeedEntry]:
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(entries, key=lambda entry: entry.published or oldest, reverse=True)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).hexdigest()
