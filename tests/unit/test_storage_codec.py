"""Between nouns and columns: whatever goes in comes out."""

import sqlite3
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Button, Keyboard
from bot.storage import codec, sql
from bot.storage.dialect import POSTGRES, SQLITE

_LONG = st.integers(min_value=-(2**63), max_value=2**63 - 1)
_INSTANTS = st.datetimes(
    min_value=datetime(1971, 1, 1),
    max_value=datetime(2200, 1, 1),
    timezones=st.just(UTC),
)
_BUTTONS = st.builds(Button, st.text(), st.none() | st.text(), st.none() | st.text())


@given(_INSTANTS)
def test_an_instant_comes_back_to_the_millisecond(instant: datetime) -> None:
    """What is lost is less than a millisecond, and never makes an instant later."""
    lost = instant - codec.instant(codec.millis(instant))

    assert timedelta(0) <= lost < timedelta(milliseconds=1)


def test_an_instant_of_another_zone_is_the_same_instant() -> None:
    """Zones do not matter, their absence is a mistake."""
    almaty = datetime(2026, 3, 2, 8, 30, tzinfo=timezone(timedelta(hours=5)))

    assert codec.instant(codec.millis(almaty)) == almaty
    with pytest.raises(TypeError):
        codec.millis(datetime(2026, 3, 2, 8, 30))


@given(st.frozensets(_LONG))
def test_posting_keys_come_back(keys: frozenset[int]) -> None:
    """Packed keys take eight bytes each and lose nothing."""
    packed = codec.packed(keys)

    assert len(packed) == 8 * len(keys)
    assert frozenset(codec.unpacked(packed)) == keys


@given(st.lists(st.lists(_BUTTONS, min_size=1).map(tuple)).map(tuple))
def test_a_keyboard_comes_back(keyboard: Keyboard) -> None:
    """Texts, data and addresses of buttons survive."""
    assert codec.keyboard(codec.keyboard_json(keyboard)) == keyboard


@given(st.text(st.characters()))
def test_storable_text_is_what_both_engines_keep(text: str) -> None:
    """It encodes, has no NUL, and is the text itself where that was storable."""
    stored = codec.storable(text)
    clean = "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)

    assert "\0" not in stored
    assert stored.encode("utf-8").decode("utf-8") == stored
    assert not clean or stored == text


@given(st.lists(_LONG), st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_collections_reach_sql_as_they_are(numbers: list[int], texts: list[str]) -> None:
    """A JSON array in one parameter is the list that it was, to the last bit and letter."""
    with sqlite3.connect(":memory:") as connection:
        for token, values in (("ids", numbers), ("texts", texts)):
            text = SQLITE.expand("SELECT value FROM {{TOKEN:values}}".replace("TOKEN", token))
            rows = connection.execute(text, {"values": codec.array(values)}).fetchall()
            assert [value for (value,) in rows] == values
    connection.close()


def test_names_become_numbers_once_each() -> None:
    """PostgreSQL gets ``$n``; a name that stands twice has one number, and a time of day in a text is no name."""
    text, names = sql.numbered("SELECT :a + :b WHERE x = :a AND CAST(:c AS BIGINT) = t")

    assert text == "SELECT $1 + $2 WHERE x = $1 AND CAST($3 AS BIGINT) = t"
    assert names == ("a", "b", "c")


@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES])
@pytest.mark.parametrize("text", ["{{unknown}}", "{{unknown:x}}", "{{rows:x}}"])
def test_an_unknown_token_is_a_mistake(dialect: object, text: str) -> None:
    """A token that no dialect knows never reaches a database."""
    with pytest.raises(KeyError):
        dialect.expand(text)
