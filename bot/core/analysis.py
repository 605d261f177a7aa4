"""An article as matching sees it: tokens, their keys, their places. A pure function of its text."""

from dataclasses import dataclass
from functools import cached_property

from bot.language.identify import identify
from bot.language.keys import FormKeys, form_keys
from bot.language.locale import Locale
from bot.language.scripts import kazakh_cyrillic
from bot.language.tokens import Token, tokenize

MAX_CHARACTERS = 200_000  # of an article that is read; what follows is left out
_JUDGED_FOR_CASE = 4_000
_LOOKED_BACK = 6
_OPENERS = " \t\u00a0«\"“„'(["
_STOPS = frozenset(("", *".!?…:;—–•\n\r"))
_ENOUGH_WORDS = 5  # fewer words in lower case are no text whose capitals were lost


@dataclass(frozen=True)
class Analysis:
    """An article's tokens, title first, and their keys. Built by ``analyse``; no slots, for the cached places.

    ``text`` is what the tokens' offsets count in; the first ``title_tokens`` tokens are the title's.
    """

    language: Locale
    text: str
    tokens: tuple[Token, ...]
    title_tokens: int
    keys: tuple[tuple[int, ...], ...]
    posting_keys: frozenset[int]

    @cached_property
    def places(self) -> dict[int, list[int]]:
        """The places of each key: indices of tokens, in order."""
        found: dict[int, list[int]] = {}
        for place, keys in enumerate(self.keys):
            for key in keys:
                found.setdefault(key, []).append(place)
        return found

    def surface(self, place: int, words: int) -> str:
        """Return the text of ``words`` tokens from ``place`` on, as it is written."""
        if words == 1:
            return self.tokens[place].text
        return self.text[self.tokens[place].start : self.tokens[place + words - 1].end]


def analyse(title: str, text: str, declared: Locale | None = None) -> Analysis:
    """Read an article. Both texts may be empty; of long ones the first 200,000 characters are read."""
    title = title[:MAX_CHARACTERS]
    whole = f"{title}\n{text[: MAX_CHARACTERS - len(title)]}"
    language = identify(whole, declared)
    transliterated = language == "kk" and kazakh_cyrillic(whole) is not None
    tokens = tuple(tokenize(whole))
    known = [form_keys(token.text, language, transliterated=transliterated) for token in tokens]
    return Analysis(
        language,
        whole,
        tokens,
        sum(1 for token in tokens if token.start < len(title)),
        _by_case(known, tokens, whole),
        frozenset(key for keys in set(known) for key in keys.postings),
    )


def _by_case(known: list[FormKeys], tokens: tuple[Token, ...], text: str) -> tuple[tuple[int, ...], ...]:
    """Return the tokens' keys. Where a text has only one case, capitals say nothing and every word may be a name."""
    sample = text[:_JUDGED_FOR_CASE]
    all_lower = sample == sample.lower() and len(known) >= _ENOUGH_WORDS
    if all_lower or sample == sample.upper():
        return tuple(keys.named for keys in known)
    return tuple(
        keys.opening if keys.inner is keys.opening or _opens_sentence(text, token.start) else keys.inner
        for keys, token in zip(known, tokens, strict=True)
    )


def _opens_sentence(text: str, start: int) -> bool:
    """Whether a word at ``start`` begins a sentence: nothing, a stop, a dash of speech or a line's end is before it."""
    before = text[max(0, start - _LOOKED_BACK) : start].rstrip(_OPENERS)
    return before[-1:] in _STOPS or not before
