"""Text and entities by Telegram's own parser: TDLib, called in this process, without a network or an account.

Offsets and lengths count UTF-16 code units, as everywhere in Telegram.
"""

import json
from functools import cache

import tdjson

from bot.sandbox.model import JsonObject
from bot.sandbox.replies import bad_request

MAX_TEXT = 4096
"""UTF-16 units of a message after parsing. The Bot API says "characters"; the stricter reading is simulated."""
MAX_CAPTION = 1024
MAX_RAW_BYTES = 1 << 15
"""Bytes of a text before parsing (Bot API server, ``get_formatted_text``)."""
MAX_ENTITIES = 100
"""Entities of a message; Telegram drops what comes after."""

_TYPES = {
    "Bold": "bold",
    "Italic": "italic",
    "Underline": "underline",
    "Strikethrough": "strikethrough",
    "Spoiler": "spoiler",
    "Code": "code",
    "Pre": "pre",
    "PreCode": "pre",
    "BlockQuote": "blockquote",
    "ExpandableBlockQuote": "expandable_blockquote",
    "TextUrl": "text_link",
    "MentionName": "text_mention",
    "CustomEmoji": "custom_emoji",
    "Mention": "mention",
    "Hashtag": "hashtag",
    "Cashtag": "cashtag",
    "BotCommand": "bot_command",
    "Url": "url",
    "EmailAddress": "email",
    "PhoneNumber": "phone_number",
}
_MODES = {"html": "textParseModeHTML", "markdown": "textParseModeMarkdown", "markdownv2": "textParseModeMarkdown"}
_OPAQUE = frozenset({"code", "pre", "text_link", "text_mention"})
"""Inside these Telegram finds no addresses, mentions or commands of its own."""


def parse(text: str, mode: str, *, limit: int = MAX_TEXT) -> tuple[str, list[JsonObject]]:
    """Return the visible text and its entities; raise ApiError 400 where Telegram would.

    ``mode`` is ``parse_mode`` as the bot sent it, empty for plain text. An empty result is for the caller to judge.
    """
    if len(text.encode()) > MAX_RAW_BYTES:
        raise bad_request("text is too long")
    plain, entities = _parse_marked(text, mode) if mode else (text, [])
    plain, entities = _trim(plain, entities)
    if utf16_length(plain) > limit:
        raise bad_request("message is too long" if limit == MAX_TEXT else "message caption is too long")
    return plain, _with_found(plain, entities)[:MAX_ENTITIES]


def find(text: str) -> list[JsonObject]:
    """Return what Telegram finds in plain text: commands, addresses, mentions, hashtags."""
    answer = _execute({"@type": "getTextEntities", "text": text})
    return _entities(answer)


def utf16_length(text: str) -> int:
    """Return the length as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2


def _parse_marked(text: str, mode: str) -> tuple[str, list[JsonObject]]:
    kind = _MODES.get(mode.lower())
    if kind is None:
        raise bad_request("unsupported parse_mode")
    parse_mode: JsonObject = {"@type": kind}
    if mode.lower() == "markdownv2":
        parse_mode["version"] = 2
    answer = _execute({"@type": "parseTextEntities", "text": text, "parse_mode": parse_mode})
    if answer.get("@type") == "error":
        raise bad_request(str(answer["message"]))
    return str(answer["text"]), _entities(answer)


def _entities(answer: JsonObject) -> list[JsonObject]:
    found = answer.get("entities")
    if not isinstance(found, list):
        return []
    return [entity for entity in map(_entity, found) if entity is not None]


def _entity(raw: JsonObject) -> JsonObject | None:
    kind = raw["type"]
    if not isinstance(kind, dict):
        return None
    name = _TYPES.get(str(kind["@type"]).removeprefix("textEntityType"))
    if name is None:
        return None
    entity: JsonObject = {"offset": raw["offset"], "length": raw["length"], "type": name}
    if name == "text_link":
        entity["url"] = kind["url"]
    elif name == "text_mention":
        entity["user"] = {"id": kind["user_id"], "is_bot": False, "first_name": ""}
    elif name == "custom_emoji":
        entity["custom_emoji_id"] = str(kind["custom_emoji_id"])
    elif kind.get("language"):
        entity["language"] = kind["language"]
    return entity


def _trim(text: str, entities: list[JsonObject]) -> tuple[str, list[JsonObject]]:
    """Cut white space at both ends, as Telegram does, and move the entities along."""
    left = utf16_length(text) - utf16_length(text.lstrip())
    trimmed = text.strip()
    end = utf16_length(trimmed)
    kept: list[JsonObject] = []
    for entity in entities:
        start = max(_span(entity)[0] - left, 0)
        stop = min(_span(entity)[1] - left, end)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return trimmed, kept


def _with_found(text: str, entities: list[JsonObject]) -> list[JsonObject]:
    opaque = [_span(entity) for entity in entities if entity["type"] in _OPAQUE]
    found = [entity for entity in find(text) if not any(_overlap(_span(entity), span) for span in opaque)]
    return sorted([*entities, *found], key=lambda entity: (_span(entity)[0], -_span(entity)[1]))


def _span(entity: JsonObject) -> tuple[int, int]:
    offset, length = entity["offset"], entity["length"]
    if not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request('can\'t parse MessageEntity: Field "offset" must be of type Number')
    return offset, offset + length


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _execute(request: JsonObject) -> JsonObject:
    _hush()
    answer = tdjson.td_execute(json.dumps(request).encode())
    loaded = json.loads(answer) if answer else {}
    return loaded if isinstance(loaded, dict) else {}


@cache
def _hush() -> None:
    """Keep TDLib's own log off standard error."""
    tdjson.td_execute(json.dumps({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}).encode())
