"""Count the document frequencies in ``bot/language/weights`` anew, from news texts beside the project.

    python tests/tools/count_weights.py [../shared/data]

Only counts are kept: no text. Keys of fewer than three documents are left out, which keeps single articles, and
people who are in them alone, out of the tables.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.core.model import Locale
from bot.core.story_names import name_keys
from bot.core.story_words import Word, long_stems, read

MIN_DOCUMENTS = 3
WEIGHTS = Path(__file__).parents[2] / "bot/language/weights"
Document = tuple[Locale, str, str]  # language, title, text

# Kazakhstan's Russian and English news are not among the texts: what is common there is taken to be as common as the
# Kazakh word of the same meaning. Kazakh | Russian | English.
SAME_SHARE = """
теңге | тенге | tenge
қазақстан | казахстан казахстанский казахстанец | kazakhstan kazakh kazakhstani
астана | астана | astana
алматы | алматы алматинский | almaty
шымкент | шымкент | shymkent
облыс | область областной | region
аудан | район районный | district
әкім | аким | akim
әкімдік | акимат | akimat administration
министр | министр | minister
министрлік | министерство | ministry
мәжіліс | мажилис | mazhilis majilis
депутат | депутат | deputy
президент | президент | president
тоқаев | токаев | tokayev
тұрғын | житель | resident
полиция | полиция | police
сот | суд | court
ауыл | село | village
бағам | курс | rate
мұнай | нефть | oil
кәсіпкер | предприниматель | entrepreneur
мектеп | школа | school
оқушы | школьник | pupil
студент | студент | student
бағдарлама | программа | programme program
жоба | проект | project
бюджет | бюджет | budget
миллиард | миллиард млрд | billion
миллион | миллион млн | million
пайыз | процент | percent
баға | цена | price
көлік | автомобиль транспорт | car transport
құрылыс | строительство | construction
дәрігер | врач | doctor
денсаулық | здравоохранение здоровье | healthcare health
ауа | погода | weather
спорт | спорт | sport
чемпионат | чемпионат | championship
"""


def documents(data: Path) -> Iterator[Document]:
    """Yield every document of the development texts once."""
    for line in (data / "topics/kk_articles.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        yield "kk", row["title"], row["body_excerpt"]
    for line in (data / "parallel/ntrex_dev.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        for language in ("kk", "ru", "en"):
            title, *text = row[language]
            yield language, title, " ".join(text)
    seen: set[str] = set()
    for line in (data / "stories/pairs_dev.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        for article in (row["a"], row["b"]):
            if article["url"] not in seen:
                seen.add(article["url"])
                yield row["lang"], article["title"], article["text"]


def count(found: Iterable[Document]) -> dict[str, tuple[int, Counter[str]]]:
    """Return, for each language, the number of documents and the number that have each key."""
    totals: Counter[str] = Counter()
    forms: set[str] = set()
    counts: dict[str, Counter[str]] = {table: Counter() for table in ("kk", "ru", "en")}
    for language, title, text in found:
        words = [*read(title, language), *read(text, language)]
        totals[language] += 1
        counts[language].update({key for word in words for key in _keys(word, language)})
        forms |= {word.surface for word in words if language == "kk"}
    # A Kazakh stem that is no form's most frequent one is no word: it never serves as a lemma.
    kept = {max(reversed(long_stems(form)), key=lambda stem: counts["kk"][stem]) for form in forms}
    counts["kk"] = Counter({stem: number for stem, number in counts["kk"].items() if stem in kept})
    _share(totals, counts)
    return {table: (totals[table], counts[table]) for table in counts}


def count_names(found: Iterable[Document]) -> tuple[int, Counter[str]]:
    """Return the number of documents and the number that have each skeleton of a name; needs the table ``kk``."""
    total, counts = 0, Counter[str]()
    for language, title, text in found:
        words = [*read(title, language), *read(text, language)]
        capitals = {word.lemma for word in words if word.kind == "capital"}
        counts.update({key for name in capitals for key in name_keys(name, language)})
        total += 1
    return total, counts


def _keys(word: Word, language: Locale) -> Iterable[str]:
    return long_stems(word.surface) if language == "kk" else (word.lemma,)


def _share(totals: Counter[str], counts: dict[str, Counter[str]]) -> None:
    """Raise the Russian and English counts of Kazakhstan's words to the share that the Kazakh word has."""
    for row in SAME_SHARE.strip().splitlines():
        kazakh_word, russian, english = (cell.strip() for cell in row.split("|"))
        share = counts["kk"][max(long_stems(kazakh_word), key=lambda stem: counts["kk"][stem])] / totals["kk"]
        for language, words in (("ru", russian), ("en", english)):
            for word in words.split():
                counts[language][word] = max(counts[language][word], round(share * totals[language]))


def main() -> None:
    """Write the four tables, the most frequent keys first. Names need a second process: they read the table ``kk``."""
    data = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "../shared/data")
    for table, counted in count(documents(data)).items():
        write(table, *counted)
    write("names", *count_names(documents(data)))


def write(table: str, total: int, keys: Counter[str]) -> None:
    """Write one table."""
    rows = sorted(keys.items(), key=lambda row: (-row[1], row[0]))
    lines = [f"{key}\t{number}" for key, number in rows if number >= MIN_DOCUMENTS]
    (WEIGHTS / f"{table}.tsv").write_text("\n".join([f"#{total}", *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
