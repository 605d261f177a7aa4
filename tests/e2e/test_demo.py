"""``demo``: one command, and the whole bot answers on a page, without a token or a network."""

import asyncio
import os
import signal
import sys

import httpx
import pytest
from harness import PROJECT, Control, Reader

pytestmark = pytest.mark.timeout(120)


async def test_the_demo_answers_a_reader_and_ends_cleanly(tmp_path):
    """From ``/start`` to a digest in Kazakh, by a clock moved to its slot; then Ctrl+C: exit code 0, nothing left."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", "0", "--no-browser"),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "TMPDIR": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        url = next(word for word in line.split() if word.startswith("http://")).rstrip("/")
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
    finally:
        process.send_signal(signal.SIGINT)
        code = await asyncio.wait_for(process.wait(), 20)

    assert code == 0
    assert not list(tmp_path.glob("jarshy-demo-*"))
