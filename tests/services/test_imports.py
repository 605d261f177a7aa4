"""Files of many topics are taken in beside everything else: whatever befalls meanwhile, each topic comes once."""

import json
from dataclasses import replace

import pytest
from desk import open_desk

from bot.core import takeout
from bot.core.model import LOCALES, Channel, DeliveryMode
from bot.core.takeout import TakenTopic
from bot.services import imports
from bot.services.imports import AT_ONCE, Importing
from bot.services.subscriptions import MAX_TOPICS

MANY = 30


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request):
    """Name the engine under test."""
    return request.param


@pytest.fixture
async def desk(database_url, tmp_path):
    """The handlers and the ticks over that engine, with some news."""
    async with open_desk(tmp_path, url=database_url) as opened:
        await opened.say("/start")
        await opened.news(*(opened.entry(f"сөз{n} туралы жаңалық", minutes_ago=n + 1) for n in range(40)))
        yield opened


def document(*topics, **settings):
    """Return a file as ``/export`` writes it."""
    return json.dumps({"jarshy": 1, "settings": settings, "topics": list(topics)}).encode()


def numbered(count):
    return [{"topic": f"сөз{n}", "mode": list(DeliveryMode)[n % 3].value} for n in range(count)]


async def send(desk, data, **how):
    desk.web.files["f"] = data
    sent = {"file_id": "f", "file_unique_id": "u", "file_name": "jarshy.json", "file_size": len(data)}
    return await desk.send({"document": sent}, **how)


async def followed(desk, chat=7):
    async with desk.storage.reading() as unit:
        return [(one.label, one.mode) for one in await unit.subscriptions.of(chat)]


async def told(desk):
    return [answer for key, answer in await desk.outbox() if key.startswith("import:")]


async def finish(desk):
    """Let the tick come until there is nothing to do."""
    while await desk.importing.tick():
        pass


async def jobs(desk):
    async with desk.storage.reading() as unit:
        return len(await unit.connection.fetch_sql("SELECT chat_id FROM import_job"))


@pytest.mark.parametrize("language", LOCALES)
async def test_many_topics_are_added_in_the_background_and_the_end_is_told(desk, language):
    """The reader hears at once that they are being added, and once how many came; they come as the file has them."""
    (answer,) = await send(desk, document(*numbered(MANY), {"topic": "сөз1"}, language=language))
    before = await followed(desk)
    nudges = desk.nudges
    await finish(desk)
    (end,) = await told(desk)

    assert before == []
    assert str(MANY + 1) in answer.text
    assert len(await followed(desk)) == MANY
    assert (f"сөз{MANY - 1}", DeliveryMode.WEEKLY) in await followed(desk)
    assert str(MANY) in end.text
    assert str(MANY + 1) in end.text
    assert desk.nudges == nudges + 1
    assert await jobs(desk) == 0
    async with desk.storage.reading() as unit:
        assert len(await unit.articles.latest(7, [one.topic_id for one in await unit.subscriptions.of(7)],
                                              since=desk.clock.now() - imports.TOLD_LIFE, limit=99)) == MANY  # fmt: skip


async def test_few_topics_are_added_at_once(desk):
    """As many as a reader can wait for."""
    (answer,) = await send(desk, document(*numbered(AT_ONCE)))

    assert len(await followed(desk)) == AT_ONCE
    assert str(AT_ONCE) in answer.text
    assert await jobs(desk) == 0


async def test_a_kill_between_any_two_topics_costs_nothing(desk, monkeypatch):
    """Whoever takes the job up goes on where it was committed: no topic twice, none left out, one message."""
    await send(desk, document(*numbered(MANY)))
    monkeypatch.setattr(imports, "TURN_SECONDS", 0.0001)  # one topic a turn
    for number in range(MANY):
        another = Importing(desk.storage, desk.clock, desk.texts.translator, desk._nudge)  # as after a restart
        await another.tick()
        assert len(await followed(desk)) == number + 1
    await finish(desk)

    assert len(await told(desk)) == 1


async def test_who_was_killed_at_work_is_followed_by_another_when_the_lease_lapses(desk):
    """Not before: two would read the same articles."""
    await send(desk, document(*numbered(MANY)))
    async with desk.storage.transaction() as unit:
        assert await unit.imports.claim(desk.clock.now(), lease=imports.LEASE)
    idle = await desk.importing.tick()
    desk.clock.forward(seconds=61)
    await finish(desk)

    assert idle == 0
    assert len(await followed(desk)) == MANY


