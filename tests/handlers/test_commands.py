"""Every command, in every language, through PTB's own dispatch, over a real database."""

import re

import pytest
from telegram.ext import MessageHandler, filters

from bot.core import actions
from bot.core.model import LOCALES
from handlers import COMMANDS
from handlers.dispatch import MAX_ATTEMPTS

SEED = "Пезешкианның Қазақстанға сапары Иран үшін биылғы ең маңызды оқиғаның бірі"


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("command", COMMANDS)
async def test_every_command_answers_in_the_readers_language(desk, command, language):
    """With or without an argument there is an answer, no message id in it, in the right alphabet."""
    for text in (f"/{command}", f"/{command} Иран"):
        answers = await desk.say(text, language=language)
        assert answers
        for answer in answers:
            assert answer.text
            assert not re.fullmatch(r"[a-z]+(-[a-z]+)*", answer.text), "a message id reached the reader"
            script = re.sub("Иран|Қазақша|Русский|English", "", answer.text)
            assert bool(re.search("[әғқңөұүһі]", script)) == (language == "kk")
            assert bool(re.search("[а-я]", script)) == (language != "en")


async def test_the_language_is_telegrams_else_russian(desk):
    """Kazakh, Russian and English apps are spoken to in their languages, a German one in Russian."""
    starts = {
        code: (await desk.say("/start", language=code, chat=chat))[0].text
        for chat, code in enumerate(("kk", "ru", "en-GB", "de", None), start=20)
    }

    assert "Сәлем" in starts["kk"]
    assert "Здравствуйте" in starts["ru"]
    assert "Hello" in starts["en-GB"]
    assert "Здравствуйте" in starts["de"]
    assert "Здравствуйте" in starts[None]


async def test_a_topic_is_followed_once_however_it_is_written(desk):
    """The second time says that it is followed already, and the list has it once."""
    (first,) = await desk.say("/subscribe Иран")
    (second,) = await desk.say("/subscribe  иран ")
    (topics,) = await desk.say("/topics")

    assert "жазылдыңыз" in first.text
    assert "бұрыннан" in second.text
    assert topics.text.count("Иран") == 1


async def test_a_new_topic_is_filled_from_stored_articles(desk):
    """What was stored before the topic came is in ``/latest`` and, from the last day, in ``/digest``."""
    await desk.news(desk.entry(SEED), desk.entry("Мектепте байқау өтті"))
    await desk.say("/subscribe Иран")
    for command in ("/latest", "/latest Иран", "/digest"):
        (answer,) = await desk.say(command)
        assert SEED in answer.text
        assert "Мектепте" not in answer.text


async def test_a_stored_article_older_than_a_day_shows_in_latest_only(desk):
    """A subscription's first digest looks back 24 hours."""
    await desk.news(desk.entry(SEED))
    desk.clock.forward(hours=30)
    await desk.say("/subscribe Иран")

    assert SEED in (await desk.say("/latest"))[0].text
    assert SEED not in (await desk.say("/digest"))[0].text


async def test_reading_consumes_nothing(desk):
    """``/digest`` and ``/latest`` show the same again and again."""
    await desk.say("/subscribe Иран")
    await desk.news(desk.entry(SEED))
    shown = [(await desk.say(command))[0].text for command in ("/digest", "/latest", "/digest", "/latest")]

    assert shown[0] == shown[2]
    assert shown[1] == shown[3]
    assert all(SEED in text for text in shown)


async def test_latest_takes_a_topic_that_is_not_followed_and_offers_it(desk):
    """The button follows it."""
    await desk.news(desk.entry(SEED))
    (answer,) = await desk.say("/latest Қазақстан")
    assert SEED in answer.text

    (followed,) = await desk.press(answer, "Жазылу: Қазақстан")
    assert "жазылдыңыз" in followed.text
    assert "Қазақстан" in (await desk.say("/topics"))[0].text


async def test_latest_without_topics_shows_the_most_covered_and_how_to_subscribe(desk):
    """A newcomer sees news at once."""
    await desk.news(desk.entry(SEED))
    stories, hint = await desk.say("/latest", language="ru")

    assert SEED in stories.text
    assert "/subscribe" in hint.text


