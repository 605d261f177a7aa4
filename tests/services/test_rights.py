"""Where the bot may not write now, news wait: nothing is lost, nothing comes twice, and who set the chat up hears once."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from desk import open_desk

from bot.core.model import Channel, ChatKind
from bot.sandbox.faults import Rule
from bot.sandbox.server import Sandbox
from bot.services.delivery import Delivery
from bot.services.rights import RightsNotices
from bot.telegram.api import make_bot
from bot.telegram.messenger import TelegramMessenger

THREAD = 17
SENTENCES = [
    "Bad Request: not enough rights to send text messages to the chat",
    "Bad Request: have no rights to send a message",
    "Bad Request: have no write access to the chat",
    "Bad Request: CHAT_RESTRICTED",
    "Bad Request: CHAT_WRITE_FORBIDDEN",
    "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN",
    "Bad Request: need administrator rights in the channel chat",
    "Bad Request: TOPIC_CLOSED",
    "Forbidden: something that nobody knows",
]
SAID = {"kk": "күтіп тұр", "ru": "ждут", "en": "waits"}
ENGINES = pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])


class Scene:
    """A group in the local Telegram that follows a topic, its admin in private, and the real delivery."""

    def __init__(self, desk, sandbox, delivery):
        self.desk = desk
        self.faults = sandbox.simulation.faults
        self.rooms = sandbox.simulation.world.rooms
        self.users = sandbox.simulation.world.users
        self.delivery = delivery
        self.admin = min(self.users)
        self.group = next(room.id for room in self.rooms.values() if room.type == "group")

    async def begin(self, *, language="kk", mode="digest"):
        """Let the admin write to the bot in private and set the group up."""
        self.rooms[self.admin].started = True
        await self.desk.say("/language " + language, chat=self.admin)
        await self.desk.say("/subscribe Иран" if mode == "digest" else "/alerts Иран", chat=self.group, kind="group")
        async with self.desk.storage.transaction() as unit:
            await unit.stewards.put_group(self.admin, self.group, "Достар")
        await self.deliver()

    async def story(self, word):
        """Bring a story that no other one is like."""
        await self.desk.news(self.desk.entry(f"Иран {word} {word}: {word}", f"Иран {word} {word}", id=word))

    async def slot(self):
        """Move the clock to the group's next slot, compose and deliver."""
        async with self.desk.storage.reading() as unit:
            self.desk.clock.at = (await unit.chats.get(self.group)).next_digest_at
        await self.desk.digests.tick()
        await self.deliver()

    async def deliver(self):
        """Send until nothing is left that may go now; the clock goes on by a second where a chat's pace wants it."""
        self.delivery.nudge()
        async with asyncio.timeout(20):
            while (state := await self._waiting()) != "nothing":
                if state == "paced":
                    self.desk.clock.forward(seconds=1)
                    self.delivery.nudge()
                await asyncio.sleep(0.02)

    async def _waiting(self):
        now = int(self.desk.clock.at.timestamp() * 1000)
        async with self.desk.storage.reading() as unit:
            rows = await unit.connection.fetch_sql("SELECT state, available_at FROM outbox WHERE settled_at IS NULL")
        due = [row["state"] for row in rows if row["state"] in ("leased", "sending") or row["available_at"] <= now]
        if not due:
            return "nothing"
        return "busy" if {"leased", "sending"} & set(due) else "paced"

    def refuse(self, sentence, **how):
        """Let Telegram refuse the group's messages with this sentence."""
        code = 403 if sentence.startswith("Forbidden") else 400
        rule = Rule("status", "sendMessage", self.group, code=code, description=sentence, **how)
        return self.faults.add(rule)

    def texts(self, chat=None):
        """Return what the bot wrote into a chat, the group where none is named."""
        return [message.text for message in self.rooms[chat or self.group].messages.values() if message.from_bot]

    def count(self, word):
        """Return in how many of the group's messages a story stands."""
        return sum(word in text for text in self.texts())

    def notices(self, language="kk"):
        """Return what the admin was told."""
        return [text for text in self.texts(self.admin) if SAID[language] in text]


