"""Database addresses: which engine, which file, and what may be shown."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from bot.errors import StorageError

_POSTGRES = ("postgresql://", "postgres://")
# In a user name or password each of these ends it too early, or is no percent-encoding (RFC 3986, 3.2.1).
_TO_ENCODE = re.compile(r"[@/?#\[\]\s]|%(?![0-9A-Fa-f]{2})")


def sqlite_path(url: str) -> Path | None:
    """Return the file of ``sqlite:///relative`` or ``sqlite:////absolute``, None for a PostgreSQL address.

    Raises:
        StorageError: ``database-url``, or ``database-password`` where a password is not percent-encoded.
    """
    if url.startswith(_POSTGRES):
        _check_postgres(url)
        return None
    path = url.removeprefix("sqlite:///")
    if path in {url, "", "/", ":memory:"}:
        raise StorageError("database-url")
    return Path(path)


def shown(url: str) -> str:
    """Return a valid address as it may be shown: a file's with its whole path, a server's without passwords.

    It is put together by hand: ``urlunsplit`` takes the slashes from an address without a host, which names a socket.
    """
    path = sqlite_path(url)
    if path is not None:
        return f"sqlite:///{path.absolute()}"
    parts = urlsplit(url)
    account, at, host = parts.netloc.rpartition("@")
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "password"]
    left = f"?{urlencode(query, safe='/,')}" if query else ""
    return f"{parts.scheme}://{account.partition(':')[0]}{at}{host}{parts.path}{left}"


def _check_postgres(url: str) -> None:
    account, _, place = url.partition("://")[2].rpartition("@")
    if _TO_ENCODE.search(account):
        raise StorageError("database-password")
    try:
        urlsplit(f"//{place}")
    except ValueError:  # a bracket that is not closed
        raise StorageError("database-url") from None
