"""Bad input, wherever a reader can type or press: a short clear answer in the reader's language, and nothing changed."""

import json

import pytest

from bot.core import actions
from bot.core.model import LOCALES
from handlers import COMMANDS
from handlers.buttons import PRESSES

SAID = {
    "stale": {"kk": "ескірген", "ru": "устарела", "en": "out of date"},
    "admins": {"kk": "әкімшілер", "ru": "администраторы", "en": "only admins"},
    "too long": {"kk": "тым ұзын", "ru": "слишком длинная", "en": "too long"},
    "not text": {"kk": "тек мәтінді", "ru": "только текст", "en": "text only"},
    "too many": {"kk": "шегі", "ru": "не больше", "en": "you can have"},
    "no list": {"kk": "тізімі жоқ", "ru": "нет списка", "en": "no list of sources"},
    "unread": {"kk": "ештеңе өзгерген жоқ", "ru": "ничего не изменилось", "en": "nothing was changed"},
}
STATE = ("chat", "subscription", "chat_source", "source", "removal", "alert_pace", "broadcast", "topic")
LONGEST = "ә" * 4096
LANGUAGES = pytest.mark.parametrize("language", LOCALES)


async def state(desk):
    """Return all that a reader can change, row by row."""
    async with desk.storage.reading() as unit:
        return {
            table: sorted(map(repr, map(tuple, await unit.connection.fetch_sql(f"SELECT * FROM {table}"))))  # noqa: S608
            for table in STATE
        }


async def reader(desk, language):
    """Begin with a reader of one topic; return the state that nothing may change."""
    await desk.news(desk.entry("Иран туралы жаңалық"))
    await desk.say("/subscribe Иран", language=language)
    return await state(desk)


def document(desk, body, name="x.opml", **more):
    desk.web.files["f1"] = body
    return {"document": {"file_id": "f1", "file_unique_id": "u1", "file_name": name, "file_size": len(body), **more}}


def opml(count):
    lines = "".join(f'<outline text="A{n}" xmlUrl="https://s{n}.kz/r"/>' for n in range(count))
    return f'<?xml version="1.0"?><opml version="2.0"><body>{lines}</body></opml>'.encode()


STALE = [
    "", ":", "?", "o", "o:", "o:x", "o:1:2:3", "o:999", "o:-1", "o:99999999999999999999999", "p:1:0",
    "p:99999999999999999999999:0", "m:1:365", "d:1:hourly", "n:999", "u:999", "r:1:bigger", "b:999", "9:999", "0:1:de",
    "e:colour", "i:colour", "4:1", "a:own-nobody", "x:none", "w:0:1:none", "2:0:nothing", "1:hour", "1:language:de",
    "c:999", "M:-999", "M:7", "@9:t:0:topics", "@9:l:en", "@:t:0:topics", "@zzzzzzzzzzzzzzzzzz:l:en", "y:8", "l:xx", "z:Mars/City", "s:never", "q:sometimes", "f:", "\x00", "💥" * 16,
]  # fmt: skip


@LANGUAGES
async def test_a_button_that_means_nothing_any_more(desk, language):
    """Of another version, of what is gone, of another reader, or made up: said on the spot, no message is sent."""
    before = await reader(desk, language)
    for data in STALE:
        desk.clock.forward(seconds=1)
        answers = await desk.press(None, "", data=data or " ", language=language)

        assert answers == [], data
        assert 0 < len(desk.callbacks[-1][1]) <= 200, data
        assert await state(desk) == before, data


