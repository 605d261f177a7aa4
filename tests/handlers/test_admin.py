"""What administrators can say."""

from dataclasses import replace

import pytest
from desk import open_desk

from bot.core.model import LOCALES
from handlers import ADMIN_COMMANDS

SEED = "Иран елшісі Астанаға келді"


@pytest.fixture
async def office(tmp_path):
    """The desk of a bot whose administrator is the reader."""
    async with open_desk(tmp_path, admins=[7]) as opened:
        yield opened


async def broadcasts(desk):
    """Return the outbox rows of broadcasts by key."""
    return {key: answer for key, answer in await desk.outbox() if key.startswith("broadcast:")}


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("command", ADMIN_COMMANDS)
async def test_to_all_others_these_commands_do_not_exist(desk, command, language):
    """The answer is that of any unknown command."""
    (answer,) = await desk.say(f"/{command} text", language=language)
    (unknown,) = await desk.say("/nosuchthing", language=language)

    assert answer.text == unknown.text


async def test_not_even_administrators_are_answered_in_groups(office):
    """Figures and messages to all are for a private chat."""
    assert await office.say("/stats", chat=-5, kind="group") == []
    assert await office.say("/broadcast x", chat=-5, kind="group") == []


@pytest.mark.parametrize("language", LOCALES)
async def test_stats_shows_figures_and_a_picture(office, language):
    """Chats, articles and messages, and the last fourteen days of each."""
    await office.news(office.entry(SEED), office.entry("Мектепте байқау өтті"))
    await office.say("/subscribe Иран", language=language)
    (answer,) = await office.say("/stats", language=language)
    (chart,) = office.web.asked
    articles, messages, chats = (panel.series[0].values for panel in chart.panels)

    assert answer.file
    assert len(chart.days) == len(articles) == 14
    assert (articles[-1], sum(messages), chats[-1]) == (2, 0, 1)
    assert "{" not in answer.text


@pytest.mark.parametrize("language", LOCALES)
async def test_a_broadcast_is_shown_then_sent_once_to_all_active_private_chats(office, language):
    """The text stands as typed, escaped; nothing goes before the button; pressed twice, it goes once; others get none."""
    for chat in (21, 22, 23):
        await office.say("/start", chat=chat)
    await office.say("/pause", chat=22)
    await office.say("/start", chat=-9, kind="group")
    shown, question = await office.say("/broadcast Екі <жаңалық>\n\nбар", language=language)
    await office.broadcasting.tick()
    assert shown.text == "Екі <жаңалық>\n\nбар"
    assert "3" in question.buttons[0]
    assert await broadcasts(office) == {}

    await office.press(question, question.buttons[0], language=language)
    await office.press(question, question.buttons[0], language=language)
    await office.broadcasting.tick()
    await office.broadcasting.tick()

    rows = await broadcasts(office)
    assert sorted(answer.chat_id for answer in rows.values()) == [7, 21, 23]
    assert {answer.text for answer in rows.values()} == {shown.text}


async def test_a_broadcast_goes_on_where_a_kill_broke_it_off(office):
    """Each step is committed with its cursor: a step that is lost is done again, and nobody gets it twice."""
    for chat in range(21, 26):
        await office.say("/start", chat=chat)
    _, question = await office.say("/broadcast сәлем")
    await office.press(question, question.buttons[0])
    assert await office.broadcasting.step() == 2

    class KilledError(Exception):
        """The process ends in the middle of a step."""

    put = office.broadcasting._put

    async def killed(*arguments):
        await put(*arguments)
        raise KilledError

    office.broadcasting._put = killed
    with pytest.raises(KilledError):
        await office.broadcasting.step()
    office.broadcasting._put = put
    assert len(await broadcasts(office)) == 2

    assert await office.broadcasting.tick() == 4
    assert sorted(answer.chat_id for answer in (await broadcasts(office)).values()) == [7, 21, 22, 23, 24, 25]


async def test_a_broadcast_needs_a_text_and_its_own_chat(office):
    """Without a text there is a sentence; a button that was forwarded to another chat is stale."""
    (answer,) = await office.say("/broadcast", language="en")
    assert "/broadcast" in answer.text

    _, question = await office.say("/broadcast сәлем")
    await office.press(question, question.buttons[0], chat=21)
    await office.broadcasting.tick()
    assert await broadcasts(office) == {}


@pytest.mark.parametrize("language", LOCALES)
async def test_source_health_names_every_source_the_worst_first(office, language):
    """How many do well, and of those that do not, since when and why."""
    await office.news(office.entry(SEED))
    (well,) = await office.say("/sourcehealth", language=language)
    async with office.storage.transaction() as unit:
        ((_, feed),) = await unit.feeds.states()
        failing = replace(feed, failures=3, error="<timeout>", failing_since=office.clock.now())
        await unit.feeds.settle(failing)
    (ill,) = await office.say("/sourcehealth", language=language)

    name = {"kk": "Қазинформ", "ru": "Казинформ", "en": "Kazinform"}[language]
    assert name in well.text
    assert name in ill.text
    assert "<timeout>" in ill.text
