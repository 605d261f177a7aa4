"""«Доллар США» is money, not news of a country: the country's name within the dollar's is passed over.

Prices stand in every second article; a reader who follows the country would be flooded by them.
"""

from collections.abc import Iterator, Sequence

from bot.language.tokens import Token

_COUNTRY_AFTER = frozenset({"сша"})  # «долларов США»
_COUNTRY_BEFORE = frozenset({"ақш", "us", "u.s", "u.s."})  # «АҚШ долларына», «US dollars»
_LONGEST = 4  # characters of these names
DOLLAR = ("доллар", "долл", "dollar")


def money_places(tokens: Sequence[Token]) -> Iterator[int]:
    """Yield the places of tokens that name a country as a part of its dollar's name."""
    for place, token in enumerate(tokens):
        if len(token.text) <= _LONGEST and _is_money(token.text.lower(), place, tokens):
            yield place


def _is_money(name: str, place: int, tokens: Sequence[Token]) -> bool:
    if name in _COUNTRY_AFTER:
        return place > 0 and _is_dollar(tokens[place - 1])
    return name in _COUNTRY_BEFORE and place + 1 < len(tokens) and _is_dollar(tokens[place + 1])


def _is_dollar(token: Token) -> bool:
    return token.text.lower().startswith(DOLLAR)
