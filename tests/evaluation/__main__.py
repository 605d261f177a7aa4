"""Print how well matching does on development sets: ``python -m tests.evaluation DATA``, or ``make evaluate``."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.cli.lines import say, warn
from bot.errors import OperatorError, SettingsError
from tests.evaluation.measures import PARTS, measure
from tests.evaluation.sets import Sets
from tests.evaluation.table import cases, rows, table


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


def main() -> None:
    """Read the arguments, print the table, and exit with its code; with 2 where the data cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation", description="how well matching does")
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder of the development sets")
    parser.add_argument("--only", default="", metavar="PARTS", help="kk,ru,en,topics,countries,… by commas")
    parser.add_argument("--verbose", action="store_true", help="also print what was missed and what was wrong")
    options = parser.parse_args()
    try:
        code = evaluate(options.data, [part for part in options.only.split(",") if part], verbose=options.verbose)
    except OperatorError as error:
        warn(str(error))
        code = 2
    sys.exit(code)


if __name__ == "__main__":
    main()
