"""Catalogues that are whole or refused, and a translator bound to a reader's language and zone."""

import os
import shutil
from datetime import UTC, datetime, time

import pytest
from markupsafe import Markup

from bot.errors import CatalogueError
from bot.i18n import FOLDER, Catalogues

NOW = datetime(2025, 12, 11, 20, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    """A copy of the catalogues' sources, uncompiled."""
    for source in FOLDER.glob("*/LC_MESSAGES/*.po"):
        target = tmp_path / source.relative_to(FOLDER)
        target.parent.mkdir(parents=True)
        shutil.copy(source, target)
    return tmp_path


def test_sources_serve_where_nothing_is_compiled(folder):
    """A fresh checkout speaks without a build step."""
    assert Catalogues(folder).translator("kk", "UTC")("bot-name") == "Жаршы: жаңалықтар"


def test_a_stale_compiled_catalogue_is_passed_over(folder):
    """An edited source wins over what was compiled before."""
    stale = folder / "en" / "LC_MESSAGES" / "jarshy.mo"
    stale.write_bytes(b"old")
    source = stale.with_suffix(".po")
    os.utime(stale, (1, 1))
    assert source.exists()

    assert Catalogues(folder).translator("en", "UTC")("button-follow-plain") == "Follow"


@pytest.mark.parametrize(
    ("damage", "message_id"),
    [
        (lambda path: path.unlink(), "texts-missing"),
        (lambda path: path.write_text('msgid "a"\nmsgstr broken\n'), "texts-broken"),
        (lambda path: path.write_bytes(b"\xff\xfe\x00" * 50), "texts-broken"),
        (lambda path: path.write_text(path.read_text().replace('msgid "welcome"', 'msgid "wellcome"')), "texts-broken"),
    ],
)
def test_a_catalogue_that_is_not_whole_is_refused(folder, damage, message_id):
    """Missing, broken, or without a text that another language has: one clear error with the language."""
    damage(folder / "ru" / "LC_MESSAGES" / "jarshy.po")
    with pytest.raises(CatalogueError) as caught:
        Catalogues(folder)

    assert caught.value.message_id == message_id
    assert "\n" not in str(caught.value)


def test_an_unknown_text_or_value_is_an_error():
    """A reader never sees an id or a brace."""
    tr = Catalogues().translator("en", "UTC")
    for wrong in (lambda: tr("no-such-text"), lambda: tr("subscribed"), lambda: tr.count("no-such-text", 2)):
        with pytest.raises(KeyError):
            wrong()


def test_values_are_escaped_unless_they_are_markup():
    """Escaping happens where a value enters a text."""
    tr = Catalogues().translator("en", "UTC")

    assert tr("subscribed", topic="<b>") == "You now follow “&lt;b&gt;”."
    assert tr("subscribed", topic=Markup("<b>x</b>")) == "You now follow “<b>x</b>”."


@pytest.mark.parametrize(
    ("locale", "full", "day", "old"),
    [
        ("kk", "12 желтоқсан, жұма", "10 желтоқсан, 01:30", "2024 ж. 10 желтоқсан"),
        ("ru", "пятница, 12 декабря", "10 декабря, 01:30", "10 декабря 2024 г."),
        ("en", "Friday, December 12", "December 10, 01:30", "December 10, 2024"),
    ],
)
def test_dates_are_local_and_in_words(locale, full, day, old):
    """20:30 in Greenwich is the next day in Almaty; another year is named."""
    tr = Catalogues().translator(locale, "Asia/Almaty")

    assert tr.weekday_and_day(NOW) == full
    assert tr.clock(NOW) == "01:30"
    assert tr.when(NOW, NOW) == "01:30"
    assert tr.when(NOW.replace(day=9), NOW) == day
    assert tr.when(NOW.replace(year=2024, day=9), NOW) == old
    assert tr.hour(time(8, 5)) == "08:05"


def test_weekdays_have_names():
    """0 is Monday."""
    assert Catalogues().translator("kk", "UTC").weekday(0) == "дүйсенбі"
