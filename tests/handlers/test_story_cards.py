"""One story out of a digest or an alert: its card, «Why?», fewer like it, more on it; all in the same message."""

from collections import Counter
from datetime import timedelta

import pytest

from bot.core import actions
from bot.core.model import ChatKind, Source

TITLE = "Пезешкианның Қазақстанға сапары Иран үшін маңызды"
OTHER = "Футболдан Қазақстан құрамасы Англиямен ойнайды"
TENGRI = Source("tengri", {"kk": "Теңгри", "ru": "Тенгри", "en": "Tengri"}, "https://t.kz/", "kk")
WORDS = {
    "kk": {
        "open": "Жаңалық туралы толығырақ", "which": "Қай жаңалықты", "why": "Неге?", "because": "неге келді",
        "more": "Осы туралы тағы", "nothing": "басқа жаңалық әзірге жоқ", "fewer": "Мұндайды азайту",
        "without": "«футбол» болмасын", "done": "«футбол» сөзі бар жаңалық енді келмейді", "undo": "Қайтару",
        "day": "Қазақстан: бір күнге өшіру", "muted": "Уақытша өшірулі", "back": "Артқа", "news": "Жаңалықтарға оралу",
        "share": "Бөлісу", "topics": "Тақырыптарыңыз бойынша: Қазақстан", "stale": "ескірген",
    },
    "ru": {
        "open": "Подробнее о новости", "which": "Какую новость", "why": "Почему?", "because": "Почему пришла",
        "more": "Ещё об этом", "nothing": "Других новостей об этом пока нет", "fewer": "Меньше такого",
        "without": "Без «футбол»", "done": "Новости со словом «футбол»", "undo": "Вернуть",
        "day": "Қазақстан: отключить на день", "muted": "Отключена до", "back": "Назад", "news": "К новостям",
        "share": "Поделиться", "topics": "По вашим темам: Қазақстан", "stale": "устарела",
    },
    "en": {
        "open": "More about a story", "which": "Which story", "why": "Why?", "because": "Why this story",
        "more": "More on this", "nothing": "nothing else on this yet", "fewer": "Fewer like this",
        "without": "Without “футбол”", "done": "Stories with the word “футбол”", "undo": "Undo",
        "day": "Қазақстан: mute for a day", "muted": "Muted until", "back": "Back", "news": "Back to the news",
        "share": "Share", "topics": "Your topics: Қазақстан", "stale": "out of date",
    },
}  # fmt: skip
LANGUAGES = pytest.mark.parametrize("language", ["kk", "ru", "en"])


async def digest_with(desk, language, *titles):
    """Follow Қазақстан, bring stories of these titles and return the scheduled digest."""
    await desk.say("/subscribe Қазақстан", language=language)
    await desk.news(*(desk.entry(title, minutes_ago=n) for n, title in enumerate(titles, start=5)))
    async with desk.storage.transaction() as unit:
        desk.clock.at = (await unit.chats.get(7)).next_digest_at
    await desk.digests.tick()
    return next(answer for key, answer in await desk.outbox() if key.startswith("digest:"))


async def opened(desk, answer, language, title):
    """Open the story of that title from a digest."""
    (listed,) = await desk.press(answer, WORDS[language]["open"], language=language)
    lines = listed.text.splitlines()
    number = next(line for line in lines if title in line).split(".")[0]
    (card,) = await desk.press(listed, number, language=language)
    return card


@LANGUAGES
async def test_a_digest_opens_each_of_its_stories_and_closes_again(desk, language):
    """One button names the stories of the page, a number opens one, the way back shows the page as it was."""
    said = WORDS[language]
    digest = await digest_with(desk, language, TITLE, OTHER)
    (listed,) = await desk.press(digest, said["open"], language=language)
    card = await opened(desk, digest, language, TITLE)
    (back,) = await desk.press(card, said["news"], language=language)

    assert listed.edits == card.edits == 55
    assert said["which"] in listed.text
    assert listed.buttons == ["1", "2", said["news"]]
    assert TITLE in card.text
    assert said["topics"] in card.text
    assert card.buttons == [said["why"], said["more"], said["fewer"], said["share"], said["news"]]
    assert back.html == digest.html
    assert back.keyboard == digest.keyboard


