"""The clocks: the machine's, and one that can be moved."""

from datetime import UTC, datetime, timedelta


class SystemClock:
    """Implements ``ports.Clock`` by the machine's clock."""

    def now(self) -> datetime:
        """Return the instant, aware, in UTC."""
        return datetime.now(UTC)


class ShiftedClock:
    """Implements ``ports.Clock``: it goes as the machine's does, ahead by what it was moved."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """Return the instant, aware, in UTC."""
        return datetime.now(UTC) + self._ahead

    def seconds(self) -> float:
        """Return the instant as Unix seconds."""
        return self.now().timestamp()

    def move_to(self, instant: datetime) -> None:
        """Make it that instant now; an instant that is past changes nothing."""
        self._ahead += max(timedelta(), instant - self.now())
