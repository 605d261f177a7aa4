"""Database addresses: which engine, which file, and what may be shown."""

from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.errors import StorageError


def sqlite_path(url: str) -> Path | None:
    """Return the file of ``sqlite:///relative`` or ``sqlite:////absolute``, None for a PostgreSQL address.

    Raises:
        StorageError: ``database-url``.
    """
    if url.startswith(("postgresql://", "postgres://")):
        return None
    path = url.removeprefix("sqlite:///")
    if path in {url, "", "/", ":memory:"}:
        raise StorageError("database-url")
    return Path(path)


def without_password(url: str) -> str:
    """Return the address as it may be shown."""
    parts = urlsplit(url)
    account, at, host = parts.netloc.rpartition("@")
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "password"]
    return urlunsplit(parts._replace(netloc=account.partition(":")[0] + at + host, query=urlencode(query)))