@LANGUAGES
async def test_latest_opens_its_stories_as_a_digest_does(desk, language):
    """``/latest`` of all topics and ``/search`` have the same button; a search has no topic to ask why."""
    said = WORDS[language]
    await desk.say("/subscribe Иран", language=language)
    await desk.news(desk.entry(TITLE))
    (latest,) = await desk.say("/latest", language=language)
    (search,) = await desk.say("/search Қазақстан", chat=8, language=language)
    (listed,) = await desk.press(search, said["open"], chat=8, language=language)
    (found,) = await desk.press(listed, "1", chat=8, language=language)

    assert said["why"] in (await opened(desk, latest, language, TITLE)).buttons
    assert found.buttons == [said["more"], said["share"], said["news"]]


@LANGUAGES
async def test_why_names_the_words_that_met_each_topic(desk, language):
    """The article's own words, topic by topic, in the message of the digest; back leads to the story."""
    said = WORDS[language]
    await desk.say("/subscribe Иран", language=language)
    await desk.say("/subscribe футбол", language=language)
    digest = await digest_with(desk, language, TITLE)
    (why,) = await desk.press(await opened(desk, digest, language, TITLE), said["why"], language=language)
    (back,) = await desk.press(why, said["back"], language=language)

    assert why.edits == 55
    assert said["because"] in why.text
    assert "«Қазақстан»: Қазақстанға" in why.text.replace("“", "«").replace("”", "»")
    assert "Иран" in why.text
    assert "футбол" not in why.text
    assert said["share"] in back.buttons


@LANGUAGES
async def test_an_alert_has_the_same_buttons(desk, language):
    """Why, more and fewer stand under an alert; what they show leads back to the story."""
    said = WORDS[language]
    await desk.say("/alerts Иран", language=language)
    await desk.news(desk.entry(TITLE))
    await desk.alerts.tick()
    (alert,) = [answer for key, answer in await desk.outbox() if key.startswith("alert:")]
    (why,) = await desk.press(alert, said["why"], language=language)
    (card,) = await desk.press(why, said["back"], language=language)

    assert alert.buttons == [said["why"], said["more"], said["fewer"]]
    assert "Иран" in why.text
    assert card.buttons == [said["why"], said["more"], said["fewer"], said["share"]]


@LANGUAGES
async def test_a_word_is_muted_and_unmuted(desk, language):
    """A word of the story is excluded from the topic that it met; stories with it stay away, undo brings it back."""
    said = WORDS[language]
    digest = await digest_with(desk, language, OTHER)
    (fewer,) = await desk.press(await opened(desk, digest, language, OTHER), said["fewer"], language=language)
    (done,) = await desk.press(fewer, said["without"], language=language)
    async with desk.storage.reading() as unit:
        (narrowed,) = await unit.subscriptions.of(7)
    found = (await desk.say("/latest", language=language))[0].text
    (again,) = await desk.press(done, said["undo"], language=language)
    async with desk.storage.reading() as unit:
        (restored,) = await unit.subscriptions.of(7)

    assert narrowed.label == "Қазақстан -футбол"
    assert said["done"] in done.text
    assert OTHER not in found
    assert restored.label == "Қазақстан"
    assert said["without"] in again.buttons
    assert OTHER in (await desk.say("/latest", language=language))[0].text


async def test_words_of_several_topics_stand_below_each_other(desk):
    """Where the topic's name stands before a word, each button has a row, three for a topic: nothing is cut off."""
    await desk.say("/subscribe Иран")
    await desk.say("/subscribe сапар")
    digest = await digest_with(desk, "kk", TITLE)
    card = await opened(desk, digest, "kk", TITLE)
    (fewer,) = await desk.press(card, WORDS["kk"]["fewer"])
    words = [row for row in fewer.keyboard if "болмасын" in row[0].text]

    assert {len(row) for row in words} == {1}
    assert max(Counter(row[0].text.split(":")[0] for row in words).values()) <= 3
    assert len({row[0].text.split(":")[0] for row in words}) > 1


@LANGUAGES
async def test_a_topic_is_silenced_for_a_day_from_its_story(desk, language):
    """Its topic is muted until the day after, and undo ends it."""
    said = WORDS[language]
    digest = await digest_with(desk, language, OTHER)
    (fewer,) = await desk.press(await opened(desk, digest, language, OTHER), said["fewer"], language=language)
    (done,) = await desk.press(fewer, said["day"], language=language)
    async with desk.storage.reading() as unit:
        (muted,) = await unit.subscriptions.of(7)
    await desk.press(done, said["undo"], language=language)
    async with desk.storage.reading() as unit:
        (free,) = await unit.subscriptions.of(7)

    assert said["muted"] in done.text
    assert muted.muted_until == desk.clock.now() + timedelta(days=1)
    assert free.muted_until is None


