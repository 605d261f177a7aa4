"""Kazakh in Latin script to Cyrillic: the alphabets of 2017, 2018 and 2021, and the informal ones.

The alphabets give one letter several values, so a text's alphabet is settled first, by letters that only it has:
acutes á ǵ ń ó ú ý (2018), umlauts ä ğ ñ ö ş ū ü (2021), apostrophes a' g' n' (2017); what has none is informal.
"""

import re
from collections.abc import Mapping
from enum import Enum

_APOSTROPHES = str.maketrans("’‘ʼʻ`´′", "'''''''")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]*)*")
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
    "shsh": "щ", "şş": "щ",
}  # fmt: skip
_OWN: Mapping[Alphabet, Mapping[str, str]] = {
    Alphabet.ACUTES: {"ı": "и", "ıa": "я", "ıý": "ю", "ts": "ц"},
    Alphabet.UMLAUTS: {"y": "й", "u": "у", "ya": "я", "yu": "ю", "ia": "ия"},
    Alphabet.APOSTROPHES: {"i'": "и", "i'a": "я", "i'y'": "ю"},
    Alphabet.INFORMAL: {"zh": "ж", "gh": "ғ", "kh": "х", "yi": "ы", "ya": "я", "yu": "ю", "ye": "е", "ts": "ц"},
}
_TABLES = {alphabet: {**_COMMON, **own} for alphabet, own in _OWN.items()}
# Letters that tell the alphabet; «q» alone is in all of them.
_TELLING = {
    Alphabet.ACUTES: re.compile("[áǵńúý]|ó"),
    Alphabet.UMLAUTS: re.compile("[äğñşūü]|ö"),
    Alphabet.APOSTROPHES: re.compile("[agnosu]'(?=[a-z])"),
}
# Loans that begin with «э»: no Latin alphabet has a letter for it.
_LOAN_E = re.compile(
    "^е(?=кон|кол|лект|нерг|ксп|кст|кскур|кспр|пид|мисс|фир|тик|мигр|волю|леват|стет|стон|квад|фиоп|кран|лит|мбарг|таж|похa)"
)


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
    return _WORD.sub(lambda match: _cased(match.group(), _word(match.group().lower(), alphabet, has_q)), text)


def variants(word: str) -> list[str]:
    """Return the readings of one word in all alphabets that its letters allow, the likeliest first."""
    low = word.lower().translate(_APOSTROPHES)
    first = alphabet_of(low)
    alphabets = [first]
    if first is Alphabet.INFORMAL:
        alphabets += [Alphabet.ACUTES, Alphabet.UMLAUTS]
    readings = [_word(low, alphabet, has_q) for alphabet in alphabets for has_q in ("q" in low, True)]
    # Informal «i» is also «и», «y» also «й»; «s», «c» often stand for «ш».
    readings += [readings[0].replace("ы", "й"), readings[0].replace("й", "ы"), readings[0].replace("ия", "иа")]
    readings += [_LOAN_E.sub("э", reading) for reading in readings[:1]]
    return list(dict.fromkeys(readings))


def _word(low: str, alphabet: Alphabet, has_q: bool) -> str:
    if _is_foreign(low, alphabet):
        return low
    table = _TABLES[alphabet]
    spelled: list[str] = []
    at = 0
    while at < len(low):
        size = next((size for size in (4, 3, 2, 1) if low[at : at + size] in table), 0)
        spelled.append(table[low[at : at + size]] if size else low[at].replace("'", ""))
        at += size or 1
    word = _glides("".join(spelled), alphabet)
    if not has_q:
        word = _back_consonants(word)
    return _LOAN_E.sub("э", word)


def _is_foreign(low: str, alphabet: Alphabet) -> bool:
    """Tell names and brands that kept their own spelling: Kazakh Latin has no bare c, no w and no x."""
    if alphabet is Alphabet.INFORMAL:
        return False
    return bool(re.search(r"c(?![h'])|[wx]", low))


def _glides(word: str, alphabet: Alphabet) -> str:
    """Tell «и» from «й» and «у» from «ұ, ү» by the neighbours, where the alphabet writes them with one letter."""
    if alphabet in (Alphabet.ACUTES, Alphabet.APOSTROPHES):
        word = re.sub("(?<=[аәоөұүыіеэ])и(?![аеыі])|(?<=[аәоөұүыіеэ])и(?=[аеыі])|^и(?=[аоұы])", "й", word)
    if alphabet is Alphabet.UMLAUTS:
        word = re.sub("ій|ый(?=[^аеыіоөұү]|$)", lambda found: found.group() if found.end() == len(word) else "и", word)
        word = re.sub("(?<![аәоөұүыіеуиэюя])й(?=[^аәоөұүыіеуиэюя]|$)", "и", word)
    if alphabet is Alphabet.INFORMAL:
        word = re.sub("(?<=[аәоөұүіеэ])ы|^ы(?=[аоұеі])", "й", word)
        word = re.sub("(?<=[аәоөе])і(?=[^аәоөұүыіе]|$)", "й", word)
        word = re.sub("(?<=[аәоөұүыіе])ұ|ұ(?=[аәоөұүыіе])|ұ$", "у", word)
        word = re.sub("ң?нг$", "ң", word)
    return word.replace("йа", "я").replace("йу", "ю")


