"""Russian and English morphology."""

import subprocess
import sys

import pytest

from bot.language import english, russian
from bot.language.spelling import corrected


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


_WORDS = "правительственными столы пострадавшим обычно токаевым введённый ёлками зейна президнет эканомика тоқаев"
_ASKED = (
    "[(russian.lemmas(word), russian.bases(word), russian.known_beginning(word), corrected(word)) for word in _WORDS]"
)


def test_without_the_compiled_reader_the_dictionary_says_the_same():
    """Where ``dawg2`` has no wheel, pymorphy3 reads its dictionary in Python: all that we ask of it is there too."""
    program = (
        "import sys; sys.modules['dawg'] = None\n"
        "from bot.language import russian; from bot.language.spelling import corrected; from pymorphy3 import dawg\n"
        f"_WORDS = {_WORDS.split()}\n"
        f"print(dawg.EXTENSION_AVAILABLE, {_ASKED})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    here = [
        (russian.lemmas(word), russian.bases(word), russian.known_beginning(word), corrected(word))
        for word in _WORDS.split()
    ]

    assert done.stdout.strip() == f"False {here}"


@pytest.mark.parametrize(("word", "length"), [("столы", 5), ("тоқаев", 2), ("елками", 6), ("казахстн", 7)])
def test_how_far_a_word_goes_like_one_of_the_dictionary(word, length):
    """Behind these letters a slip cannot have been made by one who meant a Russian word; «ё» may stand as «е»."""
    assert russian.known_beginning(word) == length


def test_known_words_are_found_in_order_whatever_is_asked():
    """Words of the dictionary, written with «е» for «ё» or not; nothing else is."""
    assert russian.known(("ёлка", "елка", "тоқаев", "стол", "президнет", "abc", "")) == ["ёлка", "елка", "стол"]
