"""``bot.core.decide``, ``addresses`` and ``summary``: from an entry to an article."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.addresses import canonical_url, identity
from bot.core.bounds import TEXT_CHARACTERS, TITLE_CHARACTERS, cut
from bot.core.decide import Changed, Ignore, New, decide, needs_page, to_article, with_page
from bot.core.model import FeedEntry, NewArticle, Source, StoredEntry
from bot.core.summary import sentences, summarise, without_boilerplate

NOW = datetime(2025, 12, 11, 10, 0, tzinfo=UTC)
SOURCE = Source("x", {"kk": "Х жаңалық", "ru": "Х новости", "en": "X news"}, "https://www.x.kz/rss", "kk")
ENTRY = FeedEntry("n-1", "https://x.kz/n/1?utm_source=rss", "Тақырып", "Бірінші сөйлем. Екінші сөйлем.", published=NOW)
SEED = Path(__file__).parents[2] / "../shared/data/seed_kazinform_kk_2025-12-11.txt"


def article(entry: FeedEntry = ENTRY, **changes: object) -> NewArticle:
    """Return the article of an entry with some fields changed."""
    return to_article(SOURCE, replace(entry, **changes), now=NOW, language="kk")  # type: ignore[arg-type]


def test_new_changed_ignored():
    """What was never stored is new, what was edited is changed, the rest is ignored."""
    first = article()
    stored = StoredEntry(7, first.content_hash)
    edited = article(title="Түзетілген тақырып")

    assert decide(None, first) == New(first)
    assert decide(stored, first) == Ignore()
    assert decide(stored, edited) == Changed(7, edited)


def test_only_words_are_an_edit():
    """Another date, tracking parameter or picture is no edit; another headline or text is."""
    unedited = article().content_hash

    assert (
        article(published=None, url="https://x.kz/n/1?utm_source=b", image="https://x.kz/i.jpg").content_hash
        == unedited
    )
    assert article(summary="Басқа сөйлем.").content_hash != unedited
    assert article(text="Толық мәтін.").content_hash != unedited


@pytest.mark.parametrize(
    ("published", "expected"),
    [(None, NOW), (NOW + timedelta(hours=5), NOW), (NOW - timedelta(days=30), NOW - timedelta(days=30))],
)
def test_dates_are_never_ahead(published, expected):
    """A date ahead of now is now, and so is a missing one; an old one stays."""
    assert article(published=published).published_at == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            {"id": "https://x.kz/n/1", "url": "https://x.kz/n/1"},
            {"id": "http://www.x.kz/n/1/", "url": "http://x.kz/n/1"},
        ),
        ({"id": "https://x.kz/n/1?utm_source=rss"}, {"id": "https://x.kz/n/1?utm_source=atom&fbclid=1"}),
        ({"id": "", "url": "https://x.kz/n/1"}, {"id": "", "url": "https://x.kz/n/1#comments"}),
        ({"id": "n-1", "title": "Бұрынғы"}, {"id": "n-1", "title": "Кейінгі", "url": "https://x.kz/moved"}),
    ],
)
def test_one_article_keeps_its_identity(one, other):
    """The guid, else the address without scheme, www and tracking, is the article's identity within its source."""
    assert article(**one).uid == article(**other).uid


def test_a_guid_that_only_names_the_site_is_no_identity():
    """Entries that all carry the site's address as their guid are told apart by their own addresses."""
    assert (
        article(id="https://x.kz/", url="https://x.kz/n/1").uid
        != article(id="https://x.kz/", url="https://x.kz/n/2").uid
    )
    assert (
        article(id="https://x.kz/", url="https://x.kz", title="a").uid
        != article(id="https://x.kz/", url="", title="b").uid
    )


def test_identities_stay_short():
    """An endless guid is kept as its digest."""
    assert len(article(id="x" * 5000).uid) == 32


def test_the_address_leads_somewhere():
    """An entry without an address leads to its permalink guid, or to its source; other schemes are never linked."""
    assert article().url == "https://x.kz/n/1"
    assert article(url="", id="https://x.kz/p/1").url == "https://x.kz/p/1"
    assert article(url="javascript:alert(1)", id="n").url == SOURCE.url


