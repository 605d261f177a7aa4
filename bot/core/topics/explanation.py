"""How a topic was understood, in a line that a reader of any language reads.

::

    теңге бағамы   ->   теңге / тенге / tenge + бағамы
    нефть | газ    ->   нефть | газ
    казахстн       ->   казахстн | Қазақстан / Казахстан / Kazakhstan
"""

from typing import Final

from bot.core.matching.known_names import divided, known_name, spellings
from bot.core.matching.query_tree import And, Node, Not, Or, Phrase, Query, Title, Words
from bot.core.render import shorten
from bot.language.concepts import Concept
from bot.language.locale import LOCALES

MAX_CHARACTERS: Final = 1_500
"""Of an explanation: each of 64 abbreviations in a topic may stand for three long names."""


def explain(query: Query) -> str:
    """Return what the topic looks for: names in all languages, words, ``+`` for and, ``|`` for or, ``−`` for not.

    At most ``MAX_CHARACTERS``.
    """
    return shorten(_explain(query.root), MAX_CHARACTERS)


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
    return " + ".join(_names(name.concept) if name else " ".join(run) for run, name in divided(words))


def _explain_phrase(words: tuple[str, ...]) -> str:
    name = known_name(words)
    return _names(name.concept) if name and name.concept.query is None else f"«{' '.join(words)}»"


def _inner(node: Node) -> str:
    return f"({_explain(node)})" if isinstance(node, Or) else _explain(node)


def _names(concept: Concept) -> str:
    return " / ".join(dict.fromkeys(concept.name(locale) for locale in LOCALES))