@LANGUAGES
async def test_a_button_of_another_readers_panel(desk, language):
    """What names another's topic, composition, broadcast or chat does nothing for who presses it elsewhere."""
    await desk.say("/subscribe мұнай", chat=8)
    before = await reader(desk, language)
    async with desk.storage.reading() as unit:
        (theirs,) = await unit.subscriptions.of(8)
    for action in (
        actions.OpenTopic(theirs.topic_id), actions.SetMode(theirs.topic_id, "weekly"), actions.Mute(theirs.topic_id, 1),
        actions.Unfollow(theirs.topic_id), actions.Refine(theirs.topic_id, "headline"),
        actions.OpenLanguages(theirs.topic_id), actions.ToggleLanguage(theirs.topic_id, "kk"),
        actions.ShowTrend(theirs.topic_id), actions.Restore(theirs.topic_id), actions.Forget(8),
    ):  # fmt: skip
        assert await desk.press(None, "", data=actions.encode(action), language=language) == []
        assert SAID["stale"][language] in desk.callbacks[-1][1]

    assert await state(desk) == before


@LANGUAGES
@pytest.mark.parametrize("press", ["off", "undo", "mode", "mute", "language", "ready"])
async def test_a_doubled_press(desk, language, press):
    """The second one answers as the first, or says that the button is stale; the state is that of one press."""
    await reader(desk, language)
    async with desk.storage.reading() as unit:
        (mine,) = await unit.subscriptions.of(7)
    action = {
        "off": actions.Unfollow(mine.topic_id), "undo": actions.Restore(mine.topic_id),
        "mode": actions.SetMode(mine.topic_id, "weekly"), "mute": actions.Mute(mine.topic_id, 7),
        "language": actions.SetLocale(language), "ready": actions.FirstStep("hour", "07:30"),
    }[press]  # fmt: skip
    if press == "undo":
        await desk.press(None, "", data=actions.encode(actions.Unfollow(mine.topic_id)), language=language)
    await desk.press(None, "", data=actions.encode(action), language=language)
    once = await state(desk)
    again = await desk.press(None, "", data=actions.encode(action), language=language)

    assert again or SAID["stale"][language] in desk.callbacks[-1][1]
    assert await state(desk) == once


@LANGUAGES
async def test_the_longest_text_after_every_command(desk, language):
    """Telegram's 4,096 characters: an answer that fits, no failure, and no topic of that length."""
    await reader(desk, language)
    for command in COMMANDS:
        desk.clock.forward(seconds=1)
        answers = await desk.say(f"/{command} {LONGEST[: 4094 - len(command)]}", language=language)

        assert answers, command
        assert all(0 < len(answer.text) <= 4096 for answer in answers), command
        async with desk.storage.reading() as unit:
            assert [one.label for one in await unit.subscriptions.of(7)] == ["Иран"], command


@LANGUAGES
@pytest.mark.parametrize("more", [{}, {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "A"}}])
async def test_the_longest_text_by_itself(desk, language, more):
    """Typed or forwarded, it is no topic: the limit is named."""
    before = await reader(desk, language)
    (answer,) = await desk.say(LONGEST, language=language, **more)

    assert SAID["too long"][language] in answer.text
    assert await state(desk) == before


@LANGUAGES
async def test_a_forwarded_post_changes_nothing(desk, language):
    """A post from elsewhere is answered like words: whether to follow it, or why not; nothing is followed by itself."""
    before = await reader(desk, language)
    origin = {"type": "channel", "date": 1, "message_id": 3, "chat": {"id": -5, "type": "channel", "title": "C"}}
    (answer,) = await desk.say("Иран келіссөзге келісті", language=language, forward_origin=origin)
    (photo,) = await desk.send(
        {
            "photo": [{"file_id": "p", "file_unique_id": "p", "width": 9, "height": 9}],
            "caption": "Иран",
            "forward_origin": origin,
        },
        language=language,
    )

    assert answer.text
    assert SAID["not text"][language] in photo.text
    assert await state(desk) == before


FILE = {"file_id": "1", "file_unique_id": "1"}


NO_TEXTS = [
    {"voice": {**FILE, "duration": 1}},
    {"video_note": {**FILE, "duration": 1, "length": 9}},
    {"video": {**FILE, "duration": 1, "width": 9, "height": 9}},
    {"audio": {**FILE, "duration": 1}},
    {"photo": [{**FILE, "width": 9, "height": 9}]},
    {"sticker": {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}},
    {"contact": {"phone_number": "7", "first_name": "A"}},
    {"dice": {"emoji": "🎲", "value": 1}},
]