@pytest.mark.parametrize("address", ["http://[", "https://[::1/x", "http://x:y/", "https://", "http://\u2100.kz/"])
def test_broken_addresses_are_mere_names(address):
    """An address that cannot be taken apart identifies its entry, and is never linked."""
    found = article(id=address, url=address)

    assert found.url == SOURCE.url
    assert found.uid == address


def test_headlines():
    """The outlet's name after a headline goes, an endless one is cut, a missing one is the text's first sentence."""
    assert article(title="Тақырып - X news").title == "Тақырып"
    assert article(title="Тақырып | x.kz").title == "Тақырып"
    assert len(article(title="сөз " * 200).title) <= 301
    assert article(title="").title == "Бірінші сөйлем."


def test_text_is_all_there_is():
    """The text holds description and body, the description once."""
    assert article().text == ENTRY.summary
    assert article(text="Бірінші сөйлем. Екінші сөйлем. Үшінші.").text == "Бірінші сөйлем. Екінші сөйлем. Үшінші."
    assert article(text="Бөлек мәтін.").text == f"{ENTRY.summary}\nБөлек мәтін."


def test_words_of_other_articles_are_not_the_articles():
    """Lines that lead to other articles are no part of the text, so that no topic meets them."""
    text = "Бірінші абзац.\nЧитайте также: Иран туралы\nТағы оқыңыз: Иран\nЕкінші абзац."

    assert article(summary="", text=text).text == "Бірінші абзац.\nЕкінші абзац."


def test_a_page_is_worth_a_look_only_without_text():
    """An entry with a body or a long description needs no page; the page's text joins the article, its hash stays."""
    page = with_page(article(summary=""), "Беттегі бірінші сөйлем. Екінші.", "https://x.kz/i.jpg")

    assert needs_page(ENTRY)
    assert not needs_page(replace(ENTRY, text="Мәтін"))
    assert not needs_page(replace(ENTRY, summary="сөз " * 200))
    assert page.text == "Беттегі бірінші сөйлем. Екінші."
    assert page.summary == "Беттегі бірінші сөйлем. Екінші."
    assert page.image == "https://x.kz/i.jpg"
    assert page.content_hash == article(summary="").content_hash


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("HTTPS://X.KZ:443/n/1?utm_source=a&id=5&utm_medium=b#top", "https://x.kz/n/1?id=5"),
        ("https://x.kz/n?yclid=1&gclid=2&fbclid=3&ysclid=4&_openstat=5", "https://x.kz/n"),
        ("http://x.kz:8080/n?from=rss&page=2", "http://x.kz:8080/n?page=2"),
        ("https://x.kz/n?from=almaty", "https://x.kz/n?from=almaty"),
        ("https://user:pass@x.kz/n", "https://x.kz/n"),
        ("https://x.kz/жаңалық?q=a%20b", "https://x.kz/жаңалық?q=a%20b"),
        ("https://www.bbc.com/russian/1?at_medium=RSS&at_campaign=rss", "https://www.bbc.com/russian/1"),
        ("tag:x.kz,2025:1", "tag:x.kz,2025:1"),
        ("https://[::1]:99999/", "https://[::1]:99999/"),
    ],
)
def test_canonical_addresses(url, expected):
    """Tracking, fragments, credentials and default ports go; what leads to the page stays as it was."""
    assert canonical_url(url) == expected


