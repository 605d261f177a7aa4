"""Delivery keeps its promise under every outcome: nothing lost, one message for each row, the pace held."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import metrics
from bot.core.delivery import ChatGone, Migrated, NotSent, Outcome, Rejected, Sent, TokenRefused, Unknown
from bot.core.model import Chat, ChatKind, ChatState, OutgoingMessage, Priority
from bot.errors import StorageError
from bot.ports import Unit
from bot.services.delivery import WINDOW, Delivery
from bot.storage import SqlStorage, open_storage


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """Return the instant."""
        return datetime.now(UTC)


class FakeMessenger:
    """Takes messages, with the outcomes that a test lays down for a chat, each used once."""

    def __init__(self) -> None:
        self.tried: list[OutgoingMessage] = []
        self.at: list[float] = []
        self.script: dict[int, deque[Outcome | Exception]] = {}
        self.answers = True
        self.asked = 0
        self.seconds = 0.0
        self.in_flight = 0
        self.most_in_flight = 0
        self.changed = asyncio.Condition()

    def plan(self, chat_id: int, *outcomes: Outcome | Exception) -> None:
        """Let the next attempts for this chat end so, or break off."""
        self.script.setdefault(chat_id, deque()).extend(outcomes)

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Take the message, or do as planned."""
        self.tried.append(message)
        self.at.append(asyncio.get_running_loop().time())
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        await self._tell()
        await asyncio.sleep(self.seconds)
        self.in_flight -= 1
        await self._tell()
        planned = self.script.get(message.chat_id)
        outcome = planned.popleft() if planned else Sent(len(self.tried))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def alive(self) -> bool:
        """Answer as the test says."""
        self.asked += 1
        await self._tell()
        return self.answers

    async def until(self, found: Callable[[], bool]) -> None:
        """Wait until that holds; fail after half a minute."""
        async with asyncio.timeout(30), self.changed:
            await self.changed.wait_for(found)

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[SqlStorage]:
    """An empty SQLite database."""
    opened = await open_storage(f"sqlite:///{tmp_path / 'test.db'}")
    yield opened
    await opened.close()


@pytest.fixture
def messenger() -> FakeMessenger:
    """A messenger that takes everything."""
    return FakeMessenger()


@asynccontextmanager
async def running(delivery: Delivery) -> AsyncIterator[Delivery]:
    """Run a delivery, and stop it gracefully in the end."""
    task = asyncio.create_task(delivery.run())
    try:
        yield delivery
    finally:
        delivery.stop()
        await asyncio.wait_for(task, 10)


def sender(storage: SqlStorage, messenger: FakeMessenger, *, rate: float = 1000, owner: str = "a") -> Delivery:
    """Return a sender over these."""
    return Delivery(storage, messenger, SystemClock(), rate=rate, owner=owner)


def message(chat_id: int, *, part: int = 0, priority: Priority = Priority.DIGEST) -> OutgoingMessage:
    """Return a message that lives for an hour."""
    expires = datetime.now(UTC) + timedelta(hours=1)
    return OutgoingMessage(f"{priority}:{chat_id}:{part}", chat_id, f"part {part}", priority, expires)


async def put(storage: SqlStorage, *messages: OutgoingMessage) -> None:
    """Put messages into the outbox."""
    async with storage.transaction() as unit:
        await unit.outbox.put(messages, datetime.now(UTC))


async def states(storage: SqlStorage) -> dict[str, int]:
    """Return how many rows there are in each state."""
    async with storage.reading() as unit:
        return {state: count for state, count in (await unit.outbox.counts()).items() if count}


async def reach(storage: SqlStorage, wanted: dict[str, int]) -> None:
    """Wait until the outbox stands like this; fail after ten seconds."""
    async with asyncio.timeout(10):
        while await states(storage) != wanted:  # noqa: ASYNC110 the database tells nobody
            await asyncio.sleep(0.02)


def chat(chat_id: int, state: ChatState = ChatState.ACTIVE) -> Chat:
    """Return a chat in that state."""
    kind = ChatKind.PRIVATE if chat_id > 0 else ChatKind.GROUP
    return Chat(chat_id, kind, "kk", "Asia/Almaty", "daily 08:30", state, datetime.now(UTC))


