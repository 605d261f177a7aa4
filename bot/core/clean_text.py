"""Text that others wrote, made fit to be shown: without what a reader cannot see, or what moves what stands beside it.

Titles, outlets' names, topics and channels are written by strangers and shown next to our own words. A direction
override turns a whole line around, an invisible character makes two names look alike, a tower of accents covers the
lines above. So every such text goes through here: where it comes in (``core.decide``, ``core.sources``, the services
that store names), and where it is read from the database (``storage.codec``), for what was stored before.

Emoji and scripts that join their letters keep the joiners and selectors that they need. Time grows with the length of
the text alone.
"""

import re
import unicodedata
from functools import cache
from typing import Final, NamedTuple

MOST_MARKS: Final = 4
"""Combining marks on one letter. Pointed Hebrew has four at most, Vietnamese two; more is decoration («zalgo»)."""
_LAST_LOOKED_AT = 0x20000  # above lie ideographs, and a plane of tags and selectors, which goes as a whole
_SPECIALS = "\U000e0000"
# Letters and marks that show nothing: Hangul fillers, Khmer inherent vowels, the grapheme joiner.
_BLANK = "\u115f\u1160\u3164\uffa0\u17b4\u17b5\u034f"
_SELECTORS = "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0x180B, 0x180E), 0x180F)))
# Format characters that are seen: signs over or under the digits that follow them.
_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_LINE_ENDS = frozenset("\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_BLANK_PATTERN = "\u2800"  # of Braille: a space by another name
_EMOJI = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
# Arabic with its neighbours, the scripts of India, Myanmar, Khmer, Mongolian, and the forms of Arabic letters.
_JOINING = "\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc"
_NEEDED_SOMEWHERE = frozenset("\u200c\u200d\ufe0e\ufe0f")
_JOINERS = re.compile(
    rf"((?<=[{_JOINING}])[\u200c\u200d](?=[{_JOINING}])"
    rf"|(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])"
    rf"|(?<=[{_EMOJI}])[\ufe0e\ufe0f]"
    r"|(?<=[0-9#*])\ufe0f(?=\u20e3)"
    # The flags of Scotland and others: a black flag, and the region in letters that are not seen.
    r"|(?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f)"
    r"|[\u200c\u200d\ufe0e\ufe0f\U000e0000-\U000effff]"
)


class _Characters(NamedTuple):
    """``unseen`` are not shown anywhere; ``marks`` combine with the letter before."""

    unseen: frozenset[str]
    marks: frozenset[str]


def clean_line(text: str) -> str:
    """Return ``text`` on one line: cleaned, every run of white space one space."""
    return " ".join(clean_text(text).split())


def clean_text(text: str) -> str:
    r"""Return ``text`` cleaned, with its lines: every kind of line end is ``\n``, other white space stays."""
    if text.isascii() and text.isprintable():
        return text
    characters, found = _characters(), set(text)
    if not found.isdisjoint(_LINE_ENDS):
        text = "\n".join(text.splitlines())
    if _BLANK_PATTERN in found:
        text = text.replace(_BLANK_PATTERN, " ")
    if unseen := found & characters.unseen:
        text = text.translate(dict.fromkeys(map(ord, unseen)))
    if max(found, default="") >= _SPECIALS or not found.isdisjoint(_NEEDED_SOMEWHERE):
        text = _JOINERS.sub(lambda joiner: joiner[1] or "", text)
    if marks := "".join(sorted(found & characters.marks)):
        # A class of the few marks that are there is looked up five times as fast as one of all that there are.
        text = re.sub(f"([{marks}]{{{MOST_MARKS}}})[{marks}]+", r"\1", text)
    return text


@cache
def _characters() -> _Characters:
    """Return the characters to look for, from Python's own table of Unicode: some twenty milliseconds, once."""
    kinds: dict[str, list[str]] = {}
    for character in map(chr, range(_LAST_LOOKED_AT)):
        kinds.setdefault(unicodedata.category(character), []).append(character)
    controls = {*kinds["Cc"], *kinds["Cf"], *kinds["Cs"], *_BLANK, *_SELECTORS}
    noncharacters = map(chr, (*range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF, 0x1FFFE, 0x1FFFF))
    unseen = frozenset(controls.union(noncharacters)) - _SEEN - _NEEDED_SOMEWHERE - {"\n", "\t"}
    marks = frozenset((*kinds["Mn"], *kinds["Me"])) - unseen - _NEEDED_SOMEWHERE
    return _Characters(unseen, marks)
