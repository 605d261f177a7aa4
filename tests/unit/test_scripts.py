"""Scripts: folding, look-alikes, and Kazakh in Latin and Arabic script."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.scripts import fold, kazakh_cyrillic, kazakh_cyrillic_variants, kazakh_latin, repair_homoglyphs

_PARALLEL = Path(__file__).parents[2] / "../shared/data/parallel/ntrex_dev.jsonl"

_CYRILLIC = "Қазақстан Республикасының Президенті бүгін шетелге ресми сапармен барды. Бұл туралы Ақорда хабарлады"
_SPELLED = {
    "acutes": "Qazaqstan Respýblıkasynyń Prezıdenti búgin shetelge resmı saparmen bardy. Bul týraly Aqorda habarlady",
    "umlauts": "Qazaqstan Respublikasınıñ Prezidenti bügin şetelge resmi saparmen bardı. Būl turalı Aqorda habarladı",
    "apostrophes": "Qazaqstan Respy'bli'kasynyn' Prezi'denti bu'gin s'etelge resmi' saparmen bardy. Bul ty'raly Aqorda "
    "habarlady",
    "informal": "Qazaqstan Respublikasynyng Prezidenti bugin shetelge resmi saparmen bardy. Bul turaly "
    "Aqorda habarlady",
    "informal without q": "Kazakstan Respublikasynyn Prezidenti bugin shetelge resmi saparmen bardy. Bul turaly "
    "Akorda habarlady",
}


def _sentences(locale: str) -> list[str]:
    if not _PARALLEL.exists():
        pytest.skip("the parallel texts are not beside the project")
    lines = _PARALLEL.read_text(encoding="utf-8").splitlines()
    return [sentence for line in lines for sentence in json.loads(line)[locale]]


def test_folding_drops_what_only_kazakh_has() -> None:
    """Kazakh letters become their Russian likes, in both cases."""
    assert fold("қазағының өңірүұһі") == "казагынын онируухи"
    assert fold("ЁЛКА ӘҢГІМЕ") == "ЕЛКА АНГИМЕ"


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    """Folding is idempotent and keeps the length."""
    assert fold(fold(text)) == fold(text)
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("mixed", "repaired"),
    [
        ("Aстана", "Астана"),
        ("бiздiң", "біздің"),
        ("мəселе", "мәселе"),
        ("Вoeing", "Boeing"),
        ("Yкімет", "Үкімет"),
        ("Boeing-тың", "Boeing-тың"),
        ("COVID", "COVID"),
        ("Астана", "Астана"),
        ("Қаzақстан", "Қаzақстан"),
    ],
)
def test_look_alikes_are_repaired_in_mixed_words_only(mixed: str, repaired: str) -> None:
    """A stray letter of the other script goes over; words of one script, and joined words, stay."""
    assert repair_homoglyphs(mixed) == repaired


@given(st.text())
def test_repair_never_fails_and_keeps_length(text: str) -> None:
    """Whatever the text, letters are exchanged one for one."""
    assert len(repair_homoglyphs(text)) == len(text)


@pytest.mark.parametrize("alphabet", _SPELLED)
def test_kazakh_in_latin_comes_out_in_cyrillic(alphabet: str) -> None:
    """Each of the alphabets gives the Cyrillic text back, up to folded letters."""
    found = kazakh_cyrillic(_SPELLED[alphabet])

    assert found is not None
    assert fold(found).lower() == fold(_CYRILLIC).lower()


def test_kazakh_in_arabic_script_comes_out_in_cyrillic() -> None:
    """The high hamza and the front consonants make vowels front."""
    text = (
        "قازاقستان رەسپۋبليكاسىنىڭ پرەزيدەنتى ۇكىمەت وتىرىسىن وتكىزدى. ءبىز ءۇشىن بۇل ماڭىزدى، دەدى مەملەكەت باسشىسى."
    )

    assert kazakh_cyrillic(text) == (
        "қазақстан республикасының президенті үкімет отырысын өткізді. біз үшін бұл маңызды, деді мемлекет басшысы."
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123 — !?",
        "The president of Kazakhstan met his counterpart in Astana on Monday.",
        "Men, bar, ten: a dance club in Qatar.",
        "Cumhurbaşkanı Erdoğan bugün Ankara'da düzenlenen törende konuştu ve yeni projeleri anlattı.",
        "Oʻzbekiston Respublikasi Prezidenti yil yakunlari haqida gapirib oʻtdi va yangi vazifalarni belgiladi.",
        "Prezident Rossii segodnya vstretilsya s ministrom inostrannyh del i obsudil plany na god.",
        "Қазақстан Президенті бүгін үкімет отырысын өткізді.",
        "رئيس الجمهورية يلتقي وزير الخارجية في القاهرة اليوم لبحث العلاقات الثنائية بين البلدين",
        "رئیس جمهور ایران امروز با وزیر امور خارجه قزاقستان در تهران دیدار و گفتگو کرد",
        "شىنجاڭ ئۇيغۇر ئاپتونوم رايونىنىڭ رەئىسى بۈگۈن ئۈرۈمچىدە سۆز قىلدى",
    ],
)
def test_other_languages_are_left_alone(text: str) -> None:
    """English, Turkish, Uzbek, Russian in Latin, Arabic, Persian, Uyghur and Cyrillic Kazakh give None."""
    assert kazakh_cyrillic(text) is None


def test_english_sentences_are_never_taken_for_kazakh() -> None:
    """None of a thousand English news sentences is read as Kazakh."""
    assert [sentence for sentence in _sentences("en") if kazakh_cyrillic(sentence)] == []


@pytest.mark.parametrize(
    ("word", "spelling"),
    [
        ("Qazaqstan", "қазақстан"),
        ("Toqaev", "тоқаев"),
        ("Júmabaı", "жүмабай"),
        ("Şymkent", "шымкент"),
        ("Shymkent", "шымкент"),
        ("zhanga", "жаңга"),
        ("jan'a", "жаңа"),
        ("ekonomika", "экономика"),
        ("قازاقستان", "қазақстан"),
    ],
)
def test_a_latin_word_has_its_cyrillic_spelling(word: str, spelling: str) -> None:
    """The spelling is among the readings, up to folded letters."""
    assert fold(spelling) in {fold(reading) for reading in kazakh_cyrillic_variants(word)}


@pytest.mark.parametrize("word", ["қазақ", "", "123", "-", "Aстана"])
def test_only_latin_and_arabic_words_have_readings(word: str) -> None:
    """Cyrillic, mixed and letterless words give nothing."""
    assert kazakh_cyrillic_variants(word) == ()


@given(st.text(max_size=200))
def test_any_text_is_read_without_failing(text: str) -> None:
    """Transliteration never fails, and readings are few and in lower case."""
    kazakh_cyrillic(text)
    kazakh_latin.to_cyrillic(text)
    readings = kazakh_cyrillic_variants(text)

    assert len(readings) <= 12
    assert all(reading == reading.lower() for reading in readings)
