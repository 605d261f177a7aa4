"""The chat page is whole: every text in every language, nothing from outside, every file served."""

import re
from importlib.resources import files

import httpx
import pytest

from bot.core.model import LOCALES
from bot.sandbox.server import Sandbox

PAGE = files("bot.sandbox.page")
HTML, CSS, SCRIPT = (PAGE.joinpath(name).read_text(encoding="utf-8") for name in ("index.html", "chat.css", "chat.js"))


def _texts(locale: str) -> dict[str, str]:
    block = re.search(rf"^  {locale}: \{{(.*?)^  \}}", SCRIPT, re.MULTILINE | re.DOTALL)
    assert block is not None, locale
    return dict(re.findall(r'(\w+): "([^"]+)"', block[1]))


def test_every_text_is_there_in_every_language() -> None:
    """The three catalogues have the same keys, and no two languages share a whole sentence."""
    keys = {locale: set(_texts(locale)) for locale in LOCALES}

    assert keys["kk"] == keys["ru"] == keys["en"]
    assert len(keys["kk"]) > 30


def test_every_text_that_the_page_asks_for_exists() -> None:
    """No ``data-text``, label, placeholder or ``t("…")`` names a text that is not there."""
    asked = set(re.findall(r'data-(?:text|label|placeholder)="(\w+)"', HTML)) | set(
        re.findall(r'\bt\("(\w+)"\)', SCRIPT)
    )

    assert asked <= set(_texts("kk"))


@pytest.mark.parametrize("source", [HTML, CSS, SCRIPT], ids=["html", "css", "js"])
def test_nothing_comes_from_another_host(source: str) -> None:
    """No address but the SVG name space, which nobody fetches."""
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+", source))

    assert addresses <= {"http://www.w3.org"}


async def test_every_file_is_served_with_its_type_and_a_strict_policy() -> None:
    """The browser may load and connect to this server alone."""
    async with Sandbox() as sandbox, httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as client:
        answers = {path: await client.get(path) for path in ("/", "/chat.css", "/chat.js", "/article.css")}

    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert answers["/chat.js"].headers["content-type"].startswith("text/javascript")
    assert answers["/"].headers["content-security-policy"].startswith("default-src 'self'")
