"""The three languages are equals: the same texts, the same values, the right plurals, all of them used."""

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from bot.core.model import LOCALES
from bot.core.sources import Health
from bot.core.topics.suggestions import Change
from bot.errors import JarshyError
from bot.i18n import FOLDER, Catalogues
from handlers import COMMANDS

ROOT = Path(__file__).parents[1]
TAG = re.compile(r"</?([a-z]+)")
TELEGRAM_TAGS = {"b", "i", "u", "s", "a", "code", "pre", "blockquote"}


def catalogue(locale):
    with (FOLDER / locale / "LC_MESSAGES" / "jarshy.po").open("rb") as file:
        return {
            message.id if isinstance(message.id, str) else message.id[0]: message
            for message in read_po(file)
            if message.id
        }


CATALOGUES = {locale: catalogue(locale) for locale in LOCALES}


def texts(message):
    return [message.string] if isinstance(message.string, str) else list(message.string)


def operator_texts(error):
    return {
        **error.texts,
        **{key: text for kind in error.__subclasses__() for key, text in operator_texts(kind).items()},
    }


def values(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_language_has_every_text():
    """No id is missing, empty or marked as doubtful in any language."""
    ids = {locale: set(messages) for locale, messages in CATALOGUES.items()}
    assert ids["kk"] == ids["ru"] == ids["en"]

    for locale, messages in CATALOGUES.items():
        bad = [key for key, message in messages.items() if message.fuzzy or not all(texts(message))]
        assert not bad, locale


@pytest.mark.parametrize("key", sorted(CATALOGUES["en"]))
def test_texts_take_the_same_values(key):
    """A value that one language names is named by all, in every plural form."""
    named = {locale: {frozenset(values(text)) for text in texts(CATALOGUES[locale][key])} for locale in LOCALES}

    assert len(set.union(*named.values())) == 1, named


@pytest.mark.parametrize("locale", LOCALES)
def test_texts_are_telegram_html(locale):
    """Only tags that Telegram knows, each closed."""
    for key, message in CATALOGUES[locale].items():
        for text in texts(message):
            assert set(TAG.findall(text)) <= TELEGRAM_TAGS, key
            assert len(re.findall(r"<[a-z]", text)) == len(re.findall(r"</[a-z]", text)), key


@pytest.mark.parametrize(
    ("locale", "number", "expected"),
    [
        ("kk", 1, "1 жаңалық"),
        ("kk", 5, "5 жаңалық"),
        ("ru", 1, "1 новость"),
        ("ru", 3, "3 новости"),
        ("ru", 11, "11 новостей"),
        ("ru", 21, "21 новость"),
        ("en", 1, "1 story"),
        ("en", 2, "2 stories"),
    ],
)
def test_numbers_take_the_right_form(locale, number, expected):
    """Plural forms follow the language: three in Russian, and a counted Kazakh noun stays singular."""
    tr = Catalogues().translator(locale, "Asia/Almaty")

    assert tr.count("story-count", number) == expected


def test_every_text_is_used_and_every_used_text_is_there():
    """Ids in the code and ids in the catalogues are the same set."""
    code = "\n".join(path.read_text() for folder in ("bot", "handlers") for path in (ROOT / folder).rglob("*.py"))
    built = {f"command-{name}" for name in COMMANDS}
    built |= {f"header-{kind}" for kind in ("scheduled", "preview", "latest", "weekly", "alert", "search")} | {
        f"in-{locale}" for locale in LOCALES
    }
    built |= {f"button-{change}" for change in Change}
    built |= {f"health-{state}" for state in Health if state is not Health.WELL}
    unused = {key for key in CATALOGUES["en"] if f'"{key}"' not in code and key not in built}
    asked = set(re.findall(r'(?:\btr|\.count|Error)\(\s*"([a-z]+(?:-[a-z]+)*)"', code))
    missing = asked - set(CATALOGUES["en"]) - set(operator_texts(JarshyError))

    assert not unused
    assert not missing


def test_limits_of_telegram_hold_for_names_and_descriptions():
    """Name 64, short description 120, description 512, a command's description 256 characters."""
    for locale in LOCALES:
        text = {key: str(message.string) for key, message in CATALOGUES[locale].items()}
        assert len(text["bot-name"]) <= 64
        assert len(text["bot-short"]) <= 120
        assert len(text["bot-description"]) <= 512
        assert all(len(text[f"command-{name}"]) <= 256 for name in COMMANDS)


@pytest.mark.parametrize("locale", ["kk", "ru"])
def test_cyrillic_texts_hold_no_latin_lookalikes(locale):
    """A word is in one script: no Latin «i» inside a Kazakh word."""
    mixed = re.compile(r"[A-Za-z][Ѐ-ӿ]|[Ѐ-ӿ][A-Za-z]")
    for key, message in CATALOGUES[locale].items():
        for text in texts(message):
            assert not mixed.search(re.sub(r"<[^>]+>|\{\w+\}|\\n", " ", text)), key
