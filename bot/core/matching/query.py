"""A topic as a reader types it: text -> tree -> canonical text.

Goes in: what was typed. Comes out: a ``Query``, whose canonical text is stored. What the words mean is decided in
``compiling``.

The syntax: words (all of them count), ``"a phrase"``, ``a | b``, ``-not``, ``title:word``, and brackets. Words bind
closer than ``|``: ``мұнай бағасы | oil price`` is the one pair or the other. Quotes may be «» or “” too.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from bot.core.matching.query_tree import And, Node, Not, Or, Phrase, Query, Title, Words, words_of
from bot.errors import TopicError
from bot.language.scripts import repair_homoglyphs
from bot.language.tokens import normalize, tokenize

MAX_CHARACTERS = 400
MAX_WORDS = 64
_MAX_LINE = 20_000  # characters of a topic in a file; a reader may type ``MAX_CHARACTERS``
_MAX_DEPTH = 16  # of brackets, ``-`` and ``title:`` within each other; brackets right after one of those count with it
_MAX_PASSES = 5  # until words read back to themselves; the second changes one in a thousand, a third none that is known


class _BrokenSyntaxError(ValueError):
    """A quote or bracket is left open, or an operator has no operand. The text is then read as plain words."""


def parse_query(text: str) -> Query:
    """Read a topic that a reader typed. Broken syntax (an open quote, a lone ``-``) is read as plain words.

    Raises:
        TopicError: ``topic-empty``, ``topic-too-long``, ``topic-no-words``, ``topic-only-excluded``,
            ``topic-too-many-words``.
    """
    if len(text.strip()) > MAX_CHARACTERS:
        raise TopicError("topic-too-long", limit=MAX_CHARACTERS)
    query = parse_lenient(text)[0]
    if sum(1 for _ in words_of(query.root)) > MAX_WORDS:
        raise TopicError("topic-too-many-words", limit=MAX_WORDS)
    return query


def parse_lenient(text: str) -> tuple[Query, str | None]:
    """Read a topic of any size, and say in English what was wrong with its syntax, if anything was.

    Raises:
        TopicError: ``topic-empty``, ``topic-no-words``, ``topic-only-excluded``: nothing positive remains.
    """
    return _read(text[:_MAX_LINE])


def read_stored(text: str) -> Query:
    """Read a topic's canonical text, or the label that a chat follows it by, as the database keeps it.

    The limits of ``parse_query`` are for what a reader types: canonical text has more characters than what was typed.
    Whatever ``parse_query`` ever accepted is read here, and a canonical text is read as itself.

    Raises:
        TopicError: nothing positive remains, which is so of no topic that was accepted.
    """
    return _read(text)[0]


def _read(text: str) -> tuple[Query, str | None]:
    if not text.strip():
        raise TopicError("topic-empty")
    prepared = unicodedata.normalize("NFC", text).translate(_QUOTES).translate(_DASHES)
    try:
        root, warning = _Parser(prepared).parse(), None
    except _BrokenSyntaxError as error:
        root, warning = _plain(prepared), str(error)
    if root is None:
        raise TopicError("topic-no-words")
    if not _has_positive(root):
        raise TopicError("topic-only-excluded")
    return Query(str(root), root), warning


def _has_positive(node: Node) -> bool:
    """Whether an article must show something to meet ``node``: in each alternative, not only in one."""
    match node:
        case Not():
            return False
        case And(parts):
            return any(_has_positive(part) for part in parts)
        case Or(parts):
            return all(_has_positive(part) for part in parts)
        case Title(inner):
            return _has_positive(inner)
        case _:
            return True


def _plain(text: str) -> Node | None:
    words = _words(text)
    return Words(tuple(dict.fromkeys(words))) if words else None


def _words(text: str) -> tuple[str, ...]:
    """Return the normalised words of a text, such that they are read back as themselves.

    One pass is not always enough: where a mark is dropped, the text may be divided into words otherwise.
    """
    for _ in range(_MAX_PASSES):
        words = tuple(normalize(repair_homoglyphs(token.text)) for token in tokenize(text))
        if (plain := " ".join(words)) == text:
            break
        text = plain
    return words


# ------------------------------------------------------------------------------------------------- parsing

_QUOTES = str.maketrans(dict.fromkeys("«»„“”‟❝❞＂", '"'))
_DASHES = str.maketrans("−‒–—", "----")
_SIGN = re.compile(
    r"""(?P<phrase>"[^"]*") | (?P<open>["]) | (?P<title>(?<!\w)title\s*:\s*) | (?P<or>\|+)
    | (?P<left>\() | (?P<right>\)) | (?P<not>(?<![^\s(|:"])-(?=[^\s-])) | (?P<lone>(?<!\S)-+(?!\S))
    | (?P<words>(?:(?!(?<!\w)title\s*:)[^"|()\s])+)""",
    re.VERBOSE | re.IGNORECASE,
)


class _Parser:
    """Recursive descent over the signs of a topic.

    Each method reads one rule of this grammar, and returns None where it has no words::

    alternatives = run { "|" run }
    run          = { atom }
    atom         = words | '"' words '"' | "(" alternatives ")" | "-" atom | "title:" atom
    """

    def __init__(self, text: str) -> None:
        self._signs = [(match.lastgroup or "", match[0]) for match in _SIGN.finditer(text)]
        self._at = 0
        self._depth = 0

    def parse(self) -> Node | None:
        root = self._alternatives()
        if self._at < len(self._signs):
            raise _BrokenSyntaxError("a bracket is closed that was never opened")
        return root

    def _peek(self) -> str:
        return self._signs[self._at][0] if self._at < len(self._signs) else ""

    def _alternatives(self) -> Node | None:
        parts = [self._run()]
        while self._peek() == "or":
            self._at += 1
            parts.append(self._run())
        present = {str(part): part for part in parts if part is not None}
        flat = {
            str(inner): inner
            for part in present.values()
            for inner in (part.parts if isinstance(part, Or) else (part,))
        }
        if not flat:
            return None
        return next(iter(flat.values())) if len(flat) == 1 else Or(tuple(flat[text] for text in sorted(flat)))

    def _run(self) -> Node | None:
        parts: list[Node] = []
        while self._peek() not in ("or", "right", ""):
            part = self._atom()
            if part is not None:
                parts.append(part)
        return _conjunction(parts)

    def _atom(self) -> Node | None:
        kind, text = self._signs[self._at]
        self._at += 1
        match kind:
            case "phrase":
                words = _words(text)
                return None if not words else Words(words) if len(words) == 1 else Phrase(words)
            case "words":
                return _plain(text)
            case "lone":
                return None
            case "left":
                with self._deeper():
                    return self._group()
            case "not" | "title":
                return self._prefixed(kind)
            case _:
                raise _BrokenSyntaxError("a quote is left open")

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _BrokenSyntaxError("brackets are too deep")
        yield
        self._depth -= 1

    def _group(self) -> Node | None:
        inner = self._alternatives()
        if self._peek() != "right":
            raise _BrokenSyntaxError("a bracket is left open")
        self._at += 1
        return inner

    def _prefixed(self, kind: str) -> Node | None:
        if self._peek() not in ("words", "phrase", "left", "title", "not", "open"):
            raise _BrokenSyntaxError(f"nothing follows {'-' if kind == 'not' else 'title:'}")
        with self._deeper():  # canonical text may have brackets here where none were typed: they are no level more
            if self._peek() == "left":
                self._at += 1
                inner = self._group()
            else:
                inner = self._atom()
        if inner is None:
            return None
        if kind == "not":
            return inner.inner if isinstance(inner, Not) else Not(inner)
        return inner if isinstance(inner, Title) else Title(inner)


def _conjunction(parts: list[Node]) -> Node | None:
    """Join what stands side by side: words become one run, doubles fall away, exclusions go last."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))]
    positive: list[Node] = []
    for part in flat:
        if isinstance(part, Words) and positive and isinstance(positive[-1], Words):
            positive[-1] = Words(tuple(dict.fromkeys(positive[-1].words + part.words)))
        elif not isinstance(part, Not):
            positive.append(part)
    excluded = sorted((part for part in flat if isinstance(part, Not)), key=str)
    distinct = tuple({str(part): part for part in (*positive, *excluded)}.values())
    if not distinct:
        return None
    return distinct[0] if len(distinct) == 1 else And(distinct)
