"""How a topic was understood, in a line that a reader of any language reads, and what it could be changed into.

::

    теңге бағамы   ->   теңге / тенге / tenge + бағамы
    нефть | газ    ->   нефть | газ
    казахстн       ->   казахстн | Қазақстан / Казахстан / Kazakhstan
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.core.matching.known_names import known_runs, named, spellings
from bot.core.matching.query import read_stored
from bot.core.matching.query_tree import And, Node, Not, Or, Phrase, Query, Title, Words
from bot.core.render import shorten
from bot.language import kazakh, russian
from bot.language.concepts import Concept, suggest
from bot.language.locale import LOCALES
from bot.language.tokens import tokenize

MOST_EXPLAINED: Final = 1_500


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


def explain(query: Query) -> str:
    """Return what the topic looks for: names in all languages, words, ``+`` for and, ``|`` for or, ``−`` for not.

    At most ``MOST_EXPLAINED`` characters: each of 64 abbreviations may stand for three long names.
    """
    return shorten(_explain(query.root), MOST_EXPLAINED)


def _explain(node: Node) -> str:
    match node:
        case Words(words):
            return " | ".join(map(_explain_words, spellings(words)))
        case Phrase(words):
            return " | ".join(map(_explain_phrase, spellings(words)))
        case Title(inner):
            return f"title: {_explain(inner)}"
        case Not(inner):
            return f"− {_inner(inner)}"
        case And(parts):
            return " + ".join(map(_inner, parts)).replace(" + − ", " − ")
        case Or(parts):
            return " | ".join(map(_explain, parts))


def _explain_words(words: tuple[str, ...]) -> str:
    return " + ".join(_names(concept) if concept else " ".join(run) for run, concept in known_runs(words))


def _explain_phrase(words: tuple[str, ...]) -> str:
    concept, _ = named(words)
    return _names(concept) if concept and concept.query is None else f"«{' '.join(words)}»"


def _inner(node: Node) -> str:
    return f"({_explain(node)})" if isinstance(node, Or) else _explain(node)


def _names(concept: Concept) -> str:
    return " / ".join(dict.fromkeys(concept.name(locale) for locale in LOCALES))


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
    if len(words) > 1 and named(words)[0] is None:
        found.append(Refinement(Change.PHRASE, f'"{text}"', f"«{text}»"))
    found.append(Refinement(Change.HEADLINE, f"title:({text})" if len(words) > 1 else f"title:{text}", text))
    return tuple(found)


def _as_typed(label: str, words: tuple[str, ...]) -> Sequence[str]:
    """Return the words as the reader wrote them, or as they were understood where signs stand between them."""
    pieces = label.split()
    plain = [token.text for piece in pieces for token in tokenize(piece)] == pieces
    return pieces if plain and len(pieces) == len(words) else words


def _others(word: str) -> tuple[str, ...]:
    bases = (word, *sorted(kazakh.bases(word)), *russian.bases(word))
    return next((others for base in bases if (others := suggest(base))), ())


def _alternatives(typed: str, word: str) -> str:
    others = [f'"{other}"' if " " in other else other for other in _others(word)]
    return f"({' | '.join((typed, *others))})" if others else typed
