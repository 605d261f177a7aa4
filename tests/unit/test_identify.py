"""The language of an article."""

import pytest

from bot.language.identify import detect, identify


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("Қазақстан Президенті ресми сапармен келді", None, "kk"),
        ("Қазақстан Президенті ресми сапармен келді", "ru", "kk"),
        ("Президент прибыл с официальным визитом в столицу", None, "ru"),
        ("Президент прибыл с официальным визитом в столицу", "kk", "ru"),
        ("The president arrived on an official visit", "kk", "en"),
        ("Фильм «Қаздар қайтқанда» покажут зрителям в Алматы завтра вечером", None, "ru"),
        ("Алматыда ауа райы болжамы", None, "kk"),
        ("адам", "kk", "kk"),
        ("BMW", "ru", "ru"),
        ("12:30", "kk", "kk"),
        ("", None, "ru"),
    ],
)
def test_language_is_of_the_text_and_only_then_of_the_feed(text, declared, language):
    """What a feed declares decides where the text is too short to tell."""
    assert identify(text, declared) == language


def test_kazakh_in_latin_script_is_told_from_english():
    """Latin letters are not English by themselves."""
    found = detect("Qazaqstan Prezıdenti resmi saparmen Iranǵa keldi, dep habarlaıdy Aqorda", None)

    assert found == ("kk", True)
