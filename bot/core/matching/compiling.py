"""Topics into clauses: what each word and name of a topic may look like in an article.

A query says what was typed; its clause says what meets it. A known name becomes one leaf with all its forms in the
three languages, a ready-made topic what its queries ask for, and every other word a leaf of its own.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from bot.core.matching.clause import All, Clause, Either, Leaf, Literal, Without, Zone, leaf
from bot.core.matching.known_names import LONGEST_NAME, is_form, named, spellings
from bot.core.matching.query import parse_lenient
from bot.core.matching.query_tree import And, Node, Not, Or, Phrase, Query, Title, Words
from bot.language.concepts import Concept, concepts, state_words
from bot.language.keys import Reading, family_keys, form_word_keys, own_word_keys, word_keys
from bot.language.light_words import is_function_word, is_light
from bot.language.locale import LOCALES, Locale
from bot.language.tokens import tokenize

# English words that abbreviations look like: a topic «WHO» does not mean «who».
_NOT_ABBREVIATIONS = frozenset({"us", "who", "it", "am", "is", "in", "no", "so", "or", "as", "he", "me", "un"})


def compile_query(query: Query) -> Clause:
    """Return what meets a query."""
    return _compile(query.root, Zone.ANYWHERE, ready=True)


def _compile(node: Node, zone: Zone, *, ready: bool) -> Clause:
    match node:
        case Words(words):
            return _either(_words(typed, zone, ready=ready) for typed in spellings(words))
        case Phrase(words):
            return _either(_name(typed, zone, ready=False) or _leaf(typed, zone) for typed in spellings(words))
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


def _either(parts: Iterable[Clause]) -> Clause:
    first, *others = parts
    return Either((first, *others)) if others else first


@lru_cache(maxsize=50_000)
def _leaf(words: tuple[str, ...], zone: Zone) -> Leaf:
    return leaf((Literal(tuple(word_keys(word) for word in words), zone),))


# ------------------------------------------------------------------------------------------------- known names


def _words(words: tuple[str, ...], zone: Zone, *, ready: bool) -> Clause:
    """Read a run of words: all of them anywhere, or those that say what it is about in the title."""
    runs = _runs(words, zone, ready=ready)
    telling = [(run, clause) for run, clause in runs if not (len(run) == 1 and is_function_word(run[0]))] or runs
    everything = _all(tuple(clause for _, clause in telling))
    heavy = [run for run, _ in telling if not (len(run) == 1 and is_light(run[0], last=run[0] == words[-1]))]
    if zone is Zone.TITLE or not heavy or len(heavy) == len(telling) or _is_proper_name(heavy):
        return everything
    return Either((everything, _all(tuple(_run(run, Zone.TITLE) for run in heavy))))


def _runs(words: tuple[str, ...], zone: Zone, *, ready: bool) -> list[tuple[tuple[str, ...], Clause]]:
    """Divide words into known names, the longest first, and single words; each with what meets it."""
    found: list[tuple[tuple[str, ...], Clause]] = []
    at = 0
    while at < len(words):
        runs = (words[at : at + size] for size in range(min(LONGEST_NAME, len(words) - at), 0, -1))
        found.append(
            next(
                ((run, clause) for run in runs if (clause := _name(run, zone, ready=ready and run == words))),
                (words[at : at + 1], _word(words[at], zone, beside=len(words) > 1)),
            )
        )
        at += len(found[-1][0])
    return found


def _is_proper_name(runs: list[tuple[str, ...]]) -> bool:
    """Whether all that is left is one name: who asks for Tokayev's orders does not ask for all on Tokayev."""
    concept = named(runs[0])[0] if len(runs) == 1 else None
    return concept is not None and concept.name("kk")[:1].isupper()


def _run(run: tuple[str, ...], zone: Zone) -> Clause:
    return _name(run, zone, ready=False) or _word(run[0], zone, beside=True)


@lru_cache(maxsize=50_000)
def _word(word: str, zone: Zone, *, beside: bool) -> Leaf:
    """Return what meets a word. ``beside`` others a Kazakh one means its family too: алаяқ, алаяқтық."""
    return leaf((Literal((family_keys(word) if beside else word_keys(word),), zone),))


def _name(words: tuple[str, ...], zone: Zone, *, ready: bool) -> Clause | None:
    """Return what meets a known name; None where ``words`` name nothing known.

    A describing word («иранский») stands for such words in all languages, not for the country itself.
    """
    concept, form = named(words)
    if concept is None:
        return None
    if concept.query is not None:
        return _ready_topic(concept.id, words, zone) if ready else None
    if any(form in described for described in concept.adjectives.values()):
        return _described(concept.id, words, zone)
    known = _names(concept.id, words, zone)
    if form is None or len(words) == 1 or form == form.title() or form.isupper():
        return known
    # A name with an ordinary word in it («Украинадағы соғыс») may be said in other words too.
    return Either((known, _all(tuple(_run((word,), zone) for word in words))))


