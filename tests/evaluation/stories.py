"""Pairs of articles in one language that people judged to tell the same story, or not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from bot.core.stories import Place, StoryInput, group
from bot.language.identify import identify
from bot.language.locale import Locale
from tests.evaluation.figures import Counts, Measured, with_f1
from tests.evaluation.records import Article, StoryPair

_LANGUAGES: tuple[Locale, ...] = ("ru", "en")
_CIRCLES: Mapping[str, Callable[[Place], str]] = {
    "story": lambda place: place.story,
    "related": lambda place: place.related,
}
_ONE_HOUR = datetime(2020, 5, 4, 10, tzinfo=UTC)  # the pairs bear no dates: all are as if published at once


def stories(pairs: Sequence[StoryPair]) -> dict[str, Measured]:
    """Return precision, recall and F1 of what a digest folds and of what it calls related, for each language."""
    places = _places(pairs)
    figures: dict[str, Measured] = {}
    for language in _LANGUAGES:
        for circle, of_place in _CIRCLES.items():
            spoken = [pair for pair in pairs if pair.language == language]
            figures |= _figures(spoken, places, of_place, f"{language} {circle}")
    return figures


def _places(pairs: Iterable[StoryPair]) -> Mapping[str, Place]:
    """Return the place of each article, all of them grouped together."""
    inputs: dict[str, StoryInput] = {}
    for pair in pairs:
        for article in (pair.first, pair.second):
            inputs.setdefault(article.id, _input(article, pair.language))
    return dict(zip(inputs, group(list(inputs.values())), strict=True))


def _input(article: Article, language: Locale) -> StoryInput:
    return StoryInput(
        id=article.id,
        title=article.title,
        text=article.text,
        language=identify(f"{article.title}\n{article.text}", language),
        source=urlsplit(article.id).netloc,
        published=_ONE_HOUR,
    )


def _figures(
    pairs: Iterable[StoryPair], places: Mapping[str, Place], circle: Callable[[Place], str], name: str
) -> dict[str, Measured]:
    right = 0
    missed: list[str] = []
    wrong: list[str] = []
    for pair in pairs:
        together = circle(places[pair.first.id]) == circle(places[pair.second.id])
        case = f"{pair.first.title} / {pair.second.title}"
        right += together and pair.same
        missed += [case] if pair.same and not together else []
        wrong += [case] if together and not pair.same else []
    return with_f1(Counts(right, len(wrong), len(missed)), name, missed=tuple(missed), wrong=tuple(wrong))
