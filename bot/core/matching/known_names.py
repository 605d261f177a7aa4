"""Known names among a topic's words, and words that look misspelt.

Goes in: the words of a topic, normalised. Comes out: which runs of them name a concept (``bot.language.concepts``), and
how the words were probably meant. What a name then means in an article is decided in ``compiling``, which words look
misspelt in ``bot.language.spelling``.
"""

from collections.abc import Iterator
from typing import NamedTuple

from bot.language import kazakh, russian
from bot.language.caches import word_cache
from bot.language.concepts import Concept, lookup
from bot.language.scripts import KAZAKH_LETTERS, fold
from bot.language.spelling import corrected

_LONGEST_NAME = 6  # words

Words = tuple[str, ...]


class KnownName(NamedTuple):
    """A concept, and which of its forms the words are; None where they are another spelling of it («Qazaqstan»)."""

    concept: Concept
    form: str | None


@word_cache(50_000)
def known_name(words: Words) -> KnownName | None:
    """Return what ``words`` name, the last of them possibly inflected; None where they name nothing known."""
    *first, last = words
    for base in (last, *sorted(kazakh.bases(last)), *russian.bases(last)):
        typed = " ".join((*first, base))
        concept = lookup(typed)
        if concept is not None:
            form = next((form for _, form in concept.words() if is_form(form, typed)), None)
            # A word with Kazakh letters is no abbreviation without them: «ірі» is not «ИРИ».
            if form is not None or KAZAKH_LETTERS.isdisjoint(typed):
                return KnownName(concept, form)
    return None


def is_form(form: str, typed: str) -> bool:
    """Whether a name's form is what was typed, in any case, hyphenated or not, its Kazakh letters perhaps missing."""
    low = form.lower().replace("-", " ")
    return typed.replace("-", " ") in (low, fold(low))


def divided(words: Words, *, ready: bool = True) -> Iterator[tuple[Words, KnownName | None]]:
    """Divide words into known names, the longest first, and every other word by itself.

    A ready-made topic's name counts only where it is all of the words, and not at all without ``ready``.
    """
    at = 0
    while at < len(words):
        for size in range(min(_LONGEST_NAME, len(words) - at), 0, -1):
            run = words[at : at + size]
            name = known_name(run)
            if name is not None and (name.concept.query is None or (ready and run == words)):
                break
        else:
            run, name = words[at : at + 1], None
        yield run, name
        at += len(run)


@word_cache(50_000)
def spellings(words: Words) -> tuple[Words, ...]:
    """Return words as they were typed and, where some look misspelt, as they were probably meant."""
    meant = tuple(word if name else corrected(word) for run, name in divided(words) for word in run)
    return (words,) if meant == words else (words, meant)
