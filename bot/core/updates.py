"""Updates of Telegram's, as far as the inbox needs to understand them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeGuard

from bot.core.model import InboxUpdate

ALLOWED_UPDATES: Final = (
    "message",
    "callback_query",
    "inline_query",
    "my_chat_member",
)
"""The kinds of update that Jarshy asks Telegram for. Edits and posts in channels ask it for nothing."""

MOST_WAITING: Final = 10_000
"""Updates that may wait to be handled. What comes beyond them is left to Telegram, which keeps it for a day."""

_LARGEST_ID: Final = 2**63 - 1  # what a database keeps; Telegram's have at most 52 significant bits


def inbox_update(raw: object, received_at: datetime) -> InboxUpdate | None:
    """Return an update's inbox row, or None where it has no id by which it could be told from others."""
    if not isinstance(raw, Mapping):
        return None
    update_id = raw.get("update_id")
    if not _is_id(update_id):
        return None
    payload = json.dumps(raw, separators=(",", ":"))  # ASCII: a lone surrogate could not be stored otherwise
    return InboxUpdate(update_id, extract_chat_id(raw), payload, received_at)


def extract_chat_id(raw: Mapping[str, object]) -> int | None:
    """Return the chat whose order an update keeps: its chat, else its sender (an inline query has no chat)."""
    for event in raw.values():
        if isinstance(event, Mapping):
            message = event.get("message")
            chat_id = _id(event, "chat") or (_id(message, "chat") if isinstance(message, Mapping) else None)
            return chat_id or _id(event, "from")
    return None


def _id(event: Mapping[str, object], name: str) -> int | None:
    holder = event.get(name)
    found = holder.get("id") if isinstance(holder, Mapping) else None
    return found if _is_id(found) else None


def _is_id(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST_ID
