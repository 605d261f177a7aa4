"""How alerts are let out: a few at once each by itself, what is more as one message, nothing in quiet hours."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

BURST = 5  # alerts that a chat gets one by one within a window
WINDOW = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class AlertPace:
    """What a chat got lately: ``sent`` alerts since ``window_start``; what is held is looked at again at ``due_at``."""

    chat_id: int
    window_start: datetime
    sent: int = 0
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AlertPlan:
    """What is to be done with a chat's stories: the first ``single`` each by itself, or all of them as one message."""

    pace: AlertPace
    single: int = 0
    fold: bool = False


def plan(pace: AlertPace, stories: int, now: datetime, quiet_until: datetime | None) -> AlertPlan:
    """Return how a chat's unseen stories are let out now; what is not let out is held until ``pace.due_at``."""
    if stories == 0:
        return AlertPlan(replace(pace, due_at=None))
    if quiet_until is not None:
        return AlertPlan(replace(pace, due_at=quiet_until))
    if pace.due_at is not None:
        if pace.due_at > now:
            return AlertPlan(pace)
        return AlertPlan(AlertPace(pace.chat_id, now, sent=1), fold=True)
    if pace.window_start + WINDOW <= now or pace.window_start > now:  # or the clock went back
        pace = AlertPace(pace.chat_id, now)
    single = min(stories, max(BURST - pace.sent, 0))
    due_at = pace.window_start + WINDOW if single < stories else None
    return AlertPlan(replace(pace, sent=pace.sent + single, due_at=due_at), single=single)
