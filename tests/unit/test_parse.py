"""``bot.feeds.parsers.detection``: every format and encoding, read as the document says it."""

import gzip
import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import NO_SKIPS, FeedDocument, FeedEntry, Skips
from bot.errors import FeedError
from bot.feeds.inspection import describe
from bot.feeds.parsers.detection import parse_document

NOW = datetime(2025, 12, 11, 10, 0, tzinfo=UTC)
FEEDS = Path(__file__).parents[2] / "../shared/data/feeds"


def read(body: str | bytes, **keywords: object) -> FeedDocument:
    """Parse with the test's clock."""
    body = body.encode() if isinstance(body, str) else body
    return parse_document(body, now=NOW, **keywords)  # type: ignore[arg-type]


def rss(item: str, channel: str = "", declaration: str = "") -> str:
    """Return an RSS document around one item."""
    return f'{declaration}<rss version="2.0"><channel><title>Қала</title>{channel}<item>{item}</item></channel></rss>'


def only(body: str | bytes, **keywords: object) -> FeedEntry:
    """Return the one entry of a document."""
    (entry,) = read(body, **keywords).entries
    return entry


def test_rss_entry_in_full():
    """An RSS item gives guid, address with its tracking, plain title and summary, body, date, picture, language."""
    document = read(
        rss(
            "<title>Иран &amp;amp; Қазақстан: &lt;b&gt;келісім&lt;/b&gt;</title>"
            "<link>https://x.kz/a?id=1&amp;utm_source=rss</link><guid isPermaLink='false'>n-1</guid>"
            "<description>&lt;p&gt;Бірінші.&lt;/p&gt;&lt;p&gt;Екінші&amp;nbsp;сөйлем.&lt;/p&gt;</description>"
            "<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'>"
            "<![CDATA[<p>Толық мәтін.</p><p>Жалғасы.</p>]]></content:encoded>"
            "<pubDate>Thu, 11 Dec 2025 10:00:00 +0500</pubDate><enclosure url='/i.jpg' type='image/jpeg' length='1'/>",
            "<language>kk</language><ttl>15</ttl>",
        ),
        base_url="https://x.kz/rss",
    )

    assert document == FeedDocument(
        title="Қала",
        language="kk",
        entries=(
            FeedEntry(
                id="n-1",
                url="https://x.kz/a?id=1&utm_source=rss",
                title="Иран & Қазақстан: келісім",
                summary="Бірінші. Екінші сөйлем.",
                text="Толық мәтін.\nЖалғасы.",
                published=datetime(2025, 12, 11, 5, 0, tzinfo=UTC),
                image="https://x.kz/i.jpg",
            ),
        ),
        format="rss20",
        ttl_minutes=15,
    )


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("AT&amp;amp;amp;T", "AT&T"),
        ("<![CDATA[AT&amp;T]]>", "AT&T"),
        ("<![CDATA[AT&T]]>", "AT&T"),
        ("5 &lt; 6 &amp; 7 &gt; 4", "5 < 6 & 7 > 4"),
        ("&lt;i&gt;Астана&lt;/i&gt;", "Астана"),
        ("<![CDATA[Астана<br>бүгін]]>", "Астана бүгін"),
        ("Use the &lt;blink&gt; tag", "Use the <blink> tag"),
        ("&#171;Қазақстан&#187; &#x2014; ел", "«Қазақстан» — ел"),
        ("&amp;laquo;Қазақстан&amp;raquo;&amp;nbsp;&amp;mdash; ел", "«Қазақстан» — ел"),
        ("  a\n\t b\u00a0c\u200b ", "a b c"),
        ("<b>bare</b> markup", "bare markup"),
        ("Тоқаев &amp;#8212; Астанада", "Тоқаев — Астанада"),
        ("C&amp;A &amp; H&amp;M", "C&A & H&M"),
        ("?page=1&amp;copy=2 &amp;copy; 2025", "?page=1&copy=2 © 2025"),
        ("<![CDATA[a<!-- hidden -->b<script>x</script>c]]>", "ab c"),
        ("<![CDATA[a<!-- never ended >b]]>", "ab"),
        ("<![CDATA[a<iframe src='x'/> b<iframe> c</iframe>]]>", "a b c"),
        ("<![CDATA[<!' <b>a</b>]]>", "<!' a"),
    ],
)
def test_titles_are_plain_text(written: str, expected: str):
    """Entities are decoded once, or twice where they were written twice; tags go, signs that are no tags stay."""
    assert only(rss(f"<title>{written}</title>")).title == expected


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<title>T1</title>", "<title>T1</titel>"),
        ("<description>D1</description>", "<description>D1"),
        ("</item><item><title>T2", "<item><title>T2"),
        ("<title>T1</title>", "<title>T1 < 5 & 6</title>"),
        ("<title>T1</title>", "<title>T1\x0b</title>"),
        ("<title>T1</title>", "<title>T1</title><y:x>undeclared</y:x>"),
        ("</rss>", "</rss><script>x</script>"),
        ("</rss>", ""),
    ],
)
def test_a_broken_element_costs_no_entry(right, wrong):
    """Elements that are closed wrongly or never, stray signs, and what servers add: all entries are read."""
    items = "".join(
        f"<item><title>T{n}</title><link>https://x.kz/{n}</link><description>D{n}</description></item>"
        for n in range(4)
    )
    good = f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>"
    assert right in good

    document = read(good.replace(right, wrong, 1))

    assert document.title == "F"
    assert [entry.title[:2] for entry in document.entries] == ["T0", "T1", "T2", "T3"]
    assert [entry.url for entry in document.entries] == [f"https://x.kz/{n}" for n in range(4)]