async def test_sends_what_waits(storage: SqlStorage, messenger: FakeMessenger):
    """Every row is sent exactly once, with no more than the window in flight, and settled under its message id."""
    messenger.seconds = 0.002
    await put(storage, *(message(number) for number in range(1, 101)))

    async with running(sender(storage, messenger)):
        await reach(storage, {"sent": 100})

    assert sorted(sent.chat_id for sent in messenger.tried) == list(range(1, 101))
    assert 1 < messenger.most_in_flight <= WINDOW


async def test_pace_is_held(storage: SqlStorage, messenger: FakeMessenger):
    """Two senders together keep to the shared rate: no message leaves before the turn that all before it leave to it."""
    await put(storage, *(message(number) for number in range(1, 81)))
    begun = asyncio.get_running_loop().time()

    async with (
        running(sender(storage, messenger, rate=40, owner="a")),
        running(sender(storage, messenger, rate=40, owner="b")),
    ):
        await reach(storage, {"sent": 80})

    early = [begun + place / 40 - at for place, at in enumerate(sorted(messenger.at))]
    assert max(early) < 0.01  # the database's clock counts milliseconds


async def test_reply_overtakes_digests(storage: SqlStorage, messenger: FakeMessenger):
    """A reply leaves within a second though digests wait for the whole rate."""
    await put(storage, *(message(number) for number in range(1, 101)))
    delivery = sender(storage, messenger, rate=25)

    async with running(delivery):
        await messenger.until(lambda: len(messenger.tried) >= 10)
        asked_at = asyncio.get_running_loop().time()
        await put(storage, message(500, priority=Priority.REPLY))
        delivery.nudge()
        await messenger.until(lambda: any(sent.chat_id == 500 for sent in messenger.tried))

    chats = [sent.chat_id for sent in messenger.tried]
    assert messenger.at[chats.index(500)] - asked_at < 1


async def test_idle_sender_is_nudged(storage: SqlStorage, messenger: FakeMessenger):
    """What is put into an empty outbox goes at once after a nudge."""
    delivery = sender(storage, messenger)

    async with running(delivery):
        await put(storage, message(1))
        await reach(storage, {"sent": 1})
        started = asyncio.get_running_loop().time()
        await put(storage, message(2))
        delivery.nudge()
        await messenger.until(lambda: len(messenger.tried) == 2)

    assert messenger.at[1] - started < 0.2


async def test_unknown_goes_again_silently_once_telegram_answers(storage: SqlStorage, messenger: FakeMessenger):
    """After an unknown outcome nothing is sent until ``getMe`` answers; then that row goes again, without a sound."""
    messenger.answers = False
    messenger.plan(1, Unknown("dropped"))
    await put(storage, message(1))
    delivery = sender(storage, messenger)

    async with running(delivery):
        await messenger.until(lambda: messenger.asked >= 2)
        await put(storage, message(2))
        delivery.nudge()

        assert await delivery.problem() == "Telegram does not answer"
        assert len(messenger.tried) == 1

        messenger.answers = True
        await reach(storage, {"sent": 2})

        assert await delivery.problem() is None

    assert [sent.silent for sent in messenger.tried if sent.chat_id == 1] == [False, True]
    assert [sent.silent for sent in messenger.tried if sent.chat_id == 2] == [False]


async def test_not_sent_goes_again_with_sound(storage: SqlStorage, messenger: FakeMessenger):
    """What certainly did not arrive goes again as it was."""
    messenger.plan(1, NotSent("no connection"))
    await put(storage, message(1))

    async with running(sender(storage, messenger)):
        await reach(storage, {"sent": 1})

    assert [sent.silent for sent in messenger.tried] == [False, False]


