"""Kazakh in Latin script to Cyrillic: the alphabets of 2017, 2018 and 2021, and the informal ones.

The alphabets give one letter several values, so a text's alphabet is settled first, by letters that only it has:
acutes á ǵ ń ó ú ý (2018), umlauts ä ğ ñ ö ş ū ü (2021), apostrophes a' g' n' (2017); what has none is informal.
"""

import re
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache

_APOSTROPHES = str.maketrans("’‘ʼʻ`´′", "'''''''")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]*)*")
_MAX_WORD = 60  # letters; longer ones are no words
_VOWELS = frozenset("аәоөұүыіеуиэюя")
_BACK = frozenset("аоұы")
_FRONT = frozenset("әөүіе")


class Alphabet(Enum):
    """Which letters stand for the Kazakh sounds that Latin lacks."""

    ACUTES = "2018"
    UMLAUTS = "2021"
    APOSTROPHES = "2017"
    INFORMAL = "informal"


_COMMON = {
    "a": "а", "b": "б", "d": "д", "e": "е", "f": "ф", "g": "г", "h": "х", "i": "і", "j": "ж", "k": "к", "l": "л",
    "m": "м", "n": "н", "o": "о", "p": "п", "q": "қ", "r": "р", "s": "с", "t": "т", "u": "ұ", "v": "в", "w": "у",
    "y": "ы", "z": "з", "c": "ц", "x": "х", "sh": "ш", "ch": "ч", "á": "ә", "ä": "ә", "ǵ": "ғ", "ğ": "ғ", "ġ": "ғ",
    "ń": "ң", "ñ": "ң", "ŋ": "ң", "ó": "ө", "ö": "ө", "ú": "ү", "ü": "ү", "ū": "ұ", "ý": "у", "ş": "ш", "ç": "ч",
    "ı": "ы", "ə": "ә", "a'": "ә", "g'": "ғ", "n'": "ң", "o'": "ө", "u'": "ү", "s'": "ш", "c'": "ч", "y'": "у",
    "shsh": "щ", "şş": "щ", "tsh": "тш",
}  # fmt: skip
_OWN: Mapping[Alphabet, Mapping[str, str]] = {
    Alphabet.ACUTES: {"ı": "и", "ıý": "ю"},
    Alphabet.UMLAUTS: {"y": "й", "u": "у", "ya": "я", "yu": "ю"},
    Alphabet.APOSTROPHES: {"i'": "и", "i'y'": "ю"},
    Alphabet.INFORMAL: {"zh": "ж", "gh": "ғ", "kh": "х", "ya": "я", "yu": "ю"},
}
_TABLES = {alphabet: {**_COMMON, **own} for alphabet, own in _OWN.items()}
# The longest first; an apostrophe that belongs to no letter goes.
_LETTERS = {
    alphabet: re.compile("|".join([*sorted(table, key=len, reverse=True), "'"])) for alphabet, table in _TABLES.items()
}
_SHYI = re.compile("(?<=[^aeou'])yi")  # «shyi», as in addresses of pages, is «шы»
_TS = re.compile("^ts(?!h)|ts(?=[iıy])")
# Letters that tell the alphabet; «q» alone is in all of them.
_TELLING = {
    Alphabet.ACUTES: re.compile("[áǵńúý]|ó"),
    Alphabet.UMLAUTS: re.compile("[äğñşūü]|ö"),
    Alphabet.APOSTROPHES: re.compile("[agnosu]'(?=[a-z])"),
}
# No Latin alphabet has letters for «э» and «ь»: common loans get theirs back, by the beginnings of the words.
_LOAN_E = re.compile(
    "^е(?=[кқ](?:[оө]н|[оө]л|сп|ст|скурс|вад|ран)|лект|нерг|пид|мисс|фир|т[иі][кқ]|м[иі]гр|волю|леват|стет|стон"
    "|ф[иі]оп|л[иі]т|мбарг|таж|поха)"
)
_LOAN_SIGNS = {
    "премер": "премьер", "компютер": "компьютер", "ф[иі]лм": "фильм", "албом": "альбом", "медал(?!и)": "медаль",
    "контрол(?!л)": "контроль", "автомоб[иі]л": "автомобиль", "мултф": "мультф", "консулт": "консульт",
    "алп[иі]н": "альпин", "фа[кқ]улт": "факульт", "фест[иі]вал": "фестиваль", "асфалт": "асфальт", "скулпт": "скульпт",
}  # fmt: skip
_LOAN = re.compile("|".join(f"({bare})" for bare in _LOAN_SIGNS))
_MENDED = tuple(_LOAN_SIGNS.values())


