"""The sandbox reads parameters in every way that a Bot API client may send them."""

from urllib.parse import urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.params import Params, read_params
from bot.sandbox.replies import ApiError


def _read(request: httpx.Request) -> Params:
    return read_params(request.headers.get("content-type", ""), request.url.query.decode(), request.read())


def test_query_form_json_and_multipart_say_the_same() -> None:
    """The same fields arrive whichever way they are sent."""
    fields = {"chat_id": "1001", "text": "Сәлем & бәріне"}
    url = "http://127.0.0.1/"
    sent = [
        httpx.Request("GET", url, params=fields),
        httpx.Request("POST", url, data=fields),
        httpx.Request("POST", url, json=fields),
        httpx.Request("POST", url, data=fields, files={"file": b"x"}),
    ]

    assert [_read(request).values for request in sent] == [fields] * 4


@given(st.binary(max_size=300), st.text("абв.«»x ", min_size=1, max_size=20))
def test_an_uploaded_file_arrives_byte_for_byte(body: bytes, name: str) -> None:
    """Line ends, boundaries' look-alikes and names in any script survive."""
    request = httpx.Request("POST", "http://127.0.0.1/", data={"chat_id": "1"}, files={"document": (name, body)})

    upload = _read(request).file("document")

    assert upload is not None
    assert upload.body == body
    assert upload.name == name.strip()


def test_a_number_that_is_none_is_refused() -> None:
    """The bot learns which parameter was wrong."""
    with pytest.raises(ApiError, match="invalid message_id specified"):
        Params({"message_id": "x"}).integer("message_id")


def test_a_file_is_found_by_its_attachment_name() -> None:
    """``attach://name`` points at the part of that name."""
    request = httpx.Request("POST", "http://127.0.0.1/", data={"photo": "attach://p"}, files={"p": b"x"})

    upload = _read(request).file("photo")

    assert upload is not None
    assert upload.body == b"x"


@given(st.dictionaries(st.text(min_size=1), st.text()))
def test_a_form_is_read_as_the_standard_library_reads_it(fields: dict[str, str]) -> None:
    """Whatever the characters, encoding and decoding come back to the same fields."""
    body = urlencode(fields).encode()

    assert read_params("application/x-www-form-urlencoded", "", body).values == fields
