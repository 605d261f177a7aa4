"""Killed again and again: every digest and every answer arrives, and only what was in flight may come twice."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from fleet import ALL_IN_ONE, SPLIT_AND_MIXED, WINDOW, Fleet, crowd, received, slow_answers
from seeding import make_due, seed_news, seed_readers

from bot.sandbox import readers
from bot.sandbox.server import Sandbox
from bot.storage import SqlStorage

pytestmark = pytest.mark.timeout(3600)

SQLITE = pytest.param("sqlite", ALL_IN_ONE, id="sqlite")
POSTGRES = pytest.param("postgresql", SPLIT_AND_MIXED, id="postgresql", marks=pytest.mark.postgres)
SIZES = (
    pytest.param(10, 50, 20, id="short"),
    pytest.param(200, 2000, 300, id="long", marks=pytest.mark.torture),
)

MakeFleet = Callable[[], Fleet]


@pytest.fixture
async def make_fleet(
    sandbox: Sandbox, storage: SqlStorage, database_url: str, tmp_path: Path, roles: tuple[str, ...]
) -> AsyncIterator[MakeFleet]:
    """A function that makes the processes under test; none of them outlives it."""
    made: list[Fleet] = []

    def make() -> Fleet:
        made.append(Fleet(sandbox, storage, database_url, tmp_path, roles))
        return made[-1]

    yield make
    for fleet in made:
        await fleet.sweep()


@pytest.mark.parametrize(("kills", "digests", "commands"), SIZES)
@pytest.mark.parametrize(("engine", "roles"), [SQLITE, POSTGRES])
async def test_no_kill_loses_anything(
    sandbox: Sandbox, storage: SqlStorage, make_fleet: MakeFleet, *, kills: int, digests: int, commands: int
):
    """Digests and answers arrive, each change is made once, and only what a kill met in flight may come again."""
    rng = random.Random(kills)  # noqa: S311 - the same instants every time
    chats, writers = crowd(sandbox, digests), crowd(sandbox, commands // 10)
    await seed_readers(storage, chats, await seed_news(storage))
    fleet = make_fleet()
    await fleet.start()

    with slow_answers(sandbox):
        for turn in range(kills):
            for number in range(commands * turn // kills, commands * (turn + 1) // kills):
                write(sandbox, writers[number % len(writers)], topic_of(number))
            await make_due(storage, chats[digests * turn // kills : digests * (turn + 1) // kills])
            await fleet.kill(rng)
        await fleet.settled("digest:", digests, seconds=120)
        await fleet.settled("reply:", commands, seconds=120)
    assert set(await fleet.stop()) == {0}

    digests_arrived = Counter({chat: len(received(sandbox, chat)) for chat in chats})
    answers_arrived = Counter({chat: len(received(sandbox, chat)) for chat in writers})
    repeated = +(digests_arrived - Counter(chats)) + +(answers_arrived - Counter(dict.fromkeys(writers, 10)))
    print(f"{kills} kills met {fleet.in_flight.total()} messages in flight; {repeated.total()} came twice")
    assert min(digests_arrived[chat] for chat in chats) == 1
    for place, writer in enumerate(writers):
        await check_commands(sandbox, storage, writer, [topic_of(n) for n in range(place, commands, len(writers))])
    assert not repeated - fleet.in_flight
    assert fleet.most_in_flight <= WINDOW


async def check_commands(sandbox: Sandbox, storage: SqlStorage, chat: int, topics: list[str]) -> None:
    """Check that the chat follows exactly these topics, in order, and was told of each as of a new one."""
    async with storage.reading() as unit:
        followed = [subscription.label for subscription in await unit.subscriptions.of(chat)]
    told = {topic for topic in topics for text in received(sandbox, chat) if f"«{topic}» тақырыбына жазылдыңыз" in text}

    assert followed == topics
    assert told == set(topics)


def topic_of(number: int) -> str:
    """Return the topic of a command: a word that is no other command's."""
    return f"тақырып{number}"


def write(sandbox: Sandbox, chat_id: int, topic: str) -> None:
    """Let the reader of a private chat follow a topic."""
    world = sandbox.simulation.world
    readers.say(world, world.rooms[chat_id], world.users[chat_id], f"/subscribe {topic}")
