"""The parts of the table by name: which sets each is counted on."""

from collections.abc import Callable, Mapping

from bot.language.locale import LOCALES
from tests.evaluation.countries import countries
from tests.evaluation.figures import Figures
from tests.evaluation.languages import headlines, languages
from tests.evaluation.morphology import morphology
from tests.evaluation.name_lists import name_lists
from tests.evaluation.names import names, ordinary_words
from tests.evaluation.seed import seed
from tests.evaluation.sets import MissingSetError, Sets
from tests.evaluation.stories import stories
from tests.evaluation.topics import topics

PARTS: Mapping[str, Callable[[Sets], Figures]] = {
    "kk": lambda sets: morphology(sets.forms("kk"), "kk"),
    "ru": lambda sets: morphology(sets.forms("ru"), "ru"),
    "en": lambda sets: morphology(sets.forms("en"), "en"),
    "topics": lambda sets: topics(sets.queries(), sets.articles()),
    "countries": lambda sets: countries(sets.documents()),
    "stories": lambda sets: stories(sets.pairs()),
    "names": lambda sets: names(name_lists(), {locale: ordinary_words(sets.forms(locale)) for locale in LOCALES}),
    "languages": lambda sets: languages(headlines(sets.articles(), sets.documents(), sets.pairs())),
    "seed": lambda sets: seed(sets.seed()),
}


def measure(part: str, sets: Sets) -> Figures | None:
    """Return the figures of one part; None where a file that it needs is not there.

    Raises:
        SettingsError: ``file-unreadable``.
    """
    try:
        return PARTS[part](sets)
    except MissingSetError:
        return None
