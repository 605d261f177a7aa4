"""Digests in words, within Telegram's limits."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from bot.core import render
from bot.core.model import Article, Digest, DigestEntry, DigestKind, DigestSection
from bot.core.pages import Block, paginate, units
from bot.i18n import Catalogues

NOW = datetime(2025, 12, 11, 12, 0, tzinfo=UTC)
NAMES = {"kazinform": {"kk": "Қазинформ", "ru": "Казинформ", "en": "Kazinform"}}
TEXTS = Catalogues()
wild = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=400)


def article(number=1, title="Тақырып", summary="Қысқаша мазмұны.", language="kk", url="https://example.kz/1"):
    return Article(number, "kazinform", url, title, summary, language, NOW - timedelta(hours=1), NOW, number)


def digest(*entries, kind=DigestKind.SCHEDULED, label="Иран"):
    return Digest(kind, (DigestSection(1, label, tuple(entries)),), NOW, total=len(entries))


def tr(locale):
    return TEXTS.translator(locale, "Asia/Almaty")


def test_a_story_is_a_bold_linked_title_outlet_time_and_summary():
    """What a reader sees of one story, in Kazakh."""
    (page,) = render.digest_pages(digest(DigestEntry(1, article(), ("a", "b"))), NAMES, tr("kk"))

    assert page.html == (
        "<b>Жаңалықтар шолуы</b>\n11 желтоқсан, бейсенбі · 1 жаңалық\n\n<b><u>Иран</u></b>\n\n"
        '<b><a href="https://example.kz/1">Тақырып</a></b>\n<i>Қазинформ +2 · 16:00</i>\n'
        "<blockquote expandable>Қысқаша мазмұны.</blockquote>"
    )


def test_a_story_in_another_language_is_marked():
    """A Kazakh article in a Russian digest says what it is written in."""
    (page,) = render.digest_pages(digest(DigestEntry(1, article())), NAMES, tr("ru"))

    assert "<i>Казинформ · 16:00 · на казахском</i>" in page.html
    assert "четверг, 11 декабря · 1 новость" in page.html


def test_values_are_escaped():
    """A title cannot break out of its link, nor a topic out of its line."""
    hostile = article(title='<b>&"', url='https://example.kz/?a="><b>&c')
    (page,) = render.digest_pages(digest(DigestEntry(1, hostile), label="<i>"), NAMES, tr("en"))

    assert '<a href="https://example.kz/?a=&#34;&gt;&lt;b&gt;&amp;c">&lt;b&gt;&amp;&#34;</a>' in page.html
    assert "<b><u>&lt;i&gt;</u></b>" in page.html


def test_an_empty_digest_has_no_pages():
    """There is nothing to send where there is nothing to tell."""
    assert render.digest_pages(Digest(DigestKind.LATEST, (), NOW), NAMES, tr("en")) == ()


@given(st.lists(st.tuples(wild, wild), min_size=1, max_size=40), st.sampled_from(["kk", "ru", "en"]))
def test_pages_stay_within_telegrams_limits_and_lose_nothing(stories, locale):
    """No page passes 4,096 UTF-16 units or 10 stories, tags are balanced, every story is there once, in order."""
    entries = [DigestEntry(n, article(n, title, summary)) for n, (title, summary) in enumerate(stories, start=1)]
    pages = render.digest_pages(digest(*entries), NAMES, tr(locale))

    for page in pages:
        assert units(page.html) <= 4096
        assert page.html.count("<a href") == len(page.stories) <= 10
        for tag in ("b", "i", "u", "a", "blockquote"):
            assert page.html.count(f"<{tag}>") + page.html.count(f"<{tag} ") == page.html.count(f"</{tag}>")
    assert [story for page in pages for story in page.stories] == [entry.story_id for entry in entries]
    blocks = [str(render.story_block(entry, digest(), NAMES, tr(locale))) for entry in entries]
    rest = "\n\n".join(page.html for page in pages)
    for block in blocks:
        _, found, rest = rest.partition(block)
        assert found


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=3000).map(Markup.escape), max_size=12))
def test_whole_blocks_rejoin_without_loss(texts):
    """Paging cuts between blocks only: joined again, the pages are the text."""
    blocks = [Block(text) for text in texts]
    pages = paginate(Block(Markup("<b>head</b>"), head=True), blocks)

    assert "\n\n".join(page.html for page in pages) == "\n\n".join(["<b>head</b>", *map(str, texts)])


def test_length_is_counted_in_utf16_units_after_entities():
    """An emoji counts two, a tag nothing, an escaped sign one."""
    assert units("<b>😀</b>&amp;a\n\nb") == 7


def test_a_long_text_is_cut_at_a_word():
    """The summary ends with a whole word and an ellipsis."""
    assert render.shorten("бір екі үш төрт бес", 12) == "бір екі үш…"
    assert render.shorten("бір", 12) == "бір"
    assert len(render.shorten("ұ" * 50, 12)) == 12


def test_a_terminal_gets_addresses():
    """The preview shows where a title leads."""
    assert render.plain_text('<b><a href="https://a.kz/?x=1&amp;y=2">A &lt;b&gt;</a></b>\n<i>x</i>') == (
        "A <b>\nhttps://a.kz/?x=1&y=2\nx"
    )
