"""One clause against one article, straight from the definition.

Goes in: an ``Analysis`` and clauses. Comes out: whether each is met, and by which words. This is the reference: the
index must give the same answers (``tests/unit/test_topic_laws.py``). It serves ``one_topic`` and the recent topics of
``index.topic_index``.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from bot.core.matching.analysis import Analysis, Span
from bot.core.matching.clause import All, Clause, Either, Leaf, Literal, Scope, Without
from bot.language.keys import WordKeys


@lru_cache(maxsize=256)  # the same topic asks article after article
def keys_of(clause: Clause) -> frozenset[int]:
    """Return every key that a clause asks for."""
    match clause:
        case Leaf():
            return frozenset(key for literal in clause.literals for word in literal.words for key in word.keys)
        case All(parts) | Either(parts):
            return frozenset().union(*map(keys_of, parts))
        case Without(part):
            return keys_of(part)


class Evaluation:
    """One article, asked about many clauses; answers are kept.

    ``positions`` are those of the keys that will be asked for, where they are few; without it, those of all keys.
    """

    def __init__(self, analysis: Analysis, positions: Mapping[int, list[int]] | None = None) -> None:
        self._analysis = analysis
        self._positions = analysis.positions if positions is None else positions
        self._spans_of_leaf: dict[int, set[Span]] = {}
        # By the identity of a clause, which its topic keeps alive: many topics share those of ready-made ones.
        self._met: dict[int, bool] = {}
        self._deciding_leaves: dict[int, tuple[Leaf, ...]] = {}

    def meets(self, clause: Clause) -> bool:
        """Whether the article meets a clause."""
        if isinstance(clause, Leaf):
            return bool(self._spans(clause))
        met = self._met.get(id(clause))
        if met is None:
            met = self._met[id(clause)] = self._is_met(clause)
        return met

    def _is_met(self, clause: All | Either | Without) -> bool:
        match clause:
            case All(parts):
                return all(self.meets(part) for part in parts)
            case Either(parts):
                return any(self.meets(part) for part in parts)
            case Without(part):
                return not self.meets(part)

    def reasons(self, clause: Clause) -> tuple[str, ...]:
        """Return the distinct surface forms that meet a clause that is met, in order of appearance."""
        return self._analysis.surfaces({span for leaf in self._deciding(clause) for span in self._spans(leaf)})

    def _deciding(self, clause: Clause) -> tuple[Leaf, ...]:
        """Return the leaves of all alternatives that are met."""
        if isinstance(clause, Leaf):
            return (clause,)
        leaves = self._deciding_leaves.get(id(clause))
        if leaves is None:
            leaves = self._deciding_leaves[id(clause)] = tuple(self._find_deciding(clause))
        return leaves

    def _find_deciding(self, clause: All | Either | Without) -> Iterator[Leaf]:
        match clause:
            case Either(parts):
                for part in parts:
                    if self.meets(part):
                        yield from self._deciding(part)
            case All(parts):
                for part in parts:
                    yield from self._deciding(part)
            case Without(part):
                yield from self._denying(part)

    def _denying(self, clause: Clause) -> Iterator[Leaf]:
        """Yield the leaves, exclusions within an exclusion, that keep ``clause`` from being met."""
        match clause:
            case Either(parts):
                for part in parts:
                    yield from self._denying(part)
            case All(parts):
                for part in parts:
                    if not self.meets(part):
                        yield from self._denying(part)
            case Without(part):
                yield from self._deciding(part)
            case Leaf():
                return

    def _spans(self, leaf: Leaf) -> set[Span]:
        if leaf.id not in self._spans_of_leaf:
            self._spans_of_leaf[leaf.id] = {
                (token, len(literal.words)) for literal in leaf.literals for token in self._starts(literal)
            }
        return self._spans_of_leaf[leaf.id]

    def _starts(self, literal: Literal) -> Iterator[int]:
        """Yield the tokens at which a literal begins, in no order."""
        title, positions = self._analysis.title_tokens, self._positions
        end = title if literal.scope is Scope.TITLE else len(self._analysis.tokens)
        first, *rest = literal.words
        for token in {token for key in first.keys for token in positions.get(key, ())}:
            last = token + len(rest)
            if last < end and (token >= title or last < title):  # not from the title into the text
                following = enumerate(rest, start=token + 1)
                if all(self._stands(word, at) for at, word in following):
                    yield token

    def _stands(self, word: WordKeys, token: int) -> bool:
        return any(token in self._positions.get(key, ()) for key in word.keys)
