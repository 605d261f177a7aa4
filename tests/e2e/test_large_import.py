"""A file of many topics over the whole program: it is taken in to its end, whatever ends the program meanwhile."""

import hostile
import pytest
from feed_server import FeedServer, sources_document

pytestmark = pytest.mark.timeout(240)
TOPICS = 100


async def test_a_file_of_many_topics_survives_kills(feeds: FeedServer, start_bot, join, tmp_path):
    """Killed as soon as it was taken, and again on the way: all topics come, and the reader is told."""
    catalogue = tmp_path / "sources.toml"
    catalogue.write_text(sources_document(("qazaq", feeds.put_rss("/kk.xml", []), "kk")), encoding="utf-8")
    bot = await start_bot(SOURCES_FILE=str(catalogue))
    reader = await join("kk")
    await reader.say("/start")
    taken = await reader.send("document", name="jarshy.json", text=hostile.topics_file(TOPICS))
    for _ in range(3):
        await bot.restart(kill=True)
    await reader.wait_for(lambda event: event.by_bot and f"тақырып: {TOPICS}" in event.message.text, seconds=120)
    topics = await reader.say("/topics")

    assert f"({TOPICS})" in taken.text
    assert str(TOPICS) in topics.text
