"""The harness itself: people, feeds and processes behave as the end-to-end tests take them to."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from feed_server import FeedServer, Item
from harness import Control, Reader, run_bot, settings_for
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot.sandbox.server import Sandbox


async def _start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Иә", callback_data="yes")]])
    assert update.effective_message is not None
    await update.effective_message.reply_text("<b>Сәлем</b>", parse_mode="HTML", reply_markup=keyboard)


async def _pressed(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.callback_query is not None
    await update.callback_query.answer("болды")
    await update.callback_query.edit_message_text("Жақсы")


async def _document(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    assert update.message.document is not None
    file = await update.message.document.get_file()
    await update.message.reply_document(bytes(await file.download_as_bytearray()), filename="қайта.txt", caption="міне")


@pytest.fixture
async def echo(sandbox: Sandbox) -> AsyncIterator[None]:
    """A small bot of python-telegram-bot on the sandbox, by long polling."""
    application = (
        Application.builder()
        .token(sandbox.token)
        .base_url(f"{sandbox.url}/bot")
        .base_file_url(f"{sandbox.url}/file/bot")
        .build()
    )
    application.add_handler(CommandHandler("start", _start))
    application.add_handler(CallbackQueryHandler(_pressed))
    application.add_handler(MessageHandler(filters.Document.ALL, _document))
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling()
        yield
        await application.updater.stop()
        await application.stop()


@pytest.mark.usefixtures("echo")
async def test_a_reader_talks_with_a_real_client_library(control: Control) -> None:
    """Text, buttons and answers go both ways through python-telegram-bot's own parsing."""
    reader = await Reader.join(control, "kk")

    hello = await reader.say("/start")
    changed = await reader.press("Иә")
    query = str(next(event for event in reader.seen if event.kind == "answer").raw["query_id"])

    assert (hello.text, hello.html, hello.buttons) == ("Сәлем", "<b>Сәлем</b>", ("Иә",))
    assert (changed.id, changed.text, changed.buttons) == (hello.id, "Жақсы", ())
    assert (await reader.answer_to(query))["text"] == "болды"


@pytest.mark.usefixtures("echo")
async def test_files_go_both_ways(control: Control) -> None:
    """A document that a reader sends can be fetched, and one that the bot sends is kept with its caption."""
    reader = await Reader.join(control, "kk")

    back = await reader.send("document", text="мазмұны", name="a.txt")

    assert back.text == "міне"
    assert back.raw["document"]["file_name"] == "қайта.txt"  # type: ignore[index]


@pytest.mark.usefixtures("echo")
async def test_in_a_group_the_bot_reads_commands_and_replies_only(control: Control) -> None:
    """Privacy mode: talk among people stays among them; ``/start@other_bot`` is another's."""
    owner = await Reader.join(control, "kk")
    group = await control.post("chats", type="group", title="Топ", user_id=owner.user_id)
    there = owner.at(int(str(group["id"])))

    await there.write("сәлем, достар")
    await there.write("/start@other_bot")
    answer = await there.say("/start@jarshy_bot")

    assert answer.text == "Сәлем"
    assert len(await there.from_bot()) == 1


async def test_what_did_not_come_is_told_with_what_came_instead(control: Control) -> None:
    """A wait that runs out names the events that arrived meanwhile."""
    reader = await Reader.join(control, "kk")
    await reader.write("бар ма?")

    with pytest.raises(AssertionError, match="бар ма"):
        await reader.next_message(seconds=0.2)


async def test_the_feed_server_answers_conditionally_and_counts(feeds: FeedServer) -> None:
    """A client that has the document gets 304; every request is seen with its headers."""
    url = feeds.put_rss("/a.xml", [Item("Иран", datetime.now(UTC), "қысқаша")])
    async with httpx.AsyncClient(trust_env=False) as client:
        first = await client.get(url)
        second = await client.get(url, headers={"If-None-Match": first.headers["etag"]})
        feeds.put_rss("/a.xml", [Item("Ирак", datetime.now(UTC))])
        third = await client.get(url, headers={"If-None-Match": first.headers["etag"]})
        missing = await client.get(f"{feeds.url}/b.xml")

    assert [first.status_code, second.status_code, third.status_code, missing.status_code] == [200, 304, 200, 404]
    assert feeds.count("/a.xml") == 3
    assert feeds.asked[1].headers["if-none-match"] == first.headers["etag"]


async def test_a_process_that_ends_is_reported_with_what_it_said(sandbox: Sandbox, tmp_path: Path) -> None:
    """``run_bot`` gives exit code, output and errors of a command that ends by itself."""
    finished = await run_bot("no-such-command", environment=settings_for(sandbox, tmp_path), folder=tmp_path)

    assert finished.code != 0
    assert finished.errors
