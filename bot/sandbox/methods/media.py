"""Photos, documents and places: kept in memory, served back by ``getFile``."""

from bot.sandbox.keyboards import inline_keyboard
from bot.sandbox.methods.messages import caption, post
from bot.sandbox.methods.targets import own_message, writable_room
from bot.sandbox.model import JsonObject
from bot.sandbox.params import Params, Upload
from bot.sandbox.replies import bad_request
from bot.sandbox.world import World


def document_media(world: World, upload: Upload) -> JsonObject:
    """Keep a file as a document and return the message's fields."""
    file_id, unique_id = world.keep_file(upload)
    return {
        "document": {
            "file_name": upload.name,
            "mime_type": upload.media_type,
            "file_id": file_id,
            "file_unique_id": unique_id,
            "file_size": len(upload.body),
        }
    }


def photo_media(world: World, upload: Upload) -> JsonObject:
    """Keep a picture and return the message's fields; of Telegram's several sizes there is the one."""
    file_id, unique_id = world.keep_file(upload)
    width, height = _png_size(upload.body)
    size = {"file_id": file_id, "file_unique_id": unique_id, "file_size": len(upload.body)}
    return {"photo": [size | {"width": width, "height": height}]}


def location_media(latitude: float, longitude: float) -> JsonObject:
    """Return the fields of a message that shows a place, in degrees."""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # noqa: PLR2004 - degrees
        raise bad_request("wrong latitude or longitude specified")
    return {"location": {"latitude": latitude, "longitude": longitude}}


def _png_size(body: bytes) -> tuple[int, int]:
    """Return width and height of a PNG, from its first chunk; 0 and 0 of anything else."""
    if body[:8] != b"\x89PNG\r\n\x1a\n":
        return 0, 0
    return int.from_bytes(body[16:20], "big"), int.from_bytes(body[20:24], "big")


def _file(world: World, params: Params, kind: str) -> Upload:
    """Return what was uploaded, or an older file by its ``file_id``."""
    upload = params.file(kind) or world.files.get(params.text(kind))
    if upload is None:
        if not params.text(kind):
            raise bad_request(f"there is no {kind} in the request")
        raise bad_request("wrong file identifier/HTTP URL specified")
    if not upload.body:
        raise bad_request("file must be non-empty")
    return upload


def _send_file(world: World, params: Params, kind: str) -> JsonObject:
    room = writable_room(world, params, f"{kind}s")
    upload = _file(world, params, kind)
    text, entities = caption(params)
    media = photo_media(world, upload) if kind == "photo" else document_media(world, upload)
    message = post(world, room, params, text=text, entities=entities, html=params.text("caption"), media=media)
    return world.shape(message)


def send_photo(world: World, params: Params) -> JsonObject:
    """``sendPhoto``."""
    return _send_file(world, params, "photo")


def send_document(world: World, params: Params) -> JsonObject:
    """``sendDocument``."""
    return _send_file(world, params, "document")


def send_location(world: World, params: Params) -> JsonObject:
    """``sendLocation``."""
    room = writable_room(world, params)
    try:
        media = location_media(float(params.text("latitude")), float(params.text("longitude")))
    except ValueError as error:
        raise bad_request("wrong latitude or longitude specified") from error
    return world.shape(post(world, room, params, media=media))


def edit_message_media(world: World, params: Params) -> JsonObject:
    """``editMessageMedia``, for photos and documents."""
    message = own_message(world, params, verb="edit")
    given = params.json("media")
    if not isinstance(given, dict) or given.get("type") not in {"photo", "document"}:
        raise bad_request('can\'t parse InputMedia: Field "type" must be photo or document')
    kind = str(given["type"])
    inner = Params(
        {kind: given.get("media"), **{key: value for key, value in given.items() if key != "type"}}, params.files
    )
    upload = _file(world, inner, kind)
    text, entities = caption(inner)
    media = photo_media(world, upload) if kind == "photo" else document_media(world, upload)
    keyboard = inline_keyboard(params.json("reply_markup"))
    world.revise(message, text=text, entities=entities, html=inner.text("caption"), media=media, keyboard=keyboard)
    return world.shape(message)


def get_file(world: World, params: Params) -> JsonObject:
    """``getFile``; the path is served under ``/file/bot<token>/``."""
    file_id = params.text("file_id")
    upload = world.files.get(file_id)
    if upload is None:
        raise bad_request("invalid file_id" if file_id else "file_id not specified")
    return {
        "file_id": file_id,
        "file_unique_id": f"AgAD{file_id[-6:]}",
        "file_size": len(upload.body),
        "file_path": f"documents/{file_id}",
    }


METHODS = {
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "sendLocation": send_location,
    "editMessageMedia": edit_message_media,
    "getFile": get_file,
}
