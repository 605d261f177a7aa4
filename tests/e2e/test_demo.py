"""``demo``: one command, and the whole bot answers on a page, without a token or a network."""

import asyncio

import httpx
import pytest
from harness import Control, Reader, demo_in

pytestmark = pytest.mark.timeout(120)


async def test_the_demo_answers_a_reader_and_ends_cleanly(tmp_path):
    """From ``/start`` to a digest in Kazakh, by a clock moved to its slot; then Ctrl+C: exit code 0, nothing left."""
    async with demo_in(tmp_path) as (url, process):
        async with httpx.AsyncClient(trust_env=False) as client:
            assert "<html" in (await client.get(f"{url}/")).text
        control = Control(url)
        reader = await Reader.join(control, "kk")
        assert "Сәлем" in (await reader.say("/start", seconds=60)).text
        await reader.say("/subscribe Иран")
        async with asyncio.timeout(30):
            while "Пезешкиан" not in (answer := await reader.say("/digest")).text:
                pass  # each answer is waited for: the next is asked until ingest has stored the article
        assert "Келесі шолу" in answer.text

        await control.post("skip")
        digest = await reader.next_message()
        await control.post("skip")  # to the next day's slot, which a further answer proves to be past
        await reader.say("/digest")
        assert "Пезешкиан" in digest.text
        assert digest.raw["date"] > answer.raw["date"] + 60
        later = [one for one in await reader.from_bot() if one.id > digest.id]
        assert not set(digest.links) & {link for one in later for link in one.links}
        await control.close()

    assert process.returncode == 0
    assert not list(tmp_path.glob("jarshy-demo-*"))
