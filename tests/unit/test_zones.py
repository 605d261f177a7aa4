"""Time zones by what readers know: names in three languages, offsets, places on the map."""

from datetime import UTC, datetime
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import LOCALES
from bot.core.schedule import known_zones, parse_zone
from bot.core.zones import REACH_KM, _places, city_name, find_zone, nearest
from bot.errors import ZoneError
from bot.i18n import Catalogues
from bot.language.concepts import concepts

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Алматы", "Asia/Almaty"),
        ("  алматы  ҚАЛАСЫ ", "Asia/Almaty"),
        ("Алма-Ата", "Asia/Almaty"),
        ("Шымкент", "Asia/Almaty"),
        ("Қызылорда", "Asia/Qyzylorda"),
        ("Кызылорда", "Asia/Qyzylorda"),
        ("Kyzylorda", "Asia/Qyzylorda"),
        ("Орал", "Asia/Oral"),
        ("Уральск", "Asia/Oral"),
        ("Qaraghandy", "Asia/Almaty"),
        ("Мәскеу", "Europe/Moscow"),
        ("мск", "Europe/Moscow"),
        ("город Омск", "Asia/Omsk"),
        ("Нью-Йорк", "America/New_York"),
        ("new york", "America/New_York"),
        ("Порт-Морсби", "Pacific/Port_Moresby"),
        ("Жапония", "Asia/Tokyo"),
        ("Германия", "Europe/Berlin"),
        ("Өзбекстан", "Asia/Samarkand"),
        ("asia/almaty", "Asia/Almaty"),
        ("UTC", "UTC"),
        ("+5", "Etc/GMT-5"),
        ("utc +03:00", "Etc/GMT-3"),
        ("GMT-4", "Etc/GMT+4"),
        ("+0", "UTC"),
    ],
)
def test_a_zone_is_found_by_what_a_reader_calls_it(typed, zone):
    """A city or a country in Kazakh, Russian or English, without its Kazakh letters too; an offset; a zone's name."""
    assert find_zone(typed, NOW) == zone


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("Россия", "zone-many"),
        ("США", "zone-many"),
        ("Марс", "zone-unknown"),
        ("+99", "zone-unknown"),
        ("", "zone-unknown"),
        ("/" * 300, "zone-unknown"),
    ],
)
def test_what_names_no_single_zone_is_said_so(typed, message):
    """A country of several clocks asks for a city; what is unknown is no default."""
    with pytest.raises(ZoneError) as error:
        find_zone(typed, NOW)

    assert error.value.message_id == message


def test_every_city_of_the_tables_has_a_zone_in_every_language():
    """Whatever the tables call a city, ``/timezone`` finds it; where a name is a country's too, the country's zone."""
    unknown, zones = [], available_timezones()  # reading the names takes some milliseconds
    for city in concepts():
        if city.kind == "city":
            for locale in LOCALES:
                try:
                    assert find_zone(city.name(locale), NOW) in zones
                except ZoneError:
                    unknown.append((city.id, city.name(locale)))

    assert unknown == []


def test_each_city_lies_nearest_to_itself():
    """The table's coordinates and zones agree with each other and with tzdata's points."""
    wrong = [place for place in _places() if nearest(place.latitude, place.longitude)[0].distance(*_at(place)) > 1]

    assert wrong == []


def _at(place):
    return place.latitude, place.longitude


def test_a_city_stands_near_the_point_of_its_zone():
    """A city of the table is no further from its zone's own point than zones are wide: a slip would show."""
    points = {place.zone: place for place in _places() if not place.key}
    far = [place for place in _places() if place.key and place.zone in points and _km(place, points[place.zone]) > 2900]

    assert far == []


def _km(one, other):
    return one.distance(other.latitude, other.longitude)


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [
        (51.13, 71.43, "Asia/Almaty"),
        (43.65, 51.15, "Asia/Aqtau"),
        (53.2, 50.2, "Europe/Samara"),
        (60.94, 76.56, "Asia/Yekaterinburg"),
        (40.7, -74.0, "America/New_York"),
        (-33.9, 151.2, "Australia/Sydney"),
    ],
)
def test_a_location_is_in_the_zone_of_the_nearest_city(latitude, longitude, zone):
    """In Kazakhstan and beyond; other zones follow, each once."""
    found = nearest(latitude, longitude)

    assert found[0].zone == zone
    assert len({place.zone for place in found}) == len(found) <= 3


@pytest.mark.parametrize("where", [(0, 0), (0, -30), (30, -40), (45, -150), (-40, 90), (90, 0), (-90, 0), (0, 180)])
def test_the_ocean_is_in_no_zone(where):
    """Far from every city nothing is guessed."""
    with pytest.raises(ZoneError):
        nearest(*where)


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_a_location_is_either_within_reach_or_refused(latitude, longitude):
    """Whatever Telegram sends as a location, the answer is a zone that there is, or an error of the reader's kind."""
    try:
        first = nearest(latitude, longitude)[0]
    except ZoneError:
        return

    assert first.zone in available_timezones()
    assert first.distance(latitude, longitude) <= REACH_KM


@pytest.mark.parametrize(
    ("zone", "names"),
    [
        ("Asia/Almaty", ("Алматы", "Алматы", "Almaty")),
        ("Europe/Moscow", ("Мәскеу", "Москва", "Moscow")),
        ("Europe/Kyiv", ("Киев", "Киев", "Kyiv")),
        ("Asia/Kolkata", ("Калькутта", "Калькутта", "Kolkata")),
        ("America/New_York", ("Нью-Йорк", "Нью-Йорк", "New York")),
        ("Etc/GMT-5", ("UTC+5", "UTC+5", "UTC+5")),
        ("UTC", ("UTC", "UTC", "UTC")),
    ],
)
def test_a_zone_is_called_after_its_city(zone, names):
    """In the reader's language, whatever CLDR calls the zone inside."""
    assert tuple(Catalogues().translator(locale, "UTC").place(zone) for locale in LOCALES) == names


def test_a_place_is_named_in_the_readers_language():
    """A city of the table by its concept; a zone's own point has no name of its own."""
    (place, *_) = nearest(51.23, 51.37)

    assert [city_name(place, locale) for locale in LOCALES] == ["Орал", "Уральск", "Oral"]


def test_every_zone_that_a_chat_can_have_is_read_back():
    """By name, by hours from UTC, by city, by a place on the map: the stored name means itself."""
    places = {place.zone for place in _places()}
    offsets = {find_zone(f"UTC{hours:+d}", NOW) for hours in range(-12, 15)}
    for zone in {*known_zones().by_name.values(), *places, *offsets}:
        assert parse_zone(zone) == zone
