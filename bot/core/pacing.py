"""A sender's share of the send budget: rows that were claimed, and the instants at which messages may leave.

A claim reserves instants, not rows: whatever is most urgent takes the next one, so a reply that was claimed last
leaves first. Instants and ``now`` are seconds of one monotonic clock, which the caller reads.
"""

import math
from bisect import insort
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.core.model import Claim, LeasedMessage

AHEAD_SECONDS: Final = 0.25
"""How much of the budget a sender reserves ahead: little, because a reply has to wait behind what is reserved."""

LEAD_SECONDS: Final = 0.05
"""How long before the first row's turn rows are taken, all that are due within ``AHEAD_SECONDS`` at once."""

_LARGEST_BATCH = 500  # claims grow cheaper by the row up to about here


@dataclass(frozen=True, slots=True)
class Turn:
    """A row, and the instant at which it may leave."""

    row: LeasedMessage
    at: float
    lapses_at: float


class Pacing:
    """Rows and instants of one sender.

    Args:
        rate: messages a second.
        window: how many rows the sender takes at once; with so many waiting no more are claimed.
    """

    def __init__(self, rate: float, window: int) -> None:
        self._batch = min(max(math.ceil(rate * AHEAD_SECONDS), 1), _LARGEST_BATCH)
        self._window = window
        self._rows: list[tuple[str, int, float, LeasedMessage]] = []
        self._instants: deque[float] = deque()

    def __len__(self) -> int:
        return len(self._rows)

    def wanted(self, now: float) -> int:
        """Return how many rows to claim now; 0 while enough are waiting."""
        if len(self._rows) >= self._window or self.claim_at() > now:
            return 0
        return self._batch

    def claim_at(self) -> float:
        """Return the instant from which more may be claimed."""
        return self._instants[-1] - AHEAD_SECONDS if self._instants else -math.inf

    def add(self, claim: Claim, now: float, lapses_at: float) -> None:
        """Take a claim that was made now; its rows must not be sent after ``lapses_at``."""
        for index, row in enumerate(claim.messages):
            self._instants.append(now + claim.delay + index * claim.step)
            self._wait(row, lapses_at)

    def take(self, limit: int, now: float) -> list[Turn]:
        """Take at most ``limit`` rows whose turn comes within ``AHEAD_SECONDS``, the most urgent first.

        Rows whose lease lapses are left out, for good: somebody else may have them by now.
        """
        self._rows = [each for each in self._rows if each[2] > now + AHEAD_SECONDS]
        turns: list[Turn] = []
        while self._rows and self._instants and len(turns) < limit and self._instants[0] <= now + AHEAD_SECONDS:
            _, _, lapses_at, row = self._rows.pop(0)
            turns.append(Turn(row, self._instants.popleft(), lapses_at))
        if not self._rows:
            self._instants.clear()
        return turns

    def put_back(self, turns: Sequence[Turn]) -> None:
        """Undo ``take``."""
        self._instants.extendleft(turn.at for turn in reversed(turns))
        for turn in turns:
            self._wait(turn.row, turn.lapses_at)

    def take_all(self) -> list[LeasedMessage]:
        """Take every row; none of them will be sent from here."""
        rows = [row for *_, row in self._rows]
        self._rows.clear()
        self._instants.clear()
        return rows

    def take_at(self) -> float:
        """Return the instant at which it is time to ``take``; infinity where nothing waits."""
        return self._instants[0] - LEAD_SECONDS if self._rows and self._instants else math.inf

    def _wait(self, row: LeasedMessage, lapses_at: float) -> None:
        insort(self._rows, (row.message.priority.value, row.id, lapses_at, row), key=lambda each: each[:2])