def _back_consonants(word: str) -> str:
    """Choose қ, ғ for k, g beside back vowels, and front vowels for i, u in front words: informal «Kazakstan»."""
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

# Written without й/и, ғ/г distinctions that informal spelling loses: compared by `_plain`.
_FUNCTION_WORDS = """
және бұл үшін деп деген деді дейді болды болып болған болады бойынша туралы екен емес еді осы соның оның олар біз сіз
мен бар жоқ жыл жылы жылғы жылдың көп сондай соң кейін дейін басқа үлкен жаңа облысы облысында облыстық қала қаласы
қаласында елі еліміз мемлекет мемлекеттік мемлекеттер президент президенті министр министрі министрлігі қазақ қазақстан
қазақстанның республикасы республикасының адам бүгін қазір керек тиіс арасында қарай сәйкес арқылы өз өзінің барлық
халықаралық ұлттық үкімет үкіметі халық халқы жұмыс мәселе мәселелер ретінде отыр жатыр тұр келді барды берді алды
айтты айтып хабарлады мәлімдеді өтті өткен өтеді биыл былтыр бірақ сонымен қатар тағы түрлі негізгі бірінші екінші
жағдай жағдайда ақпарат сайын кезде кезінде дағы теңге миллион миллиард мың күні күн айы қыркүйек қазан қараша
желтоқсан қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз
""".split()
_OTHER_WORDS = frozenset(
    "the of and to in is for on that with as at by from was are has have be its this will an it or not his said after "
    "over new i us we he they you but which who more than into about out up can all been were their her had would "
    "ve için ile olarak değil çok daha bu bir kadar sonra türkiye olan oldu etti va bilan uchun ham haqida yil lekin "
    "həm üçün ilə edir olub kimi və i v na s po za iz ne chto eto kak dlya ot der die das und le la les des et".split()
)
_ENDINGS = re.compile(
    "..(?:[ндт][ыі]ң|[лдт][ае]р|[лдт][ае]р[ыі]|[ыіс][ыі]?н(?:д[ае]|[ае]н|[ае])|[лдт][ае]р[ыі]м[еі]н|[дт][аея][гғ][ыі]|"
    "[аей]д[ыі]|[гғкқ][ае]н|[лдт][ыі][кқ]|[ыі]м[еі]н|[гғкқ][ае]|[дтн][ае]н|[мбп]ен|[ыі]п|с[ыі]|л[ыі])$"
)
_PLAIN = str.maketrans("ғқңәөұүіһйэ", "гкнаоууыхые")
_FEWEST_SIGNS = 0.3


def _plain(word: str) -> str:
    return word.translate(_PLAIN).replace("и", "ы")


_PLAIN_FUNCTION_WORDS = frozenset(_plain(word) for word in _FUNCTION_WORDS)


def is_kazakh(text: str) -> bool:
    """Tell Kazakh in Latin script from the languages that it may stand beside: English, Russian, Turkish, Uzbek."""
    alphabet = alphabet_of(text)
    words = [match.group().lower() for match in _WORD.finditer(text.translate(_APOSTROPHES))]
    if not words:
        return False
    return sum(_sign(word, alphabet) for word in words) / len(words) >= _FEWEST_SIGNS


def _sign(word: str, alphabet: Alphabet) -> float:
    """Weigh what one word says: positive for Kazakh, negative for another language."""
    if word in _OTHER_WORDS:
        return -1.0
    if re.search(r"[wx]|c(?![h'])|qu|th|oo|ee|tion$|ing$|ed$|ly$", word):
        return -0.5
    cyrillic = _word(word, alphabet, "q" in word)
    if _plain(cyrillic) in _PLAIN_FUNCTION_WORDS:
        return 1.0
    ending = bool(_ENDINGS.search(cyrillic)) and len(cyrillic) > 4
    letter = bool(re.search(r"[qǵğńáäñşū]|[gn]'(?!s$)", word))
    return 0.6 * ending + 0.4 * letter