async def test_pages_turn_in_the_same_message(desk):
    """A long answer is one message with buttons; each page is there, the last leads to the first."""
    await desk.say("/subscribe Иран")
    names = ("көлік", "мұнай", "мәдениет", "спорт", "ғылым", "білім", "сауда", "туризм", "су", "қала", "ауыл", "жол")
    await desk.news(*(desk.entry(f"{name} {n * 7}", f"Иран {name}", minutes_ago=n) for n, name in enumerate(names)))
    (first,) = await desk.say("/latest")
    (second,) = await desk.press(first, "›")
    (again,) = await desk.press(second, "›")

    assert first.buttons == ["‹", "1/2", "›", "Жаңалық туралы толығырақ"]
    assert second.edits == 55
    assert second.text != first.text
    assert again.text == first.text
    assert sum(name in first.text + second.text for name in names) == len(names)


async def test_unsubscribe_by_name_by_meaning_and_by_button(desk):
    """What is not followed is said; a button takes a topic off, and another brings it back."""
    for topic in ("Иран", "мұнай | газ", "футбол"):
        await desk.say(f"/subscribe {topic}")
    (missing,) = await desk.say("/unsubscribe Марс")
    (by_name,) = await desk.say("/unsubscribe ИРАН")
    (choice,) = await desk.say("/unsubscribe")
    (by_button,) = await desk.press(choice, "футбол")
    (back,) = await desk.press(by_button, "Қайтару")

    assert "жазылмағансыз" in missing.text
    assert "алынды" in by_name.text
    assert choice.buttons == ["мұнай | газ", "футбол"]
    assert by_button.edits == 55
    assert "жазылдыңыз" in back.text


async def test_a_stale_button_is_said_and_changes_nothing(desk):
    """A topic that was removed, a page that is gone, data of another version: a short answer to the press."""
    await desk.say("/subscribe Иран")
    for data in (actions.encode(actions.Unfollow(999)), actions.encode(actions.TurnPage(999, 0)), "?:1", "p:x:y"):
        assert await desk.press(None, "", data=data) == []

    assert [text for _, text in desk.callbacks] == ["Бұл батырма ескірген. Пәрменді қайта жіберіңіз."] * 4
    assert "Иран" in (await desk.say("/topics"))[0].text


async def test_a_topic_says_how_it_was_understood_and_changes_by_buttons(desk):
    """Wider by synonyms in other languages; the old topic gives way to the new one."""
    await desk.news(desk.entry("Нефть подорожала на бирже", "Баррель стоит семьдесят долларов."))
    (followed,) = await desk.say("/subscribe мұнай")
    assert "Іздейтінім: мұнай" in followed.text
    assert "жоқ" in (await desk.say("/latest"))[0].text

    wider = next(text for text in followed.buttons if text.startswith("Қосу:"))
    (changed,) = await desk.press(followed, wider)
    assert changed.edits == 55
    assert "мұнай | нефть" in changed.text
    assert "подорожала" in (await desk.say("/latest"))[0].text
    assert "1. мұнай | нефть" in (await desk.say("/topics"))[0].text
    assert await desk.press(followed, wider) == []


async def test_plain_text_is_offered_as_a_topic(desk):
    """Nothing is followed before the reader says so."""
    (offer,) = await desk.say("теңге бағамы")
    assert "теңге бағамы" in offer.text
    assert "/subscribe" in (await desk.say("/topics"))[0].text

    (followed,) = await desk.press(offer, "Жазылу")
    assert "жазылдыңыз" in followed.text


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("07:15", "07:15"),
        ("08:30,19:00", "08:30, 19:00"),
        ("mon,fri 09:00", "дүйсенбі, жұма"),
        ("weekly sat 11:00", "сенбі, 11:00"),
        ("off", "өшірілген"),
    ],
)
async def test_the_schedule_is_set_and_said_back(desk, typed, expected):
    """The answer says the hours in words."""
    assert expected in (await desk.say(f"/schedule {typed}"))[0].text
    assert expected in (await desk.say("/schedule"))[0].text


async def test_the_schedule_is_set_by_a_button(desk):
    """The panel itself says what was chosen."""
    (panel,) = await desk.say("/schedule")
    (changed,) = await desk.press(panel, "08:30, 19:00")

    assert changed.edits == 55
    assert "08:30, 19:00" in changed.text