@given(st.text(max_size=80))
def test_canonical_twice_is_canonical_once(text):
    """Making an address canonical again changes nothing, and no text makes it fail."""
    once = canonical_url(f"https://x.kz/{text}")

    assert canonical_url(once) == once
    assert identity(once)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "АСТАНА. KAZINFORM — Үкімет бюджетті бекітті. Ол туралы министр айтты. Үшінші сөйлем.",
            "Үкімет бюджетті бекітті. Ол туралы министр айтты.",
        ),
        ("Алматы. 11 желтоқсан. ҚазАқпарат - Күн суытты. Қар жауды.", "Күн суытты. Қар жауды."),
        ("АСТАНА. КАЗИНФОРМ – Сенат принял закон. Его подпишут.", "Сенат принял закон. Его подпишут."),
        ("МОСКВА, 11 дек — РИА Новости. Рубль вырос. Нефть подешевела.", "Рубль вырос. Нефть подешевела."),
        ("LONDON (Reuters) - Oil rose. Gold fell.", "Oil rose. Gold fell."),
        (
            "ASTANA — Kazakhstan signed a deal. It is worth $3.5 billion.",
            "Kazakhstan signed a deal. It is worth $3.5 billion.",
        ),
        ("Tengrinews.kz – В Алматы похолодало. Ночью до -15 градусов.", "В Алматы похолодало. Ночью до -15 градусов."),
        ("Премьер – о ценах. Курс вырос.", "Премьер – о ценах. Курс вырос."),
        ("Казахстан — большая страна. Да.", "Казахстан — большая страна. Да."),
        ("Первое. Читайте также: другое. Второе. Третье.", "Первое. Второе."),
        ("Первое. Об этом сообщает пресс-служба акимата. Второе.", "Первое. Второе."),
        ("Бірінші. Тағы оқыңыз: басқа хабар. Екінші.", "Бірінші. Екінші."),
        ("The bill passed. The post The bill appeared first on The Astana Times.", "The bill passed."),
        ("Тақырып. Мәтін басталды.", "Мәтін басталды."),
        ("Полное предложение. Обрезанное предлож…", "Полное предложение."),
        ("Только обрезанное предлож...", "Только обрезанное предлож…"),
        ("Oil rose on Monday. Read more", "Oil rose on Monday."),
        ("Цена — 520,15 тг. за доллар. Вчера было 519.", "Цена — 520,15 тг. за доллар. Вчера было 519."),
        ("ALMATY (TCA) — Oil rose. Gold fell.", "Oil rose. Gold fell."),
        ("BISHKEK, Kyrgyzstan (AP) — Oil rose. Gold fell.", "Oil rose. Gold fell."),
        ("МОСКВА, 11 декабря. /ТАСС/. Рубль вырос. Нефть подешевела.", "Рубль вырос. Нефть подешевела."),
        ("ӨСКЕМЕН. 11 желтоқсан. KAZINFORM /Айгүл Серікова/ — Күн суытты. Қар жауды.", "Күн суытты. Қар жауды."),
        ("АСТАНА, 11 дек – Sputnik, Айгуль Серик. Рубль вырос. Нефть упала.", "Рубль вырос. Нефть упала."),
        ("Астана қ., 11 желтоқсан – Күн суытты. Қар жауды.", "Күн суытты. Қар жауды."),
        ("(Kazinform) Күн суытты. Қар жауды.", "Күн суытты. Қар жауды."),
        ("Первое. Подпишитесь на наш канал! Второе.", "Первое. Второе."),
        ("Бірінші.\nСурет: Kazinform\nTelegram-каналымызға жазылыңыз!\nЕкінші.", "Бірінші. Екінші."),
        (
            "Описание повторяет начало.\nОписание повторяет начало. Дальше новое.",
            "Описание повторяет начало. Дальше новое.",
        ),
        ("Начало длинной фразы и её конец.\nНачало длинной фразы.", "Начало длинной фразы и её конец."),
        ("", ""),
        ("Читать далее", ""),
    ],
)
def test_summaries(text, expected):
    """Two whole sentences, without dateline, boilerplate, the headline repeated, or what the feed cut off."""
    assert summarise(text, "Тақырып") == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Қ. Тоқаев пен А. Байтұрсынұлы кездесті. Әңгіме ұзақ болды.", 2),
        ("В 2025 г. цены выросли на 3.5%. Это много.", 2),
        ("Он живёт на ул. Абая, д. 5, и т.д. и т.п. Вот так.", 1),
        ("The U.S. and Mr. Smith agreed. Really? Yes!", 3),
        ("«Бұл дұрыс!» – деді ол. Сосын кетті.", 2),
        ("Сайт Tengrinews.kz сообщил об этом. Всё.", 2),
    ],
)
def test_sentences(text, count):
    """Initials, abbreviations, decimals and addresses do not end a sentence."""
    assert len(list(sentences(text))) == count


def test_a_summary_is_never_endless():
    """Two long sentences become one, and one that is longer than a screen is cut at a word."""
    long = "Сөз " * 80 + "соңы."

    assert summarise(f"{long} {long}") == long
    assert len(summarise("сөз " * 500)) <= 421


