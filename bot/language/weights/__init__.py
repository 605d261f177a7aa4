"""How rare words are in the news: measured document frequencies, fixed data of the package.

``ru.tsv`` and ``en.tsv`` hold lemmas and ``kk.tsv`` stems, as ``story_words.lemma`` gives them; ``names.tsv`` holds
names of all three languages, as ``story_names.name_keys`` gives them. The first line is ``#`` and the number of
documents counted; each further line a key and the number of documents that have it. Keys of fewer than three
documents are left out: they count as rare. ``tests/tools/count_weights.py`` makes these tables anew.

``meanings.tsv`` is written by hand.
"""

import math
from functools import cache
from importlib.resources import files
from typing import Literal

Table = Literal["kk", "ru", "en", "names"]
UNSEEN = 1  # documents that a key outside the table is taken to be in


def rarity(key: str, table: Table) -> float:
    """Return the rarity of ``key``: the natural logarithm of documents per document that has it, at least 0."""
    total, weights = _load(table)
    return weights.get(key, total)


def commonness(table: Table) -> dict[str, int]:
    """Return the keys of a table, each with the number of documents that have it."""
    _, *lines = _lines(table)
    counts = (line.split("\t") for line in lines)
    return {key: int(count) for key, count in counts}


@cache
def _load(table: Table) -> tuple[float, dict[str, float]]:
    """Return the rarity of unseen keys and those of the keys in the table."""
    total = int(_lines(table)[0].removeprefix("#")) + 1
    return math.log(total / (UNSEEN + 1)), {
        key: math.log(total / (count + 1)) for key, count in commonness(table).items()
    }


@cache
def meanings(language: Literal["kk", "ru", "en"]) -> dict[str, str]:
    """Return the words of ``meanings.tsv`` in a language, each with the English word by which its row is known.

    The rows are written by hand: what news are about, Kazakh, Russian and English between tabs, base forms.
    """
    _, *lines = _lines("meanings")
    column = ("kk", "ru", "en").index(language)
    rows = [[cell.split() for cell in line.split("\t")] for line in lines]
    return {word: row[2][0] for row in rows for word in row[column]}


def _lines(table: str) -> list[str]:
    return files("bot.language.weights").joinpath(f"{table}.tsv").read_text(encoding="utf-8").splitlines()
