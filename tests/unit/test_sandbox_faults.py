"""Faults and limits of the sandbox meet the calls that they are meant for, and no others."""

import pytest

from bot.sandbox.faults import Faults, Rule, rule_from
from bot.sandbox.limits import Limits
from bot.sandbox.replies import ApiError


def _taken(faults: Faults, method: str, chats: list[int]) -> list[bool]:
    return [faults.pick(method, chat) is not None for chat in chats]


def test_a_rule_meets_its_method_and_chat_only() -> None:
    """Other calls pass untouched; the method's case does not matter."""
    faults = Faults()
    faults.add(Rule("drop", method="sendMessage", chat_id=7))

    assert _taken(faults, "sendmessage", [7, 8]) == [True, False]
    assert faults.pick("getMe", None) is None


def test_skip_every_and_times_choose_among_the_calls() -> None:
    """The first two pass, then every second suffers, twice in all."""
    faults = Faults()
    faults.add(Rule("drop", skip=2, every=2, times=2))

    assert _taken(faults, "sendMessage", [1] * 8) == [False, False, True, False, True, False, False, False]


def test_cleared_faults_are_gone() -> None:
    """After ``clear`` everything works again."""
    faults = Faults()
    faults.add(Rule("drop"))
    faults.clear()

    assert faults.pick("sendMessage", 1) is None


@pytest.mark.parametrize("given", [{"action": "explode"}, {"action": "drop", "chat": 1}, {}])
def test_a_rule_that_means_nothing_is_refused(given: dict[str, object]) -> None:
    """A typing error in a test is not a fault that never happens."""
    with pytest.raises(ApiError):
        rule_from(given)


def test_limits_are_off_until_switched_on() -> None:
    """A sandbox without the switch takes any number."""
    limits = Limits()

    assert [limits.wait("sendMessage", 1, 0.0) for _ in range(100)] == [0] * 100


def test_thirty_a_second_over_all_chats() -> None:
    """The thirty-first within a second is refused with a wait, and one second later there is room."""
    limits = Limits(on=True)
    waits = [limits.wait("sendMessage", chat, 10.0) for chat in range(1, 32)]

    assert waits == [0] * 30 + [1]
    assert limits.wait("sendMessage", 99, 11.01) == 0
    assert limits.refused == 1


def test_one_a_second_in_a_chat_with_a_short_burst() -> None:
    """Three at once are let through, the fourth waits until the burst is three seconds old."""
    limits = Limits(on=True)
    waits = [limits.wait("editMessageText", 5, 10.0) for _ in range(4)]

    assert waits == [0, 0, 0, 3]
    assert limits.wait("sendMessage", 5, 13.01) == 0


def test_twenty_a_minute_in_a_group() -> None:
    """A group's twenty-first message within a minute is refused until the minute is over."""
    limits = Limits(on=True)
    waits = [limits.wait("sendMessage", -5, float(second)) for second in range(21)]

    assert waits == [0] * 20 + [40]


def test_answers_and_actions_do_not_count() -> None:
    """Callback answers and "typing" are free, as with Telegram."""
    limits = Limits(on=True, per_second=1)

    assert [limits.wait(name, 1, 0.0) for name in ("answerCallbackQuery", "sendChatAction", "getMe")] == [0, 0, 0]