async def test_two_that_work_on_one_file_add_each_topic_once(desk):
    """A lease that lapsed while its holder was slow: who comes later finds the place moved and lets go."""
    await send(desk, document(*numbered(MANY)))
    async with desk.storage.transaction() as unit:
        stale = await unit.imports.claim(desk.clock.now(), lease=imports.LEASE)
        await unit.imports.release(7, desk.clock.now())
    await finish(desk)
    topics = takeout.unpack(stale.topics)

    assert await desk.importing._step(stale, topics, imports.AnalysisCache()) is None
    assert len(await followed(desk)) == MANY
    assert len(await told(desk)) == 1


async def test_files_of_several_chats_take_turns(desk, monkeypatch):
    """None waits for the end of another; and a chat has one at a time."""
    await send(desk, document(*numbered(MANY)))
    await send(desk, document(*numbered(MANY)), chat=8)
    (refused,) = await send(desk, document(*numbered(2)))
    monkeypatch.setattr(imports, "TURN_SECONDS", 0.0001)
    for _ in range(4):
        desk.clock.forward(seconds=1)
        await desk.importing.tick()

    assert len(await followed(desk)) == len(await followed(desk, 8)) == 2
    assert "Алдыңғы файл" in refused.text


async def test_forget_ends_it(desk, monkeypatch):
    """Nothing of the file is left, and nothing of it is added afterwards."""
    await send(desk, document(*numbered(MANY)))
    monkeypatch.setattr(imports, "TURN_SECONDS", 0.0001)
    await desk.importing.tick()
    (question,) = await desk.say("/forget")
    await desk.press(question, question.buttons[0])
    await desk.importing.tick()

    assert await jobs(desk) == 0
    assert await followed(desk) == []
    assert await told(desk) == []


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("count", [3, MANY])
async def test_what_is_refused_says_why_and_changes_nothing(desk, language, count):
    """A topic that is none, by its words; more topics than a chat may have, by the numbers. Settings stay too."""
    await desk.say(f"/language {language}")
    (bad,) = await send(desk, document(*numbered(count), {"topic": "-тек"}, zone="Europe/Berlin"))
    (many,) = await send(desk, document(*numbered(MAX_TOPICS + 1), zone="Europe/Berlin"))
    async with desk.storage.reading() as unit:
        chat = await unit.chats.get(7)

    assert "-тек" in bad.text
    assert str(MAX_TOPICS + 1) in many.text
    assert chat.zone != "Europe/Berlin"
    assert await followed(desk) == []
    assert await jobs(desk) == 0


async def test_the_limit_that_is_reached_meanwhile_leaves_the_rest_out(desk):
    """The end says how many came."""
    await send(desk, document(*numbered(MANY)))
    for number in range(MAX_TOPICS - 5):
        await desk.change(lambda _, services, n=number: services.subscriptions.subscribe(7, f"басқа{n}"))
    await finish(desk)
    (end,) = await told(desk)

    assert len(await followed(desk)) == MAX_TOPICS
    assert "5." in end.text


async def test_a_topic_that_cannot_be_added_keeps_no_other_away(desk, monkeypatch):
    """It is set aside; the file goes on and ends."""
    take = imports.take

    async def broken(subscriptions, chat_id, topic):
        if topic.text == "сөз4":
            raise ValueError("broken")
        return await take(subscriptions, chat_id, topic)

    monkeypatch.setattr(imports, "take", broken)
    await send(desk, document(*numbered(MANY)))
    await finish(desk)

    assert len(await followed(desk)) == MANY - 1
    assert len(await told(desk)) == 1


async def test_a_file_that_cannot_be_read_any_more_stops_no_other(desk):
    """As one that another version stored: it is set aside, the next one is taken in."""
    await send(desk, document(*numbered(MANY)))
    await send(desk, document(*numbered(MANY)), chat=8)
    async with desk.storage.transaction() as unit:
        await unit.connection.fetch_sql("UPDATE import_job SET topics = '[1]' WHERE chat_id = 7")
    assert await desk.importing.tick() == 0
    await finish(desk)

    assert await followed(desk) == []
    assert len(await followed(desk, 8)) == MANY


async def test_of_a_channel_its_admin_is_told(desk):
    """In private, under the channel's name; the channel's readers see nothing of it."""
    desk.web.channels["@c"] = Channel(-1005, "Менің арнам")
    await desk.say("/channels @c")
    (answer,) = await send(desk, document(*numbered(MANY)))
    await finish(desk)
    (end,) = await told(desk)

    assert len(await followed(desk, -1005)) == MANY
    assert answer.chat_id == end.chat_id == 7
    assert "Менің арнам" in end.text


def test_topics_are_read_as_they_were_packed():
    """Whatever is written in them."""
    topics = [TakenTopic('"a" | б -\n\u2028', DeliveryMode.AT_ONCE, ("kk", "en")), TakenTopic("ә" * 400)]

    assert takeout.unpack(takeout.pack(topics)) == tuple(topics)
    assert takeout.unpack(takeout.pack([replace(topics[0], languages=())]))[0].languages == ()
