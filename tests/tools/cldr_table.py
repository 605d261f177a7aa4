"""Write ``bot/language/concepts/tables/cldr.toml``: what Unicode CLDR names in Kazakh, Russian and English, by Babel.

Run it from the project's root after an update of Babel: ``python tests/tools/cldr_table.py``. The table is kept in the
repository, because matching must not change with the Babel that happens to be installed, and because it loads in a
quarter of the time of Babel's own data.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel import Locale as CldrLocale

from bot.language.locale import LOCALES, Locale

Names = Mapping[Locale, tuple[str, ...]]

_TABLE = Path("bot/language/concepts/tables/cldr.toml")
_HEAD = """\
# Countries, currencies, languages and cities as Unicode CLDR names them. Made by tests/tools/cldr_table.py: do not edit.
# Data © Unicode, Inc., Unicode License v3 (https://www.unicode.org/license.txt).
"""
# Organisations, pseudo-locales and outlying islands among CLDR's two-letter territories; AQ is a region in the tables.
# CD, CG: CLDR's names («Конго - Киншаса») are not what news write.
_NO_TERRITORIES = frozenset("UN XA XB ZZ QO EZ CQ CP CD CG TA DG AC UM VG VI AQ".split())  # noqa: SIM905 - codes, not code
_NO_CITY_ZONES = ("Etc/", "Antarctica/", "Arctic/")
# Settlements of a few hundred people or none, whose names are words of the three languages.
_NO_CITIES = frozenset({"Canton", "Kanton", "Enderbury", "Resolute", "Eirunepe", "Center"})


def countries() -> Iterator[tuple[str, Names]]:
    """Yield ISO 3166 codes with the territories' names."""
    by_locale = _data("territories")
    for code in by_locale["en"]:
        if len(code) == 2 and code.isalpha() and code not in _NO_TERRITORIES:
            yield code, {locale: _cleaned(names.get(code, "")) for locale, names in by_locale.items()}


def currencies() -> Iterator[tuple[str, Names]]:
    """Yield ISO 4217 codes with the currencies' names; historic ones, which carry years, are left out."""
    by_locale = _data("currencies")
    for code in by_locale["kk"]:
        names = {locale: found.get(code, "") for locale, found in by_locale.items()}
        if all(names.values()) and not any("(" in name or name == code for name in names.values()):
            yield code, {locale: (_lowered(name, locale),) for locale, name in names.items()}


def languages() -> Iterator[tuple[str, Names]]:
    """Yield ISO 639-1 codes with names such as «қазақ тілі», «казахский язык», «Kazakh language»."""
    kazakh, russian, english = _data("languages").values()
    for code, name in kazakh.items():
        if len(code) == 2 and name.endswith(" тілі") and russian.get(code, "").endswith("ий"):
            yield code, {"kk": (name,), "ru": (f"{russian[code]} язык",), "en": (f"{english[code]} language",)}


def cities() -> Iterator[tuple[str, Names]]:
    """Yield time zones with the names of the city that each is called by."""
    by_locale = {locale: CldrLocale(locale).time_zones for locale in LOCALES}
    for zone in map(str, by_locale["kk"]):
        tail = zone.rpartition("/")[2].replace("_", " ")
        names = {locale: str(zones.get(zone, {}).get("city", "")) for locale, zones in by_locale.items()}
        if (
            "/" in zone
            and tail not in _NO_CITIES
            and not zone.startswith(_NO_CITY_ZONES)
            and names["kk"]
            and names["ru"]
        ):
            yield zone.rpartition("/")[2].lower(), {**_filled(names), "en": (names["en"] or tail,)}


def _data(part: str) -> Mapping[Locale, Mapping[str, str]]:
    """Return one part of CLDR's data, without what Babel allows for in its types."""
    parts = {locale: getattr(CldrLocale(locale), part) for locale in LOCALES}
    return {locale: {str(code): str(name) for code, name in found.items()} for locale, found in parts.items()}


def _cleaned(name: str) -> tuple[str, ...]:
    """Drop what stands in brackets, write whole words for abbreviated ones."""
    usual = re.sub(r"^о-в(?= )", "остров", name.removesuffix(" АӘА"))
    usual = re.sub(r" ?\([^)]*\)", "", usual).replace(" & ", " and ").replace("о-ва", "острова")
    whole = usual.replace("St. ", "Saint ")
    return tuple(form for form in dict.fromkeys((usual, whole)) if form)


def _lowered(name: str, locale: Locale) -> str:
    """Write the currency's own word small: «US Dollar» -> «US dollar»."""
    head, _, tail = name.rpartition(" ")
    return f"{head} {tail.lower()}".strip() if locale == "en" else name


def _filled(names: Mapping[Locale, str]) -> Names:
    return {locale: (name,) for locale, name in names.items()}


def _line(key: str, names: Names) -> str:
    columns = (", ".join(names[locale]) for locale in LOCALES)
    text = " | ".join(columns)
    # A literal string: tomllib reads a basic one letter by letter.
    return f'"{key}" = "{text}"\n' if "'" in text else f"\"{key}\" = '{text}'\n"


def main() -> None:
    """Write the table."""
    parts = {"country": countries(), "currency": currencies(), "language": languages(), "city": cities()}
    tables = (
        f"\n[{kind}]\n" + "".join(_line(key, names) for key, names in sorted(found)) for kind, found in parts.items()
    )
    _TABLE.write_text(_HEAD + "".join(tables), encoding="utf-8")


if __name__ == "__main__":
    main()