def test_an_empty_feed_is_a_feed():
    """RSS 0.9 and 1.0 without an element of theirs hold no entries; other RDF is no feed."""
    empty = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{}"></rdf:RDF>'

    assert read(empty.format("http://channel.netscape.com/rdf/simple/0.9/")).entries == ()
    with pytest.raises(FeedError):
        read(empty.format("http://xmlns.com/foaf/0.1/"))


def test_atom_says_what_is_markup():
    """In Atom the declared type decides: a text stays as it is, html and xhtml lose their tags."""
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title type="html">A &amp;amp; B</title>'
        '<entry><id>tag:1</id><link rel="enclosure" href="e.mp3"/><link href="../n/1"/>'
        '<title type="text">The &lt;b&gt;&amp;nbsp;tag</title><updated>2025-12-11T10:00:00Z</updated>'
        '<summary type="html">&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;</summary></entry>'
        '<entry><id>tag:2</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">An <em>x</em></div></title>'
        "<published>2025-12-10T10:00:00+05:00</published><updated>2025-12-11T10:00:00Z</updated></entry></feed>"
    )

    document = read(atom, base_url="https://x.kz/feeds/atom")
    first, second = document.entries

    assert (document.title, document.language, document.format) == ("A & B", "en", "atom10")
    assert (first.title, first.url, first.summary) == ("The <b> tag", "https://x.kz/n/1", "One Two")
    assert first.published == datetime(2025, 12, 11, 10, tzinfo=UTC)
    assert second.title == "An x"
    assert second.published == datetime(2025, 12, 10, 5, tzinfo=UTC)


def test_rdf_and_early_rss():
    """RSS 1.0 (RDF) with Dublin Core dates, and RSS 0.91 without a date, are read."""
    rdf = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://x.kz/"><title>DW</title></channel>'
        '<item rdf:about="https://x.kz/1"><title>Одна</title><link>https://x.kz/1</link>'
        "<dc:date>2025-12-11T10:00:00+05:00</dc:date></item></rdf:RDF>"
    )
    old = '<rss version="0.91"><channel><title>T</title><item><title>A</title><link>https://x.kz/2</link></item></channel></rss>'

    assert only(rdf) == FeedEntry(
        "https://x.kz/1", "https://x.kz/1", "Одна", published=datetime(2025, 12, 11, 5, tzinfo=UTC)
    )
    assert only(old).published is None


