"""How alike two articles are, by their fingerprints: within one language, and across languages.

Both likenesses lie between 0 and 1 or below; they are on different scales, so each has its own thresholds.
"""

import math

from bot.core.story_facts import Fact
from bot.core.story_fingerprint import Fingerprint

# Each penalty was chosen on judged Russian and English pairs, where a conflict meant two stories without exception.
_CONFLICT = 0.25  # the articles state different days, or different weekdays
_MISSING = 0.05  # the title of one has numbers (or names), none of which stands in the other article
_MISSING_BOTH = 0.2  # likewise of each of the two
_ONE_OUTLET = 0.2  # an outlet seldom tells one story twice, and often tells like ones in like words
_ONE_DAY = 0.1  # for each day between the two
_SERIES_SHARE = 0.5  # like texts of one outlet that share fewer of their numbers are a series: weather, rates, scores
_SERIES = 0.3
_MIN_SERIES_NUMBERS = 2
_OTHER_FACTS_SHARE = 0.2  # three numbers or more on both sides, and hardly one of them in common: other facts
_MIN_FACTS = 3
_DOUBT = 80.0  # the weight of three rare names: articles that share fewer facts than that prove little
_SECONDS_IN_DAY = 86_400


def likeness(one: Fingerprint, other: Fingerprint) -> float:
    """Return how alike two articles of one language are: the cosine of their terms, less what speaks against it."""
    # fsum: the sum must not hang on the order of a set, which differs from process to process.
    cosine = math.fsum(one.terms[key] * other.terms[key] for key in one.terms.keys() & other.terms.keys())
    penalty = _against(one, other)
    if one.source == other.source:
        penalty += _ONE_OUTLET + _SERIES * _shares_less(one, other, _SERIES_SHARE, _MIN_SERIES_NUMBERS)
    return cosine - penalty


def likeness_across(one: Fingerprint, other: Fingerprint) -> float:
    """Return how alike two articles of different languages are: the share of their facts that both have."""
    shares = _share(one.facts, other.fact_keys), _share(other.facts, one.fact_keys)
    return math.sqrt(shares[0] * shares[1]) - _against(one, other)


def _share(facts: tuple[Fact, ...], keys: frozenset[str]) -> float:
    """Return the share of the facts, by weight, that are among ``keys``; few facts prove little."""
    total = sum(fact.weight for fact in facts)
    return sum(fact.weight for fact in facts if not fact.keys.isdisjoint(keys)) / (total + _DOUBT)


def _against(one: Fingerprint, other: Fingerprint) -> float:
    """Return what speaks against one story, whatever the languages."""
    numbers = _differ(one.title_numbers, other.numbers) + _differ(other.title_numbers, one.numbers)
    names = _unnamed(one, other) + _unnamed(other, one)
    missing = sum((0.0, _MISSING, _MISSING_BOTH)[sides] for sides in (numbers, names))
    return missing + _stated_conflict(one, other) + _ONE_DAY * _days_apart(one, other)


def _stated_conflict(one: Fingerprint, other: Fingerprint) -> float:
    conflict = _differ(one.days, other.days) or _differ(one.weekdays, other.weekdays)
    return _CONFLICT * (conflict or _shares_less(one, other, _OTHER_FACTS_SHARE, _MIN_FACTS))


def _differ(one: frozenset[object], other: frozenset[object]) -> bool:
    return bool(one) and bool(other) and one.isdisjoint(other)


def _unnamed(one: Fingerprint, other: Fingerprint) -> bool:
    """Whether the title of ``one`` has names, and ``other`` has none of them."""
    return bool(one.title_names) and all(map(other.fact_keys.isdisjoint, one.title_names))


def _shares_less(one: Fingerprint, other: Fingerprint, share: float, least: int) -> bool:
    """Whether both have ``least`` numbers or more, and less than that share of the fewer ones in common."""
    few = min(len(one.numbers), len(other.numbers))
    return few >= least and len(one.numbers & other.numbers) < share * few


def _days_apart(one: Fingerprint, other: Fingerprint) -> float:
    if one.published is None or other.published is None:
        return 0.0
    return abs((one.published - other.published).total_seconds()) / _SECONDS_IN_DAY
