"""Faults on demand: what may go wrong between the bot and Telegram, by rules that tests set."""

from dataclasses import dataclass, field, fields
from typing import Literal

from bot.sandbox.model import JsonObject
from bot.sandbox.replies import bad_request

Action = Literal["status", "drop", "hang", "garbage", "slow"]
_ACTIONS = frozenset({"status", "drop", "hang", "garbage", "slow"})


@dataclass(slots=True)
class Rule:
    """One fault and the calls that it meets.

    ``action``: ``status`` answers with ``code``, ``description`` and ``parameters``; ``drop`` cuts the connection
    without an answer; ``hang`` keeps it open for ``seconds`` and then cuts it; ``garbage`` answers 200 with something
    that is no JSON; ``slow`` answers as ever, after ``seconds``. ``handled`` says whether the call takes effect before
    the fault. ``seconds`` delays the others too.

    It meets calls of ``method`` (any, if empty) for ``chat_id`` (any, if None): of those it lets the first ``skip``
    pass, then takes every ``every``-th, ``times`` in all (for ever, if None).
    """

    action: Action
    method: str = ""
    chat_id: int | None = None
    handled: bool = False
    seconds: float = 0.0
    code: int = 500
    description: str = ""
    parameters: dict[str, int] = field(default_factory=dict)
    skip: int = 0
    every: int = 1
    times: int | None = None
    seen: int = 0
    taken: int = 0

    def takes(self, method: str, chat_id: int | None) -> bool:
        """Return whether this call is to suffer, and count it."""
        if self.method and self.method.lower() != method.lower():
            return False
        if self.chat_id is not None and self.chat_id != chat_id:
            return False
        if self.times is not None and self.taken >= self.times:
            return False
        self.seen += 1
        if self.seen <= self.skip or (self.seen - self.skip - 1) % self.every:
            return False
        self.taken += 1
        return True


@dataclass(slots=True)
class Faults:
    """The rules in force; the first that takes a call decides."""

    rules: list[Rule] = field(default_factory=list)

    def add(self, rule: Rule) -> Rule:
        """Put a rule in force."""
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Let everything work again."""
        self.rules.clear()

    def pick(self, method: str, chat_id: int | None) -> Rule | None:
        """Return the rule that takes this call."""
        return next((rule for rule in self.rules if rule.takes(method, chat_id)), None)


def rule_from(given: JsonObject) -> Rule:
    """Return the rule that a JSON object describes; raise ApiError 400 for an unknown field or action."""
    known = {one.name for one in fields(Rule)} - {"seen", "taken"}
    if unknown := given.keys() - known:
        raise bad_request(f"unknown fields of a fault: {sorted(unknown)}")
    if given.get("action") not in _ACTIONS:
        raise bad_request(f"a fault's action is one of {sorted(_ACTIONS)}")
    return Rule(**given)  # type: ignore[arg-type]  # a test's own object; its values are the test's care
