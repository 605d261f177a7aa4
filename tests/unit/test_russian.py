"""Russian and English morphology."""

import pytest

from bot.language import english, russian


@pytest.mark.parametrize(
    ("form", "lemma"), [("ираном", "иран"), ("токаеву", "токаев"), ("казахстане", "казахстан"), ("ёлки", "елка")]
)
def test_russian_forms_have_their_lemma(form, lemma):
    """A Russian form is known by all its normal forms and by itself."""
    assert lemma in russian.lemmas(form)
    assert russian.lemmas(form)[0] == form.replace("ё", "е")


def test_russian_base_of_a_normal_form_is_itself():
    """A word that is a normal form gets no other base, and a short one none at all."""
    assert russian.bases("иран") == ()
    assert russian.bases("сот") == ()
    assert "токаев" in russian.bases("токаеву")


def test_a_place_named_by_a_plural_is_found_without_its_ending():
    """«Из Боровлян» is about «Боровляны», which no dictionary lists; a known word gets no such base."""
    assert "боровлян" in russian.bases("боровляны")
    assert "невр" in russian.bases("невры")
    assert russian.bases("берлускони") == ()


@pytest.mark.parametrize(
    ("form", "lemma"),
    [("iran's", "iran"), ("countries", "country"), ("men", "man"), ("churches", "church"), ("states", "state")],
)
def test_english_forms_have_their_singular(form, lemma):
    """Plural and possessive are undone."""
    assert lemma in english.lemmas(form)


@pytest.mark.parametrize("word", ["news", "texas", "paris", "iranian", "bus", "this"])
def test_english_words_in_s_stay(word):
    """A word that only looks plural is its own lemma."""
    assert english.lemmas(word) == (word,)
