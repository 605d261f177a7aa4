"""The chat page in Chromium: from Start to the news, by mouse and by keyboard, in three languages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from chromium import in_chromium, launched, visited
from playwright.async_api import Page, expect

from bot.sandbox.news import sources_toml
from bot.sandbox.readers import say
from bot.sandbox.server import Sandbox

SEED = "Пезешкианның Қазақстанға сапары"
KK = 1001
pytestmark = in_chromium


@pytest.fixture
async def page(sandbox: Sandbox) -> AsyncIterator[Page]:
    """The page of a Kazakh reader."""
    async with launched() as browser, visited(browser, sandbox.url) as opened:
        yield opened


async def _write(page: Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.locator("#text").press("Enter")


async def test_from_start_to_the_news(page: Page, sandbox: Sandbox, start_bot, tmp_path: Path) -> None:
    """The real program on the sandbox: Start, a topic, the latest news with its link, and the article behind it."""
    catalogue = tmp_path / "sources.toml"
    catalogue.write_text(sources_toml(sandbox.url), encoding="utf-8")
    await start_bot(SOURCES_FILE=str(catalogue))
    log = page.get_by_role("log")

    await page.locator("#start").click()
    await expect(log.locator(".message:not(.mine)")).to_have_count(1)
    await _write(page, "/subscribe Иран")
    await expect(log.locator(".message:not(.mine)")).to_have_count(2)
    link = log.get_by_role("link", name=SEED).last
    for answers in range(3, 40):  # until ingest has stored the article; each answer is waited for
        await _write(page, "/latest")
        await expect(log.locator(".message:not(.mine)")).to_have_count(answers)
        if await link.count():
            break
    await expect(link).to_be_visible()
    async with page.context.expect_page() as opened:
        await link.click()
    article = await opened.value

    await expect(article.get_by_role("heading", level=1)).to_contain_text(SEED)


async def test_the_menu_is_used_by_keyboard_alone(page: Page, sandbox: Sandbox) -> None:
    """A slash opens the commands of the reader's language, arrows choose, Enter sends, Escape closes."""
    world = sandbox.simulation.world
    say(world, world.rooms[KK], world.users[KK], "сәлем")
    world.profile.commands[("default", 0, 0), "kk"] = [
        {"command": "latest", "description": "Соңғы жаңалықтар"},
        {"command": "topics", "description": "Тақырыптар"},
    ]
    world.journal.add("menu", None, world.clock())
    field, menu = page.locator("#text"), page.locator("#commands")
    await expect(field).to_be_visible()
    await expect(page.locator("#chats [aria-current=true]")).to_contain_text("сәлем")

    await field.focus()
    await field.press_sequentially("/")
    await expect(menu.get_by_role("option")).to_have_count(2)
    await field.press("Escape")
    await expect(menu).to_be_hidden()
    await field.fill("")
    await field.press_sequentially("/")
    await field.press("ArrowDown")
    await field.press("Enter")

    await expect(page.get_by_role("log").locator(".message.mine").last).to_contain_text("/topics")


