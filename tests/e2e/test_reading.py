"""What a reader does with a digest's stories, in the whole program and three languages; a channel and a forum too."""

from pathlib import Path

import pytest
from harness import Control, Reader, Shown

from bot.sandbox.news import sources_toml
from bot.sandbox.server import Sandbox

WORDS = {
    "kk": ("Жаңалық туралы толығырақ", "Неге?", "неге келді", "Артқа", "Жаңалықтарға оралу", "Суретпен", "Мен «"),
    "ru": ("Подробнее о новости", "Почему?", "Почему пришла", "Назад", "К новостям", "С картинкой", "Меня добавили"),
    "en": ("More about a story", "Why?", "Why this story", "Back", "Back to the news", "With a picture", "I was added"),
}
HERE = {"kk": "осы тақырыбына келеді", "ru": "в эту тему форума", "en": "to this forum topic"}
LANGUAGES = pytest.mark.parametrize("language", ["kk", "ru", "en"])


@pytest.fixture
async def running(sandbox: Sandbox, start_bot, tmp_path: Path) -> None:
    """Start the program on the sandbox's news."""
    catalogue = tmp_path / "sources.toml"
    catalogue.write_text(sources_toml(sandbox.url), encoding="utf-8")
    await start_bot(SOURCES_FILE=str(catalogue))


async def latest(reader: Reader, button: str) -> Shown:
    """Ask for the latest until the visit is stored as all three outlets tell it: its title changes no more."""
    while True:  # each answer is waited for
        answer = await reader.say("/latest")
        if button in answer.buttons and "+2" in answer.text:
            return answer


@LANGUAGES
@pytest.mark.usefixtures("running")
async def test_a_story_is_opened_and_explained_in_its_own_message(language: str, join) -> None:
    """From /latest to a story, why it came, and back; one message all the way, each title a link."""
    more, why, because, back, news, picture, _ = WORDS[language]
    reader: Reader = await join(language)
    await reader.say("/subscribe Иран")
    first = await latest(reader, more)
    listed = await reader.press(more, first)
    card = await reader.press("1", listed)
    told = await reader.press(why, card)
    card_again = await reader.press(back, told)
    last = await reader.press(news, card_again)
    await reader.say("/settings")
    await reader.press(picture)

    assert {shown.id for shown in (listed, card, told, card_again, last)} == {first.id}
    assert first.links
    assert set(listed.links) <= set(first.links)
    assert because in told.text
    assert (last.text, last.links, last.buttons) == (first.text, first.links, first.buttons)


@LANGUAGES
@pytest.mark.usefixtures("running")
async def test_a_channel_is_managed_from_the_private_chat(language: str, join) -> None:
    """Adding the bot is told in private; what is written there then is the channel's, and /start ends it."""
    added = WORDS[language][-1]
    reader: Reader = await join(language)
    control: Control = reader.control
    await reader.say("/help")
    title = "Арна"
    room = await control.post("chats", type="channel", title=title, user_id=reader.user_id, bot=False)
    where = {"chat_id": room["id"], "user_id": reader.user_id}
    await reader.catch_up()
    await control.post("bot", **where, status="administrator")
    told = await reader.next_message()
    await reader.say("/channels")
    await reader.press(title)
    followed = await reader.say("/subscribe Иран")
    await reader.say("/start")
    mine = await reader.say("/topics")

    assert added in told.text
    assert title in followed.text.splitlines()[0]
    assert "Иран" not in mine.buttons
    assert await reader.at(int(str(room["id"]))).from_bot() == []


@LANGUAGES
@pytest.mark.usefixtures("running")
async def test_a_forum_hears_that_news_come_into_its_topic(language: str, join) -> None:
    """Following something inside a topic is answered there, and chooses it."""
    reader: Reader = await join(language)
    room = await reader.control.post(
        "chats", type="supergroup", title="G", user_id=reader.user_id, is_forum=True, threads={"5": "News"}
    )
    forum = reader.at(int(str(room["id"])))
    await forum.say("/subscribe Иран", thread_id=5)
    told = await forum.next_message()

    assert HERE[language] in told.text
    assert told.raw["message_thread_id"] == 5
