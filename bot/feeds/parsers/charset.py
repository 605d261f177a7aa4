"""Which encoding a document is in: what is declared is believed only where the bytes allow it. Pure."""

import codecs
import re

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9_.:-]{1,40})["']""")
_META = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
# What servers add by themselves, so that it says nothing about the document.
_SERVER_DEFAULTS = frozenset({"iso8859-1", "ascii"})
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00", b"\x00\x00", b"Lo\xa7\x94")
_CYRILLIC = ("windows-1251", "koi8-r", "iso8859-5", "cp866")
_LOWER = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі")
_CONVINCING = 0.7
"""The share that Russian and Kazakh prose has in its own encoding, and no other text in it (.80 and up; under .55)."""
_SURE = 4
# Names of old software that Python does not know.
_ALIASES = {
    "ms-cyrl": "windows-1251",
    "cp-1251": "windows-1251",
    "win-1251": "windows-1251",
    "mac": "mac-roman",
    "csmacintosh": "mac-roman",
}


def declared_charset(body: bytes, content_type: str | None) -> str | None:
    """Return the charset that the header or the document names, normalised, where Python knows it.

    The header's wins, except for a server's default (latin-1, ASCII) against the document's own.
    """
    header = _HEADER.search(content_type or "")
    head = body[:2048]
    inner = _DECLARED.match(head) or _META.search(head)
    outer_name = _known(header[1]) if header else None
    inner_name = _known(inner[1].decode("ascii")) if inner else None
    if inner_name and outer_name in _SERVER_DEFAULTS:
        return inner_name
    return outer_name or inner_name


def find_charset(body: bytes, content_type: str | None = None) -> str | None:
    """Return the name of the codec that ``body`` is really in, or None where its own marks tell (UTF-16, UTF-32).

    UTF-8 is certain where many sequences are valid: no text in another encoding is. A declared charset is believed
    where it decodes; otherwise the most plausible of the encodings that Cyrillic feeds use is taken.
    """
    if body.startswith(_WIDE_MARKS):
        return None
    if body.startswith(codecs.BOM_UTF8):
        return "utf-8"
    declared = declared_charset(body, content_type)
    wide = _utf8_sequences(body)
    if wide is not None and (wide >= _SURE or declared in {None, "ascii"}):
        return "utf-8"
    if declared and _decodes(body, declared):
        return declared
    if wide is not None or _nearly_utf8(body):
        return "utf-8"
    likely = max(_CYRILLIC, key=lambda name: _plausibility(body, name))
    return likely if _plausibility(body, likely) >= _CONVINCING else "windows-1252"


def decode(body: bytes, content_type: str | None = None) -> str:
    """Return ``body`` as text; what cannot be decoded becomes U+FFFD. Never raises."""
    name = find_charset(body, content_type)
    if name is None:
        name = "utf-16" if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-16-be" if body[0] == 0 else "utf-16-le"
    return body.decode(name, "replace").removeprefix("\ufeff")


def _known(name: str) -> str | None:
    try:
        return codecs.lookup(_ALIASES.get(name.lower(), name)).name
    except LookupError:
        return None


def _decodes(body: bytes, name: str) -> bool:
    try:
        body.decode(name)
    except (UnicodeError, LookupError, ValueError):
        return False
    return True


def _utf8_sequences(body: bytes) -> int | None:
    """Return how many continuation bytes ``body`` has as UTF-8, None where it is not UTF-8."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return len(body) - len(text)


def _nearly_utf8(body: bytes) -> bool:
    """Tell a UTF-8 document with a few broken sequences (cut short, or pasted from elsewhere)."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken * 10 < sum(1 for _ in re.finditer(r"[^\x00-\x7f\ufffd]", text))


def _plausibility(body: bytes, name: str) -> float:
    """Return the share of lower-case Cyrillic letters in what is not ASCII, were it in that encoding.

    Only runs of three bytes count: words are Cyrillic from end to end, while é and ü stand alone in Latin ones. Where
    most bytes stand alone the text is not Cyrillic, whatever the few runs say.
    """
    runs = re.findall(rb"[\x80-\xff]+", body[:200_000])
    words = b"".join(run for run in runs if len(run) > 2)  # noqa: PLR2004 (see above)
    if len(words) * 2 < sum(map(len, runs)):
        return 0.0
    return sum(letter in _LOWER for letter in words.decode(name, "replace")) / max(len(words), _SURE)
