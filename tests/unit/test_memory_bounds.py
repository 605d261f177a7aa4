"""What a process keeps of articles is bounded by its size, however many of them consist of words that nobody has met."""

import random
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core import story_facts, story_names, story_words
from bot.core.matching.analysis import analyse
from bot.core.matching.analysis_cache import AnalysisCache
from bot.core.steps import finished
from bot.core.stories import Place, StoryBook, StoryInput, fingerprint
from bot.core.story_facts import _MAX_KEYS

NOW = datetime(2025, 11, 17, tzinfo=UTC)
LETTERS = random.Random(11)  # noqa: S311 - made-up words, no secret


def words(count):
    """Return words that nobody met before, each with a capital."""
    return " ".join("".join(LETTERS.choices("abcdefghijklmnopqrstuvwxyz", k=9)).title() for _ in range(count))


def test_a_kept_analysis_grows_by_nothing_that_is_asked_of_it():
    """Its bytes are those that were counted, whatever was worked out from it: positions and posting keys are not kept."""
    kept = AnalysisCache()
    text = words(2_000)
    tracemalloc.start()
    analysis = finished(kept.reading("", text, "en"))
    before, _ = tracemalloc.get_traced_memory()
    assert len(analysis.posting_keys) > 2_000
    assert len(analysis.positions) > 2_000
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert after - before < 20_000  # they take half a megabyte
    assert analysis.posting_keys == analyse("", text, "en").posting_keys


def test_heads_of_stories_have_a_bounded_number_of_words():
    """The oldest are forgotten first; what is younger is still joined."""
    book = StoryBook(most_words=2_000)
    titles = [words(9) for _ in range(200)]
    for number, title in enumerate(titles):
        book.place(StoryInput(str(number), title, "", "en", "x", NOW + timedelta(minutes=number)))
        assert book._index.words <= 2_000

    again = [
        book.place(StoryInput(f"b{n}", titles[n], "", "en", "y", NOW + timedelta(hours=4))).story for n in (0, 199)
    ]
    assert again == ["b0", "199"]


def test_a_story_whose_head_was_forgotten_goes_on():
    """An article that is in it becomes its head."""
    book = StoryBook(most_words=200)
    first = fingerprint(StoryInput("1", "Үкімет мұнай бағасын бекітті", "", "kk", "x", NOW))
    book.remember(first, Place("1", "1"))
    for number in range(40):
        book.place(StoryInput(f"n{number}", words(9), "", "en", "x", NOW))
    book.remember(replace(first, id="2"), Place("1", "1"))

    assert book.place(replace(first, id="3", source="y")).story == "1"


def test_an_article_states_a_bounded_number_of_facts():
    """Those of the beginning: an article of capitals alone is no news of four hundred names."""
    text = words(1_000)
    found = fingerprint(StoryInput("1", words(9), text, "en", "x", NOW))

    assert len(found.fact_keys) <= _MAX_KEYS + 20  # the keys of one word more
    assert found.fact_keys >= fingerprint(StoryInput("1", "", text.split()[0], "en", "x", NOW)).fact_keys


@pytest.mark.parametrize("module", [story_words, story_names, story_facts])
def test_caches_of_words_are_small(module):
    """A quarter of a kilobyte an entry, and a dozen caches: together they must not come to hundreds of megabytes."""
    sizes = {
        name: one.cache_info().maxsize
        for name, one in vars(module).items()
        if hasattr(one, "cache_info") and one.__module__ == module.__name__
    }

    assert all(size is None or size <= 32_768 for size in sizes.values()), sizes
