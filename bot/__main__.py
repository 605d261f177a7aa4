"""Where the program begins: ``python -m bot …``, also installed as ``jarshy …``. The commands: ``bot.command_line``."""

import os
import signal
import sys
from types import FrameType


def main() -> None:
    """Run a command and exit with its code.

    A bot that is asked to stop before it runs just ends. That is heeded from here on, before the imports, which take a
    second: until a program says so, SIGINT gives a traceback, and the first process of a container does not even see
    SIGTERM.
    """
    if sys.argv[1:2] == ["run"]:
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, _end)
    from bot.command_line import main as command_line  # noqa: PLC0415 - see above

    command_line()


def _end(_signal: int, _frame: FrameType | None) -> None:
    """End at once: nothing is open yet. ``program.stop_on_signals`` takes over once something is."""
    os._exit(0)


if __name__ == "__main__":
    main()
