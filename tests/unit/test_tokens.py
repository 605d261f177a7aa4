"""Tokens: what counts as a word, and what of it is compared."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.tokens import normalize, tokenize


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Иран – Қазақстан, 2025.", ["Иран", "Қазақстан", "2025"]),
        ("АҚШ-тың Boeing’тің Нью-Йоркте", ["АҚШ-тың", "Boeing’тің", "Нью-Йоркте"]),
        ("The U.S. and Iran's", ["The", "U.S.", "and", "Iran's"]),
        ("1-і 50%-ке «Самұрық»-тың", ["1-і", "50", "ке", "Самұрық", "тың"]),
        ("😀 … !!!", []),
    ],
)
def test_words_are_what_a_reader_sees_as_words(text, words):
    """Hyphens and apostrophes join within a word, dots in an abbreviation, and nothing else."""
    assert [token.text for token in tokenize(text)] == words


@pytest.mark.parametrize(
    ("word", "plain"),
    [("Иран", "иран"), ("U.S.", "us"), ("Boeing’тің", "boeing'тің"), ("за\u0301мок", "замок"), ("Ир\u200bан", "иран")],
)
def test_normal_words_have_no_case_marks_or_dots(word, plain):
    """What is invisible, or only tells how a word is spoken, does not tell words apart."""
    assert normalize(word) == plain


@given(st.text(max_size=200))
def test_offsets_give_the_token(text):
    """A token's offsets lie in the text, in order, and hold what it shows."""
    tokens = tokenize(text)

    assert all(0 <= token.start < token.end <= len(text) for token in tokens)
    assert all(one.end <= other.start for one, other in pairwise(tokens))