def test_json_feed():
    """JSON Feed 1.1: ids that are numbers, HTML and text bodies, dates, pictures, addresses made absolute."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Q &amp; A",
        "language": "kk",
        "home_page_url": "https://x.kz/",
        "items": [
            {"id": 7, "url": "/n/7", "title": "Жаңалық", "content_html": "<p>Бір.</p><p>Екі.</p>",
             "date_published": "2025-12-11T10:00:00+05:00", "image": "/i.png"},
            {"id": "https://x.kz/n/8", "content_text": "Мәтін", "summary": "Қысқаша"},
        ],
    }  # fmt: skip

    document = read(json.dumps(feed))

    assert (document.title, document.language, document.format) == ("Q & A", "kk", "json")
    assert document.entries == (
        FeedEntry(
            "7", "https://x.kz/n/7", "Жаңалық", "Бір. Екі.", "Бір.\nЕкі.",
            datetime(2025, 12, 11, 5, tzinfo=UTC), "https://x.kz/i.png",
        ),
        FeedEntry("https://x.kz/n/8", "https://x.kz/n/8", "", "Қысқаша", "Мәтін"),
    )  # fmt: skip


SITEMAP = (
    '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><loc>https://x.kz/n/1</loc>'
    "<image:image><image:loc>https://x.kz/i.jpg</image:loc></image:image><news:news><news:publication>"
    "<news:name>Қазинформ</news:name><news:language>kk</news:language></news:publication>"
    "<news:publication_date>2025-12-11T10:00:00+05:00</news:publication_date>"
    "<news:title>Сапар &amp;amp; келісім</news:title></news:news></url></urlset>"
)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_news_sitemap(pack):
    """A Google News sitemap, plain or gzip, gives titles, dates, pictures and the publication's name and language."""
    document = read(pack(SITEMAP.encode()))

    assert (document.title, document.language, document.format) == ("Қазинформ", "kk", "sitemap")
    assert document.entries == (
        FeedEntry(
            "https://x.kz/n/1", "https://x.kz/n/1", "Сапар & келісім", published=datetime(2025, 12, 11, 5, tzinfo=UTC),
            image="https://x.kz/i.jpg", language="kk",
        ),
    )  # fmt: skip


def test_a_sitemap_with_undeclared_prefixes():
    """A sitemap whose prefixes are not declared is read all the same."""
    assert only(SITEMAP.replace(' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"', "")).title


def test_sitemap_index():
    """An index of sitemaps lists them as entries, told apart by the document's format."""
    index = (
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>/news.xml.gz</loc>'
        "<lastmod>2025-12-11</lastmod></sitemap></sitemapindex>"
    )

    document = read(index, base_url="https://x.kz/sitemap.xml")

    assert document.format == "sitemap-index"
    assert [entry.url for entry in document.entries] == ["https://x.kz/news.xml.gz"]


def test_html_listing():
    """A page of headlines is read by selectors: the item's first link by default, local dates, each address once."""
    page = (
        "<!doctype html><html lang='kk'><title>Жаңалықтар</title><div class='n'><a href='/n/1'>Бірінші маңызды жаңалық</a>"
        "<span>Бүгін, 12:05</span><p>Мәні</p><img src='/1.jpg'></div><div class='n'><a href='/n/1'>Бірінші маңызды жаңалық</a>"
        "</div><div class='n'><a href='/'>Басты бет</a></div></html>"
    )
    selectors = {"item": "div.n", "date": "span", "summary": "p"}

    document = read(page, base_url="https://x.kz/news/", selectors=selectors)

    assert (document.title, document.language, document.format) == ("Жаңалықтар", "kk", "html")
    assert document.entries == (
        FeedEntry(
            "https://x.kz/n/1", "https://x.kz/n/1", "Бірінші маңызды жаңалық", "Мәні",
            published=datetime(2025, 12, 11, 7, 5, tzinfo=UTC), image="https://x.kz/1.jpg",
        ),
    )  # fmt: skip


def test_listings_without_declared_titles_and_dates():
    """A menu's short links are no headlines, and the day may stand in the address alone."""
    page = "<html><a href='/economy/'>Экономика</a><a href='/2025/12/10/zhana-zhol'>Астанада жаңа жол ашылды</a></html>"

    entry = only(page, base_url="https://x.kz/", selectors={"item": "a", "title": ".absent"})

    assert (entry.title, entry.published) == ("Астанада жаңа жол ашылды", datetime(2025, 12, 9, 19, tzinfo=UTC))


TEXT = "Қазақстан мен Иран: жаңа келісімдер туралы баяндама"
RUSSIAN = "Президент Ирана прибыл с визитом в Казахстан"


