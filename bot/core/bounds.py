"""How much of what strangers write is taken: lengths of texts, keys of an article, a feed's share of a day.

Everything that feeds, pages and lists say passes these bounds once, before anything costly is done with it
(``core.decide``, ``core.sources``). docs/operations.md shows them to operators.
"""

import re
from typing import Final

TITLE_CHARACTERS: Final = 300
"""A headline, as long as a digest shows one; real ones end below 200."""
NAME_CHARACTERS: Final = 100
"""An outlet's name, as its feed or a list gives it."""
ADDRESS_CHARACTERS: Final = 2_048
"""Past this an address leads nowhere: browsers and servers take about so many."""
ID_CHARACTERS: Final = 200
"""An entry's identity; a longer one is kept as its digest."""
TEXT_CHARACTERS: Final = 60_000
"""Description, body, or the text of a page: some 8,000 words, ten times a long report."""
ARTICLE_WORDS: Final = 10_000
"""Words of an article that are matched: prose of that length has fewer, words of one letter would be 30,000."""
ARTICLE_POSTINGS: Final = 5_000
"""Keys of an article's distinct forms. News of 220 words have 300; prose of 4,000 words has so many.

They are what an article costs: each is a form to be read once and a row in the table that search asks.
"""
SUMMARY_LOOKED_AT: Final = 20_000
"""Characters of a text in which its two sentences of summary must lie."""
MOST_REASONS: Final = 50
"""Words of an article that are kept for a topic that they met; a reader is shown twelve."""
REASON_CHARACTERS: Final = 100
"""Of such a word or phrase: marks and hyphens can make one as long as its text, and each topic keeps a copy."""
LONGEST_WORD: Final = 100
"""Characters; a text is cut between words, but not further from its bound than this."""

_LAST_GAP = re.compile(r"\s\S*\Z")


def cut(text: str, most: int) -> str:
    """Return the first ``most`` characters of ``text``, or a few less so that no word is cut in two."""
    if len(text) <= most:
        return text
    gap = _LAST_GAP.search(text, max(0, most - LONGEST_WORD), most + 1)
    return (gap and text[: gap.start()].rstrip()) or text[:most]
