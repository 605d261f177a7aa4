"""Who asks too fast is told so once, and then not heard until it calms; nobody else notices."""

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.core import actions
from bot.core.model import InboxUpdate
from handlers import COMMANDS, flood
from handlers.flood import ALLOWANCES, MOST_REMEMBERED, FloodGate, Kind, Verdict

WRITE = ALLOWANCES[Kind.WRITE]
MOST, SPAN = WRITE.most, int(WRITE.seconds)
GROUP = {"id": -100, "type": "supergroup", "title": "G"}


def person(number):
    return {"id": number, "is_bot": False, "first_name": "A", "language_code": "kk"}


def written(who, at, *, text="/topics", chat=None):
    """Return a message as Telegram hands it over."""
    entities = [{"type": "bot_command", "offset": 0, "length": len(text)}] if text.startswith("/") else []
    about = chat or {"id": who, "type": "private", "first_name": "A"}
    return {"message": {
        "message_id": 1, "date": at, "chat": about, "from": person(who), "text": text, "entities": entities,
    }}  # fmt: skip


def judge(gate, update, *, at=0, attempts=0):
    row = InboxUpdate(1, 1, "{}", datetime.fromtimestamp(at, UTC), attempts)
    return gate.judge(Update.de_json({"update_id": 1, **update}, None), row)


def gate():
    return FloodGate("jarshy_bot", COMMANDS)


async def test_one_friendly_sentence_then_silence_until_it_calms(desk):
    """What comes beyond the limit changes nothing; after a pause all works as before."""
    answers = [await desk.say(f"/subscribe тақырып{number}", date=1000) for number in range(MOST + 5)]
    others = await desk.say("/topics", chat=8, date=1000)
    later = await desk.say("/subscribe кейін", date=1000 + SPAN)
    (topics,) = await desk.say("/topics", date=1000 + 2 * SPAN)

    assert all("жазылдыңыз" in answer[0].text for answer in answers[:MOST])
    assert [len(answer) for answer in answers[MOST:]] == [1, 0, 0, 0, 0]
    assert "баяуырақ" in answers[MOST][0].text
    assert others == []
    assert "жазылдыңыз" in later[0].text
    assert str(MOST + 1) in topics.text


async def test_who_keeps_just_below_the_limit_is_stopped_for_the_hour(desk, monkeypatch):
    """One sentence, then silence until the next hour of the clock."""
    monkeypatch.setitem(flood.ALLOWANCES, Kind.WRITE, dataclasses.replace(WRITE, an_hour=3))
    answers = [await desk.say(f"/subscribe тақырып{number}", date=3600 + 60 * number) for number in range(6)]
    (later,) = await desk.say("/topics", date=7200)

    assert [len(answer) for answer in answers] == [1, 1, 1, 1, 0, 0]
    assert "баяуырақ" in answers[3][0].text
    assert "3" in later.text


async def test_what_gathered_while_the_bot_was_away_is_no_flood(desk):
    """It counts when messages were written, not when they came."""
    answers = [await desk.say("/topics", date=1000 + number) for number in range(2 * MOST)]

    assert all(answers)


async def test_another_person_is_answered_meanwhile(desk):
    """The limit is a person's own."""
    for _ in range(MOST + 5):
        await desk.say("/topics", date=1000)
    (answer,) = await desk.say("/start", chat=8, date=1000, **{"from": person(8)})

    assert "Сәлем" in answer.text


async def test_one_member_silences_nobody_else_of_a_group(desk):
    """Their flood is answered by one sentence there; the others are answered, and so are they once it calms."""
    answers = [await desk.handle(written(7, 1000, chat=GROUP), -100) for _ in range(MOST + 5)]
    (other,) = await desk.handle(written(8, 1000, chat=GROUP), -100)
    (calm,) = await desk.handle(written(7, 1000 + 2 * SPAN, chat=GROUP), -100)

    assert [len(answer) for answer in answers[MOST:]] == [1, 0, 0, 0, 0]
    assert "баяуырақ" in answers[MOST][0].text
    assert "баяуырақ" not in other.text + calm.text


async def test_talk_in_a_group_is_no_request(desk):
    """However lively it is, nobody is told to be slower, and who then asks is answered."""
    for text in ("сәлем", "/ban", "/topics@other_bot", "/roll"):
        for _ in range(MOST):
            assert await desk.handle(written(7, 1000, text=text, chat=GROUP), -100) == []

    assert len(await desk.handle(written(7, 1000, chat=GROUP), -100)) == 1
    assert len(await desk.handle(written(7, 1000, text="/topics@jarshy_bot", chat=GROUP), -100)) == 1


async def test_presses_are_told_by_their_buttons(desk):
    """Beyond the limit the button says it once, and what it asks for is not done."""
    for _ in range(MOST + 5):
        await desk.press(None, "", data=actions.encode(actions.Follow("Иран")))

    said = [text for _, text in desk.callbacks]
    assert len(said) == MOST + 1
    assert "баяуырақ" in said[-1]


