"""Forum topics: news come into the one where they were asked for."""

import pytest

GROUP = -100500
SAID = {
    "kk": ("осы тақырыбына келеді", "басқа тақырыбына келеді", "Осы тақырыпқа келсін"),
    "ru": ("в эту тему форума", "в другую тему форума", "Присылать сюда"),
    "en": ("to this forum topic", "to another topic of this forum", "Send it here"),
}
LANGUAGES = pytest.mark.parametrize("language", ["kk", "ru", "en"])


def chat_in():
    return {"id": GROUP, "type": "supergroup", "title": "G", "is_forum": True}


async def say(desk, text, thread, language="kk"):
    where = {"message_thread_id": thread, "is_topic_message": True} if thread else {}
    entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
    message = {"text": text, "entities": entities, "chat": chat_in(), **where}
    return await desk.send(message, chat=GROUP, kind="supergroup", language=language)


async def press(desk, button, thread, language="kk"):
    where = {"message_thread_id": thread, "is_topic_message": True} if thread else {}
    message = {"message_id": 55, "date": 1, "chat": chat_in(), "text": "x", **where}
    sender = {"id": 7, "is_bot": False, "first_name": "A", "language_code": language}
    query = {"id": "q1", "from": sender, "chat_instance": "1", "data": button.data, "message": message}
    return await desk.handle({"callback_query": query}, GROUP)


async def threads(desk, kind):
    async with desk.storage.reading() as unit:
        rows = await unit.connection.fetch_sql("SELECT dedupe_key, thread_id FROM outbox ORDER BY id")
    return [row["thread_id"] for row in rows if row["dedupe_key"].startswith(kind)]


async def next_digest(desk):
    async with desk.storage.transaction() as unit:
        desk.clock.at = (await unit.chats.get(GROUP)).next_digest_at
    await desk.digests.tick()


@LANGUAGES
async def test_a_digest_comes_into_the_topic_where_it_was_asked_for(desk, language):
    """The first topic that is followed chooses the place, and it is said."""
    here, _, _ = SAID[language]
    followed, told = await say(desk, "/subscribe Иран", 17, language)
    await desk.news(desk.entry("Иран президенті Астанаға келді"))
    await next_digest(desk)

    assert "Иран" in followed.text
    assert here in told.text
    assert await threads(desk, "digest:") == [17]


@LANGUAGES
async def test_another_topic_is_offered_and_taken_by_a_button(desk, language):
    """Following something elsewhere moves nothing by itself; the button does, for admins."""
    here, elsewhere, button = SAID[language]
    await say(desk, "/subscribe Иран", 17, language)
    _, offer = await say(desk, "/subscribe Қазақстан", 23, language)
    await desk.news(desk.entry("Иран президенті Астанаға келді"))
    await next_digest(desk)
    desk.web.admins = set()
    refused = await press(desk, offer.button(button), 23, language)
    desk.web.admins = {7}
    (moved,) = await press(desk, offer.button(button), 23, language)
    await desk.news(desk.entry("Иранның мұнай экспорты өсті"))
    await next_digest(desk)

    assert elsewhere in offer.text
    assert refused == []
    assert here in moved.text
    assert await threads(desk, "digest:") == [17, 23]


async def test_hours_move_the_digest_and_so_does_the_general_topic(desk):
    """``/schedule`` with an hour says where it comes; without one it only shows. Alerts go the same way."""
    await say(desk, "/subscribe Иран", 17)
    await say(desk, "/schedule", 23)
    await say(desk, "/schedule 09:00", None)
    await say(desk, "/alerts Қазақстан", None)
    await desk.news(desk.entry("Иран президенті Қазақстанға келді"))
    await desk.alerts.tick()
    await next_digest(desk)

    assert await threads(desk, "digest:") == [None]
    assert await threads(desk, "alert:") == [None]


async def test_a_button_of_another_topic_is_stale(desk):
    """A message that was forwarded or moved chooses nothing."""
    await say(desk, "/subscribe Иран", 17)
    _, offer = await say(desk, "/subscribe Қазақстан", 23)

    assert await press(desk, offer.button("Осы тақырыпқа келсін"), 31) == []
    assert "ескірген" in desk.callbacks[-1][1]


async def test_a_group_without_topics_hears_nothing_of_them(desk):
    """One answer to each command, as ever."""
    assert len(await desk.say("/subscribe Иран", chat=-5, kind="supergroup")) == 1
    assert len(await desk.say("/schedule 09:00", chat=-5, kind="supergroup")) == 1
