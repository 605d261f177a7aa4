"""A cache of analyses: readers' searches and new topics ask for the same recent articles.

An analysis is a pure function of an article's text, so what is kept is never out of date: an edited article is another
text. Bounded by what it holds, not by how many: a tenth of the articles has half of the words.
"""

import unicodedata
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from operator import itemgetter
from typing import Final, overload

import numpy as np
from numpy.typing import NDArray

from bot.core.matching.analysis import Analysis, analysing
from bot.core.steps import Steps
from bot.language.locale import Locale
from bot.language.tokens import Token

MAX_BYTES: Final = 32 * 1024 * 1024
"""Some 1,500 articles of 220 words."""
_START, _END = itemgetter(1), itemgetter(2)  # of a token


class PackedTokens(Sequence[Token]):
    """Tokens by their offsets in the text, eight bytes each in place of two hundred; made anew where one is read."""

    def __init__(self, tokens: Sequence[Token], text: str) -> None:
        self._text = text
        self._spans: NDArray[np.int32] = np.empty((len(tokens), 2), np.int32)
        for column, bound in enumerate((_START, _END)):
            self._spans[:, column] = np.fromiter(map(bound, tokens), np.int32, len(tokens))

    def __len__(self) -> int:
        return len(self._spans)

    @overload
    def __getitem__(self, at: int) -> Token: ...
    @overload
    def __getitem__(self, at: slice) -> list[Token]: ...
    def __getitem__(self, at: int | slice) -> Token | list[Token]:
        if isinstance(at, slice):
            return [self._token(*span) for span in self._spans[at].tolist()]
        return self._token(*self._spans[at].tolist())

    def _token(self, start: int, end: int) -> Token:
        return Token(unicodedata.normalize("NFC", self._text[start:end]), start, end)

    @property
    def nbytes(self) -> int:
        """Bytes held, without the text."""
        return self._spans.nbytes


class AnalysisCache:
    """The analyses that were asked for last, up to a number of bytes."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._kept: OrderedDict[bytes, Analysis] = OrderedDict()
        self.nbytes = 0

    def __len__(self) -> int:
        return len(self._kept)

    def reading(self, title: str, text: str, declared: Locale | None = None, *, keep: bool = True) -> Steps[Analysis]:
        """Return what ``analysing`` does, without reading the article again where it is kept.

        With ``keep`` it is kept from now on.
        """
        name = _name(title, text, declared)
        known = self._kept.get(name)
        if known is not None:
            self._kept.move_to_end(name)
            return known
        analysis = yield from analysing(title, text, declared)
        return self._keep(name, analysis) if keep else analysis

    def _keep(self, name: bytes, analysis: Analysis) -> Analysis:
        packed = _packed(analysis)
        if name in self._kept:  # another task read it too, between two steps
            return self._kept[name]
        self._kept[name] = packed
        self.nbytes += _nbytes(packed)
        while self.nbytes > self._max_bytes:
            _, oldest = self._kept.popitem(last=False)
            self.nbytes -= _nbytes(oldest)
        return packed


def _name(title: str, text: str, declared: Locale | None) -> bytes:
    whole = f"{declared}\n{len(title)}\n{title}\n{text}"
    return blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _packed(analysis: Analysis) -> Analysis:
    """Return the analysis at a quarter of its size."""
    return replace(analysis, tokens=PackedTokens(analysis.tokens, analysis.text))


def _nbytes(analysis: Analysis) -> int:
    """Bytes that an analysis holds, a fifth more for the objects around them."""
    arrays = (analysis.keys, analysis.key_positions, analysis.postings)
    tokens = analysis.tokens.nbytes if isinstance(analysis.tokens, PackedTokens) else 0
    return (sum(array.nbytes for array in arrays) + tokens + 2 * len(analysis.text)) * 6 // 5 + 1_000
