"""An article as matching sees it: tokens, their keys, their places. A pure function of its text."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from bot.core.bounds import ARTICLE_POSTINGS, ARTICLE_WORDS, MOST_REASONS, REASON_CHARACTERS, TEXT_CHARACTERS
from bot.core.steps import Steps, finished
from bot.language.form_cache import Kind, forms
from bot.language.identify import read
from bot.language.keys import FormKeys
from bot.language.locale import Locale
from bot.language.money import DOLLAR, money_places
from bot.language.tokens import Token, tokenize

Span = tuple[int, int]  # the index of its first token, and how many tokens it has
_TEXT = itemgetter(0)  # of a token
_JUDGED_FOR_CASE = 4_000
_LOOKED_BACK = 6
_OPENERS = " \t\u00a0«\"“„'(["
_STOPS = frozenset(("", *".!?…:;—–•\n\r"))
_ENOUGH_WORDS = 5  # fewer words in lower case are no text whose capitals were lost


@dataclass(frozen=True, eq=False)
class Analysis:
    """An article's tokens, title first, and their keys. Built by ``analyse``; no slots, for the cached places.

    ``text`` is what the tokens' offsets count in; the first ``title_tokens`` tokens are the title's. ``keys`` (int64)
    are the keys of all tokens in order; ``key_places`` (int32, as long) say at which token each stands. ``postings``
    (int64) are the posting keys, some of them more than once.
    """

    language: Locale
    text: str
    tokens: Sequence[Token]
    title_tokens: int
    keys: NDArray[np.int64]
    key_places: NDArray[np.int32]
    postings: NDArray[np.int64]

    @cached_property
    def posting_keys(self) -> frozenset[int]:
        """The keys of the posting table: only what is stored needs them."""
        return frozenset(self.postings.tolist())

    @cached_property
    def places(self) -> dict[int, list[int]]:
        """The places of each key: indices of tokens, in order."""
        found: dict[int, list[int]] = {}
        for key, place in zip(self.keys.tolist(), self.key_places.tolist(), strict=True):
            found.setdefault(key, []).append(place)
        return found

    def places_of(self, keys: Collection[int]) -> dict[int, list[int]]:
        """The places of these keys alone, which costs a tenth of all where one topic asks."""
        found: dict[int, list[int]] = {}
        if not keys:
            return found
        wanted = np.sort(np.fromiter(keys, np.int64, len(keys)))
        nearest = np.minimum(wanted.searchsorted(self.keys), len(wanted) - 1)
        at = np.flatnonzero(wanted[nearest] == self.keys)
        for key, place in zip(self.keys[at].tolist(), self.key_places[at].tolist(), strict=True):
            found.setdefault(key, []).append(place)
        return found

    def surface(self, place: int, words: int) -> str:
        """Return the text of ``words`` tokens from ``place`` on, as it is written."""
        if words == 1:
            return self.tokens[place].text
        return self.text[self.tokens[place].start : self.tokens[place + words - 1].end]

    def surfaces(self, spans: Collection[Span]) -> tuple[str, ...]:
        """Return the distinct texts of spans in order of appearance: at most ``MOST_REASONS``, each cut to size."""
        found = (self.surface(place, words)[:REASON_CHARACTERS] for place, words in sorted(spans))
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
    language, transliterated = read(whole, declared)
    tokens = tuple(tokenize(whole)[:ARTICLE_WORDS])
    one_case = _has_one_case(whole, len(tokens))
    yield
    words = map(_TEXT, tokens)
    known = yield from forms(Kind(language, transliterated, one_case)).keys_of(words, ARTICLE_POSTINGS)
    tokens = tokens[: len(known)]
    yield
    packed = _in_place(known, tokens, whole)
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


def _in_place(known: list[FormKeys], tokens: tuple[Token, ...], text: str) -> list[bytes]:
    """Return the tokens' keys, packed: a capital proves less where a sentence begins, and money is no country."""
    packed = [
        keys.opening if keys.inner is keys.opening or _opens_sentence(text, token.start) else keys.inner
        for keys, token in zip(known, tokens, strict=True)
    ]
    low = text.lower()
    if any(name in low for name in DOLLAR):
        for place in money_places(tokens):
            packed[place] = b""
    return packed


def _has_one_case(text: str, tokens: int) -> bool:
    """Whether a text is all capitals or, being long enough to tell, all small letters."""
    sample = text[:_JUDGED_FOR_CASE]
    return sample == sample.upper() or (tokens >= _ENOUGH_WORDS and sample == sample.lower())


def _opens_sentence(text: str, start: int) -> bool:
    """Whether a word at ``start`` begins a sentence: nothing, a stop, a dash of speech or a line's end is before it."""
    before = text[max(0, start - _LOOKED_BACK) : start].rstrip(_OPENERS)
    return before[-1:] in _STOPS or not before
