"""``bot.feeds.parsers.article_text`` and ``bot.feeds.parsers.feed_links``: what pages give."""

import html
import json

import pytest

from bot.errors import FeedError
from bot.feeds.discovery import candidates, usual_addresses
from bot.feeds.parsers.article_text import extract_page
from bot.feeds.parsers.feed_links import find_links

URL = "https://x.kz/n/1"
FIRST = "Қазақстан мен Иран жаңа келісімге қол қойды, ол сауда көлемін арттырады деп күтіледі."
SECOND = "Құжат екі елдің көлік саласындағы ынтымақтастығын да қамтиды, деп хабарлады министрлік."
BODY = f"<p>{FIRST}</p><p>{SECOND}</p>"


def page(head: str = "", body: str = "") -> bytes:
    """Return an HTML page."""
    return f"<!doctype html><html lang='kk'><head><title>T</title>{head}</head><body>{body}</body></html>".encode()


def json_ld(document: object) -> str:
    """Return a script element with JSON-LD."""
    return f"<script type='application/ld+json'>{json.dumps(document)}</script>"


@pytest.mark.parametrize(
    "document",
    [
        {"@type": "NewsArticle", "articleBody": f"{FIRST}\n{SECOND}"},
        {"@type": ["NewsArticle"], "articleBody": BODY},
        {"@type": "NewsArticle", "articleBody": html.escape(BODY)},
        {"@graph": [{"@type": "WebSite"}, {"@type": "Article", "articleBody": BODY}]},
        [{"@type": "BreadcrumbList"}, {"@type": "NewsArticle", "articleBody": BODY}],
    ],
)
def test_json_ld_body(document):
    """``articleBody`` is taken wherever it lies, its markup undone, also where it was escaped once more."""
    text = extract_page(page(json_ld(document)), url=URL).text

    assert FIRST in text
    assert SECOND in text
    assert "<" not in text
    assert "&" not in text


def test_the_pages_own_text():
    """Without JSON-LD, or with a broken one, the article's paragraphs are found; menus are not part of them."""
    article = (
        "<nav><a href='/'>Басты бет</a></nav><article><h1>Тақырып</h1>" + BODY * 3 + "</article><footer>© 2025</footer>"
    )

    text = extract_page(page("<script type='application/ld+json'>{broken</script>", article), url=URL).text

    assert FIRST in text
    assert "Басты бет" not in text


def test_the_picture():
    """``og:image`` is the picture, its address made absolute."""
    assert (
        extract_page(page("<meta property='og:image' content='/i.jpg'>", BODY), url=URL).image == "https://x.kz/i.jpg"
    )


def test_a_page_without_an_article():
    """A page with nothing to read gives an empty text; what is no HTML is refused."""
    assert extract_page(page(), url=URL).text == ""
    with pytest.raises(FeedError):
        extract_page(b"", url=URL)


def test_feeds_that_a_page_names():
    """``link rel=alternate`` of feed types come first, then links that look like feeds, each once and absolute."""
    found = find_links(
        page(
            "<link rel='alternate' type='application/rss+xml' title='Барлық жаңалық' href='/rss.xml'>"
            "<link rel='alternate' type='application/atom+xml; charset=utf-8' href='https://x.kz/atom'>"
            "<link rel='alternate' hreflang='ru' href='/ru/'><link rel='stylesheet' href='/rss.css'>"
            "<link rel='alternate' type='application/json' href='/wp-json/wp/v2/posts/1'>",
            "<a href='/feed/'>RSS</a><a href='rss.xml'>again</a><a href='/n/1'>news</a>",
        ),
        url="https://x.kz/kk",
    )

    assert found.title == "T"
    assert found.feeds == (
        ("https://x.kz/rss.xml", "Барлық жаңалық"),
        ("https://x.kz/atom", ""),
        ("https://x.kz/feed/", "RSS"),
    )


def test_addresses_as_readers_type_them():
    """A bare host is tried with https, then http; ``feed:`` is understood; what is no address is refused."""
    assert candidates("x.kz/news") == ("https://x.kz/news", "http://x.kz/news")
    assert candidates(" http://127.0.0.1:80/ ") == ("http://127.0.0.1:80/",)
    assert candidates("feed://x.kz/rss") == ("http://x.kz/rss",)
    assert candidates("feed:https://x.kz/rss") == ("https://x.kz/rss",)
    for nonsense in ("", "news", "two words.kz", "x" * 3000):
        with pytest.raises(FeedError):
            candidates(nonsense)


def test_usual_places():
    """Feeds are looked for beside the page first, then at the root."""
    places = usual_addresses("https://x.kz/blog")

    assert places[0] == "https://x.kz/blog/feed/"
    assert "https://x.kz/rss" in places
