"""``bot.feeds.catalogue``: the built-in sources, and every mistake in an operator's file."""

from datetime import UTC, datetime

import pytest

from bot.core.model import LOCALES
from bot.errors import CatalogueError
from bot.feeds.catalogue import load_catalogue
from bot.feeds.parsers.html_listing import parse_listing

GOOD = '[[source]]\nid = "x"\nname = "X"\nurl = "https://x.kz/rss"\nlanguage = "kk"\n'


def test_the_built_in_catalogue():
    """About 40 sources in three languages, each named in all of them, with ids of their own; all can be fetched."""
    sources = load_catalogue(None)

    assert len(sources) >= 40
    assert {source.language for source in sources} == set(LOCALES)
    assert all(set(source.name) == set(LOCALES) and all(source.name.values()) for source in sources)
    assert all(source.public and source.enabled and source.category for source in sources)
    assert len({source.id for source in sources}) == len(sources)
    urls = [url for source in sources for url in (source.url, *source.alternatives)]
    assert len(set(urls)) == len(urls)


LISTINGS = {
    "tengrinews-ru": """
        <div class="content_main_item"><a href="/kazakhstan_news/most-1/"><img src="/1.jpg"></a>
          <span class="content_main_item_title"><a href="/kazakhstan_news/most-1/">Мост открыли в Семее</a></span>
          <span class="content_main_item_announce">Движение начнётся завтра.</span>
          <div class="content_main_item_meta"><span>Вчера, 17:49</span></div></div>""",
    "zakon-ru": """
        <div class="news-item"><a class="newscard_link" href="/obshestvo/1-most.html">
          <div class="newscard__title">Мост открыли в Семее</div></a><span class="newscard__date">10.12.2025 17:49</span></div>
        <a href="/obshestvo/1-most.html">Мост открыли в Семее</a><a href="/about">О нас</a>""",
    "kazpravda": '<a href="/n/most-otkryli/">Мост открыли в Семее</a><a href="/r/stati/">Все статьи сегодня</a>',
    "khabar-ru": '<ul><li><a href="/ru/news/obshchestvo/1-most">Мост открыли в Семее</a></li></ul>',
}


@pytest.mark.parametrize("name", LISTINGS)
def test_listings_are_read_by_the_declared_selectors(name):
    """Where an outlet's page is built as it was last seen, the catalogue's selectors find its news, and only them."""
    source = next(source for source in load_catalogue(None) if source.id == name)
    page = f"<html><body>{LISTINGS[name]}</body></html>".encode()
    now = datetime(2025, 12, 11, 10, 0, tzinfo=UTC)

    (entry,) = parse_listing(
        page, source.selectors, content_type="text/html; charset=utf-8", base_url=source.url, zone=source.zone, now=now
    ).entries

    assert entry.title == "Мост открыли в Семее"
    if name in {"tengrinews-ru", "zakon-ru"}:
        assert entry.published == datetime(2025, 12, 10, 12, 49, tzinfo=UTC)


def test_an_operators_file(tmp_path):
    """All keys of the fixed format are taken; an address may lead anywhere, loopback too."""
    path = tmp_path / "sources.toml"
    path.write_text(
        '[[source]]\nid = "a"\nname = {kk = "А", ru = "Б", en = "C"}\nurl = "http://127.0.0.1:9/rss"\nlanguage = "ru"\n'
        'category = "business"\nalternatives = ["http://10.0.0.1/"]\nzone = "Europe/London"\n'
        'selectors = {item = "li", title = "b"}\nenabled = false\n'
        '[[source]]\nid = "b"\nname = {ru = "Б"}\nurl = "https://b.kz/"\nlanguage = "kk"\n',
        "utf-8",
    )

    first, second = load_catalogue(path)

    assert first.name == {"kk": "А", "ru": "Б", "en": "C"}
    assert first.alternatives == ("http://10.0.0.1/",)
    assert (first.category, first.zone, first.enabled) == ("business", "Europe/London", False)
    assert first.selectors == {"item": "li", "title": "b"}
    assert second.name == dict.fromkeys(LOCALES, "Б")
    assert (second.zone, second.enabled, second.public) == ("Asia/Almaty", True, True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[source]", "line 1"),
        ("sources = 1", "unknown key 'sources' at the top"),
        (GOOD + "feed = 1", "unknown key 'feed' in source 'x'"),
        (GOOD + "public = false", "unknown key 'public'"),
        (GOOD.replace('id = "x"\n', ""), "in source 1: id is missing"),
        (GOOD.replace('"x"', '"x y"'), "id is letters"),
        (GOOD.replace('"X"', '""'), "name is a text or a table"),
        (GOOD.replace('"X"', '{de = "X"}'), "unknown key 'de'"),
        (GOOD.replace("https://x.kz/rss", "ftp://x.kz"), "not an address"),
        (GOOD.replace("https://x.kz/rss", "https://u:p@x.kz"), "not an address"),
        (GOOD.replace('"kk"', '"de"'), "language is kk, ru or en"),
        (GOOD + 'zone = "Asia/Nowhere"', "no time zone 'Asia/Nowhere'"),
        (GOOD + 'alternatives = "https://x.kz"', "alternatives is a list"),
        (GOOD + 'selectors = {list = "li"}', "unknown key 'list'"),
        (GOOD + 'enabled = "yes"', "enabled is true or false"),
        (GOOD + GOOD, "the id 'x' occurs twice"),
        ("source = 3", "sources are tables"),
    ],
)
def test_mistakes_are_named(tmp_path, text, reason):
    """A broken file ends in one line with its path and what is wrong."""
    path = tmp_path / "sources.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(CatalogueError) as caught:
        load_catalogue(path)

    assert caught.value.message_id == "sources-broken"
    assert reason in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    """A missing file is named."""
    with pytest.raises(CatalogueError, match=r"nowhere\.toml is broken: No such file"):
        load_catalogue(tmp_path / "nowhere.toml")
