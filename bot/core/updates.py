"""Updates of Telegram's, as far as the inbox needs to understand them."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeGuard

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

_Fields = Mapping[str, Any]
"""What is read of an object: the names of its fields, and what is read of each; nothing named means all of it."""


def _fields(names: str, inner: _Fields | None = None) -> _Fields:
    return {name: {} for name in names.split()} | dict(inner or {})


_PERSON: Final = _fields("id is_bot first_name last_name username language_code")
_CHAT: Final = _fields("id type title username first_name last_name is_forum")
_MEMBER: Final = _fields("status is_member", {"user": _PERSON})
_MESSAGE: Final = _fields(
    "message_id date text caption message_thread_id is_topic_message is_automatic_forward"
    " migrate_to_chat_id migrate_from_chat_id forum_topic_reopened general_forum_topic_unhidden",
    {
        "chat": _CHAT,
        "sender_chat": _CHAT,
        "from": _PERSON,
        "via_bot": _PERSON,
        "entities": _fields("type offset length"),
        "location": _fields("longitude latitude"),
        "document": _fields("file_id file_unique_id file_name mime_type file_size"),
    },
)
_CHANGE: Final = _fields(
    "date", {"chat": _CHAT, "from": _PERSON, "old_chat_member": _MEMBER, "new_chat_member": _MEMBER}
)
_UPDATE: Final = _fields(
    "update_id",
    {
        "message": _MESSAGE,
        "callback_query": _fields("id chat_instance data", {"from": _PERSON, "message": _MESSAGE}),
        "inline_query": _fields("id query offset", {"from": _PERSON}),
        "my_chat_member": _CHANGE,
    },
)

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


def essentials(raw: Mapping[str, object]) -> dict[str, object]:
    """Return an update with nothing in it but what Jarshy reads.

    Members become ``member`` or ``left``: which rights each kind of member has differs by the version of the Bot API.
    """
    kept = _kept(raw, _UPDATE)
    change = kept.get("my_chat_member")
    if isinstance(change, dict):
        for name in ("old_chat_member", "new_chat_member"):
            change[name] = _plain_member(change.get(name))
    return kept


def is_away(status: object, is_member: object) -> bool:
    """Return whether who has this status in a chat is not in it; ``is_member`` counts for who is ``restricted``."""
    return status in {"left", "kicked"} or (status == "restricted" and not is_member)


def extract_chat_id(raw: Mapping[str, object]) -> int | None:
    """Return the chat whose order an update keeps: its chat, else its sender (an inline query has no chat)."""
    for event in raw.values():
        if isinstance(event, Mapping):
            message = event.get("message")
            chat_id = _id(event, "chat") or (_id(message, "chat") if isinstance(message, Mapping) else None)
            return chat_id or _id(event, "from")
    return None


def _kept(raw: Mapping[str, object], fields: _Fields) -> dict[str, object]:
    return {name: _part(raw[name], inner) for name, inner in fields.items() if name in raw}


def _part(value: object, fields: _Fields) -> object:
    if fields and isinstance(value, Mapping):
        return _kept(value, fields)
    return [_part(each, fields) for each in value] if isinstance(value, list) else value


def _plain_member(member: object) -> object:
    if not isinstance(member, Mapping):
        return member
    away = is_away(member.get("status"), member.get("is_member"))
    return {"user": member.get("user"), "status": "left" if away else "member"}


def _id(event: Mapping[str, object], name: str) -> int | None:
    holder = event.get(name)
    found = holder.get("id") if isinstance(holder, Mapping) else None
    return found if _is_id(found) else None


def _is_id(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST_ID
