"""The first greeting ends in a name or in one clear error; menus are set only where they changed."""

import socket
import time

import httpx
import pytest
from telegram.error import InvalidToken

from bot import metrics
from bot.errors import TelegramError
from bot.sandbox.faults import Rule
from bot.sandbox.server import Sandbox
from bot.telegram.api import ApiBot, UnknownMethodError, greet, make_bot
from bot.telegram.menus import Menu, set_menus
from bot.telegram.webhook import clear_webhook, set_webhook

MENUS = (
    Menu(None, (("start", "Start"),), "Jarshy", "News", "News in short"),
    Menu("kk", (("start", "Бастау"), ("latest", "Соңғы жаңалық")), "Жаршы", "Жаңалықтар", "Қысқаша"),
)


async def test_greeting(sandbox: Sandbox, api: ApiBot):
    """A bot that is known is greeted by its name."""
    identity = await greet(api, sandbox.url)

    assert identity.username == "jarshy_bot"
    assert identity.id == sandbox.simulation.world.bot.id


async def test_bot_hides_its_token(sandbox: Sandbox, api: ApiBot):
    """A bot that is printed does not show its token."""
    assert sandbox.token not in f"{api!r} {api}"


async def test_greeting_outlasts_a_bad_start(sandbox: Sandbox, api: ApiBot):
    """Errors and dropped connections at first are tried again."""
    sandbox.simulation.faults.add(Rule("status", "getMe", code=502, times=1))
    sandbox.simulation.faults.add(Rule("drop", "getMe", times=1))

    assert (await greet(api, sandbox.url, seconds=5)).username == "jarshy_bot"


@pytest.mark.parametrize("token", ["1234567890:wrong", "1:a"])
async def test_refused_token(sandbox: Sandbox, token: str):
    """A token that Telegram does not know is refused at once, and not shown."""
    bot = make_bot(token, sandbox.url)

    with pytest.raises(TelegramError) as caught:
        await greet(bot, sandbox.url)

    assert caught.value.message_id == "api-refused"
    assert token not in str(caught.value)
    await bot.disconnect()


async def test_an_unknown_method_is_not_a_refused_token(api: ApiBot, caplog: pytest.LogCaptureFixture):
    """An older server answers 404: as long as ``getMe`` answers the method is to blame, told once and counted each time."""
    before = metrics.UNKNOWN_METHODS._value.get()
    for _ in range(3):
        with pytest.raises(UnknownMethodError, match="sendRichMessage"):
            await api.call("sendRichMessage", {"chat_id": 5})

    assert [record.message for record in caplog.records if "sendRichMessage" in record.message] == [
        "the Bot API server does not know sendRichMessage (404): what needs it is left out; is it too old?"
    ]
    assert metrics.UNKNOWN_METHODS._value.get() - before == 3


async def test_a_404_while_getme_is_refused_is_the_token(sandbox: Sandbox, api: ApiBot):
    """Where ``getMe`` answers 401 or 404 too it is the token that the server does not know."""
    sandbox.simulation.faults.add(Rule("status", "sendMessage", code=404))
    for code in (401, 404):
        sandbox.simulation.faults.add(Rule("status", "getMe", code=code, times=1))
        with pytest.raises(InvalidToken):
            await api.call("sendMessage", {"chat_id": 5, "text": "x"})


