"""News for the end-to-end tests: one real headline and lead, the rest written for them."""

from datetime import datetime, timedelta

from feed_server import Item


def kazakh(now: datetime) -> Item:
    """Return the article that the project began with: its headline and lead."""
    return Item(
        title="Пезешкианның Қазақстанға сапары Иран үшін биылғы ең маңызды оқиғаның бірі — саясаттанушы",
        slug="seed",
        summary="АСТАНА. KAZINFORM — Қазақстанға сапар Иранның сыртқы саясатты әртараптандыруға және өзге мемлекеттермен "
        "байланыс орнатуға тырысатынын көрсетеді. Тоқаев Пезешкианмен Астанада кездеседі.",
        published=now - timedelta(minutes=40),
    )


def russian(now: datetime) -> Item:
    """Return a Russian article on the same visit."""
    return Item(
        title="Президент Ирана прибыл в Казахстан с официальным визитом",
        slug="ru-visit",
        summary="Масуда Пезешкиана встретил в аэропорту столицы министр иностранных дел. Завтра он проведёт переговоры с Токаевым.",
        published=now - timedelta(minutes=30),
    )


def english(now: datetime) -> Item:
    """Return an English article on the same visit."""
    return Item(
        title="Tokayev to host Iran's president in Astana this week",
        slug="en-visit",
        summary="The two leaders will discuss trade and transit across the Caspian Sea. Several agreements are ready to be signed.",
        published=now - timedelta(minutes=20),
    )


def unrelated(now: datetime) -> Item:
    """Return an article that meets none of the topics."""
    return Item(
        title="Мектеп оқушылары робот құрастырудан байқау өткізді",
        slug="robots",
        summary="Байқауға он екі команда қатысып, үздіктер ақшалай сыйлық алды. Келесі жарыс көктемде өтеді.",
        published=now - timedelta(minutes=10),
    )
