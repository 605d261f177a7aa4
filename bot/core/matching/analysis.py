"""An article as matching sees it: its tokens and their keys. A pure function of its text.

Goes in: title, text and the feed's language. Comes out: ``Analysis``. A *key* is a 64-bit number by which a word of an
article and a word of a topic meet (``bot.language.keys``); the *position* of a key is the number of its token.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from bot.core.bounds import ARTICLE_POSTINGS, ARTICLE_WORDS, MOST_REASONS, REASON_CHARACTERS, TEXT_CHARACTERS
from bot.core.steps import Steps, finished
from bot.language.form_cache import ArticleKind, form_cache
from bot.language.identify import detect
from bot.language.keys import FormKeys
from bot.language.locale import Locale
from bot.language.money import DOLLAR, country_names_in_money
from bot.language.tokens import Token, tokenize

Span = tuple[int, int]  # tokens in a row: the position of the first, and how many they are
_TEXT = itemgetter(0)  # of a token
_CASE_SAMPLE = 4_000  # characters by which it is judged whether a text has capitals and small letters
_MIN_SMALL_WORDS = 5  # fewer words in small letters are no text whose capitals were lost
_LOOK_BACK = 6  # characters before a word in which the end of the sentence before is looked for
_OPENING_MARKS = " \t\u00a0«\"“„'(["
_SENTENCE_ENDS = frozenset(("", *".!?…:;—–•\n\r"))


@dataclass(frozen=True, eq=False, slots=True)
class Analysis:
    """An article's tokens, title first, and their keys. Built by ``analyse``.

    What is not a field is worked out whenever it is asked for: it would take several times the room of the fields, for
    as long as the analysis is kept (``analysis_cache``).

    ``text`` is what the tokens' offsets count in; the first ``title_tokens`` tokens are the title's. ``keys`` (int64)
    are the keys of all tokens in order, and ``key_positions`` (int32, as long) the position of each. ``postings``
    (int64) are the keys by which the article is found again in storage, some of them more than once.
    """

    language: Locale
    text: str
    tokens: Sequence[Token]
    title_tokens: int
    keys: NDArray[np.int64]
    key_positions: NDArray[np.int32]
    postings: NDArray[np.int64]

    @property
    def posting_keys(self) -> frozenset[int]:
        """The distinct posting keys."""
        return frozenset(self.postings.tolist())

    @property
    def positions(self) -> dict[int, list[int]]:
        """The positions of each key, in order."""
        found: dict[int, list[int]] = {}
        for key, position in zip(self.keys.tolist(), self.key_positions.tolist(), strict=True):
            found.setdefault(key, []).append(position)
        return found

    def positions_of(self, keys: Collection[int]) -> dict[int, list[int]]:
        """The positions of these keys alone: for one topic a tenth of the time that ``positions`` takes."""
        found: dict[int, list[int]] = {}
        if not keys:
            return found
        wanted = np.sort(np.fromiter(keys, np.int64, len(keys)))
        nearest = np.minimum(wanted.searchsorted(self.keys), len(wanted) - 1)
        at = np.flatnonzero(wanted[nearest] == self.keys)
        for key, position in zip(self.keys[at].tolist(), self.key_positions[at].tolist(), strict=True):
            found.setdefault(key, []).append(position)
        return found

    def surface(self, position: int, words: int) -> str:
        """Return the text of ``words`` tokens from a position on, as it is written."""
        if words == 1:
            return self.tokens[position].text
        return self.text[self.tokens[position].start : self.tokens[position + words - 1].end]

    def surfaces(self, spans: Collection[Span]) -> tuple[str, ...]:
        """Return the distinct texts of spans in order of appearance: at most ``MOST_REASONS``, each cut to size."""
        found = (self.surface(position, words)[:REASON_CHARACTERS] for position, words in sorted(spans))
        return tuple(islice(dict.fromkeys(found), MOST_REASONS))


def analyse(title: str, text: str, declared: Locale | None = None) -> Analysis:
    """Read an article. Both texts may be empty; a long one is read as far as ``analysing`` says."""
    return finished(analysing(title, text, declared))


def analysing(title: str, text: str, declared: Locale | None = None) -> Steps[Analysis]:
    """Read an article in steps.

    The title comes first, then the text. It is read up to ``TEXT_CHARACTERS``, ``ARTICLE_WORDS`` and
    ``ARTICLE_POSTINGS``, whichever comes first: what search could not find is not matched either.
    """
    title = title[:TEXT_CHARACTERS]
    whole = f"{title}\n{text[: TEXT_CHARACTERS - len(title)]}"
    language, transliterated = detect(whole, declared)
    tokens = tuple(tokenize(whole)[:ARTICLE_WORDS])
    one_case = _has_one_case(whole, len(tokens))
    yield
    words = map(_TEXT, tokens)
    known = yield from form_cache(ArticleKind(language, transliterated, one_case)).keys_of(words, ARTICLE_POSTINGS)
    tokens = tokens[: len(known)]
    yield
    packed = _keys_in_context(known, tokens, whole)
    lengths = np.fromiter(map(len, packed), np.int32, len(packed)) >> 3  # eight bytes a key
    return Analysis(
        language,
        whole,
        tokens,
        sum(1 for token in tokens if token.start < len(title)),
        np.frombuffer(b"".join(packed), np.int64),
        np.repeat(np.arange(len(packed), dtype=np.int32), lengths),
        np.frombuffer(b"".join({keys.postings for keys in known}), np.int64),
    )


def _keys_in_context(known: list[FormKeys], tokens: tuple[Token, ...], text: str) -> list[bytes]:
    """Return the keys of each token, packed, as its neighbours say: none for the country in «доллар США»."""
    packed = [
        keys.sentence_start
        if keys.within_sentence is keys.sentence_start or _opens_sentence(text, token.start)
        else keys.within_sentence
        for keys, token in zip(known, tokens, strict=True)
    ]
    low = text.lower()
    if any(name in low for name in DOLLAR):
        for position in country_names_in_money(tokens):
            packed[position] = b""
    return packed


def _has_one_case(text: str, tokens: int) -> bool:
    """Whether a text is all capitals or, being long enough to tell, all small letters."""
    sample = text[:_CASE_SAMPLE]
    return sample == sample.upper() or (tokens >= _MIN_SMALL_WORDS and sample == sample.lower())


def _opens_sentence(text: str, start: int) -> bool:
    """Whether a word at ``start`` begins a sentence: nothing, a stop, a dash of speech or a line's end is before it."""
    before = text[max(0, start - _LOOK_BACK) : start].rstrip(_OPENING_MARKS)
    return before[-1:] in _SENTENCE_ENDS or not before
