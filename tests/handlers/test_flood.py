"""Who asks too fast is told so once, and then not heard until it calms; nobody else notices."""

from handlers import flood
from handlers.flood import MOST, SPAN


async def test_one_friendly_sentence_then_silence_until_it_calms(desk):
    """What comes beyond the limit changes nothing; after a pause all works as before."""
    answers = [await desk.say(f"/subscribe тақырып{number}", date=1000) for number in range(MOST + 5)]
    others = await desk.say("/topics", chat=8, date=1000)
    later = await desk.say("/subscribe кейін", date=1000 + int(SPAN.total_seconds()))
    (topics,) = await desk.say("/topics", date=1000 + 2 * int(SPAN.total_seconds()))

    assert all("жазылдыңыз" in answer[0].text for answer in answers[:MOST])
    assert [len(answer) for answer in answers[MOST:]] == [1, 0, 0, 0, 0]
    assert "баяуырақ" in answers[MOST][0].text
    assert others == []
    assert "жазылдыңыз" in later[0].text
    assert str(MOST + 1) in topics.text


async def test_who_keeps_just_below_the_limit_is_stopped_for_the_hour(desk, monkeypatch):
    """One sentence, then silence until the next hour of the clock."""
    monkeypatch.setattr(flood, "MOST_AN_HOUR", 3)
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
    someone = {"id": 8, "is_bot": False, "first_name": "B", "language_code": "kk"}
    (answer,) = await desk.say("/start", chat=8, date=1000, **{"from": someone})

    assert "Сәлем" in answer.text
