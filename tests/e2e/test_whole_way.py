"""The whole way: an article goes from a feed to a reader's phone, and the program survives being killed on it."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from feed_server import FeedServer, sources_document
from news import english, kazakh, russian, unrelated
from seeding import make_due

from bot.storage import open_storage

ALMATY = ZoneInfo("Asia/Almaty")
pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def news(feeds: FeedServer, tmp_path):
    """Feeds in three languages, dated within the last hour, and the catalogue that names them."""
    now = datetime.now(UTC)
    addresses = [
        ("qazaq", feeds.put_rss("/kk.xml", [kazakh(now), unrelated(now)], language="kk"), "kk"),
        ("russian", feeds.put_rss("/ru.xml", [russian(now)], language="ru"), "ru"),
        ("english", feeds.put_rss("/en.xml", [english(now)], language="en"), "en"),
    ]
    path = tmp_path / "sources.toml"
    path.write_text(sources_document(*addresses), encoding="utf-8")
    return str(path)


async def until_latest(reader, topic, expected):
    """Ask ``/latest`` until ingest has stored the article: each answer is waited for, none is guessed."""
    async with asyncio.timeout(30):
        while True:
            answer = await reader.say(f"/latest {topic}")
            if expected in answer.text:
                return answer


async def brought_forward(folder, chats, minute):
    """Check that the minute is when the chats' next digest is due, and let it be due in three seconds; return that instant."""
    slot = datetime.now(UTC) + timedelta(seconds=3)
    storage = await open_storage(f"sqlite:///{folder / 'jarshy.db'}")
    async with storage.reading() as unit:
        assert {(await unit.chats.get(chat)).next_digest_at for chat in chats} == {minute}
    await make_due(storage, chats, slot)
    await storage.close()
    return slot.timestamp()


async def test_each_reader_gets_their_news_and_nothing_else(news, start_bot, join, tmp_path):
    """By ``/latest``, ``/digest`` and at the scheduled instant, once for the slot, over a kill and a restart."""
    bot = await start_bot(SOURCES_FILE=news)
    kazakh_reader, russian_reader, english_reader = await join("kk"), await join("ru"), await join("en")
    titles = [item(datetime.now(UTC)).title for item in (kazakh, russian, english, unrelated)]
    seed, other = titles[0], titles[3]

    welcome = await kazakh_reader.say("/start")
    assert "Сәлем" in welcome.text
    await until_latest(kazakh_reader, "Иран", seed)
    assert "жазылдыңыз" in (await kazakh_reader.say("/subscribe Иран")).text
    assert "подписались" in (await russian_reader.say("/subscribe Казахстан")).text
    assert "follow" in (await english_reader.say("/subscribe Tokayev")).text

    latest = await kazakh_reader.say("/latest")
    digest = await kazakh_reader.say("/digest")
    for answer in (latest, digest):
        assert seed in answer.text
        assert other not in answer.text
        assert any(link.endswith("/seed") for link in answer.links)
    assert "Соңғы жаңалықтар" in latest.text
    assert "Келесі шолу" in digest.text
    in_russian = await russian_reader.say("/latest")
    assert titles[1] in in_russian.text
    assert "Последние новости" in in_russian.text
    in_english = await english_reader.say("/digest")
    assert titles[2] in in_english.text
    assert "The next digest" in in_english.text
    for answer in (in_russian, in_english):
        assert other not in answer.text
    assert "жоқ" in (await kazakh_reader.say("/latest дзюдо")).text

    minute = (datetime.now(ALMATY) + timedelta(hours=2)).replace(second=0, microsecond=0)
    readers = (kazakh_reader, russian_reader, english_reader)
    for reader in readers:
        assert f"{minute:%H:%M}" in (await reader.say(f"/schedule {minute:%H:%M}")).text
    await bot.restart(kill=True)
    slot = await brought_forward(tmp_path, [reader.chat_id for reader in readers], minute)
    # The kill may cost one quiet repeat of the answer that was in flight: the digest is what has its header.
    headers = ("Жаңалықтар шолуы", "Дайджест новостей", "News digest")
    arrived = [
        await reader.wait_for(lambda event: event.by_bot and event.message.text.startswith(headers), seconds=30)
        for reader in readers
    ]
    for event, title in zip(arrived, titles, strict=False):
        assert title in event.message.text
        assert other not in event.message.text
        assert -0.5 < event.message.arrived_at - slot < 5
    # An answer that comes after the digest: by then the digest is settled, and the kill cannot repeat it.
    assert "Иран" in (await kazakh_reader.say("/topics")).text
    await bot.restart(kill=True)
    await kazakh_reader.write("/digest")
    await kazakh_reader.wait_for(lambda event: event.by_bot and "жаңалық жиналған жоқ" in event.message.text)
    digests = [message for message in await kazakh_reader.from_bot() if "Жаңалықтар шолуы" in message.text]
    assert len(digests) == 1


async def test_inflections_meet_and_lookalikes_do_not(news, start_bot, join):
    """The seed article meets its names in any form, script and language; Iraq is not Iran."""
    await start_bot(SOURCES_FILE=news)
    reader = await join("kk")
    seed = kazakh(datetime.now(UTC)).title
    await until_latest(reader, "Иран", seed)

    for topic in ("Иранның", "Иранмен", "Қазақстанға", "Тоқаевтың", "Пезешкианның", "Iran", "Tokayev", "Казахстан"):
        assert seed in (await reader.say(f"/latest {topic}")).text, topic
    for topic in ("Ирак", "Израиль", "спорт"):
        answer = await reader.say(f"/latest {topic}")
        assert seed not in answer.text, topic
        assert topic in answer.text


WORDS = {
    "kk": ("Қай тақырып?", "тым ұзын", "іздейтін сөз жоқ", "уақыт белдеуі де табылмады", "түсініксіз уақыт", "Мұндай пәрмен жоқ", "тек мәтінді"),
    "ru": ("Какая тема?", "слишком длинная", "нечего искать", "пояса «Марс»", "Не могу разобрать", "Такой команды нет", "только текст"),
    "en": ("Which topic?", "too long", "nothing to look for", "nor a time zone", "cannot read the time", "no such command", "text only"),
}  # fmt: skip


async def test_bad_input_gets_a_sentence_and_changes_nothing(news, start_bot, join):
    """Each mistake is answered in the reader's language, and topics, zone and hours stay as they were."""
    await start_bot(SOURCES_FILE=news)
    readers = [await join(language) for language in WORDS]
    await asyncio.gather(*map(mistaken, readers, WORDS.values()))


async def mistaken(reader, words):
    """Make every mistake; each answer holds its words."""
    await reader.say("/subscribe Иран")
    before = [(await reader.say(command)).text for command in ("/topics", "/schedule", "/timezone")]

    mistakes = (
        "/subscribe",
        "/subscribe " + "ұзақ " * 100,
        "/subscribe ?!…",
        "/timezone Марс",
        "/schedule 25:99",
        "/abracadabra",
    )
    for mistake, expected in zip(mistakes, words, strict=False):
        assert expected in (await reader.say(mistake)).text, mistake
    assert words[-1] in (await reader.send("sticker")).text

    after = [(await reader.say(command)).text for command in ("/topics", "/schedule", "/timezone")]
    clock = re.compile(r"\d\d:\d\d")
    assert [clock.sub("", text) for text in before] == [clock.sub("", text) for text in after]
