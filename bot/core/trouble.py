"""Whose trouble a failed attempt is: one chat's, or everybody's.

Telegram does not say. What arrives elsewhere meanwhile does: a chat that fails again and again while others get their
messages fails alone, and nobody else is to wait for it.
"""

from collections import OrderedDict
from typing import Final, TypeVar

T = TypeVar("T")

FLOODED_CHATS: Final = 3
"""So many chats asked to wait one after the other (429), each of them anew, and nothing arrived in between: then it is
the limit over all chats that was passed."""
PATIENCE: Final = 2
"""A chat's failures in a row that may be everybody's trouble, whatever arrives elsewhere."""
MOST_REMEMBERED: Final = 10_000
"""Chats of which it is known how they failed; the one that failed longest ago is forgotten first."""


class Trouble:
    """What came back lately. It knows no time: attempts are told in the order in which they ended."""

    def __init__(self) -> None:
        self._arrived = 0
        self._flooded: set[int] = set()
        self._slow: OrderedDict[int, None] = OrderedDict()
        self._failed: OrderedDict[int, tuple[int, int]] = OrderedDict()

    def arrived(self, chat_id: int) -> None:
        """Note that a chat got a message: what it failed before is forgotten, and whoever was held is slow alone."""
        self._arrived += 1
        for other in self._flooded - {chat_id}:
            _remember(self._slow, other, None)
        self._flooded.clear()
        self._slow.pop(chat_id, None)
        self._failed.pop(chat_id, None)

    def flooded(self, chat_id: int) -> bool:
        """Note that Telegram asks to wait (429); return whether all chats have to, not this one alone."""
        if chat_id in self._slow:
            return False
        self._flooded.add(chat_id)
        return len(self._flooded) >= FLOODED_CHATS

    def failed(self, chat_id: int) -> int:
        """Note an attempt that nobody knows the end of; return how often this chat failed alone, 0 for everybody's."""
        count, arrived = self._failed.get(chat_id, (0, self._arrived))
        _remember(self._failed, chat_id, (count + 1, self._arrived))
        return count + 1 if count >= PATIENCE and self._arrived > arrived else 0


def _remember(known: OrderedDict[int, T], chat_id: int, what: T) -> None:
    known[chat_id] = what
    known.move_to_end(chat_id)
    if len(known) > MOST_REMEMBERED:
        known.popitem(last=False)
