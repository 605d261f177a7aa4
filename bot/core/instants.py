"""How far ahead of the clock each stored instant may lie by its rule. Pure.

What lies further ahead was reckoned by a clock that was ahead, and would silence whatever it belongs to until then.
``tests/contract/test_storage_instants.py`` holds that every column of instants stands in one of the two tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.core.clock_witness import STEP

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
SLACK: Final = timedelta(minutes=10)
"""Beyond its rule, before an instant counts as wrong: clocks of several machines differ."""
LONGEST_HOLD: Final = _DAY
"""For so long at most a chat, or everybody, is held because Telegram said so; then it is asked again."""

# By the rules of: core.polling (poll_max is added to Retry-After's day where it is longer), services.fetch_places,
# telegram.runner, services.imports, core.delivery (a day and two hours where rights are missing), services.delivery,
# core.alerts and core.quiet, core.schedule (eight days hold every weekday again).
AHEAD: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "source.next_fetch_at": _DAY,
        "source.lease_until": timedelta(minutes=2),
        "source.erase_at": _DAY,
        "inbox.available_at": timedelta(seconds=5),
        "inbox.lease_until": timedelta(seconds=30),
        "import_job.lease_until": timedelta(minutes=1),
        "outbox.available_at": _DAY + 2 * _HOUR,
        "outbox.expires_at": _DAY + 2 * _HOUR,
        "outbox.lease_until": timedelta(seconds=20),
        "pace.next_at": LONGEST_HOLD,
        "pace.paid_until": timedelta(minutes=1),
        "send_budget.held_until": LONGEST_HOLD,
        "alert_pace.due_at": _DAY,
        "chat.next_digest_at": timedelta(days=9),
        "chat.next_weekly_at": timedelta(days=9),
        "chat.next_slot_at": timedelta(days=9),
    }
)
"""Instants that lie ahead by their nature, and by how much at most."""

RECORDS: Final = (
    "article.published_at",
    "article.stored_at",
    "broadcast.created_at",
    "chat.gone_at",
    "composition.created_at",
    "entry.listed_at",
    "erased_topic.erased_at",
    "forgotten_chat.forgotten_at",
    "inbox.finished_at",
    "inbox.received_at",
    "offer.offered_at",
    "outbox.created_at",
    "outbox.refused_at",
    "outbox.settled_at",
    "removal.removed_at",
    "source.changed_at",
    "source.checked_at",
    "source.failing_since",
    "source.full_at",
    "topic_story.stored_at",
)
"""Instants at which something happened: none lies ahead. They decide how long a thing is kept, or what is new."""

LEFT_ALONE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "subscription.muted_until": "a reader's own",
        "removal.muted_until": "a reader's own",
        "chat.created_at": "shown, and nothing follows from it",
        "subscription.created_at": "shown, and nothing follows from it",
        "removal.created_at": "of the subscription that it was",
        "alert_pace.window_start": "core.alerts takes one that lies ahead for none",
        "send_budget.next_at": "by the database's clock; storage.outbox takes one that lies far ahead for none",
        "clock_witness.seen_at": "what this is judged by",
        "clock_witness.trusted_at": "what this is judged by",
        "schema_version.applied_at": "a note for operators",
    }
)
"""Instants that may stay as they are, and why."""


# Also of a clock that was set back: whoever holds a lease may be at work, and a message may wait for as long as it is
# meant to; a feed that was removed can be added again for a day.
_KEPT: Final = frozenset(
    {
        "source.lease_until",
        "source.erase_at",
        "inbox.lease_until",
        "import_job.lease_until",
        "outbox.lease_until",
        "outbox.expires_at",
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The furthest that each instant may lie at ``now``; what lies further is brought back.

    ``longest_poll`` is the upper bound of polling. After the clock was ``set_back`` nothing that lies ahead is
    believed, within its rule or not: what was held by the wrong clock is due now.
    """

    now: datetime
    longest_poll: timedelta = timedelta()
    set_back: bool = False

    def of(self, name: str) -> datetime:
        """Return the furthest instant of a column; of one that records what happened, little more than now."""
        ahead = AHEAD.get(name, timedelta())
        if name == "source.next_fetch_at":
            ahead = max(ahead, self.longest_poll)
        if not self.set_back:
            return self.now + ahead + SLACK
        return self.now + (ahead if name in _KEPT else timedelta()) + STEP

    def lease(self, name: str) -> datetime:
        """Return when a lease lapses that lay further ahead."""
        return self.now + AHEAD[name]