@cache
def _concepts() -> dict[str, Concept]:
    return {concept.id: concept for concept in concepts()}


@lru_cache(maxsize=20_000)
def _names(concept_id: str, words: tuple[str, ...], zone: Zone) -> Clause:
    """Return the words as they were typed, all names of what they name, and the adjectives that stand for it."""
    own = () if words in _ABBREVIATED else (_own(words, zone),)
    concept = _concepts()[concept_id]
    known = leaf((*own, *_forms(concept_id, zone), *_as_state(concept, zone)))
    if not concept.attributive:
        return known
    # In the order of the table: the id of a leaf follows the order of its literals, and a set has another each start.
    before = {place: [one for one in concept.adjectives[place] if one in concept.attributive] for place in LOCALES}
    attributive = leaf(_phrased(concept, before, zone))
    return Either((known, All((attributive, Without(leaf(_phrased(concept, concept.set_phrases, zone)))))))


def _as_state(concept: Concept, zone: Zone) -> tuple[Literal, ...]:
    """Return a country's adjectives before what a state acts by: «иранские власти» are Iran, a rug is not."""
    if concept.kind != "country":
        return ()
    return _phrased(
        concept,
        {
            place: [f"{adjective} {word}" for adjective in concept.adjectives[place] for word in state_words()[place]]
            for place in LOCALES
        },
        zone,
    )


def _phrased(concept: Concept, forms: Mapping[Locale, Iterable[str]], zone: Zone) -> tuple[Literal, ...]:
    return tuple(_form(concept, form, locale, zone) for locale, found in forms.items() for form in found)


@lru_cache(maxsize=20_000)
def _described(concept_id: str, words: tuple[str, ...], zone: Zone) -> Leaf:
    """Return a describing word as it was typed, and what stands for it in the other languages."""
    typed = " ".join(words)
    own = {
        locale
        for locale, forms in _concepts()[concept_id].adjectives.items()
        if any(is_form(form, typed) for form in forms)
    }
    others = tuple(locale for locale in LOCALES if locale not in own)
    return leaf((_own(words, zone), *_describing(concept_id, others, zone)))


def _own(words: tuple[str, ...], zone: Zone) -> Literal:
    return Literal(tuple(own_word_keys(word) for word in words), zone)


_ABBREVIATED = frozenset((word,) for word in _NOT_ABBREVIATIONS)


@lru_cache(maxsize=20_000)
def _forms(concept_id: str, zone: Zone) -> tuple[Literal, ...]:
    concept = _concepts()[concept_id]
    found = (_form(concept, form, locale, zone) for locale in LOCALES for form in concept.forms[locale])
    return tuple(dict.fromkeys(literal for literal in found if literal.words))


@lru_cache(maxsize=20_000)
def _describing(concept_id: str, locales: tuple[Locale, ...], zone: Zone) -> tuple[Literal, ...]:
    concept = _concepts()[concept_id]
    found = (_form(concept, form, locale, zone) for locale in locales for form in concept.adjectives[locale])
    return tuple(dict.fromkeys(found))


def _form(concept: Concept, form: str, locale: Locale, zone: Zone) -> Literal:
    """Return a name as articles show it. Its first word proves the case; the others may be inflected."""
    first, *rest = [token.text for token in tokenize(form)]
    reading = Reading.STEM
    if first[:2].isupper():
        reading = Reading.ACRONYM
    elif first[:1].isupper():
        reading = Reading.INNER if form in concept.ambiguous else Reading.NAME
    loose = bool(rest)
    following = (form_word_keys(word, locale, Reading.STEM, loose=loose) for word in rest)
    return Literal((form_word_keys(first, locale, reading, loose=loose), *following), zone)


@lru_cache(maxsize=1_000)
def _ready_topic(concept_id: str, words: tuple[str, ...], zone: Zone) -> Clause:
    """Return a ready-made topic: its name anywhere, or in the title what its queries ask for in each language.

    One word of a subject in passing («школа») does not make an article about it; in a title it does.
    """
    queries = dict.fromkeys((_concepts()[concept_id].query or {}).values())
    asked = (_compile(parse_lenient(query)[0].root, Zone.TITLE, ready=False) for query in queries)
    return Either((_leaf(words, zone), *asked))


def forget_words() -> None:
    """Let go of what was kept of single words: after many topics it is a gigabyte that few later ones ask for."""
    for kept in (
        _leaf,
        _word,
        _names,
        _described,
        _forms,
        _describing,
        named,
        spellings,
        word_keys,
        family_keys,
        form_word_keys,
        own_word_keys,
    ):
        kept.cache_clear()
