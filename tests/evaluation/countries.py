"""Countries typed in English, on news that people translated into Kazakh and Russian.

The English side says what is right: a country that stands there by name is to be found in the other two. Where only
its people do («British»), either answer is right.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from babel import Locale as BabelLocale

from bot.language.locale import Locale
from tests.evaluation.figures import Counts, Measured, recall_and_precision
from tests.evaluation.matcher import Matcher
from tests.evaluation.records import ParallelDocument

_LANGUAGES: tuple[Locale, ...] = ("kk", "ru")
_LETTERS_OF_A_PEOPLE = 4  # «Kaza», «Iran» begin the word for a country's people, where the table has no other
_ORDINARY = frozenset({"GE", "GN", "JE", "JO", "TD"})  # names that English news use of people and things as well


class Country:
    """A country in English text: by its names, or by its people alone."""

    def __init__(self, name: str, others: Sequence[str], people: Sequence[str]) -> None:
        self.name = name
        named = "|".join(map(re.escape, (name, *others)))
        self._named = re.compile(rf"(?<![\w.])(?:{named})(?!\w)")
        begins = name[:_LETTERS_OF_A_PEOPLE] if len(name.split(maxsplit=1)[0]) > _LETTERS_OF_A_PEOPLE else name
        self._peopled = re.compile(rf"\b(?:{'|'.join(map(re.escape, people or (begins,)))})")

    def is_named(self, text: str) -> bool:
        """Whether one of its names stands in a text."""
        return bool(self._named.search(text))

    def is_hinted(self, text: str) -> bool:
        """Whether its people do, or a word that begins as its name does."""
        return bool(self._peopled.search(text))


@cache
def all_countries() -> tuple[Country, ...]:
    """Return what is asked for: CLDR's territories, but for long official names and those that are ordinary words."""
    known: Mapping[str, Mapping[str, Sequence[str]]] = tomllib.loads(
        files("tests.evaluation").joinpath("country_words.toml").read_text(encoding="utf-8")
    )
    territories = BabelLocale("en").territories
    found = {
        code: Country(name, known.get(code, {}).get("names", ()), known.get(code, {}).get("people", ()))
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _ORDINARY and _is_typed(name)
    }
    return tuple(found.values())


def _is_typed(name: str) -> bool:
    return not any(sign in name for sign in ("&", ".", "(", " - "))


def countries(documents: Sequence[ParallelDocument]) -> dict[str, Measured]:
    """Return recall and precision on the Kazakh and on the Russian side."""
    matcher = Matcher(sorted({country.name for country in all_countries()}))
    named = {document.id: _those(document, Country.is_named) for document in documents}
    hinted = {document.id: _those(document, Country.is_hinted) - named[document.id] for document in documents}
    figures: dict[str, Measured] = {}
    for language in _LANGUAGES:
        figures |= _figures(documents, language, matcher, named, hinted)
    return figures


def _those(document: ParallelDocument, stands: Callable[[Country, str], bool]) -> set[str]:
    text = document.text("en")
    return {country.name for country in all_countries() if stands(country, text)}


def _figures(
    documents: Iterable[ParallelDocument],
    language: Locale,
    matcher: Matcher,
    named: Mapping[str, set[str]],
    hinted: Mapping[str, set[str]],
) -> dict[str, Measured]:
    right = 0
    missed: list[str] = []
    wrong: list[str] = []
    for document in documents:
        headline, *rest = document.sentences[language]
        found = matcher.met(headline, " ".join(rest), language) - hinted[document.id]
        right += len(found & named[document.id])
        missed += [f"{document.id}: {name}" for name in sorted(named[document.id] - found)]
        wrong += [f"{document.id}: {name}" for name in sorted(found - named[document.id])]
    return recall_and_precision(
        Counts(right, len(wrong), len(missed)), language, missed=tuple(missed), wrong=tuple(wrong)
    )
