"""Concepts: countries, cities, people, organisations …, each by its names in Kazakh, Russian and English.

The names come from ``tables/*.toml`` (how to write them: the README there) and from Unicode CLDR. A form is
kept as it is written, because its case says what an article must show: «Иран» needs a capital, «АҚШ» capitals, «теңге»
nothing. Everything is read at the first call and kept.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from bot.errors import CatalogueError
from bot.language.concepts import table_reader
from bot.language.concepts.table_reader import Row
from bot.language.locale import LOCALES, Locale
from bot.language.scripts import fold, kazakh_cyrillic_variants

_NOTHING = Row({}, {})
_PLACE_KINDS = frozenset({"country", "region", "city"})
# What English has not: «q» without «u», and the letters of the Kazakh alphabets of 2018 and 2021.
_KAZAKH_LATIN = re.compile("^(?=.*(?:q(?!u)|[áǵńóúýäğñöşūüı]))[^ ]{4,}$")
_PLAIN = str.maketrans(
    {"ё": "е", "&": " and ", **dict.fromkeys("-‐‑‒–—―", " "), **dict.fromkeys(".,!?'’‘ʼ`«»“”\"()", "")}
)


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing by all its names.

    ``id`` is ``kind:key`` («country:IR», «person:trump»); ``kind`` one of country, city, region, currency, language,
    person, state, company, organisation, disease, weapon, topic. ``forms`` are base forms, the name that readers see
    first; ``adjectives`` are adjectives and people («иранский», «Iranian»). ``ambiguous`` are those forms that are
    ordinary words too («Того»): at the beginning of a sentence their capital proves nothing. ``attributive`` are those
    adjectives that say the thing itself, as English does by its name («американский», "US troops"), but for the
    ``set_phrases`` that say nothing of it («американский футбол»). ``query`` is set for ready-made topics alone: a
    topic in the bot's syntax in each language.
    """

    id: str
    kind: str
    forms: Mapping[Locale, tuple[str, ...]]
    adjectives: Mapping[Locale, tuple[str, ...]]
    ambiguous: frozenset[str] = frozenset()
    attributive: frozenset[str] = frozenset()
    set_phrases: Mapping[Locale, tuple[str, ...]] = field(default_factory=dict)
    query: Mapping[Locale, str] | None = None

    def name(self, locale: Locale) -> str:
        """Return the name to show in a language."""
        return self.forms[locale][0]

    def words(self) -> Iterator[tuple[Locale, str]]:
        """Yield every form and adjective with its language."""
        for locale in LOCALES:
            for form in (*self.forms[locale], *self.adjectives[locale]):
                yield locale, form


def lookup(phrase: str) -> Concept | None:
    """Return the concept that a phrase names, in any language and case; None where it names none.

    Base forms and adjectives: «АҚШ», «u.s.», «иранский», «Жаңа Зеландия». Kazakh letters may be missing («Казакстан»),
    and a single word may be Kazakh in Latin script («Qazaqstan»).
    """
    typed = _normal(phrase)
    exact, folded = _index()
    # A word with Kazakh letters is no word without them: «ірі» is not «ИРИ», nor «ғана» Ghana.
    found = exact.get(typed) or (folded.get(typed) if fold(typed) == typed else None)
    if found is None and _KAZAKH_LATIN.search(typed):
        readings = (folded.get(fold(reading)) for reading in kazakh_cyrillic_variants(typed))
        found = next((reading for reading in readings if reading), None)
    return found


def concepts() -> Iterable[Concept]:
    """Return all concepts: those of the tables first, then what only CLDR has."""
    return _all()


def ready_topics() -> tuple[Concept, ...]:
    """Return the ready-made topics, in the order to offer them."""
    return tuple(concept for concept in _all() if concept.query is not None)


def suggest(word: str) -> tuple[str, ...]:
    """Return other words for nearly the same thing, in the three languages: «мұнай» -> «нефть», «oil»."""
    typed = _normal(word)
    return tuple(other for other in _alternatives().get(typed, ()) if _normal(other) != typed)


@cache
def state_words() -> Mapping[Locale, tuple[str, ...]]:
    """Return the nouns before which a country's adjective is the state itself: «власти», «армия», "troops"."""
    return table_reader.state_words().forms


def validate() -> None:
    """Read all tables and check them.

    Raises:
        CatalogueError: ``concepts-broken``: a malformed line, a missing name, or a form of two concepts of one kind.
    """
    owners: dict[tuple[str, str], Concept] = {}
    for concept in _all():
        for locale in LOCALES:
            if not concept.forms[locale]:
                raise CatalogueError("concepts-broken", path=concept.id, reason=f"no name in {locale!r}")
        for form in {_normal(form) for forms in concept.forms.values() for form in forms}:
            owner = owners.setdefault((concept.kind, form), concept)
            if owner is not concept:
                raise CatalogueError("concepts-broken", path=concept.id, reason=f"{form!r} is {owner.id} already")
    _alternatives()
    state_words()


