"""«Доллар США» is money, not news of a country: the country's name within the dollar's is passed over.

Prices stand in every second article; a reader who follows the country would be flooded by them.
"""

from collections.abc import Iterator, Sequence

from bot.language.tokens import Token

_COUNTRY_AFTER = frozenset({"сша"})  # «долларов США»
_COUNTRY_BEFORE = frozenset({"ақш", "us", "u.s", "u.s."})  # «АҚШ долларына», «US dollars»
_LONGEST_NAME = 4  # characters
DOLLAR = ("доллар", "долл", "dollar")


def country_names_in_money(tokens: Sequence[Token]) -> Iterator[int]:
    """Yield the positions of tokens that name a country as a part of its dollar's name."""
    for position, token in enumerate(tokens):
        if len(token.text) <= _LONGEST_NAME and _is_money(token.text.lower(), position, tokens):
            yield position


def _is_money(name: str, position: int, tokens: Sequence[Token]) -> bool:
    if name in _COUNTRY_AFTER:
        return position > 0 and _is_dollar(tokens[position - 1])
    return name in _COUNTRY_BEFORE and position + 1 < len(tokens) and _is_dollar(tokens[position + 1])


def _is_dollar(token: Token) -> bool:
    return token.text.lower().startswith(DOLLAR)
