"""The article that the project starts from: a visit of Iran's president to Kazakhstan."""

from tests.evaluation.figures import Counts, Measured, measured
from tests.evaluation.matcher import Matcher
from tests.evaluation.records import Article

MEETS = (
    *("Иран", "Iran", "Казахстан", "Qazaqstan", "Тоқаев", "Tokayev", "Пезешкиан", "Pezeshkian"),
    *("Узбекистан", "Tajikistan", "Central Asia", "Кавказ", "Тегеран"),
)
DOES_NOT_MEET = ("Ирак", "Израиль", "Ираклий", "спорт")


def seed(article: Article) -> dict[str, Measured]:
    """Return the share of topics that the article meets, and of others that it does not."""
    met = Matcher((*MEETS, *DOES_NOT_MEET)).met(article.title, article.text, "kk")
    missed = tuple(topic for topic in MEETS if topic not in met)
    wrong = tuple(topic for topic in DOES_NOT_MEET if topic in met)
    return {
        "meets": measured(Counts(len(MEETS) - len(missed), 0, len(missed)).recall, missed=missed),
        "does not meet": measured(Counts(len(DOES_NOT_MEET) - len(wrong), len(wrong), 0).precision, wrong=wrong),
    }
