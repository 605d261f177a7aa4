"""How alike two articles are, by their fingerprints: within one language, and across languages.

Both likenesses lie between 0 and 1 or below; they are on different scales, so each has its own thresholds.
"""

from bot.core.story_fingerprint import Fingerprint, Name

# Each penalty was chosen on judged Russian and English pairs, where a conflict meant two stories without exception.
_CONFLICT = 0.2  # the articles state different days, or different weekdays
_TITLE_NUMBER = 0.1  # for each article none of whose title's numbers stands in the other one
_ONE_OUTLET = 0.2  # an outlet seldom tells one story twice, and often tells like ones in like words
_ONE_DAY = 0.1  # for each day between the two
_SERIES_SHARE = 0.5  # like texts of one outlet that share fewer of their numbers are a series: weather, rates, scores
_SERIES = 0.3
_MIN_SERIES_NUMBERS = 2
_NUMBER_WEIGHT = 1.5  # of a number of two digits or more, against a name's rarity
_MAX_NUMBERS = 12
_SECONDS_IN_DAY = 86_400


def likeness(one: Fingerprint, other: Fingerprint) -> float:
    """Return how alike two articles of one language are: the cosine of their terms, less what speaks against it."""
    few, many = sorted((one.terms, other.terms), key=len)
    cosine = sum(weight * many[key] for key, weight in few.items() if key in many)
    penalty = _stated_conflict(one, other) + _ONE_DAY * _days_apart(one, other)
    penalty += _TITLE_NUMBER * (_title_number_missing(one, other) + _title_number_missing(other, one))
    if one.source == other.source:
        penalty += _ONE_OUTLET + (_SERIES if _is_series(one, other) else 0.0)
    return cosine - penalty


def likeness_across(one: Fingerprint, other: Fingerprint) -> float:
    """Return how alike two articles of different languages are: the share of names and numbers that both have."""
    names = _share(one.names, other.name_keys), _share(other.names, one.name_keys)
    return (names[0] * names[1]) ** 0.5 - _stated_conflict(one, other) - _ONE_DAY * _days_apart(one, other)


def _share(names: tuple[Name, ...], keys: frozenset[str]) -> float:
    total = sum(name.weight for name in names)
    return sum(name.weight for name in names if name.keys & keys) / total if total else 0.0


def _stated_conflict(one: Fingerprint, other: Fingerprint) -> float:
    return _CONFLICT * (_differ(one.days, other.days) or _differ(one.weekdays, other.weekdays))


def _differ(one: frozenset[object], other: frozenset[object]) -> bool:
    return bool(one) and bool(other) and one.isdisjoint(other)


def _title_number_missing(one: Fingerprint, other: Fingerprint) -> bool:
    return _differ(one.title_numbers, other.numbers)


def _is_series(one: Fingerprint, other: Fingerprint) -> bool:
    few = min(len(one.numbers), len(other.numbers))
    return few >= _MIN_SERIES_NUMBERS and len(one.numbers & other.numbers) < _SERIES_SHARE * few


def _days_apart(one: Fingerprint, other: Fingerprint) -> float:
    if one.published is None or other.published is None:
        return 0.0
    return abs((one.published - other.published).total_seconds()) / _SECONDS_IN_DAY