@asynccontextmanager
async def scene_in(folder, url=None):
    """Open a scene."""
    async with Sandbox() as sandbox, open_desk(folder, url=url) as desk:
        bot = make_bot(sandbox.token, sandbox.url, read_seconds=5)
        notices = RightsNotices(desk.clock, desk.texts.translator)
        delivery = Delivery(desk.storage, TelegramMessenger(bot), desk.clock, rate=500, owner="test", notices=notices)
        running = asyncio.create_task(delivery.run())
        try:
            yield Scene(desk, sandbox, delivery)
        finally:
            delivery.stop()
            await running
            await bot.disconnect()


@pytest.fixture
async def scene(tmp_path, database_url):
    """A scene on the engine under test."""
    async with scene_in(tmp_path, database_url) as opened:
        yield opened


@pytest.mark.parametrize("sentence", SENTENCES)
async def test_refused_news_come_later_once(scene, sentence):
    """Days without rights: one notice; then each story once, those of the refused digest first."""
    await scene.begin()
    refusing = scene.refuse(sentence)
    for word in ("теңіз", "орман", "театр"):
        await scene.story(word)
        await scene.slot()
    assert (scene.count("теңіз"), scene.count("орман"), scene.count("театр")) == (0, 0, 0)
    assert len(scene.notices()) == 1

    scene.faults.rules.remove(refusing)
    scene.desk.clock.forward(hours=2)
    await scene.deliver()
    assert (scene.count("теңіз"), scene.count("орман"), scene.count("театр")) == (1, 0, 0)

    await scene.slot()
    await scene.slot()
    assert (scene.count("теңіз"), scene.count("орман"), scene.count("театр")) == (1, 1, 1)
    assert len(scene.notices()) == 1


@ENGINES
async def test_news_that_wait_outlive_their_day(scene):
    """On either engine, after more than a day without any attempt in between."""
    await scene.begin()
    refusing = scene.refuse(SENTENCES[0])
    await scene.story("теңіз")
    await scene.slot()
    for _ in range(40):
        scene.desk.clock.forward(hours=2)
        await scene.deliver()
    assert scene.count("теңіз") == 0

    scene.faults.rules.remove(refusing)
    scene.desk.clock.forward(hours=2)
    await scene.deliver()

    assert scene.count("теңіз") == 1
    assert len(scene.notices()) == 1


async def test_any_message_that_arrives_lets_the_news_go(scene):
    """An answer to a command shows that the bot may write again: what waited goes at once, not two hours later."""
    await scene.begin()
    refusing = scene.refuse(SENTENCES[0])
    await scene.story("теңіз")
    await scene.slot()
    scene.desk.clock.forward(hours=5)
    await scene.deliver()
    scene.faults.rules.remove(refusing)
    await scene.desk.say("/help", chat=scene.group, kind="group")
    await scene.deliver()

    assert scene.count("теңіз") == 1


@ENGINES
async def test_alerts_wait_too_and_come_folded(scene):
    """The refused one waits, those that come meanwhile are held; with rights the first comes, then the rest as one."""
    await scene.begin(mode="alerts")
    refusing = scene.refuse(SENTENCES[0])
    for word in ("теңіз", "орман", "театр"):
        await scene.story(word)
        await scene.desk.alerts.tick()
        await scene.deliver()
    scene.faults.rules.remove(refusing)
    scene.desk.clock.forward(hours=2)
    await scene.deliver()
    before = len(scene.texts())
    await scene.desk.alerts.tick()
    await scene.deliver()

    assert (scene.count("теңіз"), scene.count("орман"), scene.count("театр")) == (1, 1, 1)
    assert len(scene.texts()) == before + 1
    assert len(scene.notices()) == 1


async def test_a_second_loss_of_rights_is_told_again(scene):
    """Each time that rights are lost, one notice."""
    await scene.begin()
    for word in ("теңіз", "орман"):
        refusing = scene.refuse(SENTENCES[0])
        await scene.story(word)
        await scene.slot()
        await scene.slot()
        scene.faults.rules.remove(refusing)
        scene.desk.clock.forward(hours=2)
        await scene.deliver()

    assert (scene.count("теңіз"), scene.count("орман")) == (1, 1)
    assert len(scene.notices()) == 2


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_the_notice_is_in_the_admins_language(scene, language):
    """With the name of the group."""
    await scene.begin(language=language)
    scene.refuse(SENTENCES[0])
    await scene.story("теңіз")
    await scene.slot()
    (notice,) = scene.notices(language)

    assert "Достар" in notice


