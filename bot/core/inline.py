"""Stories offered in other chats, after ``@bot words``."""

from collections.abc import Iterable

from bot.core.model import Digest, InlineResult
from bot.core.render import Names, shorten, story_block, story_facts
from bot.core.texts import Translator

MOST_RESULTS = 20  # Telegram takes 50; a list to choose from is shorter
TITLE_LENGTH = 120


def inline_results(digest: Digest, names: Names, tr: Translator) -> tuple[InlineResult, ...]:
    """Return the stories of a digest as results to choose from, the first of each story, in the reader's words."""
    return tuple(_results(digest, names, tr))[:MOST_RESULTS]


def _results(digest: Digest, names: Names, tr: Translator) -> Iterable[InlineResult]:
    for entry in (entry for section in digest.sections for entry in section.entries):
        article = entry.article
        yield InlineResult(
            id=str(article.id),
            title=shorten(article.title, TITLE_LENGTH),
            description=story_facts(entry, digest, names, tr),
            url=article.url,
            text=story_block(entry, digest, names, tr),
        )
