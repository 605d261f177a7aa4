"""Bot API objects: the JSON of users, chats and messages, field for field as Telegram gives them."""

from bot.sandbox.model import PRESENT, JsonObject, Message, Room, User

ANONYMOUS_ADMIN = User(1087968824, "Group", username="GroupAnonymousBot", is_bot=True)
"""Whom Telegram names as the sender of a group's anonymous admin."""
_RESTRICTED = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
_CAPTIONED = frozenset({"photo", "document", "video", "animation", "audio", "voice"})


def user_json(user: User) -> JsonObject:
    """Return a ``User``."""
    shape: JsonObject = {"id": user.id, "is_bot": user.is_bot, "first_name": user.first_name}
    if user.username:
        shape["username"] = user.username
    if user.language_code:
        shape["language_code"] = user.language_code
    return shape


def chat_json(room: Room, users: dict[int, User]) -> JsonObject:
    """Return a ``Chat``."""
    if room.private:
        person = users[room.id]
        shape: JsonObject = {"id": room.id, "first_name": person.first_name, "type": "private"}
        return shape | ({"username": person.username} if person.username else {})
    shape = {"id": room.id, "title": room.title, "type": room.type}
    return shape | ({"is_forum": True} if room.is_forum else {})


def message_json(message: Message, room: Room, users: dict[int, User]) -> JsonObject:
    """Return a ``Message``; a reply carries the message that it answers, one level deep."""
    shape: JsonObject = {"message_id": message.id}
    if message.sender is not None and room.type != "channel":
        shape["from"] = user_json(message.sender)
    if message.sender_chat_id is not None:
        shape["sender_chat"] = chat_json(room, users)
    shape |= {"chat": chat_json(room, users), "date": message.date}
    shape |= _threading(message, room, users)
    if message.via_bot is not None:
        shape["via_bot"] = user_json(message.via_bot)
    if message.edited_at is not None:
        shape["edit_date"] = int(message.edited_at)
    return shape | _content(message)


def _threading(message: Message, room: Room, users: dict[int, User]) -> JsonObject:
    shape: JsonObject = {}
    if message.thread_id is not None:
        shape |= {"message_thread_id": message.thread_id, "is_topic_message": True}
    original = room.messages.get(message.reply_to or 0)
    if original is not None and not original.deleted:
        inner = message_json(original, room, users)
        inner.pop("reply_to_message", None)
        shape["reply_to_message"] = inner
    return shape


def _content(message: Message) -> JsonObject:
    shape: JsonObject = dict(message.media)
    if message.text:
        captioned = bool(_CAPTIONED & message.media.keys())
        shape["caption" if captioned else "text"] = message.text
        if message.entities:
            shape["caption_entities" if captioned else "entities"] = message.entities
    if message.preview:
        shape["link_preview_options"] = message.preview
    if message.keyboard:
        shape["reply_markup"] = {"inline_keyboard": message.keyboard}
    return shape


def view_json(message: Message, room: Room, users: dict[int, User]) -> JsonObject:
    """Return a message for the page and for tests: the Bot API's object and what only the chat itself knows."""
    return message_json(message, room, users) | {
        "from_bot": message.from_bot,
        "html": message.html,
        "silent": message.silent,
        "service": message.service,
        "arrived_at": message.arrived_at,
        "deleted": message.deleted,
        "edits": [
            {"until": edit.until, "text": edit.text, "html": edit.html, "keyboard": edit.keyboard}
            for edit in message.edits
        ],
    }


def member_json(user: User, status: str) -> JsonObject:
    """Return a ``ChatMember``."""
    shape: JsonObject = {"user": user_json(user), "status": status}
    if status == "creator":
        return shape | {"is_anonymous": False}
    if status == "administrator":
        rights = (
            "can_manage_chat",
            "can_delete_messages",
            "can_post_messages",
            "can_edit_messages",
            "can_pin_messages",
        )
        others = (
            "is_anonymous",
            "can_be_edited",
            "can_manage_video_chats",
            "can_restrict_members",
            "can_promote_members",
            "can_change_info",
            "can_invite_users",
            "can_post_stories",
            "can_edit_stories",
            "can_delete_stories",
        )
        return shape | dict.fromkeys(rights, True) | dict.fromkeys(others, False)
    if status == "kicked":
        return shape | {"until_date": 0}
    if status == "restricted":
        return shape | {"is_member": True, "until_date": 0} | dict.fromkeys(_RESTRICTED, False)
    return shape


def is_present(status: str) -> bool:
    """Return whether a member of this status is in the chat."""
    return status in PRESENT