async def test_who_looks_after_a_channel_hears_of_it(scene):
    """Everybody who manages it from a private chat, and nobody who never wrote to the bot."""
    await scene.begin()
    manager, stranger = sorted(scene.users)[:2]
    async with scene.desk.storage.transaction() as unit:
        chat = await unit.chats.get(scene.group)
        await unit.chats.put(type(chat)(**{**_fields(chat), "kind": ChatKind.CHANNEL}))
        for user in (manager, stranger):
            await unit.stewards.put(user, Channel(scene.group, "Арна"))
    scene.refuse("Bad Request: need administrator rights in the channel chat")
    await scene.story("теңіз")
    await scene.slot()

    assert sum("«Арна» арнасына" in text for text in scene.notices()) == 1
    assert scene.texts(stranger) == []


def _fields(chat):
    return {name: getattr(chat, name) for name in type(chat).__slots__}


@ENGINES
@pytest.mark.parametrize("sentence", ["Bad Request: message thread not found", "Bad Request: TOPIC_DELETED"])
async def test_a_deleted_topic_of_a_forum(scene, sentence):
    """Its digest comes into the general topic, once, and so do all later ones; nobody need be told."""
    await scene.begin()
    async with scene.desk.storage.transaction() as unit:
        chat = await unit.chats.get(scene.group)
        await unit.chats.put(type(chat)(**{**_fields(chat), "thread_id": THREAD}))
    scene.refuse(sentence, times=1)
    await scene.story("теңіз")
    await scene.slot()
    async with scene.desk.storage.reading() as unit:
        thread = (await unit.chats.get(scene.group)).thread_id

    assert scene.count("теңіз") == 1
    assert thread is None
    assert scene.notices() == []


async def test_a_closed_topic_can_be_left_for_another(scene):
    """What waits for the closed one comes into the topic that the admin chooses, at once."""
    await scene.begin()
    async with scene.desk.storage.transaction() as unit:
        chat = await unit.chats.get(scene.group)
        await unit.chats.put(type(chat)(**{**_fields(chat), "thread_id": THREAD}))
    scene.rooms[scene.group].threads = {THREAD + 1: "Жаңа"}
    scene.refuse("Bad Request: TOPIC_CLOSED", times=1)
    await scene.story("теңіз")
    await scene.slot()
    assert scene.count("теңіз") == 0
    async with scene.desk.storage.transaction() as unit:
        chats = scene.desk.services(unit).chats
        await chats.settle(await chats.get(scene.group), THREAD + 1)
    await scene.deliver()
    (message,) = [one for one in scene.rooms[scene.group].messages.values() if "теңіз" in one.text]

    assert message.thread_id == THREAD + 1
    assert "форум тақырыбы жабық" in scene.notices()[0]


@pytest.mark.parametrize(
    "sentence",
    [
        "Bad Request: group chat was deactivated",
        "Bad Request: chat not found",
        "Bad Request: USER_IS_BLOCKED",
        "Bad Request: PEER_ID_INVALID",
        "Bad Request: USER_DELETED_ACCOUNT",
        "Forbidden: bot was kicked from the group chat",
        "Forbidden: user is deactivated",
    ],
)
async def test_a_chat_that_is_gone_is_asked_no_more(scene, sentence):
    """One attempt, no notice, no further digest."""
    await scene.begin()
    refusing = scene.refuse(sentence)
    for word in ("теңіз", "орман"):
        await scene.story(word)
        scene.desk.clock.forward(days=1)
        await scene.desk.digests.tick()
        await scene.deliver()

    assert refusing.taken == 1
    assert scene.notices() == []


async def test_replies_are_not_kept(scene):
    """An answer that could not be given for a quarter of an hour is dropped; nobody is told of it."""
    await scene.begin()
    before = len(scene.texts())
    refusing = scene.refuse(SENTENCES[0])
    await scene.desk.say("/help", chat=scene.group, kind="group")
    await scene.deliver()
    scene.desk.clock.forward(minutes=16)
    scene.faults.rules.remove(refusing)
    await scene.deliver()

    assert len(scene.texts()) == before
    assert scene.notices() == []
