"""Whose trouble a failed attempt is, told by what arrives elsewhere meanwhile."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.trouble import FLOODED_CHATS, MOST_REMEMBERED, PATIENCE, Trouble


def test_one_chat_that_fails_among_others_fails_alone():
    """Twice it may be everybody's trouble; from the third time on, while others arrive, it is the chat's."""
    trouble = Trouble()
    said = []
    for _ in range(5):
        said.append(trouble.failed(1))
        trouble.arrived(2)

    assert said == [0, 0, 3, 4, 5]


def test_where_nothing_arrives_it_is_everybodys_trouble():
    """However often a chat fails: nobody else shows that Telegram answers."""
    trouble = Trouble()
    trouble.arrived(2)

    assert [trouble.failed(1) for _ in range(20)] == [0] * 20


def test_a_message_that_arrives_clears_its_chat():
    """The next failures are judged anew."""
    trouble = Trouble()
    for _ in range(5):
        trouble.failed(1)
        trouble.arrived(2)
    trouble.arrived(1)

    assert trouble.failed(1) == 0


def test_chats_that_flood_one_after_the_other_are_a_flood_of_all():
    """With nothing that arrived in between; the same chat twice is one."""
    trouble = Trouble()

    assert [trouble.flooded(chat) for chat in (1, 1, 2, 2)] == [False] * 4
    assert FLOODED_CHATS == 3
    assert trouble.flooded(3)
    assert trouble.flooded(3)


def test_slow_chats_hold_nobody_else():
    """Chats that are asked to wait again and again, while others get their messages, never hold all."""
    trouble = Trouble()
    for chat in range(10):
        trouble.flooded(chat)
        trouble.arrived(100)

    assert not any(trouble.flooded(chat) for chat in range(10))


@given(st.lists(st.tuples(st.sampled_from(["arrived", "flooded", "failed"]), st.integers(0, 5)), max_size=60))
def test_no_chat_is_held_for_another(events):
    """A chat that never failed is never blamed: what it is told is about everybody."""
    trouble = Trouble()
    failed: dict[int, int] = {}
    for what, chat in events:
        answer = getattr(trouble, what)(chat)
        if what == "failed":
            failed[chat] = failed.get(chat, 0) + 1
            assert answer in (0, failed[chat])
            assert not answer or failed[chat] > PATIENCE
        elif what == "arrived":
            failed.pop(chat, None)


def test_memory_is_bounded():
    """Whoever failed longest ago is forgotten."""
    trouble = Trouble()
    for chat in range(MOST_REMEMBERED + 100):
        trouble.failed(chat)
        trouble.flooded(chat)
        trouble.arrived(-1)

    assert len(trouble._failed) == MOST_REMEMBERED
    assert len(trouble._slow) == MOST_REMEMBERED
