"""What is known of the machine's clock, so that a wrong one does no lasting harm. Pure.

A wall clock may be set: by a person, by NTP after a start, by a wrong time server for a minute. Beside it stand the
monotonic clock of the process and the instant that was seen last and is stored. From these follows

    the trusted instant   goes on with the clock, follows a leap ahead only after a day without another, and a clock
                          that was set back at once; where it is set back behind the trusted instant, after ten minutes
    what is deleted       by the trusted instant, so that a leap ahead deletes nothing
    what is brought back  instants that were reckoned while the clock was ahead, once it is set back
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

STEP: Final = timedelta(minutes=1)
"""By how much a clock has to leave the monotonic one to count as set."""
LEAP: Final = timedelta(minutes=10)
"""By how much more than the time that is known to have passed the clock may be ahead and still be trusted at once."""
BELIEVED_AHEAD: Final = timedelta(hours=24)
"""After so much time without a leap a clock that leapt ahead is trusted: the bot was down, or the machine slept."""
BELIEVED_BEHIND: Final = timedelta(minutes=10)
"""After so much time a clock behind what is trusted is believed: a machine without a clock has been set by then."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What was seen last: the clock, the trusted instant, and for how long the clock has gone on without a leap."""

    seen_at: datetime
    trusted_at: datetime
    steady: timedelta = timedelta()

    def is_behind(self, now: datetime) -> bool:
        """Return whether the clock shows a time that has certainly passed, and is not believed yet."""
        return now < self.trusted_at - LEAP


def observe(before: Witness | None, now: datetime, elapsed: timedelta) -> Witness:
    """Return what is known now. ``elapsed`` is the monotonic time since this process looked last; zero at its start."""
    if before is None:
        return Witness(now, now)
    progress = now - before.seen_at
    if -STEP <= progress <= elapsed + LEAP:
        passed = max(progress, timedelta())
        after = replace(before, seen_at=now, steady=before.steady + passed)
    else:
        passed = timedelta()
        after = replace(before, seen_at=now, steady=passed)
    return replace(after, trusted_at=_trusted(after, now, passed))


def _trusted(witness: Witness, now: datetime, passed: timedelta) -> datetime:
    if witness.is_behind(now):
        return now if witness.steady >= BELIEVED_BEHIND else witness.trusted_at
    if witness.steady >= BELIEVED_AHEAD:
        return now
    return min(now, witness.trusted_at + passed)
