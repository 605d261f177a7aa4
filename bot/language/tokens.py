"""Text into tokens: words and numbers as they are written, with their places."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from operator import add
from typing import NamedTuple

# Marks that a reader does not see inside a word: soft hyphen, zero-width and direction marks, and the combining
# accents of decomposed text (and of stress, as in «за́мок»).
INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_COMBINING = "\u0300-\u036f"
# A letter, then letters and marks in runs, never given back: a word is read in as many steps as it has runs.
_WORD = rf"[^\W_ʼ](?:[^\W_ʼ]++|[{INVISIBLE}{_COMBINING}]++)*+"
# A join stands between letters: «АҚШ-тың», «Boeing’тің», «O'Neill»; U+2010 and U+2011 are hyphens too.
_JOIN = "[-\u2010\u2011'’ʼ‘`´]"
_DOTTED_ACRONYM = r"(?<![\w.])(?:[^\W\d_ʼ]\.){2,}"
_TOKEN = re.compile(rf"{_DOTTED_ACRONYM}|{_WORD}(?:{_JOIN}{_WORD})*")
_UNSEEN = re.compile(f"[{INVISIBLE}]")
_STRESS = re.compile("[\u0300\u0301]")
_APOSTROPHES = str.maketrans("’ʼ‘`´\u2010\u2011", "'''''--")


class Token(NamedTuple):
    """A word or number: its surface in normal form C, and its offsets in the text it was read from."""

    text: str
    start: int
    end: int


_TOKEN_OF: Callable[[tuple[str, int, int]], Token] = partial(tuple.__new__, Token)  # past the check of a call


def tokenize(text: str) -> list[Token]:
    """Return the tokens of ``text`` in order. Time grows with the length of the text alone.

    Hyphens and apostrophes between letters join («Нью-Йорк», «АҚШ-тың», «Iran's» are one token each); «U.S.» is one.
    """
    words: list[str] = _TOKEN.findall(text)
    starts = list(_starts(text, words))
    ends = map(add, starts, map(len, words))
    if not unicodedata.is_normalized("NFC", text):
        words = [unicodedata.normalize("NFC", word) for word in words]
    return list(map(_TOKEN_OF, zip(words, starts, ends, strict=True)))


def _starts(text: str, words: list[str]) -> Iterator[int]:
    """Yield where words stand that follow each other in ``text``: nothing between two of them begins a word.

    Half of the time that match objects take.
    """
    at = 0
    for word in words:
        at = text.find(word, at)
        yield at
        at += len(word)


def normalize(word: str) -> str:
    """Return ``word`` lower-case, in normal form C, without invisible marks and stress accents.

    Joins are written ``-`` and ``'``. A dotted acronym loses its dots: «U.S.» -> «us».
    """
    if word.isalpha() and "ʼ" not in word and unicodedata.is_normalized("NFC", word):
        return word.lower()  # the usual word: no marks to be unseen, no joins, no dots
    plain = word
    if not word.isascii():
        plain = _UNSEEN.sub("", word)
        if _STRESS.search(plain):
            plain = unicodedata.normalize("NFC", _STRESS.sub("", plain))
        plain = unicodedata.normalize("NFC", plain).translate(_APOSTROPHES)
    if plain.endswith("."):
        plain = plain.replace(".", "")
    return plain.lower()