@LANGUAGES
async def test_what_is_no_text(desk, language):
    """Voice, pictures, stickers and the rest get one sentence."""
    before = await reader(desk, language)
    for message in NO_TEXTS:
        (answer,) = await desk.send(message, language=language)

        assert SAID["not text"][language] in answer.text, message
        assert await state(desk) == before, message


NO_LISTS = [
    (opml(10_000), "too many"),
    (opml(0), "unread"),
    (b"<html><body>news</body></html>", "no list"),
    (b"%PDF-1.7 \x00\xff\xfe", "no list"),
    (b"", "no list"),
    (b'<!DOCTYPE o [<!ENTITY a "aaaa">]><opml><body>&a;</body></opml>', None),
]


@LANGUAGES
async def test_a_document_that_is_no_list(desk, language):
    """Ten thousand feeds, no feed, another format, nothing at all."""
    before = await reader(desk, language)
    for body, said in NO_LISTS:
        (answer,) = await desk.send(document(desk, body), language=language)

        assert said is None or SAID[said][language] in answer.text, body[:80]
        assert 0 < len(answer.text) < 300, body[:80]
        assert await state(desk) == before, body[:80]


NO_EXPORTS = [
    b"", b"[]", b"{}", b"null", b'{"jarshy": 2}', b"[" * 50_000, b"\xff\xfe\x00",
    json.dumps({"jarshy": 1, "settings": {"zone": "Mars/City"}}).encode(),
    json.dumps({"jarshy": 1, "settings": {"schedule": "never" * 1000}}).encode(),
    json.dumps({"jarshy": 1, "topics": [{"topic": "Ирак"}, {"topic": "ә" * 5000}]}).encode(),
    json.dumps({"jarshy": 1, "topics": [{"topic": f"тақырып{n}"} for n in range(400)]}).encode(),
]  # fmt: skip


@LANGUAGES
async def test_a_document_that_is_no_export(desk, language):
    """Another program's, of a later version, damaged, or with what cannot be: as a whole or not at all."""
    before = await reader(desk, language)
    for body in NO_EXPORTS:
        (answer,) = await desk.send(document(desk, body, "jarshy.json"), language=language)

        assert 0 < len(answer.text) < 300, body[:80]
        assert await state(desk) == before, body[:80]


@LANGUAGES
async def test_a_member_of_a_group_presses_and_says(desk, language):
    """Who is no admin changes nothing of a group, by any button that changes and any command that does."""
    group = {"chat": -100, "kind": "supergroup", "language": language}
    desk.web.admins = {7}
    await desk.say("/subscribe Иран", **group)
    await desk.say(f"/language {language}", **group)
    desk.web.admins = set()
    before = await state(desk)
    (answer,) = await desk.say("/unsubscribe Иран", **group)

    assert SAID["admins"][language] in answer.text
    assert await state(desk) == before


def test_the_list_of_stale_buttons_knows_every_kind_with_a_number():
    """A new kind of button that names a row of the database needs its stale form here, or belongs to stories."""
    stories = {
        "TurnPage",
        "ListStories",
        "OpenStory",
        "Why",
        "Related",
        "OfferMutes",
        "ExcludeWord",
        "IncludeWord",
        "Silence",
        "BringHere",
    }
    named = {type(actions.decode(data)).__name__ for data in STALE if _decodes(data)}
    numbered = {kind.__name__ for kind in PRESSES if any(name.endswith("_id") for name in kind.__slots__)}

    assert numbered - stories <= named | {"SetMode", "Mute", "Refine", "ToggleLanguage"}


def _decodes(data):
    try:
        actions.decode(data)
    except Exception:  # noqa: BLE001 - the point of most of them
        return False
    return True