@LANGUAGES
async def test_more_on_this_shows_the_wider_group(desk, language):
    """Stories that belong together without being one; where there are none, a sentence, and the card stays."""
    said = WORDS[language]
    digest = await digest_with(desk, language, TITLE, OTHER)
    async with desk.storage.transaction() as unit:
        rows = await unit.connection.fetch_sql("SELECT id, title FROM article ORDER BY id")
        ids = {row["title"]: row["id"] for row in rows}
    card = await opened(desk, digest, language, TITLE)
    nothing = await desk.press(card, said["more"], language=language)
    async with desk.storage.transaction() as unit:
        await unit.connection.fetch_sql("UPDATE article SET related_id = :one", {"one": ids[TITLE]})
    (more,) = await desk.press(card, said["more"], language=language)

    assert nothing == []
    assert said["nothing"] in desk.callbacks[-2][1]
    assert OTHER in more.text
    assert more.html.count("<blockquote") == 0
    assert more.buttons == [said["back"]]


@LANGUAGES
async def test_a_card_names_every_outlet_with_its_own_link(desk, language):
    """«Қазинформ +1» opens to the other outlet's article."""
    digest = await digest_with(desk, language, TITLE)
    async with desk.storage.transaction() as unit:
        await unit.feeds.add(TENGRI, desk.clock.now())
        await unit.feeds.switch(7, "tengri", on=True)
    await desk.bring(TENGRI, desk.entry(TITLE, minutes_ago=1, id="https://t.kz/1"))
    card = await opened(desk, digest, language, TITLE)

    assert TENGRI.name[language] in card.text
    assert card.html.count("<a href") == 2


async def test_what_is_gone_is_stale(desk):
    """A story, a digest or a topic that is not there any more, or that belongs to another chat, changes nothing."""
    digest = await digest_with(desk, "kk", TITLE)
    (listed,) = await desk.press(digest, WORDS["kk"]["open"])
    gone = (
        actions.ListStories(99, 0), actions.ListStories(1, 9), actions.OpenStory(1, 99), actions.OpenStory(99, 1),
        actions.Why(1, 99), actions.Related(1, 99), actions.OfferMutes(1, 99), actions.ExcludeWord(1, 1, 99, "футбол"),
        actions.IncludeWord(1, 1, 1, "футбол"), actions.Silence(1, 1, 99, 1), actions.Silence(1, 1, 1, 3000),
    )  # fmt: skip
    for action in gone:
        assert await desk.press(None, "", data=actions.encode(action)) == [], action
        assert WORDS["kk"]["stale"] in desk.callbacks[-1][1], action
    assert await desk.press(listed, "1", chat=8) == []

    async with desk.storage.reading() as unit:
        (topic,) = await unit.subscriptions.of(7)
    assert topic.label == "Қазақстан"


async def test_a_topic_that_is_followed_no_more_is_not_asked(desk):
    """The story stays to be read; its «why» and «fewer» are gone with the topic."""
    digest = await digest_with(desk, "kk", TITLE)
    card = await opened(desk, digest, "kk", TITLE)
    await desk.say("/unsubscribe Қазақстан")
    later = await opened(desk, digest, "kk", TITLE)

    assert WORDS["kk"]["why"] not in later.buttons
    assert await desk.press(card, WORDS["kk"]["why"]) == []


async def test_in_a_group_members_read_and_admins_mute(desk):
    """Whoever reads may open a story and ask why; changing the topic is for admins."""
    desk.web.admins = set()
    digest = await digest_with(desk, "kk", OTHER)
    async with desk.storage.transaction() as unit:
        chat = await unit.chats.get(7)
        await unit.connection.fetch_sql("UPDATE chat SET kind = :kind", {"kind": ChatKind.SUPERGROUP.value})
    card = await opened(desk, digest, "kk", OTHER)
    (fewer,) = await desk.press(card, WORDS["kk"]["fewer"])

    assert chat.kind is ChatKind.PRIVATE
    assert await desk.press(fewer, WORDS["kk"]["without"]) == []
    assert "әкімші" in desk.callbacks[-1][1].lower()