async def test_inline_queries_beyond_the_limit_cost_nothing(desk, monkeypatch):
    """They get no answer, the database is not read for them, and commands are answered all the same."""
    query = {"inline_query": {"id": "i", "from": person(7), "query": "Иран", "offset": ""}}
    for _ in range(MOST):
        await desk.handle(query)

    def no_reading(_):
        raise AssertionError("the database was read")

    with monkeypatch.context() as patched:
        patched.setattr(type(desk.storage), "reading", no_reading)
        for _ in range(5):
            await desk.handle(query)
    assert len(desk.inline) == MOST
    desk.clock.forward(seconds=2 * SPAN)
    await desk.handle(query)

    assert len(desk.inline) == MOST + 1
    assert len(await desk.say("/topics")) == 1


async def test_edits_of_a_message_are_never_answered(desk):
    """Not the first, and not the hundredth; they spend nothing of what their writer may ask."""
    for number in range(100):
        edited = written(7, 1000, text="/subscribe Иран")["message"] | {"edit_date": 1000 + number}
        assert await desk.handle({"edited_message": edited}) == []

    assert "жазылдыңыз" in (await desk.say("/subscribe Иран", date=1001))[0].text


async def test_a_loop_of_adding_and_removing_greets_a_few_times(desk):
    """A group's members are not flooded by it; who asks for something there brings the bot back."""
    member = {"user": {"id": 1, "is_bot": True, "first_name": "J"}}
    stands = [{**member, "status": "member"}, {**member, "status": "left"}]
    await desk.say("/subscribe Иран", chat=-100, kind="supergroup")
    greeted = 0
    for number in range(100):
        old, new = stands[number % 2], stands[1 - number % 2]
        change = {"chat": GROUP, "date": 1000, "from": person(7), "old_chat_member": old, "new_chat_member": new}
        greeted += len(await desk.handle({"my_chat_member": change}, -100))
    await desk.say("/topics", chat=-100, kind="supergroup", date=2000)
    async with desk.storage.reading() as unit:
        chat = await unit.chats.get(-100)

    assert 1 <= greeted <= ALLOWANCES[Kind.CHANGE_MEMBERSHIP].most / 2
    assert not chat.gone


@pytest.mark.parametrize("kind", ["edited_message", "channel_post", "edited_channel_post", "chosen_inline_result"])
async def test_what_asks_for_nothing_is_passed_over(desk, kind):
    """It is finished at once, and leaves nothing behind."""
    post = {"message_id": 1, "date": 1000, "chat": {"id": -5, "type": "channel", "title": "C"}, "text": "/start"}
    chosen = {"result_id": "1", "from": person(7), "query": "Иран"}
    assert await desk.handle({kind: chosen if kind == "chosen_inline_result" else post}, -5) == []

    async with desk.storage.reading() as unit:
        rows = await unit.connection.fetch_sql("SELECT state, payload FROM inbox")
        assert await unit.chats.get(-5) is None
    assert [row["state"] for row in rows] == ["done"]


@given(st.lists(st.integers(0, 12), min_size=1, max_size=250))
def test_no_span_ever_holds_more_than_the_limit(pauses):
    """Whatever the rhythm: of one person's requests at most so many pass in any span, and each pause is told once."""
    one, at, passed, told = gate(), 1_000_000, [], 0
    for pause in pauses:
        at += pause // 10  # mostly several a second
        verdict = judge(one, written(7, at))
        if verdict is Verdict.PASS:
            passed.append(at)
            told = 0
        told += verdict is Verdict.WARN
        assert told <= 1

    assert all(later - earlier >= SPAN for earlier, later in zip(passed, passed[MOST:], strict=False))


@given(st.permutations(range(60)))
def test_messages_that_come_out_of_order_are_no_flood(order):
    """What was written over an hour, in several chats, passes in whatever order the chats are worked through."""
    one = gate()

    assert {judge(one, written(7, 1_000_000 + 60 * number)) for number in order} == {Verdict.PASS}


def test_a_request_that_is_tried_again_was_let_through_before():
    """A failure of ours is not held against who asked."""
    one = gate()
    verdicts = [judge(one, written(7, 1000)) for _ in range(MOST + 2)]

    assert verdicts[-2:] == [Verdict.WARN, Verdict.SILENCE]
    assert judge(one, written(7, 1000), attempts=1) is Verdict.PASS
    assert judge(one, {"message": written(7, 1000)["message"] | {"migrate_to_chat_id": -5}}) is Verdict.PASS


def test_what_is_remembered_is_bounded():
    """A crowd of any size takes no more memory than so many people; those who asked last are known."""
    one = gate()
    for number in range(1, 2 * MOST_REMEMBERED):
        judge(one, written(number, 1000))
    for _ in range(MOST):
        judge(one, written(1, 1000))

    assert len(one._askers) == MOST_REMEMBERED
    assert judge(one, written(1, 1000)) is Verdict.WARN
