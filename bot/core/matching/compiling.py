"""A topic's query into a clause: what must stand in an article that meets the topic.

Goes in: a ``Query``, the words and operators as they were typed. Comes out: a ``Clause``, a tree of leaves. A *leaf* is
one thing by all its names, each a *literal*: words known by their keys. So a known name becomes one leaf with all its
forms in the three languages, a ready-made topic what its queries ask for, every other word a leaf of its own. A *scope*
says whether a literal counts in the title alone.

Which words name something is decided in ``known_names``; which keys a word has in ``bot.language.keys``; which words
are function words or light ones in ``bot.language.light_words``; how a clause meets an article in ``evaluation``.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from bot.core.matching.clause import All, Clause, Either, Leaf, Literal, Scope, Without, leaf
from bot.core.matching.known_names import KnownName, Words, divided, is_form, known_name, spellings
from bot.core.matching.query import parse_lenient
from bot.core.matching.query_tree import And, Node, Not, Or, Phrase, Query, Title
from bot.core.matching.query_tree import Words as WordsNode
from bot.language.caches import word_cache
from bot.language.concepts import Concept, concepts, state_words
from bot.language.keys import KeyKind, family_keys, form_word_keys, own_word_keys, word_keys
from bot.language.light_words import is_function_word, is_light
from bot.language.locale import LOCALES, Locale
from bot.language.tokens import tokenize

# Abbreviations that are English words in small letters: a topic «WHO» does not mean «who».
_ABBREVIATIONS_LIKE_WORDS = frozenset({"us", "who", "it", "am", "is", "in", "no", "so", "or", "as", "he", "me", "un"})


def compile_query(query: Query) -> Clause:
    """Return what an article must have to meet a query."""
    return _compile(query.root, Scope.ANYWHERE, ready=True)


def _compile(node: Node, scope: Scope, *, ready: bool) -> Clause:
    """Compile a node. With ``ready``, words that name a ready-made topic mean that topic."""
    match node:
        case WordsNode(words):
            return _any_of(_words(spelled, scope, ready=ready) for spelled in spellings(words))
        case Phrase(words):
            return _any_of(_phrase(spelled, scope) for spelled in spellings(words))
        case Title(inner):
            return _compile(inner, Scope.TITLE, ready=ready)
        case Not(inner):
            return Without(_compile(inner, scope, ready=ready))
        case And(parts):
            return _all_of(_compile(part, scope, ready=ready) for part in parts)
        case Or(parts):
            return Either(tuple(_compile(part, scope, ready=ready) for part in parts))


def _all_of(parts: Iterable[Clause]) -> Clause:
    first, *others = parts
    return All((first, *others)) if others else first


def _any_of(parts: Iterable[Clause]) -> Clause:
    first, *others = parts
    return Either((first, *others)) if others else first


# ----------------------------------------------------------------------------------------- words and phrases


def _words(words: Words, scope: Scope, *, ready: bool) -> Clause:
    """Compile words that stand side by side: all of them anywhere, or the heavy ones of them in the title.

    Function words are passed over. Light words («рост», «мәселе») say little of what the topic is about; the others are
    heavy. A title with the heavy words is enough, unless they are one proper name: who asks for Tokayev's orders does
    not ask for all news on Tokayev.
    """
    runs = list(divided(words, ready=ready))
    telling = [(run, name) for run, name in runs if not (len(run) == 1 and is_function_word(run[0]))] or runs
    heavy = [(run, name) for run, name in telling if not (len(run) == 1 and is_light(run[0], last=run[0] == words[-1]))]
    everything = _all_of(_run(run, name, scope, alone=len(words) == 1) for run, name in telling)
    if scope is Scope.TITLE or not heavy or len(heavy) == len(telling) or _is_one_proper_name(heavy):
        return everything
    return Either((everything, _all_of(_run(run, name, Scope.TITLE, alone=False) for run, name in heavy)))


def _is_one_proper_name(runs: list[tuple[Words, KnownName | None]]) -> bool:
    name = runs[0][1] if len(runs) == 1 else None
    return name is not None and name.concept.name("kk")[:1].isupper()


def _run(run: Words, name: KnownName | None, scope: Scope, *, alone: bool) -> Clause:
    """Compile what ``divided`` gave: a known name or a single word, which may be ``alone`` in its topic."""
    return _name(name, run, scope) if name else _word(run[0], scope, alone=alone)


@word_cache(50_000)
def _word(word: str, scope: Scope, *, alone: bool) -> Leaf:
    """Compile a word. Beside others a Kazakh one means its family too: алаяқ, алаяқтық."""
    return leaf((Literal((word_keys(word) if alone else family_keys(word),), scope),))


def _phrase(words: Words, scope: Scope) -> Clause:
    """Compile words that must follow each other: a known name has its other forms besides."""
    name = known_name(words)
    return _exactly(words, scope) if name is None or name.concept.query is not None else _name(name, words, scope)


@word_cache(50_000)
def _exactly(words: Words, scope: Scope) -> Leaf:
    return leaf((Literal(tuple(word_keys(word) for word in words), scope),))


# ------------------------------------------------------------------------------------------------- known names
# Functions that keep their results take a concept's id: a concept itself cannot be hashed.


def _name(name: KnownName, words: Words, scope: Scope) -> Clause:
    """Compile a known name; a ready-made topic's means that topic.

    An adjective («иранский») stands for such adjectives in all languages, not for the country itself.
    """
    concept, form = name
    if concept.query is not None:
        return _ready_topic(concept.id, words, scope)
    if any(form in adjectives for adjectives in concept.adjectives.values()):
        return _adjective(concept.id, words, scope)
    known = _concept(concept.id, words, scope)
    if form is None or len(words) == 1 or form == form.title() or form.isupper():
        return known
    # A name with an ordinary word in it («Украинадағы соғыс») may be said in other words too.
    single = ((word,) for word in words)
    return Either((known, _all_of(_run(word, _plain_name(word), scope, alone=False) for word in single)))


def _plain_name(words: Words) -> KnownName | None:
    """Return what words name, if it is no ready-made topic."""
    name = known_name(words)
    return None if name is None or name.concept.query is not None else name


@cache
def _concepts() -> dict[str, Concept]:
    return {concept.id: concept for concept in concepts()}


@word_cache(20_000)
def _concept(concept_id: str, words: Words, scope: Scope) -> Clause:
    """Compile a concept: the words as they were typed, all its names, and the adjectives that stand for it."""
    concept = _concepts()[concept_id]
    typed = () if len(words) == 1 and words[0] in _ABBREVIATIONS_LIKE_WORDS else (_typed(words, scope),)
    known = leaf((*typed, *_names(concept_id, scope), *_as_state(concept, scope)))
    if not concept.attributive:
        return known
    # In the order of the table: a leaf's id depends on the order of its literals, and a set's order on the process.
    standing_for_it = {
        locale: [form for form in concept.adjectives[locale] if form in concept.attributive] for locale in LOCALES
    }
    attributive = leaf(_literals(concept, standing_for_it, scope))
    return Either((known, All((attributive, Without(leaf(_literals(concept, concept.set_phrases, scope)))))))


def _typed(words: Words, scope: Scope) -> Literal:
    return Literal(tuple(own_word_keys(word) for word in words), scope)


@word_cache(20_000)
def _names(concept_id: str, scope: Scope) -> tuple[Literal, ...]:
    """Return the names of a concept in all languages."""
    concept = _concepts()[concept_id]
    return tuple(dict.fromkeys(one for one in _literals(concept, concept.forms, scope) if one.words))


def _as_state(concept: Concept, scope: Scope) -> tuple[Literal, ...]:
    """Return a country's adjectives before what a state acts by: «иранские власти» are Iran, an Iranian rug is not."""
    if concept.kind != "country":
        return ()
    acting = {
        locale: [f"{adjective} {word}" for adjective in concept.adjectives[locale] for word in state_words()[locale]]
        for locale in LOCALES
    }
    return _literals(concept, acting, scope)


