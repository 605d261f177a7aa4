"""Texts in Kazakh, Russian and English: gettext catalogues, and a Translator bound to a reader's locale and zone.

Message ids are names («subscribed»), so that the three languages are equals; each has every text, which a test holds.
A text is Telegram HTML with ``{named}`` values. Values are escaped, unless they are ``Markup`` themselves.

``make`` compiles the catalogues (``.po`` to ``.mo``). Where a compiled one is missing or older than its source, the
source is compiled in memory: a text is never silently missing, and a reader never sees a message id.
"""

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import babel
from babel.core import get_global
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from markupsafe import Markup

from bot.core.model import LOCALES, Locale
from bot.errors import CatalogueError

DOMAIN = "jarshy"
# CLDR's long date with and without its year, and the full date without.
_DAY: Mapping[Locale, str] = {"kk": "d MMMM", "ru": "d MMMM", "en": "MMMM d"}
_DAY_AND_YEAR: Mapping[Locale, str] = {"kk": "y 'ж'. d MMMM", "ru": "d MMMM y 'г'.", "en": "MMMM d, y"}
_FULL_DAY: Mapping[Locale, str] = {"kk": "d MMMM, EEEE", "ru": "EEEE, d MMMM", "en": "EEEE, MMMM d"}
FOLDER = Path(__file__).parent.parent / "locales"


class Catalogues:
    """The texts of all three languages.

    Raises:
        CatalogueError: ``texts-missing``, ``texts-broken``.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._texts = {locale: _load(folder, locale) for locale in LOCALES}
        for locale in LOCALES:
            _complete(locale, self._texts)

    def translator(self, locale: Locale, zone: str) -> "CatalogueTranslator":
        """Return the translator for a reader."""
        return CatalogueTranslator(locale, zone, self._texts[locale])


def _load(folder: Path, locale: Locale) -> gettext.GNUTranslations:
    source = folder / locale / "LC_MESSAGES" / f"{DOMAIN}.po"
    compiled = source.with_suffix(".mo")
    try:
        if compiled.exists() and not (source.exists() and source.stat().st_mtime > compiled.stat().st_mtime):
            return gettext.GNUTranslations(io.BytesIO(compiled.read_bytes()))
        return gettext.GNUTranslations(io.BytesIO(compile_source(source)))
    except FileNotFoundError:
        raise CatalogueError("texts-missing", locale=locale, path=source) from None
    except (PoFileError, OSError, ValueError, UnicodeDecodeError) as error:
        raise CatalogueError("texts-broken", locale=locale, reason=error) from error


def compile_source(source: Path) -> bytes:
    """Return the compiled form of a ``.po`` file.

    Raises:
        PoFileError: the file is not a catalogue.
        OSError: it cannot be read.
    """
    with source.open("rb") as file:
        catalogue = read_po(file, domain=DOMAIN, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


def _complete(locale: Locale, texts: Mapping[Locale, gettext.GNUTranslations]) -> None:
    known = {key for translations in texts.values() for key in message_ids(translations)}
    if missing := known - message_ids(texts[locale]):
        raise CatalogueError("texts-broken", locale=locale, reason=f"no text for {', '.join(sorted(missing))}")


def message_ids(translations: gettext.GNUTranslations) -> set[str]:
    """Return the ids of a loaded catalogue that have a text."""
    catalogue: Mapping[str | tuple[str, int], str] = translations._catalog  # type: ignore[attr-defined]  # noqa: SLF001 - gettext has no public way to list
    return {key if isinstance(key, str) else key[0] for key, text in catalogue.items() if key and text}


@dataclass(frozen=True, slots=True)
class CatalogueTranslator:
    """Implements ``core.texts.Translator`` over one catalogue; see there."""

    locale: Locale
    zone: str
    _texts: gettext.GNUTranslations

    def __call__(self, message_id: str, /, **values: object) -> Markup:
        """Return the text of that id.

        Raises:
            KeyError: there is no such text, or it names a value that was not given.
        """
        text = self._texts.gettext(message_id)
        if text == message_id:
            raise KeyError(message_id)
        return Markup(text).format(**values)  # noqa: S704 - the catalogue's text is ours; format() escapes the values

    def count(self, message_id: str, number: int, /, **values: object) -> Markup:
        """Return the text in the plural form of the number.

        Raises:
            KeyError: as for a plain text.
        """
        text = self._texts.ngettext(message_id, message_id, number)
        if text == message_id:
            raise KeyError(message_id)
        return Markup(text).format(n=number, **values)  # noqa: S704 - as above

    def day(self, at: datetime) -> str:
        """Return the local date in words, without the year."""
        return _day(_DAY[self.locale], self.locale, self.zone, at.replace(second=0, microsecond=0))

    def weekday_and_day(self, at: datetime) -> str:
        """Return the local weekday and date in words."""
        return _day(_FULL_DAY[self.locale], self.locale, self.zone, at.replace(second=0, microsecond=0))

    def clock(self, at: datetime) -> str:
        """Return the local time of day."""
        return at.astimezone(ZoneInfo(self.zone)).strftime("%H:%M")

    def when(self, at: datetime, now: datetime) -> str:
        """Return the local time; of another day, the date and time; of another year, the date with its year."""
        there, here = at.astimezone(ZoneInfo(self.zone)), now.astimezone(ZoneInfo(self.zone))
        if there.date() == here.date():
            return self.clock(at)
        if there.year == here.year:
            return f"{self.day(at)}, {self.clock(at)}"
        return _day(_DAY_AND_YEAR[self.locale], self.locale, self.zone, at.replace(second=0, microsecond=0))

    def place(self, zone: str) -> str:
        """Return the city that a zone is called after, in the reader's language; «UTC+5» where there is none."""
        return _place(self.locale, zone)

    def weekday(self, index: int) -> str:
        """Return the name of a day of the week, 0 for Monday."""
        return str(babel.Locale(self.locale).days["stand-alone"]["wide"][index])

    def hour(self, at: time) -> str:
        """Return a time of day that is local already."""
        return str(format_time(at, "HH:mm", locale=self.locale))


@lru_cache(maxsize=2048)
def _place(locale: Locale, zone: str) -> str:
    if zone.startswith("Etc/GMT"):
        hours = -int(zone.removeprefix("Etc/GMT") or 0)  # POSIX counts westward
        return f"UTC{hours:+d}" if hours else "UTC"
    # CLDR keeps the names that zones had when it first knew them: Europe/Kiev.
    old = next((alias for alias, name in get_global("zone_aliases").items() if name == zone), zone)
    names = babel.Locale(locale).time_zones
    named = (names.get(one, {}).get("city") for one in (zone, get_global("zone_aliases").get(zone, zone), old))
    return str(next((name for name in named if name), zone.rpartition("/")[2].replace("_", " ")))


@lru_cache(maxsize=4096)  # Babel takes 9 to 41 us a date, and a digest repeats the same few
def _day(pattern: str, locale: Locale, zone: str, minute: datetime) -> str:
    return str(format_date(minute.astimezone(ZoneInfo(zone)).date(), pattern, locale=locale))