# --------------------------------------------------------------------------------------------------- loading


@cache
def _all() -> tuple[Concept, ...]:
    ours, cldr = table_reader.rows(), table_reader.cldr_rows()
    found = [
        _concept(kind, key, ours.get((kind, key), _NOTHING), cldr.get((kind, key), _NOTHING)) for kind, key in ours
    ]
    found += _topics()
    taken = {_normal(form) for concept in found if concept.kind in _PLACE_KINDS for _, form in concept.words()}
    for (kind, key), row in cldr.items():
        own = {_normal(form) for forms in row.forms.values() for form in forms}
        if (kind, key) not in ours and (kind != "city" or taken.isdisjoint(own)):
            found.append(_concept(kind, key, _NOTHING, row))
            taken |= own
    return tuple(found)


def _concept(kind: str, key: str, ours: Row, cldr: Row) -> Concept:
    """Join a table's line and CLDR's. Readers see CLDR's name of a country, and news' own word for money (теңге)."""
    first, second = (ours, cldr) if kind == "currency" else (cldr, ours)
    forms = {locale: _distinct((*first.forms.get(locale, ()), *second.forms.get(locale, ()))) for locale in LOCALES}
    adjectives = {locale: ours.adjectives.get(locale, ()) for locale in LOCALES}
    if kind in _PLACE_KINDS:
        forms = {locale: _distinct((*names, *_unhyphenated(names))) for locale, names in forms.items()}
        adjectives["kk"] = _distinct((*adjectives["kk"], *map(inhabitant, _single(forms["kk"]))))
    phrases = table_reader.set_phrases().get((kind, key), _NOTHING).forms
    return Concept(f"{kind}:{key}", kind, forms, adjectives, ours.ambiguous, ours.attributive, phrases)


def _single(forms: Iterable[str]) -> Iterator[str]:
    return (form for form in forms if form.isalpha() and not form.isupper())


def _unhyphenated(forms: Iterable[str]) -> Iterator[str]:
    """Yield «Лос Анджелес» for «Лос-Анджелес»: news in Kazakh often leave the hyphen out."""
    return (
        form.replace("-", " ") for form in forms if all(part[:1].isupper() for part in form.split("-")) and "-" in form
    )


def inhabitant(place: str) -> str:
    """Return the Kazakh word for what is from a place: «Иран» -> «ирандық», «Ресей» -> «ресейлік»."""
    low = place.lower()
    back = next((letter in "аоұыуюя" for letter in reversed(low) if letter in "аоұыуюяәөүіеиэё"), True)
    last = low.rstrip("ьъ")[-1]
    join = "л" if last in "аәеёиіоөуұүыэюяйр" else "д" if last in "лмнңзж" else "т"
    return low + join + ("ық" if back else "ік")


def _topics() -> Iterator[Concept]:
    for key, names, query in table_reader.topics():
        yield Concept(f"topic:{key}", "topic", names.forms, dict.fromkeys(LOCALES, ()), names.ambiguous, query=query)


def _distinct(forms: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(forms))


# -------------------------------------------------------------------------------------------------- looking up


@cache
def _index() -> tuple[Mapping[str, Concept], Mapping[str, Concept]]:
    """Return concepts by form, and by form without Kazakh letters. Names go before adjectives, tables before CLDR."""
    exact: dict[str, Concept] = {}
    for part in ("forms", "adjectives"):
        for concept in _all():
            for forms in (concept.forms if part == "forms" else concept.adjectives).values():
                for form in forms:
                    exact.setdefault(_normal(form), concept)
    folded: dict[str, Concept] = {}
    for form, concept in exact.items():
        folded.setdefault(fold(form), concept)
    return exact, folded


def _normal(phrase: str) -> str:
    """Write a phrase as the index has it: small letters, one space for spaces and hyphens, no dots or quotes."""
    if not phrase.isascii():
        phrase = unicodedata.normalize("NFC", phrase)
    return " ".join(phrase.casefold().translate(_PLAIN).split())


@cache
def _alternatives() -> Mapping[str, tuple[str, ...]]:
    """Return each word of a row of suggestions with the words of its row."""
    others: dict[str, dict[str, None]] = {}
    for by_language in table_reader.alternatives():
        row = tuple(word for locale in LOCALES for word in by_language[locale])
        for word in row:
            others.setdefault(_normal(word), {}).update(dict.fromkeys(row))
    return {word: tuple(found) for word, found in others.items()}
