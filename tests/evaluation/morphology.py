"""Inflection: does a topic typed as a base form meet the forms of its word, and only those?

Each form of a treebank stands alone as an article; each lemma is a topic. What a form means there is what a treebank
says, so only a topic that no reading of the form allows is wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from bot.language.locale import Locale
from tests.evaluation.figures import Counts, Measured, measured
from tests.evaluation.matcher import Matcher
from tests.evaluation.records import FormRow

_TOPICAL = ("NOUN", "PROPN", "ADJ")
_ASKED = {"NOUN": "nouns R", "PROPN": "names R"}
_VOWELS = frozenset("аәоөұүыіеиуюяёэaeiouy")
# Names of one country: a topic that names it otherwise than the treebank's lemma is right.
_SAME_COUNTRY = (
    frozenset({"сша", "америка", "america", "usa", "us"}),
    frozenset({"britain", "uk"}),
    frozenset({"россия", "рф"}),
)
_Lemmas = Mapping[str, Counter[str]]


def morphology(rows: Iterable[FormRow], language: Locale) -> dict[str, Measured]:
    """Return recall of inflected nouns and names, and precision over all forms, by how often each was seen."""
    used = [row for row in rows if _has_vowel(row.form) and not _is_clipped(row)]
    lemmas = _lemmas(used)
    topics = {_written(row.lemma, row.upos) for row in used if _is_topic(row, lemmas)}
    matcher = Matcher(sorted(topics))
    readings: dict[str, list[FormRow]] = defaultdict(list)
    for row in used:
        readings[_written(row.form, row.upos)].append(row)
    tally = _Tally()
    for form, found in readings.items():
        met = matcher.met("", form, language)
        tally.add(form, found, met, () if "-" in form else _unread(form, met, lemmas), topics)
    return tally.figures()


class _Tally:
    """Counts so far, and the cases behind them."""

    def __init__(self) -> None:
        self._right = self._wrong = 0
        self._found: Counter[str] = Counter()  # inflected forms that their word met, by part of speech
        self._lost: Counter[str] = Counter()
        self._missed: dict[str, list[str]] = {upos: [] for upos in _ASKED}
        self._wrongs: list[str] = []

    def add(
        self, form: str, found: Sequence[FormRow], met: frozenset[str], wrong: Sequence[str], topics: set[str]
    ) -> None:
        """Count what one form met, for each of its readings."""
        for row in found:
            topic = _written(row.lemma, row.upos)
            self._right += row.count * (topic in met)
            self._wrong += row.count * len(wrong)
            if row.upos in _ASKED and topic in topics and form.casefold() != topic.casefold():
                if topic in met:
                    self._found[row.upos] += row.count
                else:
                    self._lost[row.upos] += row.count
                    self._missed[row.upos].append(f"{form} -> {topic}")
        self._wrongs += [f"{form} -> {topic}" for topic in sorted(wrong)]

    def figures(self) -> dict[str, Measured]:
        """Return what was counted."""
        recall = {
            name: measured(Counts(self._found[upos], 0, self._lost[upos]).recall, missed=tuple(self._missed[upos]))
            for upos, name in _ASKED.items()
        }
        return {**recall, "P": measured(Counts(self._right, self._wrong, 0).precision, wrong=tuple(self._wrongs))}


def _has_vowel(word: str) -> bool:
    return not _VOWELS.isdisjoint(word)


def _is_clipped(row: FormRow) -> bool:
    """Whether the form is a beginning of its lemma («млн»): shortened by more than an ending could be."""
    return row.lemma.startswith(row.form) and len(row.lemma) > len(row.form) + 1


def _lemmas(rows: Iterable[FormRow]) -> _Lemmas:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        found[row.form][row.lemma] += row.count
    return found


def _is_topic(row: FormRow, lemmas: _Lemmas) -> bool:
    """Whether a reader could type the lemma; one that is foremost a form of another word is no base form."""
    lemma = row.lemma
    if row.upos not in _TOPICAL or len(lemma) == 1 or not lemma.isalpha() or not _has_vowel(lemma):
        return False
    return lemma not in lemmas or lemmas[lemma].most_common(1)[0][0] == lemma


def _written(word: str, upos: str) -> str:
    """Return a lower-case word as it is written: names begin with a capital."""
    return word[:1].upper() + word[1:] if upos == "PROPN" else word


def _unread(form: str, met: frozenset[str], lemmas: _Lemmas) -> tuple[str, ...]:
    """Return the topics met that no reading of the form allows."""
    low = form.casefold()
    allowed = {low, *lemmas.get(low, ())}
    for names in _SAME_COUNTRY:
        if names & allowed:
            allowed |= names
    return tuple(topic for topic in met if topic.casefold() not in allowed)