def alphabet_of(text: str) -> Alphabet:
    """Return the alphabet that most telling letters of ``text`` belong to."""
    low = text.lower().translate(_APOSTROPHES)
    counts = {alphabet: len(telling.findall(low)) for alphabet, telling in _TELLING.items()}
    best = max(counts, key=lambda alphabet: counts[alphabet])
    if counts[best]:
        return best
    return Alphabet.UMLAUTS if "ı" in low else Alphabet.INFORMAL


def to_cyrillic(text: str, alphabet: Alphabet | None = None) -> str:
    """Spell the words of ``text`` in Cyrillic. Words with letters that Kazakh Latin lacks stay as they are."""
    alphabet = alphabet or alphabet_of(text)
    has_q = "q" in text.lower()
    text = text.translate(_APOSTROPHES)
    return _WORD.sub(lambda match: _respelled(match.group(), alphabet, has_q), text)


def _respelled(word: str, alphabet: Alphabet, has_q: bool) -> str:
    return word if len(word) > _MAX_WORD else _cased(word, _word(word.lower(), alphabet, has_q))


def variants(word: str) -> list[str]:
    """Return the readings of one word in all alphabets that its letters allow, the likeliest first."""
    low = word.lower().translate(_APOSTROPHES)[:_MAX_WORD]
    first = alphabet_of(low)
    others = [Alphabet.ACUTES, Alphabet.UMLAUTS] if first is Alphabet.INFORMAL else []
    readings = [_word(low, alphabet, has_q) for alphabet in (first, *others) for has_q in ("q" in low, True)]
    # Writers mix the alphabets: «y» is «ы» or «й», «ng» is «ң» or «нг», whatever the other letters are.
    plain = readings[0]
    readings += [plain.replace("ы", "й"), plain.replace("й", "ы"), plain.replace("нг", "ң")]
    if "y" in low:
        readings.append(_word(low.replace("y", "ı"), Alphabet.UMLAUTS, has_q=True))
    return list(dict.fromkeys(readings))


@lru_cache(maxsize=20_000)
def _word(low: str, alphabet: Alphabet, has_q: bool) -> str:
    if _is_foreign(low, alphabet):
        return low
    if alphabet is Alphabet.INFORMAL:
        low = _SHYI.sub("y", low)
    table = _TABLES[alphabet]
    spelled = _LETTERS[alphabet].sub(lambda letters: table.get(letters.group(), ""), _TS.sub("c", low))
    word = _glides(spelled, alphabet)
    return mend_loan(word if has_q else _back_consonants(word))


def mend_loan(word: str) -> str:
    """Give a loan that was spelled without «э» and «ь» its letters back: «економика» -> «экономика»."""
    if word.startswith("е"):
        return _LOAN_E.sub("э", word)
    loan = _LOAN.match(word)
    return word if loan is None else _MENDED[(loan.lastindex or 0) - 1] + word[loan.end() :]


def _is_foreign(low: str, alphabet: Alphabet) -> bool:
    """Tell names and brands that kept their own spelling: Kazakh Latin has no bare c, no w and no x."""
    if alphabet is Alphabet.INFORMAL:
        return False
    return bool(re.search(r"c(?![h'])|[wx]", low))


