"""A clause against one article, by definition: what every faster way must agree with."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from bot.core.matching.analysis import Analysis, Span
from bot.core.matching.clause import All, Clause, Either, Leaf, Literal, Without, Zone
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
    """One article, asked about many clauses; what is known of a leaf is kept.

    ``places`` are those of the keys that will be asked for, where only few will be.
    """

    def __init__(self, analysis: Analysis, places: Mapping[int, list[int]] | None = None) -> None:
        self._analysis = analysis
        self._at = analysis.places if places is None else places
        self._known: dict[int, set[Span]] = {}
        # By the identity of a clause, which its topic keeps alive: many topics share those of ready-made ones.
        self._met: dict[int, bool] = {}
        self._spoken: dict[int, tuple[Leaf, ...]] = {}

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
        """Return the distinct surface forms that speak for a match, in order of appearance."""
        return self._analysis.surfaces({span for leaf in self._speaking(clause) for span in self._spans(leaf)})

    def _speaking(self, clause: Clause) -> tuple[Leaf, ...]:
        """Return the leaves of the alternatives that are met."""
        if isinstance(clause, Leaf):
            return (clause,)
        spoken = self._spoken.get(id(clause))
        if spoken is None:
            spoken = self._spoken[id(clause)] = tuple(self._speaking_within(clause))
        return spoken

    def _speaking_within(self, clause: All | Either | Without) -> Iterator[Leaf]:
        match clause:
            case Either(parts):
                for part in parts:
                    if self.meets(part):
                        yield from self._speaking(part)
            case All(parts):
                for part in parts:
                    yield from self._speaking(part)
            case Without(part):
                yield from self._denying(part)

    def _denying(self, clause: Clause) -> Iterator[Leaf]:
        """Yield the leaves that keep ``clause`` from being met: what is excluded within an exclusion."""
        match clause:
            case Either(parts):
                for part in parts:
                    yield from self._denying(part)
            case All(parts):
                for part in parts:
                    if not self.meets(part):
                        yield from self._denying(part)
            case Without(part):
                yield from self._speaking(part)
            case Leaf():
                return

    def _spans(self, leaf: Leaf) -> set[Span]:
        if leaf.id not in self._known:
            self._known[leaf.id] = {
                (token, len(literal.words)) for literal in leaf.literals for token in self._places(literal)
            }
        return self._known[leaf.id]

    def _places(self, literal: Literal) -> Iterator[int]:
        """Yield the tokens at which a literal begins, in no order."""
        title, places = self._analysis.title_tokens, self._at
        end = title if literal.zone is Zone.TITLE else len(self._analysis.tokens)
        first, *rest = literal.words
        for token in {token for key in first.keys for token in places.get(key, ())}:
            last = token + len(rest)
            if last < end and (token >= title or last < title):
                following = enumerate(rest, start=token + 1)
                if all(self._stands(word, at) for at, word in following):
                    yield token

    def _stands(self, word: WordKeys, token: int) -> bool:
        return any(token in self._at.get(key, ()) for key in word.keys)
