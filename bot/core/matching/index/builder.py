"""Takes topics into the columns of an index, one after the other."""

from array import array
from collections.abc import Sequence

from bot.core.matching.clause import Leaf, Literal, Zone
from bot.core.matching.index.conjunctions import Conjunction
from bot.core.matching.index.tables import Columns, frozen, growing
from bot.language.keys import WordKeys


class Builder:
    """Takes topics into columns, those of an index or empty ones.

    A leaf and a word within a phrase are known by their 64-bit ids; in the columns they have running numbers.
    """

    def __init__(self, columns: Columns | None = None) -> None:
        self._columns = growing(columns)
        self._leaves = {leaf: number for number, leaf in enumerate(self._columns["leaf_ids"])}
        self._parts = {part: number for number, part in enumerate(self._columns["part_ids"])}
        self._asked_for = array("i", bytes(4 * len(self._leaves)))

    def __len__(self) -> int:
        return len(self._columns["topic_ids"])

    def columns(self) -> Columns:
        """Return the columns so far."""
        return frozen(self._columns)

    def add(self, topic_id: int, alternatives: Sequence[Conjunction]) -> None:
        """Take in a topic that is new to the columns."""
        topic = len(self)
        self._columns["topic_ids"].append(topic_id)
        for found in alternatives:
            groups = [[self._leaf(leaf) for leaf in group] for group in found.groups]
            excluded = [self._leaf(leaf) for leaf in found.excluded]
            if len(groups) == 1 and not excluded:
                self._rows("single", leaves=groups[0], topics=[topic] * len(groups[0]))
            elif not excluded and len(groups) == 2 and len(groups[0]) == len(groups[1]) == 1:  # noqa: PLR2004
                anchor, other = sorted((groups[0][0], groups[1][0]), key=self._commonness)
                self._rows("pair", anchors=[anchor], others=[other], topics=[topic])
            else:
                self._rule(topic, groups, excluded)

    def _rows(self, group: str, **values: list[int]) -> None:
        for name, numbers in values.items():
            self._columns[f"{group}_{name}"].extend(numbers)

    def _rule(self, topic: int, groups: list[list[int]], excluded: list[int]) -> None:
        anchored = sorted(groups, key=lambda group: sum(map(self._commonness, group)))
        for sign, group in (*((1, group) for group in anchored), *(((0, excluded),) if excluded else ())):
            self._columns["group_leaves"].extend(group)
            self._rows("group", signs=[sign], ends=[len(self._columns["group_leaves"])])
        self._rows("rule", topics=[topic], ends=[len(self._columns["group_signs"])])

    def _commonness(self, leaf: int) -> int:
        """Return how many topics had a leaf so far: what is asked for often stands in articles often."""
        return self._asked_for[leaf]

    def _leaf(self, leaf: Leaf) -> int:
        number = self._leaves.get(leaf.id)
        if number is None:
            number = self._leaves[leaf.id] = len(self._leaves)
            self._asked_for.append(0)
            self._columns["leaf_ids"].append(leaf.id)
            words = dict.fromkeys(
                key for literal in leaf.literals if _is_word(literal) for key in literal.words[0].keys
            )
            self._rows("word", keys=list(words), numbers=[number] * len(words))
            for literal in leaf.literals:
                if not _is_word(literal):
                    self._phrase(number, literal)
        self._asked_for[number] += 1
        return number

    def _phrase(self, leaf: int, literal: Literal) -> None:
        self._columns["phrase_words"].extend([self._part(word) for word in literal.words])
        self._rows("phrase", leaves=[leaf], zones=[literal.zone], ends=[len(self._columns["phrase_words"])])

    def _part(self, word: WordKeys) -> int:
        number = self._parts.get(word.id)
        if number is None:
            number = self._parts[word.id] = len(self._parts)
            self._columns["part_ids"].append(word.id)
            self._rows("word", keys=list(word.keys), numbers=[-1 - number] * len(word.keys))
        return number


def _is_word(literal: Literal) -> bool:
    """Whether a literal is met by a single word anywhere, so that its place need not be known."""
    return len(literal.words) == 1 and literal.zone is Zone.ANYWHERE