def _glides(word: str, alphabet: Alphabet) -> str:
    """Tell «и» from «й» and «у» from «ұ, ү» by the neighbours, where the alphabet writes them with one letter."""
    for pattern, letters in _GLIDES[alphabet]:
        word = pattern.sub(letters, word)
    if word.startswith("йе"):
        word = word[1:]
    return word.replace("йа", "я").replace("йу", "ю").replace("ійя", "ия")


_DOTTED_I = (("(?<=[аәоөұүыіеэуи])иа|^иа", "я"), ("(?<=[аәоөұүыіеэ])и|^[иі](?=[аоұыу])", "й"))
_GLIDES = {
    alphabet: tuple((re.compile(pattern), letters) for pattern, letters in rules)
    for alphabet, rules in {
        Alphabet.ACUTES: _DOTTED_I,
        Alphabet.APOSTROPHES: _DOTTED_I,
        Alphabet.UMLAUTS: (
            ("[ыі]й(?=[^аеыіоөұүя])", "и"),
            ("[ыі]й$", "ий"),
            ("(?<![аәоөұүыіеуиэюя])й(?=[^аәоөұүыіеуиэюя]|$)", "и"),
        ),
        Alphabet.INFORMAL: (
            ("(?<=[аәоөұүіеэ])ы(?=[аоұеі])|^ы(?=[аоұеі])", "й"),
            ("(?<=[аәоөұүыіе])ұ|ұ(?=[аәоөұүыіе])|ұ$", "у"),
            ("(?<=[аәоөеэ])ы|(?<=і)ы$", "й"),
            ("(?<=[аәоөе])і(?=[^аәоөұүыіе]|$)", "й"),
            ("^[ұу]ы(?=[^аеыі]|$)", "үй"),
            ("нг(?=[^аәоөұүыіеия]|$)", "ң"),
        ),
    }.items()
}


def _back_consonants(word: str) -> str:
    """Choose қ, ғ for k, g beside back vowels, and front vowels for i, u in front words: informal «Kazakstan»."""
    if "к" not in word and "г" not in word:
        return word
    letters = list(word)
    for at, letter in enumerate(letters):
        if letter in "кг":
            near = next((near for near in (*word[at + 1 : at + 2], *word[:at][::-1]) if near in _VOWELS), "")
            if near in _BACK:
                letters[at] = "қ" if letter == "к" else "ғ"
    return "".join(letters)


def _cased(original: str, spelled: str) -> str:
    if original.isupper() and len(original) > 1:
        return spelled.upper()
    return spelled[:1].upper() + spelled[1:] if original[:1].isupper() else spelled


# --------------------------------------------------------------------------------------- is it Kazakh at all?

