"""How rare words are in the news: measured document frequencies, fixed data of the package.

``ru.tsv`` and ``en.tsv`` hold lemmas (as ``story_words.lemma`` gives them), ``kk.tsv`` stems,
``names.tsv`` skeletons of names (as ``story_names.skeleton`` gives them) over all three languages. The first line is ``#`` and the number of
documents counted; each further line a key and the number of documents that have it. Keys of fewer than three
documents are left out: they count as rare. ``tests/tools/count_weights.py`` makes the tables anew.
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


@cache
def _load(table: Table) -> tuple[float, dict[str, float]]:
    """Return the rarity of unseen keys and those of the keys in the table."""
    first, *lines = files("bot.language.weights").joinpath(f"{table}.tsv").read_text(encoding="utf-8").splitlines()
    total = int(first.removeprefix("#")) + 1
    counts = (line.split("\t") for line in lines)
    return math.log(total / (UNSEEN + 1)), {key: math.log(total / (int(count) + 1)) for key, count in counts}
