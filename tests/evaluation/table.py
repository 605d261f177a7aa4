"""The table of figures, as lines for a terminal."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.evaluation.figures import Figures, Measured
from tests.evaluation.targets import HEADINGS, TARGETS

_COLUMNS = ("figure", "measured", "reach", "")
_NO_DATA = "no data"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside its target; either may be missing."""

    name: str
    measured: float | None
    reach: float | None

    @property
    def verdict(self) -> str:
        """``ok`` or ``short``; empty where there is nothing to say."""
        if self.measured is None or self.reach is None:
            return ""
        return "ok" if self.measured >= self.reach else "short"

    def cells(self) -> tuple[str, ...]:
        """Return the row as it is shown."""
        measured = _NO_DATA if self.measured is None else f"{self.measured:.3f}"
        return self.name, measured, "-" if self.reach is None else f"{self.reach:.3f}", self.verdict


def rows(part: str, figures: Figures | None) -> list[Row]:
    """Return the rows of one part of the table, all figures that it should have; None stands for no data."""
    return [
        Row(f"{HEADINGS[part]}: {name}", figures[name].value if figures is not None else None, reach)
        for name, reach in TARGETS[part].items()
    ]


def table(found: Iterable[Row]) -> list[str]:
    """Return the table's lines: a head, a row for each figure, and how many are short."""
    listed = list(found)
    cells = [_COLUMNS, *(row.cells() for row in listed)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    short = sum(row.verdict == "short" for row in listed)
    asked = sum(bool(row.verdict) for row in listed)
    lines = [_line(row, widths) for row in cells]
    return [*lines, "", f"{asked - short} of {asked} figures that have a target reach it."]


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    name, *figures = row
    aligned = [
        name.ljust(widths[0]),
        *(cell.rjust(width) for cell, width in zip(figures[:2], widths[1:3], strict=True)),
    ]
    return "  ".join((*aligned, figures[2])).rstrip()


def cases(part: str, figures: Figures) -> Iterator[str]:
    """Yield what was missed and what was wrong, under the name of its figure."""
    for name, figure in figures.items():
        for kind, listed in _kinds(figure).items():
            if listed:
                yield ""
                yield f"{HEADINGS[part]}: {name}: {len(listed)} {kind}"
                yield from (f"  {case}" for case in listed)


def _kinds(figure: Measured) -> Mapping[str, tuple[str, ...]]:
    return {"missed": figure.missed, "wrong": figure.wrong}
