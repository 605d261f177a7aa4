"""Updates of Telegram's, as far as the inbox needs to understand them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.core.model import InboxUpdate

ALLOWED_UPDATES: Final = (
    "message",
    "edited_message",
    "channel_post",
    "callback_query",
    "inline_query",
    "chosen_inline_result",
    "my_chat_member",
)
"""The kinds of update that Jarshy asks Telegram for."""


def inbox_update(raw: object, received_at: datetime) -> InboxUpdate | None:
    """Return an update's inbox row, or None where it has no id by which it could be told from others."""
    if not isinstance(raw, Mapping):
        return None
    update_id = raw.get("update_id")
    if not isinstance(update_id, int) or isinstance(update_id, bool):
        return None
    payload = json.dumps(raw, ensure_ascii=False, separators=(",", ":"))
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
    return found if isinstance(found, int) else None