@word_cache(20_000)
def _adjective(concept_id: str, words: Words, scope: Scope) -> Leaf:
    """Compile an adjective: as it was typed, and the concept's adjectives in the languages that it is not of."""
    concept, typed = _concepts()[concept_id], " ".join(words)
    others = {
        locale: forms for locale, forms in concept.adjectives.items() if not any(is_form(form, typed) for form in forms)
    }
    return leaf((_typed(words, scope), *dict.fromkeys(_literals(concept, others, scope))))


def _literals(concept: Concept, forms: Mapping[Locale, Iterable[str]], scope: Scope) -> tuple[Literal, ...]:
    return tuple(_literal(concept, form, locale, scope) for locale, found in forms.items() for form in found)


def _literal(concept: Concept, form: str, locale: Locale, scope: Scope) -> Literal:
    """Return a form as articles show it. Its first word must have the form's capitals; the others may be inflected."""
    first, *rest = [token.text for token in tokenize(form)]
    kind = KeyKind.STEM
    if first[:2].isupper():
        kind = KeyKind.ACRONYM
    elif first[:1].isupper():
        kind = KeyKind.INNER_NAME if form in concept.ambiguous else KeyKind.NAME
    in_phrase = bool(rest)
    following = (form_word_keys(word, locale, KeyKind.STEM, in_phrase=in_phrase) for word in rest)
    return Literal((form_word_keys(first, locale, kind, in_phrase=in_phrase), *following), scope)


@lru_cache(maxsize=1_000)
def _ready_topic(concept_id: str, words: Words, scope: Scope) -> Clause:
    """Compile a ready-made topic: its name anywhere, or in the title what its queries ask for in each language.

    One word of a subject in passing («школа») does not make an article about it; in a title it does.
    """
    queries = dict.fromkeys((_concepts()[concept_id].query or {}).values())
    asked_for = (_compile(parse_lenient(query)[0].root, Scope.TITLE, ready=False) for query in queries)
    return Either((_exactly(words, scope), *asked_for))
