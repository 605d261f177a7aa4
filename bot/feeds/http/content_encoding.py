"""Content-Encoding: a packed body -> bytes, never more than a limit, however far the body would unpack. Pure.

The work is bounded by the sizes of input and output, by the number of encodings and by the number of gzip's members: a
third of a second at worst.
"""

import io
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]  # it has no stubs
import zstandard

from bot.errors import FeedError

BODY_LIMIT = 5 * 1024 * 1024
"""Bytes of a body, packed or unpacked, past which it is refused."""
MOST_ENCODINGS = 3
"""Encodings of one body: servers use one, a proxy may add another."""
MOST_MEMBERS = 1000
"""Members of one gzip body: each costs about a microsecond and may hold nothing."""
_CHUNK = 65536
_GZIP_MARK = b"\x1f\x8b"
ACCEPT_ENCODING = "gzip, br, zstd, deflate"


def unpack_content(body: bytes, encodings: str, limit: int = BODY_LIMIT) -> bytes:
    """Undo a response's Content-Encoding.

    Raises:
        FeedError: ``feed-too-large`` past ``limit`` bytes, ``feed-encoding`` for what is broken, unknown, or packed
            more than ``MOST_ENCODINGS`` times.
    """
    names = [name for part in encodings.split(",") if (name := part.strip().lower()) not in {"", "identity"}]
    if len(names) > MOST_ENCODINGS:
        raise FeedError("feed-encoding", reason=f"packed {len(names)} times")
    for name in reversed(names):
        if name not in _UNPACKERS:
            raise FeedError("feed-encoding", reason=f"unknown Content-Encoding {name[:50]}")
        try:
            body = _UNPACKERS[name](body, limit)
        except (zlib.error, brotli.error, zstandard.ZstdError, EOFError) as error:
            raise FeedError("feed-encoding", reason=f"{name}: {error}") from error
        if len(body) > limit:
            raise FeedError("feed-too-large", limit=limit)
    return body


def _gzip(body: bytes, limit: int) -> bytes:
    """Unpack members that follow one another; other bytes after a member are padding.

    The body goes in by chunks: what a member leaves over is copied, and must not be all the rest each time.
    """
    unpacked = bytearray()
    at = members = 0
    while at < len(body) and len(unpacked) <= limit:
        members += 1
        if members > MOST_MEMBERS:
            raise EOFError(f"more than {MOST_MEMBERS} members")
        unpacker = zlib.decompressobj(wbits=47)
        while not unpacker.eof and at < len(body) and len(unpacked) <= limit:
            chunk = body[at : at + _CHUNK]
            unpacked += unpacker.decompress(chunk, limit + 1 - len(unpacked))
            at += len(chunk) - len(unpacker.unused_data)
        if not unpacker.eof and len(unpacked) <= limit:
            raise EOFError("cut short")
        if body[at : at + 2] != _GZIP_MARK:
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
