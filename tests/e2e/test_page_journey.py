"""A newcomer in Chromium: from Start to a digest and into its stories by what the page offers, nothing typed."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from chromium import in_chromium, launched, visited
from harness import Control, Reader, demo_in
from playwright.async_api import Locator, Page, expect

from bot.i18n import Catalogues

pytestmark = [*in_chromium, pytest.mark.timeout(180)]

NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
TOPICS = {"kk": ("Мұнай-газ", "Банктер"), "ru": ("Нефть и газ", "Банки"), "en": ("Oil and gas", "Banks")}
TITLE = {"kk": "Мұнай бағасы", "ru": "Нефть подорожала", "en": "Oil Gains"}
TRANSPORT = {"kk": "Көлік", "ru": "Транспорт", "en": "Transport"}
TRAMS = ("Астанада жеңіл рельсті көлік", "В Астане начались испытания")  # two stories that belong together
LANGUAGES = pytest.mark.parametrize("language", ["kk", "ru", "en"])
WORD = "көлік"  # of the first of them that meets the topic
MOST_STEPS = 60  # of Tab, to anything on the page


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[str]:
    """The address of ``python -m bot demo``, once it has read its sample news."""
    async with demo_in(tmp_path) as (url, _):
        await _read_the_news(url)
        yield url


async def _read_the_news(url: str) -> None:
    """Wait until another reader finds the story that the newcomer is to find, in each language."""
    control = Control(url)
    other = await Reader.join(control, "en")
    async with asyncio.timeout(60):
        for title in (*TITLE.values(), *TRAMS):
            while title not in (await other.say(f"/search {title}", seconds=60)).text:
                pass  # each answer is waited for
    await control.close()


@pytest.fixture
async def page(demo: str) -> AsyncIterator[Page]:
    """The page at the demo."""
    async with launched() as browser, visited(browser, demo) as opened:
        yield opened


class Chat:
    """What the reader sees, and the buttons of the newest message that has any."""

    def __init__(self, page: Page, language: str) -> None:
        self.page = page
        self.told = page.get_by_role("log").locator(".message:not(.mine)")
        self.last = self.told.last
        self.tr = Catalogues().translator(language, "Asia/Almaty")

    def text(self, key: str) -> str:
        """Return the first line of a text of the bot's without its marks."""
        return self.tr(key, day="", count="").split("\n")[0].striptags()

    def button(self, name: str) -> Locator:
        """Return the newest button of that name."""
        return self.page.get_by_role("log").locator(".keyboard").get_by_text(name, exact=True).last

    async def press(self, key: str) -> None:
        """Press a button by the name of its text."""
        await self.button(self.text(key)).click()

    async def choose(self, *topics: str) -> None:
        """Press the ready-made topics of these names, each on its page."""
        place = self.last.locator(".keyboard button").filter(has_text=re.compile(r"^\d+.\d+$"))
        for topic in topics:
            await expect(place).to_be_visible()
            while not await self.button(topic).count():
                shown = await place.inner_text()
                await self.button("›").click()
                await expect(place).not_to_have_text(shown)
            await self.button(topic).click()

    async def finish(self) -> None:
        """Go from the topics to the hour and choose it; the latest stories follow."""
        await self.press("button-next")
        await self.button("19:00").click()
        await expect(self.told).to_have_count(2)

    async def skip(self) -> None:
        """Move the clock to the next digest. On a Sunday morning the review of the week comes first."""
        told = await self.told.count()
        await self.page.locator("#skip-clock").click()
        await expect(self.told).to_have_count(told + 1)
        if self.text("header-weekly") in await self.last.inner_text():
            await self.skip()

    async def reach(self, target: Locator) -> None:
        """Go on by Tab to what is wanted, once it is there, and press it by Enter."""
        await expect(target).to_be_visible()
        for _ in range(MOST_STEPS):
            if await target.evaluate("node => node === document.activeElement"):
                break
            await self.page.keyboard.press("Tab")
        await expect(target).to_be_focused()
        await self.page.keyboard.press("Enter")


