"""What the headers of a response say to polling. Pure.

Validators are opaque: they are kept and sent back byte for byte, as latin-1 text.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.core.polling import Answer

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_PRIVATE = re.compile(r"\bno-(?:cache|store)\b", re.IGNORECASE)

Headers = Mapping[str, str]


def read_answer(
    headers: Headers, *, now: datetime, body_hash: str | None = None, moved_to: str | None = None
) -> Answer:
    """Read the validators, Retry-After, Cache-Control and Expires; the names of ``headers`` are in lower case."""
    return Answer(
        etag=headers.get("etag") or None,
        last_modified=headers.get("last-modified") or None,
        body_hash=body_hash,
        retry_after=_retry_after(headers.get("retry-after", ""), now),
        fresh_for=_fresh_for(headers, now),
        moved_to=moved_to,
    )


def _retry_after(text: str, now: datetime) -> timedelta | None:
    """Read seconds, or a date (RFC 9110, 10.2.3)."""
    if text.strip().isdigit():
        return timedelta(seconds=min(int(text), 10**9))
    at = _http_date(text)
    return max(at - now, timedelta()) if at else None


def _fresh_for(headers: Headers, now: datetime) -> timedelta | None:
    """Return the freshness that is left (RFC 9111, 4.2): max-age less Age, else Expires less Date."""
    control = headers.get("cache-control", "")
    if _PRIVATE.search(control):
        return None
    found = _MAX_AGE.findall(control)
    if found:
        age = headers.get("age", "").strip()
        left = max(map(int, found)) - (int(age) if age.isdigit() and len(age) <= 9 else 0)  # noqa: PLR2004 (nonsense)
        return timedelta(seconds=max(left, 0))
    expires = _http_date(headers.get("expires", ""))
    if expires is None:
        return None
    return max(expires - (_http_date(headers.get("date", "")) or now), timedelta())


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
