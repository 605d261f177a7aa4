"""What is counted, and how counts become figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

_DIGITS = 3  # figures are compared as they are shown


@dataclass(frozen=True, slots=True)
class Counts:
    """Answers: the ``right`` ones, the ``wrong`` ones, and those that are ``missed``. Wrong ones may count in part."""

    right: int
    wrong: float
    missed: int

    @property
    def precision(self) -> float:
        """The share of answers that are right; 0 where there are none."""
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        """The share of what is asked for that was answered; 0 where nothing is."""
        return self.right / max(self.right + self.missed, 1)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure from 0 to 1, three digits, and the cases that keep it below 1."""

    value: float
    missed: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


Figures: TypeAlias = Mapping[str, Measured]


def measured(value: float, *, missed: tuple[str, ...] = (), wrong: tuple[str, ...] = ()) -> Measured:
    """Return a figure, rounded as it is shown."""
    return Measured(round(value, _DIGITS), missed, wrong)


def recall_and_precision(
    counts: Counts, name: str, *, missed: tuple[str, ...] = (), wrong: tuple[str, ...] = ()
) -> dict[str, Measured]:
    """Return the figures ``name R`` and ``name P``, each with its own cases."""
    return {f"{name} R": measured(counts.recall, missed=missed), f"{name} P": measured(counts.precision, wrong=wrong)}


def with_f1(
    counts: Counts, name: str, *, missed: tuple[str, ...] = (), wrong: tuple[str, ...] = ()
) -> dict[str, Measured]:
    """Return the figures ``name P``, ``name R`` and ``name F1``."""
    both = recall_and_precision(counts, name, missed=missed, wrong=wrong)
    return {f"{name} P": both[f"{name} P"], f"{name} R": both[f"{name} R"], f"{name} F1": measured(counts.f1)}
