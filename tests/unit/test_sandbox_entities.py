"""The sandbox reads text as Telegram does: entities, offsets, refusals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.entities import MAX_ENTITIES, find, parse, utf16_length
from bot.sandbox.replies import ApiError


def test_entities_are_measured_in_utf16_units() -> None:
    """A character beyond the basic plane moves what follows by two."""
    text, entities = parse("😀 <b>Қазақ</b>", "HTML")

    assert text == "😀 Қазақ"
    assert entities == [{"offset": 3, "length": 5, "type": "bold"}]


def test_every_tag_of_telegram_html_gives_its_entity() -> None:
    """Each tag that the Bot API documents is understood under the Bot API's name."""
    html = (
        "<b>1</b><i>2</i><u>3</u><s>4</s><tg-spoiler>5</tg-spoiler><code>6</code><pre>7</pre>"
        '<pre><code class="language-python">8</code></pre><a href="https://a.kz/">9</a>'
        "<blockquote>a</blockquote>"
    )

    _, entities = parse(html, "HTML")

    assert [entity["type"] for entity in entities] == [
        *("bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "pre", "text_link", "blockquote")
    ]
    assert entities[7]["language"] == "python"
    assert entities[8]["url"] == "https://a.kz/"


def test_an_expandable_quotation_is_told_from_a_plain_one() -> None:
    """``<blockquote expandable>`` keeps its own type."""
    _, entities = parse("<blockquote expandable>a</blockquote>", "HTML")

    assert entities == [{"offset": 0, "length": 1, "type": "expandable_blockquote"}]


def test_named_entities_other_than_the_four_stay_as_they_are() -> None:
    """Telegram knows ``&lt; &gt; &amp; &quot;`` and numbers; ``&nbsp;`` is shown as written."""
    text, _ = parse("&lt;&gt;&amp;&quot;&#39;&nbsp;", "HTML")

    assert text == "<>&\"'&nbsp;"


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<b>x", "can't parse entities: Can't find end tag corresponding to start tag \"b\""),
        ("x</b>", "can't parse entities: Unexpected end tag at byte offset 1"),
        ("<h1>x</h1>", 'can\'t parse entities: Unsupported start tag "h1" at byte offset 0'),
    ],
)
def test_broken_markup_is_refused_in_telegrams_words(html: str, reason: str) -> None:
    """The description is the Bot API's, prefix and case included."""
    with pytest.raises(ApiError) as refused:
        parse(html, "HTML")

    assert refused.value.code == 400
    assert refused.value.description == f"Bad Request: {reason}"


def test_a_text_past_the_limit_is_refused_and_one_at_it_is_not() -> None:
    """The limit counts what remains after parsing, in UTF-16 units."""
    text, _ = parse("<b>" + "ә" * 4096 + "</b>", "HTML")

    assert utf16_length(text) == 4096
    with pytest.raises(ApiError, match="message is too long"):
        parse("😀" * 2049, "")


def test_white_space_at_the_ends_is_cut_and_entities_move_along() -> None:
    """Telegram trims a message; an entity of nothing but space goes."""
    text, entities = parse(" \n <b> а </b>б<i> </i>\n", "HTML")

    assert text == "а б"
    assert entities == [{"offset": 0, "length": 2, "type": "bold"}]


def test_entities_past_the_hundredth_are_dropped() -> None:
    """A message shows at most a hundred entities."""
    _, entities = parse("<b>a</b> " * 120, "HTML")

    assert len(entities) == MAX_ENTITIES


def test_commands_addresses_and_mentions_are_found_in_plain_text() -> None:
    """What a reader types carries the entities that Telegram finds in it."""
    found = find("/start@jarshy_bot Иран @name kaz.kz")

    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == [
        ("bot_command", 0, 17),
        ("mention", 23, 5),
        ("url", 29, 6),
    ]


def test_nothing_is_found_inside_a_link_or_code() -> None:
    """An address that is a link's own text stays the link alone."""
    _, entities = parse('<a href="https://b.kz/">a.kz</a> <code>/x</code> /y', "HTML")

    assert [entity["type"] for entity in entities] == ["text_link", "code", "bot_command"]


_PIECES = st.sampled_from(
    ["ә", "😀", " ", "\n", "<b>", "</b>", "<i>", "</i>", "&amp;", "/c", "kaz.kz", "<code>", "</code>"]
)


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_every_entity_lies_within_a_trimmed_text(html: str) -> None:
    """Whatever is sent, either it is refused, or no entity is empty or reaches outside the text."""
    try:
        text, entities = parse(html, "HTML")
    except ApiError:
        return

    assert text == text.strip()
    assert all(0 <= int(str(entity["offset"])) < utf16_length(text) for entity in entities)
    assert all(int(str(one["offset"])) + int(str(one["length"])) <= utf16_length(text) for one in entities)
    assert all(int(str(entity["length"])) > 0 for entity in entities)
