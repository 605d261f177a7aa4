"""Inline mode: ``@bot иран`` in any chat."""

import pytest

from bot.core.model import LOCALES

SEED = "Иран елшісі Астанаға келді"
OUTLET = {"kk": "Қазинформ", "ru": "Казинформ", "en": "Kazinform"}


async def ask(desk, query, *, language="kk", user=7):
    """Type ``@bot query`` and return what was offered: results, and the button above them."""
    sender = {"id": user, "is_bot": False, "first_name": "A", "language_code": language}
    await desk.handle({"inline_query": {"id": "i1", "from": sender, "query": query, "offset": ""}}, user)
    _, results, offer = desk.inline[-1]
    return results, offer


@pytest.mark.parametrize("language", LOCALES)
async def test_the_latest_articles_are_offered_in_the_writers_language(desk, language):
    """Title, outlet and time, and the link; someone who never wrote to the bot is not stored."""
    await desk.news(desk.entry(SEED), desk.entry("Мектепте байқау өтті"))
    (result,), offer = await ask(desk, " Иран ", language=language, user=77)

    assert offer is None
    assert result.title == SEED
    assert OUTLET[language] in result.description
    assert result.url in result.text
    async with desk.storage.reading() as unit:
        assert await unit.chats.get(77) is None
    assert await desk.outbox() == []


async def test_without_words_the_writer_is_offered_what_latest_shows(desk):
    """The stories of one's topics; of a newcomer, the most covered ones."""
    await desk.news(desk.entry(SEED), desk.entry("Мектепте байқау өтті"))
    await desk.say("/subscribe Иран")

    assert [one.title for one in (await ask(desk, ""))[0]] == [SEED]
    assert len((await ask(desk, "", user=77))[0]) == 2


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("query", ["Қытай", "қ" * 200, "((", "-"])
async def test_nothing_found_leads_to_the_bot(desk, language, query):
    """A button in Telegram's 64 characters opens the bot; it follows the topic, where that can be one."""
    results, (text, parameter) = await ask(desk, query, language=language)
    assert results == ()
    assert 1 <= len(text) <= 64
    assert 1 <= len(parameter) <= 64

    answers = await desk.say(f"/start {parameter}", language=language)
    assert answers
    followed = {each.label for each in await followed_by(desk)}
    assert followed == ({"Қытай"} if query == "Қытай" else set())


async def followed_by(desk):
    async with desk.storage.reading() as unit:
        return await unit.subscriptions.of(7)


async def test_a_late_query_and_a_chosen_result_are_passed_over(desk):
    """What Telegram takes no answer for gets none; a result that was sent to the bot itself is no topic."""
    await desk.news(desk.entry(SEED))
    handle = desk.dispatcher

    async def late(row):
        desk.clock.forward(seconds=11)
        await handle(row)

    desk.dispatcher = late
    sender = {"id": 7, "is_bot": False, "first_name": "A", "language_code": "kk"}
    await desk.handle({"inline_query": {"id": "i1", "from": sender, "query": "Иран", "offset": ""}})
    await desk.handle({"chosen_inline_result": {"result_id": "1", "from": sender, "query": "Иран"}})
    desk.dispatcher = handle
    about = {"id": 1, "is_bot": True, "first_name": "Jarshy", "username": "jarshy_bot"}

    assert desk.inline == []
    assert await desk.say(SEED, via_bot=about) == []
