"""The columns of a topic index: flat arrays of numbers, growing while topics are taken in, then frozen."""

from array import array
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

VERSION = 2
"""Of what topics compile to, and of these columns: raised where either changes, so that no kept index is read wrongly.

``tests/unit/test_kept_versions.py`` fails where that was forgotten.
"""
_KINDS = {"q": np.int64, "i": np.int32}


@dataclass(frozen=True, slots=True)
class Columns:
    """All columns of an index. Those of one group are equally long and are read together. ``*_ids``, ``*_keys``: int64.

    ``word``: a key and the word that it meets, which is the number of a leaf, for leaves that are single words, or
    ``-1 - n`` for the ``n``-th of the words of phrases, those of ``part_ids``. ``phrase``: a leaf, its zone, and where
    its words end in ``phrase_words``. ``single``: a leaf and a topic that it meets alone. ``pair``: an anchor, the
    other leaf, a topic. ``rule``: a topic, and where its groups end; ``group``: whether one of its leaves is needed (1)
    or none may be met (0), and where its leaves end in ``group_leaves``; the first group of a rule is its anchor.
    """

    topic_ids: NDArray[np.int64]
    leaf_ids: NDArray[np.int64]
    part_ids: NDArray[np.int64]
    word_keys: NDArray[np.int64]
    word_numbers: NDArray[np.int32]
    phrase_leaves: NDArray[np.int32]
    phrase_zones: NDArray[np.int32]
    phrase_ends: NDArray[np.int32]
    phrase_words: NDArray[np.int32]
    single_leaves: NDArray[np.int32]
    single_topics: NDArray[np.int32]
    pair_anchors: NDArray[np.int32]
    pair_others: NDArray[np.int32]
    pair_topics: NDArray[np.int32]
    rule_topics: NDArray[np.int32]
    rule_ends: NDArray[np.int32]
    group_signs: NDArray[np.int32]
    group_ends: NDArray[np.int32]
    group_leaves: NDArray[np.int32]

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(getattr(self, field.name).nbytes for field in fields(self))


def growing(columns: Columns | None = None) -> dict[str, "array[int]"]:
    """Return columns that grow, by name: those given, or empty ones."""
    found: dict[str, array[int]] = {}
    for field in fields(Columns):
        found[field.name] = array("q" if field.name.endswith(("_ids", "_keys")) else "i")
        if columns is not None:
            found[field.name].frombytes(getattr(columns, field.name).tobytes())
    return found


def frozen(columns: dict[str, "array[int]"]) -> Columns:
    """Return copies as NumPy arrays."""
    return Columns(**{name: np.array(column, _KINDS[column.typecode]) for name, column in columns.items()})


def without_dead(columns: Columns, alive: NDArray[np.bool_]) -> Columns:
    """Return the columns of the topics that are ``alive``, numbered anew. Leaves stay, used or not."""
    number = np.cumsum(alive, dtype=np.int32) - 1
    single, pair = alive[columns.single_topics], alive[columns.pair_topics]
    rule = alive[columns.rule_topics]
    groups_in, leaves_in = np.diff(columns.rule_ends, prepend=0), np.diff(columns.group_ends, prepend=0)
    group = np.repeat(rule, groups_in)
    return replace(
        columns,
        topic_ids=columns.topic_ids[alive],
        single_leaves=columns.single_leaves[single],
        single_topics=number[columns.single_topics[single]],
        pair_anchors=columns.pair_anchors[pair],
        pair_others=columns.pair_others[pair],
        pair_topics=number[columns.pair_topics[pair]],
        rule_topics=number[columns.rule_topics[rule]],
        rule_ends=np.cumsum(groups_in[rule], dtype=np.int32),
        group_signs=columns.group_signs[group],
        group_ends=np.cumsum(leaves_in[group], dtype=np.int32),
        group_leaves=columns.group_leaves[np.repeat(group, leaves_in)],
    )
