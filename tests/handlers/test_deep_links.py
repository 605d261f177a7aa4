"""Links to ``/start``: what the bot wrote itself is followed, what comes from anywhere else is offered."""

import base64

import pytest

from bot.core import actions
from handlers.start import DEEP_LINK_LENGTH, read_deep_link, read_words, write_deep_link

FOREIGN = ["tgstat", "ref_2024", "settings", "oil_price", "a", "utm-source_x", "iran"]
"""Parameters that catalogues of bots, adverts and other bots are known to use, and words that may be a topic."""
HELLO = {"kk": "Сәлем", "ru": "Здравствуйте", "en": "Hello"}


def packed(data):
    return "b_" + base64.urlsafe_b64encode(data).decode().rstrip("=")


BROKEN = [
    "b_", "b_!", "b_0", "b_0JjR_gNCw0", "b_ 0JjRgNCw0L0", packed(b"\xff\xfe"), packed(b""), packed(b"   "),
    packed(b"?!"), packed(b"-"), packed(b"(("), packed("-Иран".encode()), packed(b" | "), "b_" + "A" * 200,
]  # fmt: skip
"""What begins as a link of the bot's and names no topic."""


async def followed(desk, chat=7):
    async with desk.storage.reading() as unit:
        return [one.label for one in await unit.subscriptions.of(chat)]


@pytest.mark.parametrize("language", HELLO)
async def test_the_bots_own_link_follows_its_topic(desk, language):
    """At once, in a private chat."""
    (answer,) = await desk.say(f"/start {write_deep_link('Иран')}", language=language)

    assert "Иран" in answer.text
    assert await followed(desk) == ["Иран"]


@pytest.mark.parametrize("language", HELLO)
@pytest.mark.parametrize("parameter", FOREIGN)
async def test_foreign_words_are_offered_never_followed(desk, language, parameter):
    """The welcome as ever, with one more button; pressed, it follows."""
    (welcome,) = await desk.say(f"/start {parameter}", language=language)
    words = read_words(parameter)
    assert HELLO[language] in welcome.text
    assert await followed(desk) == []

    offers = [text for text in welcome.buttons if text.endswith(f": {words}")]
    (plain,) = await desk.say("/start", language=language, chat=8)
    assert welcome.buttons == [*offers, *plain.buttons]
    assert len(offers) == 1
    await desk.press(welcome, offers[0], language=language)
    assert await followed(desk) == [words]


async def test_an_offer_is_made_only_where_it_could_be_a_topic(desk):
    """Long words that no button holds, and what names nothing, get the welcome alone."""
    (plain,) = await desk.say("/start")
    for words in ("x" * 64, "?!", "- -", "| |"):
        (welcome,) = await desk.say(f"/start {words}")
        assert welcome.buttons == plain.buttons, words


@pytest.mark.parametrize("parameter", BROKEN)
async def test_a_broken_link_gets_the_welcome(desk, parameter):
    """Bytes that are no text, texts that are no topic, characters that are not of the alphabet."""
    assert read_deep_link(parameter) is None
    (welcome,) = await desk.say(f"/start {parameter}")
    (plain,) = await desk.say("/start")

    assert "Сәлем" in welcome.text
    assert welcome.buttons == plain.buttons
    assert await followed(desk) == []


async def test_a_link_that_a_member_brings_to_a_group_follows_nothing(desk):
    """An admin's does."""
    group = {"chat": -100, "kind": "supergroup"}
    desk.web.admins = set()
    (greeted,) = await desk.say(f"/start {write_deep_link('Иран')}", **group)
    assert "Сәлем" in greeted.text
    assert await followed(desk, -100) == []

    desk.web.admins = {7}
    await desk.say(f"/start {write_deep_link('Иран')}", **group)
    assert await followed(desk, -100) == ["Иран"]


@pytest.mark.parametrize("topic", ["Иран", "a b", "«Қазақстан»", "settings", "b_", "мұнай | газ -баға"])
def test_every_link_that_the_bot_writes_is_read_again(topic):
    """Whatever the topic, it begins with the mark and fits; what would be too long is not written."""
    parameter = write_deep_link(topic)

    assert parameter.startswith("b_")
    assert len(parameter) <= DEEP_LINK_LENGTH
    assert set(parameter) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
    assert read_deep_link(parameter) == topic
    assert write_deep_link("қ" * 40) is None


async def test_every_place_that_writes_a_link_uses_the_mark(desk):
    """The share button of a topic's card, and the button above an empty inline answer."""
    await desk.say("/subscribe oil")
    async with desk.storage.reading() as unit:
        (topic,) = await unit.subscriptions.of(7)
    (card,) = await desk.press(None, "", data=actions.encode(actions.OpenTopic(topic.topic_id)))
    shared = [button.url for row in card.keyboard for button in row if button.url]
    sender = {"id": 7, "is_bot": False, "first_name": "A", "language_code": "kk"}
    for query in ("oil", "((", "x" * 100):
        await desk.handle({"inline_query": {"id": "i", "from": sender, "query": query, "offset": ""}})
    offers = [offer for _, _, offer in desk.inline]

    assert all("%3Fstart%3Db_" in url for url in shared)
    assert len(shared) == 1
    assert [parameter for _, parameter in offers] == [write_deep_link("oil"), "b_", "b_"]