async def test_the_zone_moves_the_next_digest(desk):
    """08:30 in Istanbul is another instant than in Almaty."""
    await desk.say("/start")
    (answer,) = await desk.say("/timezone Europe/Istanbul")
    async with desk.storage.reading() as unit:
        chat = await unit.chats.get(7)

    assert "Europe/Istanbul" in answer.text
    assert (chat.next_digest_at.hour, chat.next_digest_at.minute) == (5, 30)


async def test_the_language_changes_by_command_and_by_button(desk):
    """The answer comes in the new language already."""
    (english,) = await desk.say("/language en")
    (panel,) = await desk.say("/language")
    (kazakh,) = await desk.press(panel, "Қазақша")
    (unknown,) = await desk.say("/language klingon")

    assert english.text == "We speak English now."
    assert kazakh.text == "Енді қазақша сөйлесеміз."
    assert "klingon" in unknown.text


async def test_pause_stop_and_return_keep_everything(desk):
    """Held digests are said, and ``/start`` begins again with the same topics."""
    await desk.say("/subscribe Иран")
    (paused,) = await desk.say("/pause")
    (resumed,) = await desk.say("/resume")
    await desk.say("/stop")
    await desk.say("/start")

    assert "/resume" in paused.text
    assert "08:30" in resumed.text
    assert "Иран" in (await desk.say("/topics"))[0].text


async def test_a_blocked_bot_is_quiet_and_comes_back_whole(desk):
    """Blocked: the chat is gone; unblocked and greeted: its topics are there."""
    await desk.say("/subscribe Иран")
    member = {"user": {"id": 1, "is_bot": True, "first_name": "J"}}
    change = {
        "chat": {"id": 7, "type": "private", "first_name": "A"}, "date": 1,
        "from": {"id": 7, "is_bot": False, "first_name": "A"},
        "old_chat_member": {**member, "status": "member"},
        "new_chat_member": {**member, "status": "kicked", "until_date": 0},
    }  # fmt: skip
    assert await desk.handle({"my_chat_member": change}) == []
    async with desk.storage.reading() as unit:
        assert (await unit.chats.get(7)).gone

    assert "Иран" in (await desk.say("/topics"))[0].text


async def test_groups_are_left_in_peace(desk):
    """Talk and other bots' commands are not answered in a group; commands to this bot are."""
    assert await desk.say("сәлем бәріңе", kind="supergroup", chat=-100) == []
    assert await desk.say("/ban", kind="supergroup", chat=-100) == []
    assert await desk.say("/topics@other_bot", kind="supergroup", chat=-100) == []

    (answer,) = await desk.say("/subscribe@jarshy_bot Иран", kind="supergroup", chat=-100)
    assert "жазылдыңыз" in answer.text


async def test_an_answer_in_a_forum_goes_to_its_topic(desk):
    """A command in a forum topic is answered there."""
    await desk.say("/help", kind="supergroup", chat=-100, message_thread_id=17, is_topic_message=True)
    async with desk.storage.transaction() as unit:
        (row,) = await unit.connection.fetch_sql("SELECT thread_id FROM outbox")

    assert row["thread_id"] == 17


@pytest.mark.parametrize(
    "message",
    [{"sticker": {"file_id": "1", "file_unique_id": "1", "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}},
     {"voice": {"file_id": "1", "file_unique_id": "1", "duration": 1}}],
)  # fmt: skip
async def test_what_is_not_text_gets_a_sentence(desk, message):
    """A sticker, a voice message."""
    (answer,) = await desk.send(message)

    assert "мәтінді" in answer.text


async def test_a_failing_handler_changes_nothing_and_apologises_in_the_end(desk):
    """The error goes back to the runner for another try; the last time the reader gets a sentence, in their language."""

    async def broken(_, context):
        await context.services.chats.speak(context.chat, "en")
        raise RuntimeError("broken")

    desk.application.add_handler(MessageHandler(filters.Regex("^құла$"), broken), group=-1)
    await desk.say("/start")
    with pytest.raises(RuntimeError):
        await desk.say("құла")
    (apology,) = await desk.say("құла", attempts=MAX_ATTEMPTS - 1)

    assert "ақау" in apology.text
    assert "Сәлем" in (await desk.say("/start"))[0].text