async def test_retry_after_holds_the_chat(storage: SqlStorage, messenger: FakeMessenger):
    """A 429 holds its chat as long as Telegram says, across senders, and no other chat."""
    messenger.plan(1, NotSent("429", 1.5))
    await put(storage, message(1))
    async with running(sender(storage, messenger)):
        await reach(storage, {"retry": 1})
    held_at = messenger.at[0]
    await put(storage, message(2))

    async with running(sender(storage, messenger, owner="b")):
        await reach(storage, {"sent": 2})

    assert [sent.chat_id for sent in messenger.tried] == [1, 2, 1]
    assert messenger.at[1] - held_at < 1.4
    assert messenger.at[2] - held_at >= 1.5


async def test_flood_holds_everything(storage: SqlStorage, messenger: FakeMessenger):
    """When three chats are held one after the other the limit over all chats was passed: nothing goes until it is over."""
    messenger.seconds = 0.05
    for number in (1, 2, 3):
        messenger.plan(number, NotSent("429", 1.0))
    await put(storage, message(1), message(2), message(3))
    delivery = sender(storage, messenger)

    async with running(delivery):
        await reach(storage, {"retry": 3})
        await put(storage, message(4))
        delivery.nudge()
        await reach(storage, {"sent": 4})

    assert min(messenger.at[3:]) - messenger.at[0] >= 1.0


async def test_slow_chats_hold_nobody_else(storage: SqlStorage, messenger: FakeMessenger):
    """Four groups that are asked to wait, again and at the same time, at last for half an hour, hold up nobody else."""
    slow, waits = (-1, -2, -3, -4), (0.2, 0.2, 1800.0)
    delivery = sender(storage, messenger)

    async def tried(chat_id: int, *, times: int = 1) -> None:
        await messenger.until(lambda: sum(sent.chat_id == chat_id for sent in messenger.tried) >= times)

    async def arrives(chat_id: int) -> None:
        await put(storage, message(chat_id, priority=Priority.REPLY))
        delivery.nudge()
        await tried(chat_id)

    async with running(delivery):
        for number in slow:  # what arrives after each shows that it is slow alone
            messenger.plan(number, *(NotSent("429", seconds) for seconds in waits))
            await arrives(number)
            await arrives(100 - number)
        for number in slow:
            await tried(number, times=len(waits))
        await arrives(99)


async def test_one_poisonous_row_does_not_stop_the_others(storage: SqlStorage, messenger: FakeMessenger):
    """A message that the server answers by 5xx each time is asked about twice, and then backs off alone."""
    messenger.plan(1, *[Unknown("500")] * 50)
    await put(storage, message(1, priority=Priority.REPLY), message(2))
    delivery = sender(storage, messenger)

    async with running(delivery):
        for number in range(3, 40):
            await put(storage, message(number))
            delivery.nudge()
            await messenger.until(lambda who=number: any(sent.chat_id == who for sent in messenger.tried))
            await asyncio.sleep(0.2)
        asked = messenger.asked
        assert await delivery.problem() is None

    tried = sum(sent.chat_id == 1 for sent in messenger.tried)
    assert asked == 2
    assert 3 <= tried <= 5


async def test_a_401_for_one_chat_stops_nobody(storage: SqlStorage, messenger: FakeMessenger):
    """Where the token is taken for all others, a server that refuses it for one chat is that chat's trouble."""
    messenger.plan(1, *[TokenRefused("Unauthorized")] * 50)
    await put(storage, message(1), message(2))
    delivery = sender(storage, messenger)

    async with running(delivery):
        for number in range(3, 30):
            await put(storage, message(number))
            delivery.nudge()
            await messenger.until(lambda who=number: any(sent.chat_id == who for sent in messenger.tried))
            await asyncio.sleep(0.2)
        asked = messenger.asked

    assert asked == 2
    assert (await states(storage))["retry"] == 1


async def test_a_message_that_cannot_be_rendered_fails_alone(storage: SqlStorage, messenger: FakeMessenger):
    """A messenger that raises for one message sends all others at once; that one is given up after three attempts."""
    before = metrics.SET_ASIDE.labels("message")._value.get()
    messenger.plan(1, *[ValueError("no such button")] * 3)
    await put(storage, *(message(number) for number in range(1, 31)))

    async with running(sender(storage, messenger)):
        await reach(storage, {"sent": 29, "failed": 1})

    assert sum(sent.chat_id == 1 for sent in messenger.tried) == 3
    assert messenger.asked == 0
    assert metrics.SET_ASIDE.labels("message")._value.get() - before == 3


