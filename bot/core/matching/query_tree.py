"""A topic as a tree. ``str()`` of a tree is its canonical text."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Words:
    """Words that stand next to each other in a topic, normalised, in order: all of them count."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must follow each other in the article."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return f'"{" ".join(self.words)}"'


@dataclass(frozen=True, slots=True)
class Title:
    """What must stand in the article's title."""

    inner: "Node"

    def __str__(self) -> str:
        return f"title:{_bracketed(self.inner)}"


@dataclass(frozen=True, slots=True)
class Not:
    """What must not stand in the article."""

    inner: "Node"

    def __str__(self) -> str:
        return f"-{_bracketed(self.inner)}"


@dataclass(frozen=True, slots=True)
class And:
    """Each of the parts is needed. At least two; the excluded ones come last."""

    parts: tuple["Node", ...]

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Or) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of the parts is enough. At least two, in the order of their texts."""

    parts: tuple["Node", ...]

    def __str__(self) -> str:
        return " | ".join(map(str, self.parts))


Node = Words | Phrase | Title | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A topic that was understood. ``canonical`` is equal for topics that mean the same, and reads back to itself."""

    canonical: str
    root: Node = field(compare=False)

    def __str__(self) -> str:
        return self.canonical


def words_of(node: Node) -> Iterator[str]:
    """Yield every word of a tree, in order."""
    match node:
        case Words(words) | Phrase(words):
            yield from words
        case Title(inner) | Not(inner):
            yield from words_of(inner)
        case And(parts) | Or(parts):
            for part in parts:
                yield from words_of(part)


def _bracketed(node: Node) -> str:
    simple = isinstance(node, Phrase | Title) or (isinstance(node, Words) and len(node.words) == 1)
    return str(node) if simple else f"({node})"
