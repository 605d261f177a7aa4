"""Which of a topic's words say what it is about: all but function words and *light* ones.

A light word («рост», «мәселе», "change") says little beside others; ``light_words.toml`` lists them. What follows from
it is decided in ``core.matching.compiling``.
"""

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from bot.language import english, kazakh, russian
from bot.language.kazakh.closed_classes import CLOSED_CLASS

_FINITE_VERB = re.compile(r"\w{3}(?:[лн](?:ды|ді)|(?:т|с|қ|к|п)(?:ты|ті)|й?тын|й?тін|[ғқ]ан|[гк]ен)$")


def is_function_word(word: str) -> bool:
    """Whether a word (normalised) carries nothing beside others: «мен», «туралы», «в», «of»."""
    return word in CLOSED_CLASS or word in _tables()[0]


@lru_cache(maxsize=20_000)
def is_light(word: str, *, last: bool = False) -> bool:
    """Whether a word (normalised), by itself or by a likely base, says little beside others: «өзгеруі», «роста».

    The verb that ends a Kazakh topic like a headline («қамауға алынды») does, too: an article has it in other forms.
    """
    light = _tables()[1]
    if last and _FINITE_VERB.search(word):
        return True
    bases = (word, *kazakh.bases(word), *russian.bases(word), english.singular(word))
    return any(base in light for base in bases)


@cache
def _tables() -> tuple[frozenset[str], frozenset[str]]:
    tables = tomllib.loads(files("bot.language").joinpath("light_words.toml").read_text(encoding="utf-8"))
    function = frozenset(tables.pop("function").split())
    return function, frozenset(word for words in tables.values() for word in words.split())
