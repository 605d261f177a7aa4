"""Inline mode in the whole program, in three languages."""

from pathlib import Path

from harness import Control, Reader

from bot.sandbox.news import sources_toml
from bot.sandbox.server import Sandbox

WORDS = {"kk": ("иран", "жазылу"), "ru": ("Иран", "Подписаться"), "en": ("Iran", "Follow")}


async def test_articles_are_offered_and_sent_in_another_chat(sandbox: Sandbox, join, start_bot, tmp_path: Path) -> None:
    """Typed words find stored articles, the chosen one stands in the chat with its link; nothing found offers to follow."""
    catalogue = tmp_path / "sources.toml"
    catalogue.write_text(sources_toml(sandbox.url), encoding="utf-8")
    await start_bot(SOURCES_FILE=str(catalogue))
    for language, words in WORDS.items():
        await offered(sandbox, await join(language), *words)


async def offered(sandbox: Sandbox, reader: Reader, query: str, nothing: str) -> None:
    """Ask, choose and ask for what is not there."""
    control: Control = reader.control
    group = next(room for room in sandbox.simulation.world.rooms.values() if room.type == "group")

    async def ask(text: str) -> dict[str, object]:
        query_id = (await control.post("inline", user_id=reader.user_id, query=text))["query_id"]
        everywhere = reader.at(None)
        everywhere.chat_id = None
        return (await everywhere.wait_for(lambda event: event.raw.get("query_id") == query_id)).raw

    found: list[dict[str, str]] = []
    while not found:  # each answer is waited for: asked again until ingest has stored an article
        found = (await ask(query))["results"]
    group.members[reader.user_id] = "member"
    where = {"chat_id": group.id, "user_id": reader.user_id}
    asked = await ask(query)
    await control.post("choose", **where, query_id=asked["query_id"], result_id=asked["results"][0]["id"])

    sent = (await reader.at(group.id).messages())[-1]
    assert sent.links == (asked["results"][0]["url"],)
    assert asked["results"][0]["title"] in sent.text
    assert "·" in asked["results"][0]["description"]
    empty = await ask("Зимбабве")
    assert empty["results"] == []
    assert nothing in empty["button"]["text"]
