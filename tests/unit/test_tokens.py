"""Tokens: what counts as a word, and what of it is compared."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
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


@given(st.text(st.sampled_from("аәЖzQй12.-’'ʼ _\u00ad\u0301\u0306\u200bU"), max_size=40))
@example("1ʼ.ʼ.")  # an apostrophe, though Unicode has it among the letters, is no initial
def test_every_word_is_at_its_offsets(text):
    """A token stands where its offsets say, composed, and what lies between two tokens holds no word."""
    tokens = tokenize(text)
    bounds = [0, *(bound for token in tokens for bound in (token.start, token.end)), len(text)]

    assert [token.text for token in tokens] == [
        unicodedata.normalize("NFC", text[one.start : one.end]) for one in tokens
    ]
    assert all(not tokenize(text[start:end]) for start, end in zip(bounds[::2], bounds[1::2], strict=True))