@LANGUAGES
async def test_from_start_to_a_digest_by_buttons_alone(page: Page, language: str) -> None:
    """Start, language, topics on and off, hour; the latest follows at once, the digest when the clock is moved to it."""
    chat, (wanted, unwanted) = Chat(page, language), TOPICS[language]
    await page.locator("#start").click()
    await expect(chat.button(NAMES["ru"])).to_be_visible()
    await chat.button(NAMES[language]).or_(chat.button(f"✓ {NAMES[language]}")).click()
    await chat.press("button-choose-topics")
    await chat.choose(unwanted, wanted, f"✓ {unwanted}")
    await expect(chat.button(unwanted)).to_be_visible()
    await expect(chat.button(f"✓ {wanted}")).to_be_visible()
    await chat.finish()

    await expect(chat.told.first).to_contain_text("19:00")
    await expect(chat.last).to_contain_text(chat.text("header-latest"))
    await expect(chat.last.get_by_role("link", name=TITLE[language])).to_be_visible()

    await chat.skip()
    await expect(chat.last).to_contain_text(chat.text("header-scheduled"))
    async with page.context.expect_page() as opened:
        await chat.last.get_by_role("link", name=TITLE[language]).click()
    article = await opened.value

    await expect(article.get_by_role("heading", level=1)).to_contain_text(TITLE[language])


# What differs by language here are texts, which the tests of the handlers read too: two languages are left to the long run.
@pytest.mark.parametrize("language", ["kk", *(pytest.param(each, marks=pytest.mark.torture) for each in ("ru", "en"))])
async def test_a_story_is_opened_by_buttons_alone(page: Page, language: str) -> None:
    """From the latest to a card: why it came, what belongs with it, fewer like it and undone, and back to the same page."""
    chat = Chat(page, language)
    await page.locator("#start").click()
    await expect(chat.button(NAMES["ru"])).to_be_visible()
    await chat.button(NAMES[language]).or_(chat.button(f"✓ {NAMES[language]}")).click()
    await chat.press("button-choose-topics")
    await chat.choose(TRANSPORT[language])
    await chat.finish()
    titles = await chat.last.get_by_role("link").all_inner_texts()
    one, other = (next(title for title in titles if title.startswith(beginning)) for beginning in TRAMS)

    await chat.press("button-stories")
    await chat.button(str(titles.index(one) + 1)).click()
    await expect(chat.last.get_by_role("link").first).to_have_text(one)
    await chat.press("button-why")
    await expect(chat.last).to_contain_text(chat.text("why"))
    await expect(chat.last).to_contain_text(WORD)
    await chat.press("button-back")
    await chat.press("button-related")
    await expect(chat.last).to_contain_text(chat.text("related"))
    await expect(chat.last.get_by_role("link", name=other)).to_be_visible()
    await chat.press("button-back")
    await chat.press("button-mutes")
    await expect(chat.last).to_contain_text(chat.text("mutes-words"))
    offered = await chat.last.get_by_role("button").all_inner_texts()
    await chat.button(offered[0]).click()
    await expect(chat.button(chat.text("button-undo"))).to_be_visible()
    await chat.press("button-undo")
    await expect(chat.button(offered[0])).to_be_visible()
    await chat.press("button-back")
    await chat.press("button-back-digest")

    await expect(chat.last.get_by_role("link")).to_have_text(titles)
    await expect(chat.told).to_have_count(2)


async def test_the_whole_way_goes_by_keyboard(page: Page) -> None:
    """Tab and Enter lead from Start to a digest and into a story; whoever presses a button goes on from its message."""
    chat, (wanted, _) = Chat(page, "kk"), TOPICS["kk"]
    await chat.reach(page.locator("#start"))
    await chat.reach(chat.button(chat.text("button-choose-topics")))
    await chat.reach(chat.button(wanted))
    await expect(chat.button(f"✓ {wanted}")).to_be_focused()
    await chat.reach(chat.button(chat.text("button-next")))
    await expect(chat.button("07:30")).to_be_focused()
    await chat.reach(chat.button("19:00"))
    await expect(chat.told).to_have_count(2)
    await chat.reach(page.locator("#skip-clock"))
    await expect(chat.told).to_have_count(3)
    title = await chat.last.get_by_role("link").first.inner_text()
    await chat.reach(chat.button(chat.text("button-stories")))
    await expect(chat.button("1")).to_be_focused()
    await chat.reach(chat.button("1"))
    await expect(chat.button(chat.text("button-why"))).to_be_focused()
    await chat.reach(chat.button(chat.text("button-why")))

    await expect(chat.last).to_contain_text(chat.text("why"))
    await expect(chat.last.get_by_role("link")).to_have_text(title)
