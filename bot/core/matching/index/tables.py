"""The tables of a topic index: flat arrays of numbers that say which words meet which topics.

Goes in: topics as conjunctions, by ``builder``. Comes out: ``IndexTables``, which ``frozen`` searches and
``TopicIndex`` saves. Three numberings are used: a topic, a leaf (one thing by all its names, ``clause.Leaf``) and a
part (one word of a phrase, or a word that counts in the title alone) are known outside by a 64-bit id, and in the
tables by where that id stands in ``topic_ids``, ``leaf_ids`` and ``part_ids``.
"""

from array import array
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

VERSION = 3
"""The version of what topics compile to and of these tables. Raise it where either changes, so that no program loads an
index that an older one saved and reads it wrongly. ``tests/unit/test_saved_versions.py`` fails where that was
forgotten.
"""
_ITEM_TYPES = {"q": np.int64, "i": np.int32}


@dataclass(frozen=True, slots=True)
class IndexTables:
    """All tables of an index, column by column: columns with the same first word are one table, row beside row.

    ``*_ids`` and ``*_keys`` are int64, the others int32. ``*_ends`` say where the entries of a row end in the column
    that the description names; they begin where those of the row before it end.

    - ``word``: a key, and what an article's word with this key is: ``n`` for leaf ``n``, ``-1 - n`` for part ``n``.
    - ``phrase``: words in a row that are a name of a leaf: the leaf, the scope (title or anywhere), and the end of its
      parts in ``phrase_parts``. A title word is a phrase of one part.
    - ``single``: a leaf, and a topic that this leaf alone meets.
    - ``pair``: two leaves and a topic that both together meet. The anchor is the rarer of the two: it is looked up.
    - ``rule``: a topic that needs more than that: the end of its groups in ``group``. The first group is the anchor.
    - ``group``: whether one of its leaves is needed (1) or none may stand in the article (0), and the end of its leaves
      in ``group_leaves``.
    """

    topic_ids: NDArray[np.int64]
    leaf_ids: NDArray[np.int64]
    part_ids: NDArray[np.int64]
    word_keys: NDArray[np.int64]
    word_targets: NDArray[np.int32]
    phrase_leaves: NDArray[np.int32]
    phrase_scopes: NDArray[np.int32]
    phrase_ends: NDArray[np.int32]
    phrase_parts: NDArray[np.int32]
    single_leaves: NDArray[np.int32]
    single_topics: NDArray[np.int32]
    pair_anchors: NDArray[np.int32]
    pair_others: NDArray[np.int32]
    pair_topics: NDArray[np.int32]
    rule_topics: NDArray[np.int32]
    rule_ends: NDArray[np.int32]
    group_needed: NDArray[np.int32]
    group_ends: NDArray[np.int32]
    group_leaves: NDArray[np.int32]

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(getattr(self, field.name).nbytes for field in fields(self))


def growing_columns(tables: IndexTables | None = None) -> dict[str, "array[int]"]:
    """Return columns that can be appended to, by name: copies of the tables given, or empty ones."""
    found: dict[str, array[int]] = {}
    for field in fields(IndexTables):
        found[field.name] = array("q" if field.name.endswith(("_ids", "_keys")) else "i")
        if tables is not None:
            found[field.name].frombytes(getattr(tables, field.name).tobytes())
    return found


def frozen_tables(columns: dict[str, "array[int]"]) -> IndexTables:
    """Return copies of the columns as tables of NumPy arrays."""
    return IndexTables(**{name: np.array(column, _ITEM_TYPES[column.typecode]) for name, column in columns.items()})


def without_removed(tables: IndexTables, kept: NDArray[np.bool_]) -> IndexTables:
    """Return the tables of the topics that are ``kept`` (one flag a topic), numbered anew.

    Leaves, parts and their words stay, whether a topic still uses them or not.
    """
    number = np.cumsum(kept, dtype=np.int32) - 1
    single, pair, rule = kept[tables.single_topics], kept[tables.pair_topics], kept[tables.rule_topics]
    groups_of_rule, leaves_of_group = np.diff(tables.rule_ends, prepend=0), np.diff(tables.group_ends, prepend=0)
    group = np.repeat(rule, groups_of_rule)
    return replace(
        tables,
        topic_ids=tables.topic_ids[kept],
        single_leaves=tables.single_leaves[single],
        single_topics=number[tables.single_topics[single]],
        pair_anchors=tables.pair_anchors[pair],
        pair_others=tables.pair_others[pair],
        pair_topics=number[tables.pair_topics[pair]],
        rule_topics=number[tables.rule_topics[rule]],
        rule_ends=np.cumsum(groups_of_rule[rule], dtype=np.int32),
        group_needed=tables.group_needed[group],
        group_ends=np.cumsum(leaves_of_group[group], dtype=np.int32),
        group_leaves=tables.group_leaves[np.repeat(group, leaves_of_group)],
    )
