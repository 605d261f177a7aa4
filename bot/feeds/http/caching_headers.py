"""Caching headers of an answer: ETag, Last-Modified, Retry-After, Cache-Control, Expires. Pure.

Validators are opaque: they are kept and sent back byte for byte, as latin-1 text. Longer ones than ``VALIDATOR_BYTES``
are not kept; a date of a thousand letters or a number of twenty digits counts as absent.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from bot.core.polling import Answer

VALIDATOR_BYTES = 1024
"""Of an ETag or a Last-Modified: they are stored, and sent with every request."""
_DATE_CHARACTERS = 100
_SECONDS = re.compile(r"\s*([0-9]{1,10})\s*")
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_PRIVATE = re.compile(r"\bno-(?:cache|store)\b", re.IGNORECASE)

Headers = Mapping[str, str]


def read_answer(
    headers: Headers, *, now: datetime, body_hash: str | None = None, moved_to: str | None = None
) -> Answer:
    """Read the validators, Retry-After, Cache-Control and Expires; the names of ``headers`` are in lower case."""
    return Answer(
        etag=_validator(headers.get("etag", "")),
        last_modified=_validator(headers.get("last-modified", "")),
        body_hash=body_hash,
        retry_after=_retry_after(headers.get("retry-after", ""), now),
        fresh_for=_fresh_for(headers, now),
        moved_to=moved_to,
    )


def _validator(text: str) -> str | None:
    return text if text and len(text) <= VALIDATOR_BYTES else None


def _retry_after(text: str, now: datetime) -> timedelta | None:
    """Read seconds, or a date (RFC 9110, 10.2.3)."""
    if seconds := _SECONDS.fullmatch(text):
        return timedelta(seconds=int(seconds[1]))
    at = _http_date(text)
    return max(at - now, timedelta()) if at else None


def _fresh_for(headers: Headers, now: datetime) -> timedelta | None:
    """Return the freshness that is left (RFC 9111, 4.2): max-age less Age, else Expires less Date."""
    control = headers.get("cache-control", "")
    if _PRIVATE.search(control):
        return None
    found = _MAX_AGE.findall(control)
    if found:
        age = _SECONDS.fullmatch(headers.get("age", ""))
        left = max(map(int, found)) - (int(age[1]) if age else 0)
        return timedelta(seconds=max(left, 0))
    expires = _http_date(headers.get("expires", ""))
    if expires is None:
        return None
    return max(expires - (_http_date(headers.get("date", "")) or now), timedelta())


def _http_date(text: str) -> datetime | None:
    if not text or len(text) > _DATE_CHARACTERS:
        return None
    try:
        at = parsedate_to_datetime(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
