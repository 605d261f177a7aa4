"""Known names among a topic's words, and words of it that look misspelt."""

from collections.abc import Iterator
from functools import lru_cache

from bot.language import kazakh, russian
from bot.language.concepts import Concept, lookup
from bot.language.scripts import fold
from bot.language.spelling import meant

LONGEST_NAME = 6  # words


@lru_cache(maxsize=50_000)
def named(words: tuple[str, ...]) -> tuple[Concept | None, str | None]:
    """Return the concept that ``words`` name, the last of them possibly inflected, and its form that they are."""
    *first, last = words
    for base in (last, *sorted(kazakh.bases(last)), *russian.bases(last)):
        typed = " ".join((*first, base))
        found = lookup(typed)
        if found is not None:
            form = next((form for _, form in found.words() if is_form(form, typed)), None)
            # A word with Kazakh letters is no abbreviation without them: «ірі» is not «ИРИ».
            if form is not None or not any(letter in "әғқңөұүіһ" for letter in typed):
                return found, form
    return None, None


def is_form(form: str, typed: str) -> bool:
    """Whether a name's form is what was typed, in any case, hyphenated or not, its Kazakh letters perhaps missing."""
    low = form.lower().replace("-", " ")
    return typed.replace("-", " ") in (low, fold(low))


def known_runs(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Concept | None]]:
    """Divide words into known names, the longest first, and every other word by itself.

    A ready-made topic's name is known only where it is all of the words.
    """
    at = 0
    while at < len(words):
        sizes = range(min(LONGEST_NAME, len(words) - at), 0, -1)
        runs = ((words[at : at + size], named(words[at : at + size])[0]) for size in sizes)
        known = (found for found in runs if found[1] and (found[1].query is None or found[0] == words))
        run, concept = next(known, (words[at : at + 1], None))
        yield run, concept
        at += len(run)


@lru_cache(maxsize=50_000)
def spellings(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return words as they were typed and, where some look misspelt, as they were probably meant."""
    right = tuple(word if concept else meant(word) for run, concept in known_runs(words) for word in run)
    return (words,) if right == words else (words, right)
