"""Headless Chromium at a page of the sandbox: whatever goes wrong on it, or asks another server, fails the test."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, async_playwright

CHROMIUM = shutil.which(os.environ.get("CHROMIUM", "chromium"))
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
in_chromium = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: put it on PATH or name it in CHROMIUM"),
]


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Start headless Chromium and close it afterwards."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=list(ARGUMENTS))
        yield opened
        await opened.close()


@asynccontextmanager
async def visited(browser: Browser, url: str) -> AsyncIterator[Page]:
    """Open the page of the sandbox at ``url`` as a Kazakh reader by day."""
    context = await browser.new_context(locale="kk-KZ", color_scheme="light")
    opened = await context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    opened.on(
        "request", lambda asked: None if asked.url.startswith((url, "data:", "blob:")) else wrong.append(asked.url)
    )
    await opened.goto(f"{url}/")
    await opened.locator("body[data-ready]").wait_for()
    yield opened
    await context.close()

    assert not wrong