# Compared by `_plain`, without the distinctions that informal spelling loses.
_FUNCTION_WORDS = """
және бұл үшін деп деген деді дейді болды болып болған болады бойынша туралы екен емес еді осы соның оның олар біз сіз
мен бар жоқ жыл жылы жылғы жылдың көп сондай соң кейін дейін басқа үлкен жаңа облысы облысында облыстық қала қаласы
қаласында елі еліміз мемлекет мемлекеттік мемлекеттер президент президенті министр министрі министрлігі қазақ қазақстан
қазақстанның республикасы республикасының адам бүгін қазір керек тиіс арасында қарай сәйкес арқылы өз өзінің барлық
халықаралық ұлттық үкімет үкіметі халық халқы жұмыс мәселе мәселелер ретінде отыр жатыр тұр келді барды берді алды
айтты айтып хабарлады мәлімдеді өтті өткен өтеді биыл былтыр бірақ сонымен қатар тағы түрлі негізгі бірінші екінші
жағдай жағдайда ақпарат сайын кезде кезінде дағы теңге миллион миллиард мың күні күн айы қыркүйек қазан қараша
желтоқсан қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз сияқты бұрын қайта олардың олардан қатысты немесе себебі
жоғары бірнеше беру болатын бойы екенін оны мүмкін алайда байланысты жерде біздің алып болса көмек жауап сондықтан
жатқан екі үш төрт бес алты жеті сегіз тоғыз он әлі өте тек ғана бізде оған бастап шығып келген барған қалған айтқан
""".split()  # noqa: SIM905 - words, not code
_OTHER_WORDS = frozenset(  # English; Turkish, Uzbek, Azeri; Russian in Latin letters; German, French
    "the of and to in is for on that with as at by from was are has have be its this will an it or not his said after "  # noqa: SIM905
    "over new i us we he they you but which who more than into about out up can all been were their her had would "
    "ve için ile olarak değil çok daha bu kadar sonra türkiye olan oldu etti va bilan uchun ham haqida yil lekin "
    "həm üçün ilə edir olub kimi və i v na s po za iz chto eto kak dlya ot der die das und le la les des et".split()
)
_ENDINGS = re.compile(
    "..(?:[ндт][ыі]ң|[лдт][ае]р|[лдт][ае]р[ыі]|[ыіс][ыі]?н(?:д[ае]|[ае]н|[ае])|[лдт][ае]р[ыі]м[еі]н|[дт][аея][гғ][ыі]|"
    "[аей]д[ыі]|[гғкқ][ае]н|[лдт][ыі][кқ]|[ыі]м[еі]н|[гғкқ][ае]|[дтн][ае]н|[мбп]ен|[ыі]п|с[ыі]|л[ыі])$"
)
_PLAIN = str.maketrans("ғқңәөұүіһйэ", "гкнаоууыхые")
_NOT_KAZAKH = re.compile(r"[wxçʻ‘]|c(?![h'])|qu|th|oo|ee|tion$|ing$|ed$|ly$")
# How much a word must say on average (measured on NTREX): an alphabet with letters of its own shows itself (.38 and
# more in articles; Uzbek with its apostrophes stays at .13), informal Latin less (.13 and more in articles of 30 words;
# English sentences reach .16, Russian in Latin letters .20, in articles both stay below 0).
_FEWEST_SIGNS = 0.25
_FEWEST_SIGNS_INFORMAL = ((30, 0.12), (8, 0.2), (1, 0.3))


def _plain(word: str) -> str:
    return word.translate(_PLAIN).replace("и", "ы")


_PLAIN_FUNCTION_WORDS = frozenset(_plain(word) for word in _FUNCTION_WORDS)


def is_kazakh(text: str) -> bool:
    """Tell Kazakh in Latin script from the languages that it may stand beside: English, Russian, Turkish, Uzbek."""
    alphabet = alphabet_of(text)
    words = [match.group().lower() for match in _WORD.finditer(text.translate(_APOSTROPHES))]
    if not words:
        return False
    needed = _FEWEST_SIGNS
    if alphabet is Alphabet.INFORMAL:
        needed = next(signs for fewest, signs in _FEWEST_SIGNS_INFORMAL if len(words) >= fewest)
    return sum(_sign(word, alphabet) for word in words) / len(words) >= needed


@lru_cache(maxsize=20_000)
def _sign(word: str, alphabet: Alphabet) -> float:
    """Weigh what one word says: positive for Kazakh, negative for another language."""
    if word in _OTHER_WORDS:
        return -1.0
    cyrillic = _word(word, alphabet, "q" in word)
    if len(word) > 2 and _plain(cyrillic) in _PLAIN_FUNCTION_WORDS:  # noqa: PLR2004 - shorter ones are anyone's
        return 1.0
    if _NOT_KAZAKH.search(word):
        return -0.5
    ending = bool(_ENDINGS.search(cyrillic)) and len(cyrillic) > 4  # noqa: PLR2004 - a stem before the ending
    letter = bool(re.search(r"[qǵğńáäñşū]|[gn]'(?!s$)", word))
    return 0.6 * ending + 0.4 * letter
