"""What people send besides text, as the fields of a message."""

import base64
import binascii
from collections.abc import Callable

from bot.sandbox.methods.media import document_media, location_media, photo_media
from bot.sandbox.model import JsonObject
from bot.sandbox.params import Upload
from bot.sandbox.replies import bad_request
from bot.sandbox.world import World


def sent_media(world: World, given: JsonObject) -> JsonObject:
    """Return the fields for ``kind``; raise ApiError 400 for an unknown one.

    ``location`` takes ``latitude`` and ``longitude``; ``document`` and ``photo`` take ``name``, ``media_type`` and the
    bytes as ``text`` or ``base64``; ``sticker``, ``voice``, ``contact`` and ``poll`` take nothing.
    """
    kind = _KINDS.get(str(given.get("kind")))
    if kind is None:
        raise bad_request(f"kind is one of {sorted(_KINDS)}")
    return kind(world, given)


def _upload(given: JsonObject, name: str, media_type: str) -> Upload:
    try:
        body = base64.b64decode(str(given["base64"])) if "base64" in given else str(given.get("text", "")).encode()
    except binascii.Error as error:
        raise bad_request("base64 cannot be read") from error
    return Upload(str(given.get("name", name)), str(given.get("media_type", media_type)), body)


def _location(_world: World, given: JsonObject) -> JsonObject:
    return location_media(float(str(given.get("latitude", 0))), float(str(given.get("longitude", 0))))


def _document(world: World, given: JsonObject) -> JsonObject:
    return document_media(world, _upload(given, "file.txt", "text/plain"))


def _photo(world: World, given: JsonObject) -> JsonObject:
    return photo_media(world, _upload(given, "photo.png", "image/png"))


def _sticker(world: World, _given: JsonObject) -> JsonObject:
    file_id, unique_id = world.keep_file(Upload("sticker.webp", "image/webp", b"RIFF"))
    shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False, "type": "regular", "emoji": "👍"}
    return {"sticker": shape | {"file_id": file_id, "file_unique_id": unique_id}}


def _voice(world: World, _given: JsonObject) -> JsonObject:
    file_id, unique_id = world.keep_file(Upload("voice.ogg", "audio/ogg", b"OggS"))
    return {"voice": {"duration": 3, "mime_type": "audio/ogg", "file_id": file_id, "file_unique_id": unique_id}}


def _contact(_world: World, _given: JsonObject) -> JsonObject:
    return {"contact": {"phone_number": "+77010000000", "first_name": "Дос"}}


def _poll(_world: World, _given: JsonObject) -> JsonObject:
    option = {"text": "?", "voter_count": 0, "persistent_id": "1"}
    flags: JsonObject = dict.fromkeys(("is_closed", "allows_multiple_answers", "allows_revoting"), False)
    shape: JsonObject = {"id": "1", "question": "?", "options": [option], "total_voter_count": 0, "type": "regular"}
    return {"poll": shape | flags | {"is_anonymous": True, "members_only": False}}


_KINDS: dict[str, Callable[[World, JsonObject], JsonObject]] = {
    "location": _location,
    "document": _document,
    "photo": _photo,
    "sticker": _sticker,
    "voice": _voice,
    "contact": _contact,
    "poll": _poll,
}
