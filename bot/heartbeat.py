"""A sign of life of a loop: whether it comes round, and by how much it is late."""

import time


class Heartbeat:
    """When a loop last came round, on the monotonic clock.

    ``seconds`` is how long a round may take, its waiting included.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._at = time.monotonic()

    def beat(self) -> None:
        """Note that the loop has come round."""
        self._at = time.monotonic()

    def silence(self) -> float:
        """Return the seconds since the last beat."""
        return time.monotonic() - self._at

    def lag(self) -> float:
        """Return by how many seconds the next beat is late; 0 while it is not."""
        return max(0.0, self.silence() - self._seconds)
