"""How much a feed may bring on one day (in UTC), and how much all feeds of one reader together. Pure.

What an article costs is the keys by which search finds it: each is to be worked out once, and a row in the database for
a month. The shares are far above what outlets bring: 500 long articles a day are half of a reader's feed's share.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Amount:
    """Articles, new and edited ones; and their search keys, with the topics that they meet."""

    articles: int = 0
    keys: int = 0


CATALOGUE: Final = Amount(10_000, 10_000_000)
"""Of a feed of the catalogue, which the operator chose."""
OWN_FEED: Final = Amount(1_000, 1_000_000)
"""Of a feed that readers added."""
READER: Final = Amount(3_000, 1_500_000)
"""Of all the feeds that one chat added: a hundred of them, thirty articles a day each."""
SHARED_BY: Final = 5
"""A feed that more chats have is nobody's own any more: then its own share alone counts."""

Exceeded = Literal["catalogue", "feed", "reader"]


@dataclass(frozen=True, slots=True)
class Brought:
    """What came today: of a feed, and of each chat that has it on, all that its own feeds brought.

    ``readers`` is empty for a feed of the catalogue, and for one that more than ``SHARED_BY`` chats have on.
    """

    feed: Amount
    readers: tuple[Amount, ...] = ()


def exceeded(brought: Brought, *, public: bool) -> Exceeded | None:
    """Return which share is used up, None where the feed may bring more.

    A feed may bring more as long as one of the chats that have it has room.
    """
    if _is_full(brought.feed, CATALOGUE if public else OWN_FEED):
        return "catalogue" if public else "feed"
    if brought.readers and all(_is_full(amount, READER) for amount in brought.readers):
        return "reader"
    return None


def day_of(now: datetime) -> str:
    """Return the day that an instant belongs to, as it is stored."""
    return now.astimezone(UTC).date().isoformat()


def _is_full(amount: Amount, share: Amount) -> bool:
    return amount.articles >= share.articles or amount.keys >= share.keys
