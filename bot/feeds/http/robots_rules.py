"""robots.txt -> the rules for us (RFC 9309), and whether they let an address be read. Pure.

Reading takes time in proportion to the file, and only the rules of one group are kept. Patterns are matched piece by
piece between their stars, never by a regular expression: a pattern of many stars takes that exponential time.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

AGENT = "jarshy"
LIMIT = 512 * 1024
"""Bytes that are read (RFC 9309, 2.5: at least 500 KiB); the rest is ignored."""
MOST_RULES = 5000
PATTERN_CHARACTERS = 500
MOST_STARS = 10
"""Patterns with more are left out: real files have none."""

_LINE = re.compile(r"\s*([a-z-]+)\s*:([^#]*)", re.IGNORECASE)
_PRODUCT = re.compile(r"[a-z_-]+|\*", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9a-f]{2})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern of paths: the pieces between its stars. With ``whole`` the path ends where the pattern does."""

    allow: bool
    length: int
    pieces: tuple[str, ...]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of the group that is about us, those that decide first before others."""

    rules: tuple[Rule, ...] = ()

    def allow(self, url: str) -> bool:
        """Tell whether the address may be read: the longest pattern decides, of two as long the one that allows."""
        parts = urlsplit(url)
        path = _normal(parts.path or "/") + (f"?{_normal(parts.query)}" if parts.query else "")
        return next((rule.allow for rule in self.rules if _matches(rule, path)), True)


def read_robots(body: bytes) -> RobotsRules:
    """Read a file. Where it has more than ``MOST_RULES`` for us, nothing may be read."""
    lines = body[:LIMIT].decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
    ours, others = _groups(filter(None, map(_LINE.match, lines)))
    found = others if ours is None else ours
    if len(found) > MOST_RULES:
        return RobotsRules((Rule(allow=False, length=0, pieces=("",)),))
    return RobotsRules(tuple(sorted(found, key=lambda rule: (-rule.length, not rule.allow))))


def _groups(lines: Iterable[re.Match[str]]) -> tuple[list[Rule] | None, list[Rule]]:
    """Return the rules of all groups that name us, None where none does, and those for everybody."""
    ours: list[Rule] | None = None
    others: list[Rule] = []
    about: set[str] = set()
    naming = False  # whether the line before named an agent: lines that name agents one after another share their rules
    for line in lines:
        name, value = line[1].lower(), line[2].strip()
        if name == "user-agent":
            about = about if naming else set()
            naming = True
            product = _PRODUCT.match(value)
            about |= {product[0].lower()} & {AGENT, "*"} if product else set()
            ours = [] if ours is None and AGENT in about else ours
        elif name in {"allow", "disallow"}:
            naming = False
            rule = _rule(value, allow=name == "allow") if about else None
            for rules in (ours if AGENT in about else None, others if "*" in about else None):
                if rule and rules is not None and len(rules) <= MOST_RULES:
                    rules.append(rule)
    return ours, others


def _rule(pattern: str, *, allow: bool) -> Rule | None:
    """Return the rule of a line; None for one that says nothing, or too much."""
    pattern = re.sub(r"\*+", "*", pattern)
    if not pattern.startswith(("/", "*")) or len(pattern) > PATTERN_CHARACTERS or pattern.count("*") > MOST_STARS:
        return None
    whole = pattern.endswith("$")
    text = _normal(pattern.removesuffix("$"))
    return Rule(allow, len(pattern), tuple(text.split("*")), whole)


def _matches(rule: Rule, path: str) -> bool:
    first, *others = rule.pieces
    if not path.startswith(first):
        return False
    if not others:
        return not rule.whole or len(path) == len(first)
    at = len(first)
    *middle, last = others
    for piece in middle:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if rule.whole:
        return len(path) - at >= len(last) and path.endswith(last)
    return path.find(last, at) >= 0


def _normal(text: str) -> str:
    """Return a path or a query in one spelling: escaped what must be, and nothing else (RFC 9309, 2.2.2)."""
    escaped = quote(text, safe="/%:@!$&'()*+,;=~-._?[]")
    return _ESCAPE.sub(_unescaped, escaped) if "%" in escaped else escaped


def _unescaped(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character.isascii() and (character.isalnum() or character in "-._~") else escape[0].upper()