@pytest.mark.parametrize(
    ("text", "encoding", "declared", "content_type"),
    [
        (TEXT, "utf-8", "utf-8", None),
        (TEXT, "utf-8", None, None),
        (TEXT, "utf-8-sig", None, None),
        (TEXT, "utf-16", "utf-16", None),
        (TEXT, "utf-16-le", "utf-16", None),
        (TEXT, "utf-16-be", "utf-16", None),
        (TEXT, "utf-32", "utf-32", None),
        (TEXT, "utf-8", "windows-1251", None),
        (TEXT, "utf-8", None, "text/xml; charset=windows-1251"),
        (TEXT, "utf-8", None, "application/xml; charset=iso-8859-1"),
        (TEXT, "utf-8", None, "text/xml"),
        (RUSSIAN, "windows-1251", "windows-1251", None),
        (RUSSIAN, "windows-1251", None, "application/rss+xml; charset=windows-1251"),
        (RUSSIAN, "windows-1251", "windows-1251", "text/xml; charset=utf-8"),
        (RUSSIAN, "windows-1251", "windows-1251", "text/xml; charset=iso-8859-1"),
        (RUSSIAN, "windows-1251", "utf-8", None),
        (RUSSIAN, "windows-1251", None, None),
        (RUSSIAN, "windows-1251", "ms-cyrl", None),
        (RUSSIAN, "koi8-r", "koi8-r", None),
        (RUSSIAN, "koi8-r", None, None),
        (RUSSIAN, "iso8859-5", "iso-8859-5", None),
        (RUSSIAN, "cp866", "cp866", None),
        (RUSSIAN, "cp866", None, None),
        ("Größe «à la carte»", "latin-1", "iso-8859-1", None),
        ("Größe über München", "latin-1", None, None),
        ("D'études à l'été «\u00a0à\u00a0» déjà créé, l'élève fête «\u00a0ça\u00a0»", "latin-1", None, None),
    ],
)
def test_encodings(text, encoding, declared, content_type):
    """Declared, marked, undeclared or declared wrongly: the text comes out as it was written."""
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = rss(f"<title>{text}</title>", declaration=declaration).replace("Қала", "x").encode(encoding)

    assert only(body, content_type=content_type).title == text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("link", "channel", "base", "expected"),
    [
        ("/n/1", "", "https://x.kz/rss/all", "https://x.kz/n/1"),
        ("n/1", "", "https://x.kz/rss/all", "https://x.kz/rss/n/1"),
        ("//x.kz/n/1", "", "https://y.kz/", "https://x.kz/n/1"),
        ("/n/1", "<link>https://x.kz/</link>", "", "https://x.kz/n/1"),
        ("https://x.kz/a?a=1&amp;b=2", "", "", "https://x.kz/a?a=1&b=2"),
        ("<![CDATA[ https://x.kz/a?a=1&b=2 ]]>", "", "", "https://x.kz/a?a=1&b=2"),
        ("\n https://x.kz/жаңалық \n", "", "", "https://x.kz/жаңалық"),
    ],
)
def test_links_are_absolute(link, channel, base, expected):
    """A relative address is completed by where the document came from, else by the channel's own address."""
    assert only(rss(f"<title>t</title><link>{link}</link>", channel), base_url=base).url == expected


def test_guid_serves_as_address_and_address_as_id():
    """A permalink guid is the address of an item without a link; an item without a guid is known by its address."""
    assert only(rss("<title>t</title><guid>https://x.kz/1</guid>")).url == "https://x.kz/1"
    assert only(rss("<title>t</title><link>https://x.kz/1</link>")).id == "https://x.kz/1"
    assert only(rss("<title>t</title><guid isPermaLink='false'>7</guid>")).url == ""


def test_an_empty_link_leads_nowhere():
    """An empty link is not the site's address: the guid serves where it is an address, else there is none."""
    empty = "<title>t</title><link></link>"

    assert only(rss(empty), base_url="https://x.kz/rss").url == ""
    assert only(rss(empty + "<guid>https://x.kz/9</guid>"), base_url="https://x.kz/rss").url == "https://x.kz/9"
    assert only(rss("<title>t</title>"), base_url="https://x.kz/rss").url == ""


