"""Time zones by what readers know: an IANA name, hours from UTC, a city or country in any language, a place on the map.

::

    text -> IANA zone, UTC±n, city of the tables, CLDR's city of a zone, a country whose clocks agree
    latitude, longitude -> the nearest cities, one for each zone, the nearest first

Cities of the tables stand in ``cities.tsv``; tzdata's ``zone.tab`` has a point for each other zone. A place without any
of them within ``REACH_KM`` is in no zone that could be named: the ocean, mostly.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from math import asin, cos, hypot, radians, sin, sqrt
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.schedule import known_zones, parse_zone
from bot.errors import ZoneError
from bot.language.concepts import Concept, concepts, lookup
from bot.language.locale import Locale

REACH_KM: Final = 500.0
"""From a place to the nearest city; the emptiest inhabited parts lie nearer to one."""
MOST_OFFERED: Final = 3
_FURTHER: Final = 2.0  # how many times as far another zone's city may be, to be offered too …
_ROOM_KM: Final = 300.0  # … and this
_EARTH_KM: Final = 6371.0
_YEAR: Final = (timedelta(0), timedelta(days=182))  # zones whose clocks agree in summer and winter are one to readers
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+\-−–])\s*(\d{1,2})(?::?00)?")
_LEAST, _MOST = -12, 14  # hours from UTC that have a zone
_AROUND = re.compile(r"^(?:г\.|город|city of)\s+|\s+(?:қаласы|қ\.|city|уақыты)$")
_SHORT: Final = {"мск": "Europe/Moscow", "msk": "Europe/Moscow", "спб": "Europe/Moscow", "питер": "Europe/Moscow"}


@dataclass(frozen=True, slots=True)
class Place:
    """A city (a key of the tables; empty for a zone's own point) with its zone; degrees, north and east positive."""

    key: str
    zone: str
    latitude: float
    longitude: float

    def distance(self, latitude: float, longitude: float) -> float:
        """Return the kilometres along the great circle."""
        here, there = radians(self.latitude), radians(latitude)
        half = sin((there - here) / 2), sqrt(cos(here) * cos(there)) * sin(radians(longitude - self.longitude) / 2)
        return 2 * _EARTH_KM * asin(min(1.0, hypot(*half)))


def find_zone(text: str, now: datetime) -> str:
    """Return the IANA zone that a reader named.

    Raises:
        ZoneError: ``zone-unknown`` with the ``text``; ``zone-many`` where a country has several.
    """
    said = " ".join(text.split())
    typed = _AROUND.sub("", said.casefold())
    if (zone := _SHORT.get(typed) or _by_offset(typed) or _by_place(typed, said, now)) is not None:
        return zone
    return parse_zone(said)


def _by_offset(typed: str) -> str | None:
    found = _OFFSET.fullmatch(typed)
    if found is None:
        return None
    hours = int(found[2]) * (1 if found[1] == "+" else -1)
    if not hours:
        return "UTC"
    # POSIX counts westward: Etc/GMT-5 is five hours ahead.
    return f"Etc/GMT{-hours:+d}" if _LEAST <= hours <= _MOST else None


def _by_place(typed: str, said: str, now: datetime) -> str | None:
    cities = _cities_by_name()
    concept = cities.get(said.casefold()) or cities.get(typed) or lookup(typed)
    if concept is None or concept.kind not in {"city", "country"}:
        return None
    key = concept.id.partition(":")[2]
    if concept.kind == "city":
        place = _by_key().get(key)
        return place.zone if place else known_zones().by_city.get(key)
    return _of_country(key, said, now)


def _of_country(code: str, said: str, now: datetime) -> str | None:
    zones = _by_country().get(code, ())
    clocks = {tuple((now + part).astimezone(ZoneInfo(zone)).utcoffset() for part in _YEAR) for zone in zones}
    if len(clocks) > 1:
        raise ZoneError("zone-many", text=said)
    return zones[0] if zones else None


def nearest(latitude: float, longitude: float) -> tuple[Place, ...]:
    """Return the nearest city, then those of other zones that may be the reader's too; ``MOST_OFFERED`` at most.

    Raises:
        ZoneError: ``zone-nowhere``: no city is within reach.
    """
    ranked = sorted((place.distance(latitude, longitude), number) for number, place in enumerate(_places()))
    closest = ranked[0][0]
    if closest > REACH_KM:
        raise ZoneError("zone-nowhere")
    found: dict[str, Place] = {}
    for distance, number in ranked:
        if distance > closest * _FURTHER + _ROOM_KM or len(found) == MOST_OFFERED:
            break
        place = _places()[number]
        found.setdefault(place.zone, place)
    return tuple(found.values())


def city_name(place: Place, locale: Locale) -> str | None:
    """Return what a city is called in a language; None where there is a zone's own point alone."""
    return next((concept.name(locale) for concept in concepts() if concept.id == f"city:{place.key}"), None)


@cache
def _places() -> tuple[Place, ...]:
    table = [line.split("\t") for line in _lines(files("bot.core") / "cities.tsv")]
    cities = [Place(key, zone, float(north), float(east)) for key, zone, north, east in table]
    return (*cities, *(Place("", zone, *_degrees(point)) for _, point, zone in _zone_table()))


@cache
def _by_key() -> Mapping[str, Place]:
    return {place.key: place for place in _places() if place.key}


@cache
def _by_country() -> Mapping[str, tuple[str, ...]]:
    """Return the zones of each country by its ISO code, the most populous first."""
    found: dict[str, tuple[str, ...]] = {}
    for code, _, zone in _zone_table():
        found[code] = (*found.get(code, ()), zone)
    return found


@cache
def _cities_by_name() -> Mapping[str, Concept]:
    """Return cities by their names as they are: «Абай» is a person first, but a city too."""
    cities = [concept for concept in concepts() if concept.kind == "city"]
    return {form.casefold(): city for city in reversed(cities) for forms in city.forms.values() for form in forms}


def _zone_table() -> Iterator[tuple[str, str, str]]:
    for line in _lines(files("tzdata") / "zoneinfo" / "zone.tab"):
        code, point, zone, *_ = line.split("\t")
        yield code, point, zone


def _lines(table: Traversable) -> list[str]:
    return [line for line in table.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def _degrees(point: str) -> tuple[float, float]:
    """Read ISO 6709: ±DDMM±DDDMM or ±DDMMSS±DDDMMSS."""
    north, east = re.findall(r"[+-]\d+", point)
    return _angle(north, 2), _angle(east, 3)


def _angle(text: str, whole: int) -> float:
    digits = text[1:]
    degrees, minutes, seconds = int(digits[:whole]), int(digits[whole : whole + 2]), int(digits[whole + 2 :] or 0)
    size = degrees + minutes / 60 + seconds / 3600
    return -size if text[0] == "-" else size
