"""The log of what the bot asked of Telegram, for tests."""

from dataclasses import dataclass, field

from bot.sandbox.model import JsonObject


@dataclass(slots=True)
class CallLog:
    """Calls in the order of their arrival, and how many there were of each method.

    A call: ``{"seq", "method", "params", "at", "status", "description"}``; ``status`` is 0 while it is open or where
    the connection was dropped. Only the newest ``keep`` calls stay.
    """

    keep: int = 100_000
    calls: list[JsonObject] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    seq: int = 0

    def open(self, method: str, params: JsonObject, at: float) -> JsonObject:
        """Note a call that has come in; the caller fills in ``status`` and ``description``."""
        self.seq += 1
        call: JsonObject = {
            "seq": self.seq,
            "method": method,
            "params": params,
            "at": at,
            "status": 0,
            "description": "",
        }
        self.calls.append(call)
        self.counts[method] = self.counts.get(method, 0) + 1
        if len(self.calls) > 2 * self.keep:
            del self.calls[: self.keep]
        return call

    def after(self, seq: int, method: str | None = None) -> list[JsonObject]:
        """Return the calls past ``seq``, of one method where it is named."""
        return [call for call in self.calls if int(str(call["seq"])) > seq and method in (None, call["method"])]
