"""Topics into clauses: what each word and name of a topic may look like in an article.

A query says what was typed; its clause says what meets it. A known name becomes one leaf with all its forms in the
three languages, a ready-made topic what its queries ask for, and every other word a leaf of its own.
"""

from collections.abc import Iterator
from functools import cache, lru_cache

from bot.core.literals import All, Clause, Either, Leaf, Literal, Without, Zone
from bot.core.query import And, Node, Not, Or, Phrase, Query, Title, Words, parse_lenient
from bot.language import kazakh, russian
from bot.language.concepts import Concept, concepts, lookup
from bot.language.keys import Reading, form_word_keys, own_word_keys, word_keys
from bot.language.locale import LOCALES, Locale
from bot.language.tokens import tokenize

_LONGEST_NAME = 6  # words
# English words that abbreviations look like: a topic «WHO» does not mean «who».
_NOT_ABBREVIATIONS = frozenset({"us", "who", "it", "am", "is", "in", "no", "so", "or", "as", "he", "me", "un"})


def compile_query(query: Query) -> Clause:
    """Return what meets a query."""
    return _compile(query.root, Zone.ANYWHERE, ready=True)


def _compile(node: Node, zone: Zone, *, ready: bool) -> Clause:
    match node:
        case Words(words):
            return _words(words, zone, ready=ready)
        case Phrase(words):
            named = _named(words)
            return _concept_leaf(named.id, words, zone) if named else _leaf(words, zone)
        case Title(inner):
            return _compile(inner, Zone.TITLE, ready=ready)
        case Not(inner):
            return Without(_compile(inner, zone, ready=ready))
        case And(parts):
            return _all(tuple(_compile(part, zone, ready=ready) for part in parts))
        case Or(parts):
            return Either(tuple(_compile(part, zone, ready=ready) for part in parts))


def _all(parts: tuple[Clause, ...]) -> Clause:
    return parts[0] if len(parts) == 1 else All(parts)


@lru_cache(maxsize=50_000)
def _leaf(words: tuple[str, ...], zone: Zone) -> Leaf:
    return Leaf((Literal(tuple(word_keys(word) for word in words), zone),))


# ------------------------------------------------------------------------------------------------- known names


def _words(words: tuple[str, ...], zone: Zone, *, ready: bool) -> Clause:
    """Read a run of words: known names as one leaf each, the longest first, and every other word by itself."""
    parts: list[Clause] = []
    at = 0
    while at < len(words):
        name, concept = next(
            (
                (run, named)
                for size in range(min(_LONGEST_NAME, len(words) - at), 0, -1)
                if (named := _named(run := words[at : at + size]))
            ),
            (words[at : at + 1], None),
        )
        if concept is None:
            parts.append(_leaf(name, zone))
        elif concept.query is None:
            parts.append(_concept_leaf(concept.id, name, zone))
        else:
            parts.append(_ready_topic(concept.id, name, zone) if ready and name == words else _leaf(name, zone))
        at += len(name)
    return _all(tuple(parts))


def _named(words: tuple[str, ...]) -> Concept | None:
    """Return the concept that ``words`` name, the last of them possibly inflected."""
    *first, last = words
    for base in (last, *sorted(kazakh.bases(last)), *russian.bases(last)):
        found = lookup(" ".join((*first, base)))
        if found is not None:
            return found
    return None


@cache
def _concepts() -> dict[str, Concept]:
    return {concept.id: concept for concept in concepts()}


@lru_cache(maxsize=20_000)
def _concept_leaf(concept_id: str, words: tuple[str, ...], zone: Zone) -> Leaf:
    """Return the words as they were typed, and all names of what they name."""
    own = () if words in _ABBREVIATED else (Literal(tuple(own_word_keys(word) for word in words), zone),)
    return Leaf((*own, *_forms(concept_id, zone)))


_ABBREVIATED = frozenset((word,) for word in _NOT_ABBREVIATIONS)


@lru_cache(maxsize=20_000)
def _forms(concept_id: str, zone: Zone) -> tuple[Literal, ...]:
    concept = _concepts()[concept_id]
    found = (_form(concept, form, locale, zone) for locale, form in _names(concept))
    return tuple(dict.fromkeys(literal for literal in found if literal.words))


def _form(concept: Concept, form: str, locale: Locale, zone: Zone) -> Literal:
    """Return a name as articles show it. Its first word proves the case; the others may be inflected."""
    first, *rest = [token.text for token in tokenize(form)]
    reading = Reading.STEM
    if first[:2].isupper():
        reading = Reading.ACRONYM
    elif first[:1].isupper():
        reading = Reading.INNER if form in concept.ambiguous else Reading.NAME
    loose = bool(rest)
    return Literal(
        (
            form_word_keys(first, locale, reading, loose=loose),
            *(form_word_keys(word, locale, Reading.STEM, loose=loose) for word in rest),
        ),
        zone,
    )


@lru_cache(maxsize=1_000)
def _ready_topic(concept_id: str, words: tuple[str, ...], zone: Zone) -> Clause:
    """Return a ready-made topic: its name as a word, or what its query asks for in each language."""
    queries = dict.fromkeys((_concepts()[concept_id].query or {}).values())
    return Either(
        (_leaf(words, zone), *(_compile(parse_lenient(query)[0].root, zone, ready=False) for query in queries))
    )


def _names(concept: Concept) -> Iterator[tuple[Locale, str]]:
    for locale in LOCALES:
        yield from ((locale, form) for form in concept.forms[locale])
