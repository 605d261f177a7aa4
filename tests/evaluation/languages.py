"""The language of a headline that declares none."""

from collections.abc import Iterable, Mapping

from bot.language.identify import identify
from bot.language.locale import LOCALES, Locale
from tests.evaluation.figures import Counts, Measured, measured
from tests.evaluation.records import Article, ParallelDocument, StoryPair

_MOST = 400  # headlines in one language, the first ones, so that the three weigh alike


def headlines(
    articles: Iterable[Article], documents: Iterable[ParallelDocument], pairs: Iterable[StoryPair]
) -> dict[Locale, list[str]]:
    """Return distinct headlines by language, of parallel documents first, at most 400 of each."""
    found: dict[Locale, dict[str, None]] = {locale: {} for locale in LOCALES}
    for document in documents:
        for locale in LOCALES:
            found[locale][document.sentences[locale][0]] = None
    for article in articles:
        found["kk"][article.title] = None
    for pair in pairs:
        found[pair.language] |= dict.fromkeys((pair.first.title, pair.second.title))
    return {locale: list(texts)[:_MOST] for locale, texts in found.items()}


def languages(texts: Mapping[Locale, Iterable[str]]) -> dict[str, Measured]:
    """Return the share of headlines whose language is known."""
    read = [(text, locale, identify(text, None)) for locale, listed in texts.items() for text in listed]
    wrong = tuple(f"{text}: {found} for {locale}" for text, locale, found in read if found != locale)
    return {"headlines": measured(Counts(len(read) - len(wrong), len(wrong), 0).precision, wrong=wrong)}
