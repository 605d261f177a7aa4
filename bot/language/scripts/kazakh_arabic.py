"""Kazakh in Arabic script («töte jazu») to Cyrillic.

Nine vowels share five letters: a high hamza (ٴ) before the word, or a ك, گ or ە inside it, makes its vowels front.
"""

import re

from bot.language.scripts.kazakh_latin import mend_loan

# Letters of neighbours' alphabets that Kazakh lacks: Persian ه ی ک, Uyghur ې ۈ ئ, Arabic ة ذ ض ظ ث ط ص أ إ.
_FOREIGN = frozenset("هیکېۈئةذضظثطصأإ")
_TELLING = frozenset("ەۇۋڭىٴۆ")
_HAMZA = "ٴ\u0621"
_FRONT_MAKERS = frozenset("كگە")
_BACK_MAKERS = frozenset("قع")
_JOTATED = re.compile("(?<=[аоұы])йе")  # «توقايەۆ» is «Тоқаев»; «жүйе» keeps its й
_WORD = re.compile(rf"[{_HAMZA}ؠ-يٱ-ۓە-ۥ]+")

_CONSONANTS = {
    "ب": "б", "ۆ": "в", "گ": "г", "ع": "ғ", "د": "д", "ج": "ж", "ز": "з", "ك": "к", "ق": "қ", "ل": "л",
    "م": "м", "ن": "н", "ڭ": "ң", "پ": "п", "ر": "р", "س": "с", "ت": "т", "ۋ": "у", "ف": "ф", "ح": "х",
    "ھ": "һ", "چ": "ч", "ش": "ш", "ە": "е", "ی": "й",
}  # fmt: skip
_BACK = {"ا": "а", "و": "о", "ۇ": "ұ", "ى": "ы"}
_FRONT = {"ا": "ә", "و": "ө", "ۇ": "ү", "ى": "і"}
_VOWELS = frozenset("аәоөұүыіеуи")
_MARKS = str.maketrans("،؛؟۔٠١٢٣٤٥٦٧٨٩", ",;?.0123456789", "\u200c\u200d\u0640")


def is_kazakh(text: str) -> bool:
    """Tell Kazakh from the other languages that are written in Arabic script."""
    letters = [letter for letter in text if "\u0600" <= letter <= "\u06ff" and letter.isalpha()]
    telling = sum(letter in _TELLING for letter in letters)
    foreign = sum(letter in _FOREIGN for letter in letters)
    return telling * 6 > len(letters) and foreign * 25 < len(letters)


def to_cyrillic(text: str) -> str:
    """Spell every Arabic-script word of ``text`` in Cyrillic; sentences begin with a small letter, as there."""
    return _WORD.sub(lambda match: _word(match.group()), text.translate(_MARKS))


def _word(word: str) -> str:
    marked = word[0] in _HAMZA
    bare = word.strip(_HAMZA).replace(_HAMZA[0], "")
    letters = set(bare)
    front = marked or (bool(_FRONT_MAKERS & letters) and not _BACK_MAKERS & letters)
    # Without a hamza «ا» is «а», and back from there on, unless ك or گ alone makes the word front (كاسىپ).
    alef_is_back = not marked and ("ە" in letters or not front)
    spelled: list[str] = []
    for at, letter in enumerate(bare):
        if letter in _BACK_MAKERS or (letter == "ا" and (alef_is_back or (not marked and bare[at - 1] not in "كگ"))):
            front = False
        elif letter in _FRONT_MAKERS:
            front = True
        if letter == "ي":
            spelled.append("й" if spelled and spelled[-1] in _VOWELS else "и")
        else:
            vowels = _FRONT if front else _BACK
            spelled.append(vowels.get(letter) or _CONSONANTS.get(letter, letter))
    return _joined("".join(spelled))


def _joined(word: str) -> str:
    """Write «йа, йу, иа» as «я, ю, ия», and mend the beginnings of loans."""
    word = word.replace("йа", "я").replace("йу", "ю").replace("иа", "ия").replace("тс", "ц")
    word = _JOTATED.sub("е", word)
    return mend_loan(re.sub("^ия", "я", re.sub(r"^и(?=[аоұыу])", "й", word).replace("йа", "я")))
