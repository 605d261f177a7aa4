"""Files that readers sent."""

import base64

import httpx
import pytest
from telegram.error import TelegramError

from bot.errors import FeedError
from bot.sandbox.server import Sandbox
from bot.telegram.api import ApiBot
from bot.telegram.files import TelegramFiles

BODY = "Арналар тізімі\n".encode() * 10


async def send(sandbox: Sandbox) -> str:
    """Let a person send a document; return its file id."""
    async with httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as client:
        user = (await client.post("/sandbox/users", json={"first_name": "A"})).json()["id"]
        body = base64.b64encode(BODY).decode()
        document = {"kind": "document", "name": "feeds.opml", "base64": body}
        answer = await client.post("/sandbox/send", json={"chat_id": user, "user_id": user, **document})
    file_id: str = answer.json()["document"]["file_id"]
    return file_id


async def test_a_file_comes_as_it_was_sent(sandbox: Sandbox, api: ApiBot):
    """To the byte, from the file root of the same Bot API."""
    files = TelegramFiles(api, sandbox.url)

    assert await files.read(await send(sandbox), limit=len(BODY)) == BODY


async def test_a_large_file_is_refused(sandbox: Sandbox, api: ApiBot):
    """What is larger than may be is an error, not a download."""
    files = TelegramFiles(api, sandbox.url)
    with pytest.raises(FeedError) as refused:
        await files.read(await send(sandbox), limit=len(BODY) - 1)

    assert refused.value.message_id == "feed-too-large"


async def test_a_file_that_is_gone_is_telegrams_error(sandbox: Sandbox, api: ApiBot):
    """The update is tried again later."""
    with pytest.raises(TelegramError):
        await TelegramFiles(api, sandbox.url).read("no such file", limit=10)
