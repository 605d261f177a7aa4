"""Sources as readers and operators see them: identities, what a found feed is called, how a source does. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from urllib.parse import urlsplit

from bot.core.addresses import feed_address, identity, is_web_address
from bot.core.bounds import ADDRESS_CHARACTERS, NAME_CHARACTERS, TITLE_CHARACTERS, cut
from bot.core.clean_text import clean_line
from bot.core.model import LOCALES, Feed, FeedDocument, FeedEntry, Locale, Source, SourceChoice
from bot.core.polling import addresses
from bot.language.identify import identify

RESTS_AFTER = timedelta(days=1)
"""After so long without an answer that can be read, a source counts as resting, and operators hear of it."""
NO_ANSWER = timedelta(minutes=15)
"""For so long sources may be due, or all may fail, before that is a problem of the bot's: its network, its parsers."""
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


def no_news(feeds: Iterable[Feed], now: datetime, since: datetime) -> str | None:
    """Return why no news can come in from these feeds, which are the catalogue's; None while they can.

    The feeds' own rhythm says when an answer is to be expected: the first that is due. ``since`` is when the program
    began to ask.
    """
    asked = [feed for feed in feeds if not feed.gone]
    if not asked:
        return None
    well = [feed for feed in asked if feed.failing_since is None]
    if not well:
        failing = now - max(since, *(feed.failing_since or now for feed in asked))
        return f"all {len(asked)} sources fail, for {_minutes(failing)}" if failing > NO_ANSWER else None
    due_at = min(feed.next_fetch_at for feed in asked)
    answered_at = max((feed.checked_at for feed in well if feed.checked_at), default=since)
    waiting = now - max(due_at, answered_at, since)
    return f"sources are due, and none has answered for {_minutes(waiting)}" if waiting > NO_ANSWER else None


def _minutes(span: timedelta) -> str:
    return f"{span // timedelta(minutes=1)} minutes"


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
    """Return the id under which all chats share a feed that readers add: one for each address, to the letter.

    Variants of it (http, ``www.``, a closing slash) may be dead, or somebody else's: none of them stands for it.
    """
    return f"own-{_digest(feed_address(url))}"


def button_key(source_id: str) -> str:
    """Return a source's name in a button's data; an id itself may be too long for it."""
    return _digest(source_id)


def own_source(url: str, language: Locale, document: FeedDocument | None = None) -> Source:
    """Return the source that a reader's feed is, called what its document says; by its host before one was read."""
    words = (document and document_name(document)) or urlsplit(url).hostname or url
    return Source(own_id(url), dict.fromkeys(LOCALES, words), feed_address(url), language, public=False)


def called(choice: SourceChoice) -> SourceChoice:
    """Return a chat's choice with the source under the name that the chat gave it, where it gave one."""
    if not choice.own_name:
        return choice
    return replace(choice, source=replace(choice.source, name=dict.fromkeys(LOCALES, choice.own_name)))


def described(source: Source, document: FeedDocument) -> Source:
    """Return a reader's feed called what its document says, in the language of its entries."""
    name = document_name(document)
    language = language_of(document, source.language) if document.entries else source.language
    return replace(source, name=dict.fromkeys(LOCALES, name) if name else source.name, language=language)


def document_name(document: FeedDocument) -> str:
    """Return what a feed calls itself, the same in all languages; empty where it does not."""
    return given_name(document.title)


def given_name(text: str) -> str:
    """Return a name that a stranger gave, fit to be shown."""
    return cut(clean_line(text[: 4 * NAME_CHARACTERS]), NAME_CHARACTERS)


def can_be_added(url: str) -> bool:
    """Tell whether an address of a list can be a feed's."""
    return len(url) <= ADDRESS_CHARACTERS and is_web_address(url)


def same_feed(source: Source, url: str) -> bool:
    """Tell whether a source's feed is asked for at that very address, under any of its addresses."""
    return feed_address(url) in map(feed_address, addresses(source))


def same_address(source: Source, url: str) -> bool:
    """Tell whether a source's feed is at that address or at a variant of it (http, ``www.``, a closing slash)."""
    return identity(url) in map(identity, addresses(source))


def stands_for(choice: SourceChoice, url: str, at: datetime, *, answered: bool) -> bool:
    """Tell whether a chat that has this source needs no other for an address.

    A variant of the address does where it is well: not after a failure, and with ``answered`` (the address itself has
    just answered) one that a reader added not before its own first answer either.
    """
    if same_feed(choice.source, url):
        return True
    unproven = answered and not choice.source.public and choice.feed.checked_at is None
    return same_address(choice.source, url) and health(choice.feed, at) is Health.WELL and not unproven


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
