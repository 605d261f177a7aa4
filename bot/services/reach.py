"""Tells an outage of the network from the trouble of single outlets."""

import logging
from typing import Final

from bot.core.model import Source
from bot.errors import FeedError
from bot.outages import Outage

OUTLETS: Final = 5
"""Where so many outlets of the catalogue cannot be reached, and no feed can in between, it is our side."""
_UNREACHED: Final = frozenset({"feed-unknown-host", "feed-unreachable", "feed-timeout"})

_log = logging.getLogger(__name__)


class Reach:
    """Hears how each feed answered, in the order of the answers."""

    def __init__(self) -> None:
        self._unreached: set[str] = set()
        self._outage = Outage("outage of the network", "feeds are asked again, less and less often", log=_log)

    def note(self, source: Source, error: FeedError | None) -> None:
        """Hear of an answer, or of why there is none."""
        if error is None or error.message_id not in _UNREACHED:
            self._unreached.clear()
            self._outage.worked()
        elif source.public:  # a reader's feed may never have been there
            self._unreached.add(source.id)
            if len(self._unreached) >= OUTLETS:
                count = len(self._unreached)
                self._outage.failed(f"{count} outlets one after the other cannot be reached, last {source.id}: {error}")
