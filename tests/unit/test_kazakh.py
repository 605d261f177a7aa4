"""Kazakh morphology: forms meet their stems, and not other words."""

import pytest

from bot.core.matching.analysis import analyse
from bot.core.matching.one_topic import match_one
from bot.core.matching.query import parse_query
from bot.language import kazakh
from bot.language.kazakh.suffixes import chains


@pytest.mark.parametrize(
    ("form", "stem"),
    [
        ("иранның", "иран"),
        ("иранмен", "иран"),
        ("қазақстанға", "қазақстан"),
        ("тоқаевтың", "тоқаев"),
        ("пезешкианның", "пезешкиан"),
        ("мектептеріміздегілерге", "мектеп"),
        ("ақш-тың", "ақш"),
        ("boeing-тың", "boeing"),
        ("нью-йоркте", "нью-йорк"),
        ("биылғы", "биыл"),
        ("израильдің", "израиль"),
    ],
)
def test_a_form_has_its_stem(form, stem):
    """Every legal stem of a form is among its stems, the form itself first."""
    found = kazakh.stems(form)

    assert found[0] == form
    assert stem in found


@pytest.mark.parametrize(
    ("base", "form"),
    [
        ("кітап", "кітабымыздағы"),
        ("халық", "халқының"),
        ("тілек", "тілегі"),
        ("факт", "фактісі"),
        ("минск", "минскіде"),
        ("король", "королі"),
        ("процесс", "процесінің"),
        ("съезд", "съезде"),
        ("орын", "орнына"),
    ],
)
def test_alternations_are_undone_on_the_query_side(base, form):
    """A base meets forms in which its end changed: voicing, elision, link vowel, soft sign, double letter."""
    assert kazakh.allomorphs(base) & set(kazakh.stems(form))


@pytest.mark.parametrize(("form", "other"), [("оның", "о"), ("онда", "он"), ("соны", "со"), ("ирактың", "иран")])
def test_closed_class_words_and_neighbours_have_no_false_stem(form, other):
    """Pronouns have no accidental stem, and one name is not another."""
    assert other not in kazakh.stems(form)


@pytest.mark.parametrize(
    ("typed", "base"),
    [("тарифтері", "тариф"), ("президентінің", "президент"), ("халқының", "халық"), ("иранмен", "иран")],
)
def test_a_topic_typed_inflected_has_its_base(typed, base):
    """A reader's inflected word gives the base that its topic is about."""
    assert base in kazakh.bases(typed)


@pytest.mark.parametrize("base", ["теңге", "оқиға", "баға", "адам", "білім", "қазақстан"])
def test_a_topic_typed_as_a_base_stays(base):
    """A word that only looks inflected is left alone."""
    assert not kazakh.bases(base)


def test_chains_keep_harmony_and_are_many():
    """No chain mixes back and front vowels, but for the invariant suffixes; the inventory is complete enough."""
    found = chains()
    mixed = [
        chain
        for chain in found
        if set(chain) & set("аы") and set(chain) & set("әі") and "нікі" not in chain and "кі" not in chain
    ]

    assert len(found) > 5_000
    assert not [chain for chain in mixed if "дікі" not in chain and "тікі" not in chain]


def test_an_endless_word_is_its_own_stem():
    """A word longer than any real one is not cut."""
    assert kazakh.stems("а" * 5_000) == ("а" * 5_000,)


@pytest.mark.parametrize(
    ("topic", "text", "meets"),
    [
        ("ет", "Кездесуде президент атап етті", False),
        ("ет", "Нарықта еттің бағасы өсті", True),
        ("айт", "Министр бұл туралы брифингте айтты", False),
        ("Құрбан айт", "Құрбан айтқа дайындық басталды", True),
        ("жастар", "Ол 13 жастағы бала", False),
        ("жастар", "Жастардың жаңа форумы өтті", True),
    ],
)
def test_verbs_and_plurals_of_their_own_are_not_taken_for_inflected_nouns(topic, text, meets):
    """«Айтты» is said, not the feast in the accusative; «жастар» is the youth."""
    assert (match_one(parse_query(topic), analyse("", text, "kk")) is not None) == meets