async def test_a_chat_with_many_waiting_messages_slows_nobody(storage: SqlStorage, messenger: FakeMessenger):
    """Ten thousand messages wait for one chat, and others get theirs as ever."""
    await put(storage, *(message(-5, part=part, priority=Priority.REPLY) for part in range(10_000)))
    delivery = sender(storage, messenger)

    waits = []
    async with running(delivery):
        await messenger.until(lambda: bool(messenger.tried))
        for number in range(1, 16):
            started = asyncio.get_running_loop().time()
            await put(storage, message(number, priority=Priority.REPLY))
            delivery.nudge()
            await messenger.until(lambda who=number: any(sent.chat_id == who for sent in messenger.tried))
            waits.append(asyncio.get_running_loop().time() - started)

    assert sorted(waits)[len(waits) // 2] < 0.3


async def test_rejected_row_ends(storage: SqlStorage, messenger: FakeMessenger):
    """What Telegram rejects is failed and not tried again; others go on."""
    messenger.plan(1, Rejected("can't parse entities"))
    await put(storage, message(1), message(2))

    async with running(sender(storage, messenger)):
        await reach(storage, {"failed": 1, "sent": 1})

    assert len(messenger.tried) == 2


@pytest.mark.parametrize("state", list(ChatState))
async def test_gone_chat(storage: SqlStorage, messenger: FakeMessenger, state: ChatState):
    """A chat that blocked the bot loses what waits for it and is noted as gone; what its reader asked for stays."""
    messenger.plan(1, ChatGone("blocked"))
    async with storage.transaction() as unit:
        await unit.chats.put(chat(1, state))
    await put(storage, *(message(1, part=part, priority=Priority.REPLY) for part in range(3)))

    async with running(sender(storage, messenger)):
        await reach(storage, {"failed": 3})
    async with storage.reading() as unit:
        stored = await unit.chats.get(1)

    assert stored is not None
    assert (stored.state, stored.gone) == (state, True)
    assert len(messenger.tried) == 1


async def test_migrated_group(storage: SqlStorage, messenger: FakeMessenger):
    """A group that became a supergroup keeps its rows and gets its message under the new id."""
    messenger.plan(-5, Migrated(-1005))
    async with storage.transaction() as unit:
        await unit.chats.put(chat(-5))
    await put(storage, message(-5))

    async with running(sender(storage, messenger)):
        await reach(storage, {"sent": 1})
    async with storage.reading() as unit:
        moved = await unit.chats.get(-1005)

    assert [sent.chat_id for sent in messenger.tried] == [-5, -1005]
    assert moved is not None
    assert moved.state is ChatState.ACTIVE


async def test_refused_token_stops_delivery(storage: SqlStorage, messenger: FakeMessenger):
    """A refused token ends no row: sending stops, says so, and goes on once the token is taken again."""
    messenger.answers = False
    messenger.plan(1, TokenRefused("Unauthorized"))
    await put(storage, message(1), message(2))
    delivery = sender(storage, messenger)

    async with running(delivery):
        await messenger.until(lambda: messenger.asked >= 2)
        problem = await delivery.problem()

        assert problem is not None
        assert "token" in problem

        messenger.answers = True
        await reach(storage, {"sent": 2})


async def test_graceful_stop(storage: SqlStorage, messenger: FakeMessenger):
    """A stop finishes and settles what is in flight and gives the rest back untried."""
    messenger.seconds = 0.3
    await put(storage, *(message(number) for number in range(1, 41)))
    delivery = sender(storage, messenger)

    async with running(delivery):
        await messenger.until(lambda: messenger.in_flight == WINDOW)
    at_stop = len(messenger.tried)

    assert at_stop <= 2 * WINDOW
    given_back = 40 - at_stop
    left = await states(storage)
    assert left.pop("sent") == at_stop
    assert sum(left.values()) == given_back
    assert "sending" not in left

    async with running(sender(storage, messenger, owner="b")):
        await reach(storage, {"sent": 40})

    assert len(messenger.tried) == 40


async def test_killed_sender_loses_nothing(storage: SqlStorage, messenger: FakeMessenger):
    """What a killed sender left comes again when its leases lapse; what was in flight repeats, without a sound."""
    messenger.seconds = 0.2
    await put(storage, *(message(number) for number in range(1, 31)))
    task = asyncio.create_task(sender(storage, messenger).run())
    await messenger.until(lambda: messenger.in_flight == WINDOW)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    tried = len(messenger.tried)

    async with running(Delivery(storage, messenger, Ahead(timedelta(minutes=1)), rate=1000, owner="b")):
        await reach(storage, {"sent": 30})

    again = messenger.tried[tried:]
    assert len(messenger.tried) <= 30 + WINDOW
    assert sum(sent.silent for sent in again) == len(messenger.tried) - 30


class Ahead(SystemClock):
    """A clock that runs ahead."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        """Return the instant, later."""
        return super().now() + self._by


class Flickering:
    """A storage that fails while told to."""

    def __init__(self, storage: SqlStorage) -> None:
        self._storage = storage
        self.away = False
        self.refused = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Unit]:
        """Open a transaction, or fail."""
        if self.away:
            self.refused += 1
            raise StorageError("database-unusable", url="sqlite:///…", reason="the disk is full")
        async with self._storage.transaction() as unit:
            yield unit

    reading = transaction

    async def close(self) -> None:
        """Close nothing."""


async def test_database_that_goes_away_and_returns(storage: SqlStorage, messenger: FakeMessenger):
    """While the database is away nothing new is sent; when it returns, what was sent is settled and nothing repeats."""
    flickering = Flickering(storage)
    messenger.seconds = 0.05
    await put(storage, *(message(number) for number in range(1, 31)))
    delivery = Delivery(flickering, messenger, SystemClock(), rate=1000, owner="a")

    async with running(delivery):
        await messenger.until(lambda: messenger.in_flight == WINDOW)
        flickering.away = True
        async with asyncio.timeout(5):
            while flickering.refused < 2:  # noqa: ASYNC110 it tells nobody
                await asyncio.sleep(0.02)
        tried = len(messenger.tried)
        await asyncio.sleep(0.2)

        assert len(messenger.tried) == tried
        assert await delivery.problem() == "the database fails"

        flickering.away = False
        await reach(storage, {"sent": 30})

    assert len(messenger.tried) == 30


async def test_expired_rows_are_not_sent(storage: SqlStorage, messenger: FakeMessenger):
    """A message that is too old is expired, never sent."""
    old = replace(message(1), expires_at=datetime.now(UTC) - timedelta(seconds=1))
    await put(storage, old, message(2))

    async with running(sender(storage, messenger)):
        await reach(storage, {"expired": 1, "sent": 1})

    assert [sent.chat_id for sent in messenger.tried] == [2]


class Stumbling(Flickering):
    """A storage whose chats cannot be moved: a bug, or a row that nobody foresaw."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Unit]:
        """Open a transaction in which a migration fails."""
        async with self._storage.transaction() as unit:

            async def fail(old_id: int, new_id: int) -> None:
                raise ValueError(old_id, new_id)

            unit.chats.migrate = fail  # type: ignore[method-assign]
            yield unit


async def test_an_end_that_cannot_be_written_down_keeps_back_no_other(storage: SqlStorage, messenger: FakeMessenger):
    """What came back beside it is settled once; its own row is noted, and tried again with growing pauses."""
    messenger.plan(-5, *[Migrated(-1005)] * 50)
    await put(storage, message(-5), *(message(number) for number in range(1, 31)))
    delivery = Delivery(Stumbling(storage), messenger, SystemClock(), rate=1000, owner="a")

    async with running(delivery):
        await reach(storage, {"sent": 30, "retry": 1})
        await asyncio.sleep(1)
        assert await delivery.problem() is None

    assert sorted(sent.chat_id for sent in messenger.tried if sent.chat_id > 0) == list(range(1, 31))
    assert 1 <= sum(sent.chat_id == -5 for sent in messenger.tried) <= 2
