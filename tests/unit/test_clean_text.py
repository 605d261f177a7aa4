"""What is shown of strangers' texts: nothing that hides, and nothing that moves what stands beside it."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.clean_text import MOST_MARKS, clean_line, clean_text

FAMILY = "👨\u200d👩\u200d👧"
SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Қазақстан жаңалықтары", "Қазақстан жаңалықтары"),
        ("  Tengri \t News\n", "Tengri News"),
        ("Tengri\u202eswen", "Tengriswen"),
        ("\u202aA\u202b\u202c\u202d\u202eB", "AB"),
        ("\u2066A\u2067\u2068\u2069B", "AB"),
        ("A\u200e\u200f\u061cB", "AB"),
        ("Ка\u200bз\u2060ин\ufeffформ", "Казинформ"),
        ("Каз\u00adин\u034fформ", "Казинформ"),
        ("Каз\u200cинформ\u200d", "Казинформ"),
        ("A\x00\x07\x1b[31mB\x7f\x9b", "A[31mB"),
        ("A\u2028B\u2029C\x85D\x0bE\x1eF", "A B C D E F"),
        ("\u3164\uffa0\u115f", ""),
        ("A\u2800\u2800B", "A B"),
        ("A\U000e0041\U000e0042B", "AB"),
        ("A\ufe01\U000e0100B", "AB"),
        ("A\ufff9B\ufffb\ufdd0\uffff", "AB"),
        ("A\ud800B", "AB"),
        ("Z" + "\u0301\u0316" * 40 + "algo", "Z" + "\u0301\u0316" * 2 + "algo"),
        ("\u06cc\u200c\u0647\u0627", "\u06cc\u200c\u0647\u0627"),  # Persian: the joiner that keeps two letters apart
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),  # Hindi: a half form
        (f"Отбасы {FAMILY} ❤\ufe0f 1\ufe0f\u20e3", f"Отбасы {FAMILY} ❤\ufe0f 1\ufe0f\u20e3"),
        (SCOTLAND, SCOTLAND),
        ("\U0001f3f4\U000e0067\U000e0062 open", "\U0001f3f4 open"),
        ("❤\u200d", "❤"),
        ("\u05e9\u05c1\u05bc\u05b0\u0596", "\u05e9\u05c1\u05bc\u05b0\u0596"),  # a pointed Hebrew letter
        ("й и\u0306 ё", "й и\u0306 ё"),
        ("\u0600\u0661", "\u0600\u0661"),  # an Arabic sign under a number is seen
    ],
)
def test_what_is_shown(text, expected):
    """Direction controls, invisible characters, controls and towers of accents go; what a script needs stays."""
    assert clean_line(text) == expected


@given(st.text(max_size=60))
def test_whatever_comes_in_is_fit_to_be_shown(text):
    """No control, no direction mark, no half surrogate is left, in one line; and cleaning twice changes nothing."""
    found = clean_line(text)

    hidden = {character for character in found if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}}
    directions = set("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert not hidden
    assert not directions & set(found)
    assert clean_line(found) == found


def test_every_format_character_is_known():
    """Of all of Python's format characters only joiners and signs over digits can stay, and those only where needed."""
    formats = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"]
    left = [character for character in formats if clean_line(f"a{character}b") != "ab"]

    assert all(unicodedata.bidirectional(character) in {"AN", "L", "AL"} for character in left)
    assert not set("\u200c\u200d\u2060\ufeff\u00ad\u180e") & set(left)


def test_lines_stay_where_they_are_wanted():
    """A text keeps its paragraphs, however their ends are written."""
    assert clean_text("a\r\nb\u2028c\n\nd\te") == "a\nb\nc\n\nd\te"


@pytest.mark.parametrize(
    "unit", ["\u202e", "а\u0301\u0316", "а" + "\u0301" * 5, FAMILY, "\u200d", " \t", "\u2028", " \r"]
)
def test_no_text_is_costly_to_clean(unit):
    """Time grows with the length alone: a pattern that looked twice would take minutes for so many."""
    start = time.process_time()
    clean_line(unit * (200_000 // len(unit)))

    assert time.process_time() - start < 5


def test_a_letter_has_as_many_marks_as_a_script_needs():
    """However many come, so many are shown."""
    assert clean_line("e" + "\u0301" * 100_000) == "e" + "\u0301" * MOST_MARKS
