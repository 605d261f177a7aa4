"""What only looks something up takes no writer until its answer is stored: one reader's question delays nobody."""

from contextlib import asynccontextmanager

import pytest
from desk import open_desk

from bot.core import actions
from bot.errors import ReadingOnlyError
from bot.services.chats import Chats
from handlers.rights import ACTIONS, COMMANDS, Who

LOOKING = [
    *(f"/{name}" for name, who in COMMANDS.items() if who is Who.EVERYONE),
    "/latest иран", "/search иран", "/trends иран", "/settings", "/schedule", "/timezone", "/language", "/quiet",
    "/unsubscribe", "/alerts", "/mute", "/removesource", "/export", "/import", "/forget", "/channels", "/stats",
    "/sourcehealth", "мұнай",
]  # fmt: skip
ANSWERING = {"outbox", "inbox", "sequences", "compositions"}
"""Whose statements store an answer, a digest that its buttons turn pages of, and that the update was handled."""
FREE = {kind for kind, who in ACTIONS.items() if who is Who.EVERYONE}


@pytest.fixture
async def desk(tmp_path):
    """The handlers, their reader an administrator of the bot too."""
    async with open_desk(tmp_path, admins=[7]) as opened:
        yield opened


@pytest.fixture
async def written(desk, monkeypatch):
    """Name the aggregates that the transactions of an update touch."""
    touched = set()
    transaction = desk.storage.transaction

    def noting(verb):
        async def note(name, params):
            touched.add(name.partition(".")[0])
            return await verb(name, params)

        return note

    @asynccontextmanager
    async def watched():
        async with transaction() as unit:
            for verb in ("fetch", "execute", "executemany"):
                setattr(unit.connection, verb, noting(getattr(unit.connection, verb)))
            yield unit

    await desk.news(*(desk.entry(f"Иран туралы {n}-жаңалық", minutes_ago=n) for n in range(1, 30)))
    await desk.say("/subscribe Иран")
    monkeypatch.setattr(desk.storage, "transaction", watched)
    return touched


async def test_a_question_writes_nothing_but_its_answer(desk, written):
    """Of each command that only shows something, its transaction touches the answer alone."""
    wrote = {}
    for text in LOOKING:
        written.clear()
        answers = await desk.say(text)
        assert answers, text
        if not written <= ANSWERING:
            wrote[text] = written - ANSWERING

    assert wrote == {}


async def test_a_button_that_shows_something_writes_nothing_but_its_answer(desk, written):
    """Of each kind of button that everyone may press, wherever it is offered."""
    panels = [answer for text in ("/topics", "/latest", "/sources", "/trends") for answer in await desk.say(text)]
    wrote, pressed = {}, set()
    for panel in panels:
        offered = [one.data for row in panel.keyboard for one in row if one.data]
        for data in (*offered, actions.encode(actions.ShowSources(0))):  # the catalogue here has one page
            kind = type(actions.decode(data))
            if kind in FREE and kind not in pressed:
                written.clear()
                panels += await desk.press(None, "", data=data)
                pressed.add(kind)
                if not written <= ANSWERING:
                    wrote[kind.__name__] = written - ANSWERING

    assert wrote == {}
    assert pressed == FREE


async def test_what_writes_is_begun_again_in_a_transaction(desk):
    """A change is made, and answered, once; so is the first contact, which stores the chat."""
    first = await desk.say("/help")
    changed = await desk.say("/language en")
    async with desk.storage.reading() as unit:
        chat = await unit.chats.get(7)

    assert len(first) == len(changed) == 1
    assert chat.locale == "en"


async def test_a_database_that_takes_no_writes_is_no_reason_to_begin_again_for_ever(desk, monkeypatch):
    """Where a transaction refuses too, as on a read-only disk, the update fails and waits, as for any trouble of it."""

    async def refuse(*_, **__):
        raise ReadingOnlyError("database-unusable", url="x", reason="attempt to write a readonly database")

    monkeypatch.setattr(Chats, "speak", refuse)

    with pytest.raises(ReadingOnlyError):
        await desk.say("/language en")
