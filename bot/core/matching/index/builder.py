"""Topics into the tables of an index, one after the other.

Goes in: a topic's id and its alternatives (``conjunctions``). Comes out: ``IndexTables``. Each alternative becomes a
*single*, a *pair* or a *rule*, by how many groups of leaves it needs; ``tables.IndexTables`` says what these are.
"""

from array import array
from collections.abc import Sequence

from bot.core.matching.clause import Leaf, Literal, Scope
from bot.core.matching.index.conjunctions import Conjunction
from bot.core.matching.index.tables import IndexTables, frozen_tables, growing_columns
from bot.language.keys import WordKeys


class TablesBuilder:
    """Adds topics to tables, those of an index or empty ones."""

    def __init__(self, tables: IndexTables | None = None) -> None:
        self._columns = growing_columns(tables)
        self._leaf_numbers = {leaf_id: number for number, leaf_id in enumerate(self._columns["leaf_ids"])}
        self._part_numbers = {part_id: number for number, part_id in enumerate(self._columns["part_ids"])}
        # How often each leaf was asked for so far: what many topics ask for stands in many articles, so the leaves
        # that are asked for least are the anchors of pairs and rules.
        self._asked_for = array("i", bytes(4 * len(self._leaf_numbers)))

    def __len__(self) -> int:
        return len(self._columns["topic_ids"])

    def tables(self) -> IndexTables:
        """Return a copy of the tables so far."""
        return frozen_tables(self._columns)

    def add(self, topic_id: int, alternatives: Sequence[Conjunction]) -> None:
        """Add a topic whose id is not in the tables yet."""
        topic = len(self)
        self._columns["topic_ids"].append(topic_id)
        for alternative in alternatives:
            groups = [[self._leaf(leaf) for leaf in group] for group in alternative.groups]
            excluded = [self._leaf(leaf) for leaf in alternative.excluded]
            match groups:
                case [leaves] if not excluded:
                    self._append("single", leaves=leaves, topics=[topic] * len(leaves))
                case [[one], [two]] if not excluded:
                    anchor, other = sorted((one, two), key=self._asked_for.__getitem__)
                    self._append("pair", anchors=[anchor], others=[other], topics=[topic])
                case _:
                    self._add_rule(topic, groups, excluded)

    def _append(self, table: str, **values: list[int]) -> None:
        """Append rows to a table: values by the second word of their columns' names."""
        for column, numbers in values.items():
            self._columns[f"{table}_{column}"].extend(numbers)

    def _add_rule(self, topic: int, groups: list[list[int]], excluded: list[int]) -> None:
        needed = sorted(groups, key=lambda group: sum(map(self._asked_for.__getitem__, group)))
        for is_needed, group in (*((1, group) for group in needed), *(((0, excluded),) if excluded else ())):
            self._columns["group_leaves"].extend(group)
            self._append("group", needed=[is_needed], ends=[len(self._columns["group_leaves"])])
        self._append("rule", topics=[topic], ends=[len(self._columns["group_needed"])])

    def _leaf(self, leaf: Leaf) -> int:
        """Return the number of a leaf; one that is new is added with its words and phrases."""
        number = self._leaf_numbers.get(leaf.id)
        if number is None:
            number = self._leaf_numbers[leaf.id] = len(self._leaf_numbers)
            self._asked_for.append(0)
            self._columns["leaf_ids"].append(leaf.id)
            single_words = [literal for literal in leaf.literals if _is_single_word(literal)]
            keys = list(dict.fromkeys(key for literal in single_words for key in literal.words[0].keys))
            self._append("word", keys=keys, targets=[number] * len(keys))
            for literal in leaf.literals:
                if not _is_single_word(literal):
                    self._add_phrase(number, literal)
        self._asked_for[number] += 1
        return number

    def _add_phrase(self, leaf: int, literal: Literal) -> None:
        self._columns["phrase_parts"].extend([self._part(word) for word in literal.words])
        self._append("phrase", leaves=[leaf], scopes=[literal.scope], ends=[len(self._columns["phrase_parts"])])

    def _part(self, word: WordKeys) -> int:
        """Return the number of a word within phrases; one that is new is added with its keys."""
        number = self._part_numbers.get(word.id)
        if number is None:
            number = self._part_numbers[word.id] = len(self._part_numbers)
            self._columns["part_ids"].append(word.id)
            self._append("word", keys=list(word.keys), targets=[-1 - number] * len(word.keys))
        return number


def _is_single_word(literal: Literal) -> bool:
    """Whether a literal is one word that counts anywhere, so that its position in the article does not matter."""
    return len(literal.words) == 1 and literal.scope is Scope.ANYWHERE