async def test_rich_text_buttons_edits_and_answers(page: Page, sandbox: Sandbox) -> None:
    """Entities become elements, a press reaches the bot, its alert is a dialog, its edit replaces the message."""
    world = sandbox.simulation.world
    say(world, world.rooms[KK], world.users[KK], "сәлем")
    client, log = page.request, page.get_by_role("log")
    link = '<a href="http://127.0.0.1/x">сілтеме</a>'
    html = f"<b>Қалың 😀</b> {link}\n<blockquote expandable>дәйек</blockquote><i>көлбеу</i>"
    keyboard = {"inline_keyboard": [[{"text": "Неге?", "callback_data": "why"}]]}
    root = f"{sandbox.url}/bot{sandbox.token}"
    sent = {"chat_id": KK, "text": html, "parse_mode": "HTML", "reply_markup": keyboard}
    await client.post(f"{root}/sendMessage", data=sent)

    await expect(log.locator("strong")).to_have_text("Қалың 😀")
    await expect(log.get_by_role("link", name="сілтеме")).to_have_attribute("href", "http://127.0.0.1/x")
    quote = log.locator("blockquote")
    await quote.press("Enter")
    await expect(quote).to_have_attribute("aria-expanded", "true")

    await log.get_by_role("button", name="Неге?").click()
    updates = await (await client.post(f"{root}/getUpdates", data={"timeout": 10, "offset": -1})).json()
    query = updates["result"][0]["callback_query"]
    answer = {"callback_query_id": query["id"], "text": "Иранның", "show_alert": True}
    await client.post(f"{root}/answerCallbackQuery", data=answer)
    await expect(page.get_by_role("dialog")).to_contain_text("Иранның")
    await page.get_by_role("dialog").get_by_role("button").click()

    number = query["message"]["message_id"]
    await client.post(f"{root}/editMessageText", data={"chat_id": KK, "message_id": number, "text": "жаңа мәтін"})
    await expect(log.locator(f"#m{number}")).to_contain_text("жаңа мәтін")
    await expect(log.locator(".message:not(.mine)")).to_have_count(1)


@pytest.mark.parametrize(("code", "start"), [("kk", "Бастау"), ("ru", "Начать"), ("en", "Start")])
async def test_the_page_speaks_three_languages(page: Page, code: str, start: str) -> None:
    """The switch changes every text of the page, and it stays after a reload; no text is left without words."""
    await page.locator(f"[data-language={code}]").click()
    await page.reload()

    await expect(page.locator("html")).to_have_attribute("lang", code)
    await expect(page.locator("#start")).to_have_text(start)
    empty = page.locator("[data-text]:visible:empty, [aria-label=undefined], [placeholder=undefined]")
    await expect(empty).to_have_count(0)
    assert "undefined" not in await page.locator("body").inner_text()


async def test_new_messages_are_announced_and_every_control_has_a_name(page: Page) -> None:
    """A screen reader hears what comes, and knows each control by name."""
    await expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    nameless = await page.evaluate(
        "() => [...document.querySelectorAll('button, input:not([hidden]), textarea, select')]"
        ".filter(one => one.checkVisibility() && !(one.textContent.trim() || one.ariaLabel || one.labels?.length))"
        ".map(one => one.outerHTML)"
    )

    assert nameless == []


async def test_nothing_is_cut_off_at_any_width(page: Page) -> None:
    """From a small phone to a desk the page never scrolls sideways."""
    for width in (320, 390, 768, 1280):
        await page.set_viewport_size({"width": width, "height": 700})

        assert await page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, width


async def test_dark_and_light_follow_the_system(page: Page) -> None:
    """The page's background is light by day and dark by night."""
    script = "() => getComputedStyle(document.querySelector('aside')).backgroundColor.match(/\\d+/g).map(Number)"
    light = await page.evaluate(script)
    await page.emulate_media(color_scheme="dark")
    dark = await page.evaluate(script)

    assert min(light) > 200
    assert max(dark) < 60


@pytest.mark.parametrize(
    ("kind", "said"), [("location", "Орналасқан жер · 43.238, 76.945"), ("ocean", "Орналасқан жер · 0.000, -30.000")]
)
async def test_a_place_is_shared_by_keyboard(page: Page, sandbox: Sandbox, kind: str, said: str) -> None:
    """The menu of attachments opens and sends without a mouse; what was sent is told in words, no picture font needed."""
    world = sandbox.simulation.world
    say(world, world.rooms[KK], world.users[KK], "сәлем")
    await expect(page.locator("#attach")).to_be_visible()
    await page.locator("#attach").focus()
    await page.keyboard.press("Enter")
    await page.locator(f"[data-send={kind}]").focus()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("log").locator(".message.mine").last).to_contain_text(said)
    await expect(page.locator("#attachments")).to_be_hidden()
