"""Bodies as they came -> bytes, unpacked within a limit: a bomb ends at the limit, not in memory. Pure."""

import io
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]  # it has no stubs
import zstandard

from bot.errors import FeedError

BODY_LIMIT = 5 * 1024 * 1024
"""Bytes of a body, packed or unpacked, past which it is refused."""
ACCEPT_ENCODING = "gzip, br, zstd, deflate"


def unpack_content(body: bytes, encodings: str, limit: int = BODY_LIMIT) -> bytes:
    """Undo a response's Content-Encoding.

    Raises:
        FeedError: ``feed-too-large`` past ``limit`` bytes, ``feed-encoding`` for what is broken or unknown.
    """
    for name in reversed([part.strip().lower() for part in encodings.split(",")]):
        if name in {"", "identity"}:
            continue
        if name not in _UNPACKERS:
            raise FeedError("feed-encoding", reason=f"unknown Content-Encoding {name}")
        try:
            body = _UNPACKERS[name](body, limit)
        except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as error:
            raise FeedError("feed-encoding", reason=f"{name}: {error}") from error
        if len(body) > limit:
            raise FeedError("feed-too-large", limit=limit)
    return body


def _gzip(body: bytes, limit: int) -> bytes:
    unpacked = bytearray()
    while body and len(unpacked) <= limit:
        unpacker = zlib.decompressobj(wbits=47)
        unpacked += unpacker.decompress(body, limit + 1 - len(unpacked))
        if not unpacker.eof and len(unpacked) <= limit:
            raise EOFError("cut short")
        body = unpacker.unused_data
        if not body.startswith(b"\x1f\x8b"):  # members follow one another; other bytes after them are padding
            break
    return bytes(unpacked)


def _deflate(body: bytes, limit: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(body, limit + 1)
    except zlib.error:
        return zlib.decompressobj(wbits=-15).decompress(body, limit + 1)


def _brotli(body: bytes, limit: int) -> bytes:
    unpacker = brotli.Decompressor()
    unpacked = unpacker.process(body, output_buffer_limit=limit + 1)
    while not unpacker.is_finished() and len(unpacked) <= limit:
        more = unpacker.process(b"", output_buffer_limit=limit + 1)
        if not more and not unpacker.is_finished():
            raise EOFError("cut short")
        unpacked += more
    return bytes(unpacked)


def _zstd(body: bytes, limit: int) -> bytes:
    reader = zstandard.ZstdDecompressor(max_window_size=8 * 1024 * 1024).stream_reader(
        io.BytesIO(body), read_across_frames=True
    )
    return bytes(reader.read(limit + 1))


_UNPACKERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
