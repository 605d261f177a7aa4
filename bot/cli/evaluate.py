"""``evaluate``: where matching stands, in figures beside what they are to reach."""

from collections.abc import Sequence
from pathlib import Path

from bot.cli.lines import say, warn
from bot.errors import SettingsError
from bot.evaluation.measures import PARTS, measure
from bot.evaluation.sets import Sets
from bot.evaluation.table import cases, rows, table


def evaluate(folder: Path, only: Sequence[str] = (), *, verbose: bool = False) -> int:
    """Print the table of the development sets in ``folder``, and with ``verbose`` each case that failed.

    Return 1 where nothing could be measured, because no set of these parts is there.

    Raises:
        SettingsError: ``folder`` or a set in it cannot be read, or a part of the table is unknown.
    """
    parts = _parts(only)
    sets = Sets(folder)
    measured = {part: measure(part, sets) for part in parts}
    if not any(measured.values()):
        warn(f"{folder} has none of the sets that {', '.join(parts)} are counted on")
        return 1
    for line in table(row for part, figures in measured.items() for row in rows(part, figures)):
        say(line)
    if verbose:
        for line in (line for part, figures in measured.items() if figures for line in cases(part, figures)):
            say(line)
    return 0


def _parts(only: Sequence[str]) -> list[str]:
    unknown = [part for part in only if part not in PARTS]
    if unknown:
        reason = f"{', '.join(unknown)}: not among {', '.join(PARTS)}"
        raise SettingsError("setting-malformed", name="--only", reason=reason)
    return [part for part in PARTS if part in only or not only]
