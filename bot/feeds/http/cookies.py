"""Cookies of one fetch: some sites answer only once the cookie that their redirect has set comes back.

A cookie goes back to the very host that set it, and is dropped when the fetch ends.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

MOST_COOKIES = 30
COOKIE_BYTES = 4096
"""Of all cookies of one host together: no gate needs more."""
# What RFC 6265, 4.1.1 has of a cookie, and blanks in the value, as browsers take it.
_PAIR = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*([^\x00-\x1f\x7f-\xff;]*)")
_ENDED = re.compile(r";\s*max-age\s*=\s*(?:0|-\d+)\s*(?:;|$)", re.IGNORECASE)
_SECURE = re.compile(r";\s*secure\s*(?:;|$)", re.IGNORECASE)


class Cookies:
    """What hosts set in this chain."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, tuple[str, bool]]] = {}

    def take(self, url: str, lines: Sequence[str]) -> None:
        """Take in the Set-Cookie lines of an answer. What is malformed, or too much, is passed over."""
        kept = self._kept.setdefault(_host(url), {})
        for line in lines[:MOST_COOKIES]:
            pair = _PAIR.match(line)
            if pair is None:
                continue
            if _ENDED.search(line):
                kept.pop(pair[1], None)
            elif len(kept) < MOST_COOKIES or pair[1] in kept:
                kept[pair[1]] = (pair[2].strip(), _SECURE.search(line) is not None)

    def header(self, url: str) -> dict[str, str]:
        """Return the Cookie header for a request to an address; none where its host has set nothing."""
        secure = urlsplit(url).scheme == "https"
        pairs = [
            f"{name}={value}"
            for name, (value, only_secure) in self._kept.get(_host(url), {}).items()
            if secure or not only_secure
        ]
        line = "; ".join(pairs)
        return {"cookie": line} if line and len(line) <= COOKIE_BYTES else {}


def _host(url: str) -> str:
    """Return the host that cookies belong to: its name, whatever the port (RFC 6265, 8.5)."""
    return (urlsplit(url).hostname or "").rstrip(".")