def test_bodies_beside_the_description():
    """Yandex's full text is the body; an Atom entry's body without a summary is both, plain in each."""
    full = only(
        rss("<description>D</description><y:full-text xmlns:y='http://news.yandex.ru'>Толық мәтін</y:full-text>")
    )
    atom = only(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><content type="xhtml">'
        '<div xmlns="http://www.w3.org/1999/xhtml"><p>Бір</p><p>Екі</p></div></content></entry></feed>'
    )

    assert (full.summary, full.text) == ("D", "Толық мәтін")
    assert (atom.summary, atom.text) == ("Бір Екі", "Бір\nЕкі")


def test_skipped_hours_and_days_are_read():
    """``skipHours`` (in GMT, 24 is midnight) and ``skipDays`` are the channel's; nonsense in them is passed over."""
    skips = (
        "<skipHours><hour>10</hour><hour> 3</hour><hour>24</hour><hour>x</hour></skipHours>"
        "<skipDays><day>Sunday</day><day>monday</day><day>Holiday</day></skipDays>"
    )

    assert read(rss("<title>t</title>", f"<ttl>30</ttl>{skips}")).skips == Skips(
        frozenset({0, 3, 10}), frozenset({0, 6})
    )
    assert read(rss("<title>t</title>")).skips == NO_SKIPS


@pytest.mark.parametrize(
    ("body", "message_id"),
    [
        (b"", "feed-empty"),
        (b" \n\t", "feed-empty"),
        (b"<!doctype html><html><body><p>Hi</p></body></html>", "feed-not-a-feed"),
        (b"plain words", "feed-not-a-feed"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "feed-not-a-feed"),
        (b'{"a": 1}', "feed-not-a-feed"),
        (b'{"items": [', "feed-not-a-feed"),
        (b"[" * 100_000, "feed-not-a-feed"),
        (b"<opml><body/></opml>", "feed-not-a-feed"),
        (b"\x1f\x8b\x08broken", "feed-encoding"),
        (gzip.compress(b" " * 6_000_000), "feed-too-large"),
    ],
)
def test_what_is_no_feed_says_why(body, message_id):
    """What cannot be read is refused with its own message id, never read as an empty feed."""
    with pytest.raises(FeedError) as caught:
        read(body)

    assert caught.value.message_id == message_id


def test_broken_documents_keep_their_entries():
    """A document that is cut short, or not well-formed, gives what can be read of it."""
    cut = rss("<title>Бірінші</title><link>https://x.kz/1</link>")[:-30]
    loose = "<rss><channel><item><title>A & B <br> C</title><link>https://x.kz/1?a=1&b=2</link></item></channel></rss>"

    assert only(cut).title == "Бірінші"
    assert only(loose).title == "A & B C"
    assert only(loose).url == "https://x.kz/1?a=1&b=2"


def test_describe_is_the_command_lines_record():
    """The record has exactly the fixed fields, with instants in UTC and null where a date is absent."""
    document = read(rss("<title>t</title><link>https://x.kz/1</link><pubDate>2025-12-11 10:00</pubDate>"))

    assert describe(document, "a.xml") == {
        "source": "a.xml",
        "title": "Қала",
        "language": None,
        "entries": [
            {
                "id": "https://x.kz/1",
                "url": "https://x.kz/1",
                "title": "t",
                "summary": "",
                "published": "2025-12-11T05:00:00Z",
            }
        ],
    }
    assert describe(read(rss("<title>t</title>")))["entries"][0]["published"] is None  # type: ignore[index]


@pytest.mark.skipif(not FEEDS.exists(), reason="the shared feeds are not beside the project")
def test_every_shared_feed_parses():
    """Every real and tricky feed of the shared data gives entries."""
    files = [path for path in FEEDS.rglob("*") if path.is_file()]
    empty = [path.name for path in files if not read(path.read_bytes()).entries]

    assert len(files) > 100
    assert empty == []


@given(st.binary(max_size=400))
def test_any_bytes_are_a_feed_or_refused(body: bytes):
    """No bytes make the parser fail otherwise than by ``FeedError``."""
    for document in (body, b"<rss><item>" + body, b'{"items": [' + body):
        with suppress(FeedError):
            read(document)
