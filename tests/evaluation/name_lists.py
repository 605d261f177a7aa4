"""Names in three languages to measure by: what CLDR and the tables of people hold, one word each.

Countries are left out: «Болгария» and "Bulgaria" are known by tables, not by spelling.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from babel import Locale as BabelLocale

from bot.language.concepts import concepts
from bot.language.locale import LOCALES, Locale

_SHORTEST = 3  # letters; shorter ones are initials


@dataclass(frozen=True, slots=True)
class Name:
    """One name, a word in each language."""

    spellings: Mapping[Locale, str]

    def __str__(self) -> str:
        return " ".join(self.spellings[locale] for locale in LOCALES)


def name_lists() -> dict[str, tuple[Name, ...]]:
    """Return distinct given names and surnames of people in the concept tables, and cities of CLDR."""
    return {
        "given names": _distinct(person[0] for person in _people()),
        "surnames": _distinct(person[-1] for person in _people()),
        "toponyms": _distinct(_cities()),
    }


def _people() -> Iterator[list[Mapping[Locale, str]]]:
    """Yield people of two names in each language: those stand in the same order."""
    for concept in concepts():
        names = {locale: concept.name(locale).split() for locale in LOCALES}
        if concept.kind == "person" and all(len(parts) == 2 for parts in names.values()):
            yield [{locale: names[locale][at] for locale in LOCALES} for at in range(2)]


def _cities() -> Iterator[Mapping[Locale, str]]:
    """Yield the cities that time zones are shown by. English has a name of its own only where the zone's differs."""
    tables = {locale: BabelLocale(locale).time_zones for locale in LOCALES}
    for zone in sorted(tables["kk"]):
        names = {locale: str(tables[locale].get(zone, {}).get("city", "")) for locale in LOCALES}
        names["en"] = names["en"] or zone.rpartition("/")[2].replace("_", " ")
        if not zone.startswith("Etc/") and all(names.values()):
            yield names


def _distinct(spellings: Iterable[Mapping[Locale, str]]) -> tuple[Name, ...]:
    """Return names of one capitalised word in each language, hyphens allowed, each once."""
    found = {str(name): name for name in map(Name, spellings) if all(map(_is_name, name.spellings.values()))}
    return tuple(found.values())


def _is_name(word: str) -> bool:
    return len(word) >= _SHORTEST and word[0].isupper() and not word.isupper() and word.replace("-", "").isalpha()
