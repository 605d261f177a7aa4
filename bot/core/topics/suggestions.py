"""What a topic could be changed into by a button: wider, a phrase, in headlines only, or with its spelling corrected.

::

    мұнай          ->   мұнай | нефть | oil        мұнай бағасы   ->   "мұнай бағасы"
    казахстн       ->   казахстан                  мұнай          ->   title:мұнай
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.core.matching.known_names import known_name, spellings
from bot.core.matching.query import read_stored
from bot.core.matching.query_tree import Words
from bot.language import kazakh, russian
from bot.language.concepts import suggest
from bot.language.tokens import tokenize


class Change(StrEnum):
    """Ways to change a topic by a button."""

    WIDER = "wider"
    PHRASE = "phrase"
    HEADLINE = "headline"
    SPELLING = "spelling"


@dataclass(frozen=True, slots=True)
class Refinement:
    """One way to change a topic: ``text`` is the topic that it becomes, ``shown`` what the button says of it."""

    change: Change
    text: str
    shown: str


def refinements(label: str) -> tuple[Refinement, ...]:
    """Return what a topic could become. Only plain words are changed: a reader who wrote syntax knows better."""
    query = read_stored(label)
    if not isinstance(query.root, Words):
        return ()
    words = query.root.words
    typed = _as_typed(label, words)
    text = " ".join(typed)
    found = [Refinement(Change.SPELLING, right, right) for right in map(" ".join, spellings(words)[1:])]
    others = [other for word in words for other in _others(word)]
    if others:
        wider = " ".join(map(_alternatives, typed, words))
        found.append(Refinement(Change.WIDER, wider if len(words) > 1 else wider.strip("()"), ", ".join(others)))
    if len(words) > 1 and known_name(words) is None:
        found.append(Refinement(Change.PHRASE, f'"{text}"', f"«{text}»"))
    found.append(Refinement(Change.HEADLINE, f"title:({text})" if len(words) > 1 else f"title:{text}", text))
    return tuple(found)


def _as_typed(label: str, words: tuple[str, ...]) -> Sequence[str]:
    """Return the words as the reader wrote them, or normalised where signs stand between them."""
    pieces = label.split()
    plain = [token.text for piece in pieces for token in tokenize(piece)] == pieces
    return pieces if plain and len(pieces) == len(words) else words


def _others(word: str) -> tuple[str, ...]:
    """Return words that mean nearly the same, of the word or of a base of it."""
    bases = (word, *sorted(kazakh.bases(word)), *russian.bases(word))
    return next((others for base in bases if (others := suggest(base))), ())


def _alternatives(typed: str, word: str) -> str:
    others = [f'"{other}"' if " " in other else other for other in _others(word)]
    return f"({' | '.join((typed, *others))})" if others else typed