async def test_unreachable_api():
    """An API that cannot be reached is tried as long as was said, then named."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        bot = make_bot("1:abc", url)
        started = time.monotonic()

        with pytest.raises(TelegramError, match="cannot reach") as caught:
            await greet(bot, url, seconds=1.5)

        assert caught.value.message_id == "api-unreachable"
        assert "1:abc" not in str(caught.value)
        assert 0.9 <= time.monotonic() - started <= 3
        await bot.disconnect()


async def test_silent_api(sandbox: Sandbox, api: ApiBot):
    """An API that takes the connection and says nothing is unreachable too."""
    sandbox.simulation.faults.add(Rule("hang", "getMe", seconds=2))

    with pytest.raises(TelegramError) as caught:
        await greet(api, sandbox.url, seconds=1)

    assert caught.value.message_id == "api-unreachable"


async def test_something_else_answers():
    """A server that is no Bot API is unreachable, not a crash."""
    bot = make_bot(
        "1:abc", "http://x", transport=httpx.MockTransport(lambda _: httpx.Response(200, json={"result": 5}))
    )

    with pytest.raises(TelegramError) as caught:
        await greet(bot, "http://x", seconds=0.6)

    assert caught.value.message_id == "api-unreachable"
    await bot.disconnect()


async def test_menus_are_set_once(sandbox: Sandbox, api: ApiBot):
    """The first start sets every part; the second finds nothing to set; a changed text is set alone."""
    profile = sandbox.simulation.world.profile
    calls = sandbox.simulation.calls

    await set_menus(api, MENUS)

    assert [command["command"] for command in profile.commands[("default", 0, 0), "kk"]] == ["start", "latest"]
    assert profile.descriptions == {"": "News", "kk": "Жаңалықтар"}
    assert profile.short_descriptions["kk"] == "Қысқаша"
    assert profile.names["kk"] == "Жаршы"

    before = calls.seq
    assert await set_menus(api, MENUS) == 0
    assert not [call for call in calls.after(before) if str(call["method"]).startswith("set")]

    changed = Menu("kk", MENUS[1].commands, "Жаршы", "Басқа сөз", "Қысқаша")
    assert await set_menus(api, (MENUS[0], changed)) == 1
    assert profile.descriptions["kk"] == "Басқа сөз"


async def test_menu_failure_is_told(sandbox: Sandbox, api: ApiBot):
    """Parts that cannot be set are counted in the error, and the others are set all the same."""
    sandbox.simulation.faults.add(Rule("status", "setMyName", code=429, description="Too Many Requests"))

    with pytest.raises(TelegramError, match="1 parts of the bot's menus were not set: Too Many Requests") as caught:
        await set_menus(api, MENUS)

    assert caught.value.message_id == "menus-refused"
    assert sandbox.simulation.world.profile.descriptions["kk"] == "Жаңалықтар"


async def test_webhook(sandbox: Sandbox, api: ApiBot):
    """A webhook is set with its secret, and deleted without losing what waits."""
    updates = sandbox.simulation.world.updates
    updates.add_raw({"message": {}})

    await set_webhook(api, "https://example.org/hook", "s3cret")
    assert (updates.webhook.url, updates.webhook.secret) == ("https://example.org/hook", "s3cret")

    await clear_webhook(api)
    assert updates.webhook.url == ""
    assert len(updates.pending) == 1


async def test_refused_webhook(api: ApiBot):
    """A webhook that Telegram does not take is one clear error."""
    with pytest.raises(TelegramError) as caught:
        await set_webhook(api, "ftp://example.org", "s")

    assert caught.value.message_id == "webhook-refused"


async def test_a_webhook_that_may_be_taken_later(sandbox: Sandbox, api: ApiBot):
    """What Telegram does not take only now is told apart, of setting and of deleting."""
    sandbox.simulation.faults.add(Rule("status", "setWebhook", code=429, description="Too Many Requests"))
    sandbox.simulation.faults.add(Rule("status", "deleteWebhook", code=502, description="Bad Gateway"))

    for asking in (set_webhook(api, "https://example.org/hook", "s"), clear_webhook(api)):
        with pytest.raises(TelegramError) as caught:
            await asking
        assert caught.value.message_id == "webhook-unset"


async def test_menus_of_an_older_server(sandbox: Sandbox, api: ApiBot):
    """What it does not know is left out, without an error; the rest is set."""
    for method in ("getMyShortDescription", "setMyName"):
        sandbox.simulation.faults.add(Rule("status", method, code=404))
    count = await set_menus(api, MENUS)

    assert count == 4
    assert await set_menus(api, MENUS) == 0
