"""Telegram's limits on sending, as sliding windows.

The Bot FAQ ("My bot is hitting limits") names about 30 messages a second over all chats, one a second in one chat
with short bursts allowed, and 20 a minute in one group.
"""

import math
from collections import deque
from dataclasses import dataclass, field

_FREE = frozenset({"sendchataction"})


@dataclass(slots=True)
class Window:
    """At most ``limit`` messages in any ``seconds`` seconds."""

    limit: int
    seconds: float
    sent: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Return the seconds until there is room for one more; 0 where there is."""
        while self.sent and self.sent[0] <= now - self.seconds:
            self.sent.popleft()
        return 0.0 if len(self.sent) < self.limit else self.sent[0] + self.seconds - now


@dataclass(slots=True)
class Limits:
    """The switch and the numbers. ``chat_burst`` messages may go to one chat within as many seconds."""

    on: bool = False
    per_second: int = 30
    chat_burst: int = 3
    group_per_minute: int = 20
    windows: dict[int, list[Window]] = field(default_factory=dict)
    refused: int = 0

    def wait(self, method: str, chat_id: int | None, now: float) -> int:
        """Return 0 and count the message, or return the ``retry_after`` in whole seconds. ``now`` is monotonic."""
        if not self.on or not method.lower().startswith(("send", "edit")) or method.lower() in _FREE:
            return 0
        windows = [*self._of_all(), *self._of_chat(chat_id or 0)]
        pause = max(window.wait(now) for window in windows)
        if pause > 0:
            self.refused += 1
            return max(1, math.ceil(pause))
        for window in windows:
            window.sent.append(now)
        return 0

    def _of_all(self) -> list[Window]:
        return self.windows.setdefault(0, [Window(self.per_second, 1.0)])

    def _of_chat(self, chat_id: int) -> list[Window]:
        if not chat_id:
            return []
        if chat_id not in self.windows:
            group = [Window(self.group_per_minute, 60.0)] if chat_id < 0 else []
            self.windows[chat_id] = [Window(self.chat_burst, float(self.chat_burst)), *group]
        return self.windows[chat_id]