@pytest.mark.parametrize(
    "unit",
    [
        "A-",
        "AA-",
        "A.",
        "A/",
        "A' ",
        ".",
        "…",
        'a. "',
        "[",
        "Сообщение ",
        "бұл туралы ",
        "слово. ",
        "1 янв ",
        " ",
        "\n",
    ],
)
def test_no_text_is_costly(unit):
    """A line that repeats what patterns look for, a hundred thousand characters of it, is summarised in one reading.

    Where a pattern had two ways to read it, this would not end.
    """
    text = unit * (100_000 // len(unit))

    assert len(summarise(text)) <= 421
    assert isinstance(without_boilerplate(text), str)


def test_what_is_too_long_is_left_out():
    """An address longer than any is none, a long id is still one of its own, and a text ends where reading does."""
    long = "https://x.kz/?" + "a&" * 100_000
    entry = FeedEntry(long, long, "Тақырып", "сөз " * 100_000, image=long)

    article = to_article(SOURCE, entry, now=NOW, language="kk")
    other = to_article(SOURCE, replace(entry, id=f"{long}b"), now=NOW, language="kk")

    assert article.url == SOURCE.url
    assert article.image is None
    assert article.uid != other.uid
    assert len(article.text) <= 100_000
    assert needs_page(FeedEntry("1", long, "t")) is False


LONG_TITLE = " ".join(f"с{number}" for number in range(2_000))


@pytest.mark.parametrize(
    ("title", "summary", "text"),
    [
        (LONG_TITLE, "", "жол\n" * 10_000),
        (LONG_TITLE, "", "".join(f"сөз{number}…\n" for number in range(10_000))),
        ("Тақырып", "сөз " * 5_000, "сөз\n" * 10_000),
        ("Тақырып", ("бір екі үш " * 1_500).strip(), "бір екі үш.\n" * 5_000),
        ("Тақырып", "", "АЛМАТЫ, АСТАНА 11 янв — А.\n" * 4_000),
        ("", "", 'а. "' * 30_000),
        ("«" * 4_000, "", "[" * 100_000),
    ],
)
def test_no_entry_is_costly_to_draft(title, summary, text):
    """Each line was once compared with the whole headline, or with all that was kept before it: seconds an entry."""
    entry = FeedEntry("1", "https://x.kz/1", title, summary, text)
    start = time.process_time()
    to_article(SOURCE, entry, now=NOW, language="kk")

    assert time.process_time() - start < 1  # some twenty times what it takes


@given(st.text(max_size=80), st.integers(1, 60))
@example(" 0", 1)
def test_a_text_is_cut_between_words(text, most):
    """What is left is the text's beginning, within the bound; a word is cut only where it is longer than any."""
    found = cut(text, most)

    assert len(found) <= most
    assert text.startswith(found)
    if len(text) > most and any(character.isspace() for character in text[:most].strip()):
        rest = text[len(found) :]
        assert rest[:1].isspace() or not found


def test_what_strangers_wrote_is_cut_once():
    """Whatever an entry and its page hold, an article's fields keep their bounds, and nothing unseen is in them."""
    entry = FeedEntry("x" * 9_000, "https://x.kz/1", "Т\u202eақырып " * 1_000, "сөз " * 50_000, "бөлек " * 50_000)
    long = with_page(article(summary=""), "бет " * 500_000, "https://x.kz/" + "i" * 9_000)
    found = to_article(SOURCE, entry, now=NOW, language="kk")

    assert len(found.title) <= TITLE_CHARACTERS + 1
    assert "\u202e" not in found.title
    assert len(found.text) <= TEXT_CHARACTERS
    assert len(found.uid) <= 200
    assert len(long.text) <= TEXT_CHARACTERS
    assert long.image is None


@given(st.text(max_size=300))
def test_any_text_has_a_summary(text):
    """No text makes the summary fail, or grow."""
    assert len(summarise(text)) <= max(len(text) + 1, 1)


@pytest.mark.skipif(not SEED.exists(), reason="the seed article is not beside the project")
def test_the_seed_article():
    """The article that the project starts from gets its first two sentences, without the agency's dateline."""
    body = SEED.read_text("utf-8").split("\n", 1)[1]

    summary = summarise(body)

    assert summary.startswith("Қазақстанға сапар Иранның")
    assert summary.endswith("айтты.")
    assert len(list(sentences(summary))) == 2
