"""A summary of two whole sentences, without the agency's furniture: datelines, "read also", repeated headlines."""

import re
from collections.abc import Iterator
from itertools import islice

from bot.core.bounds import SUMMARY_LOOKED_AT

SENTENCES = 2
_LONGEST = 420
"""Characters: two sentences past this become one, and a single longer one is cut at a word."""
_NEAR = 60  # characters beside a point that tell whether it ends a sentence
_PIECE = 3  # words from which on a repetition is no chance
_MOST_LOOKED_AT = 500  # sentences
_BOILERPLATE_LINE = 200
"""Characters of a line past which it is prose, however it begins."""
_AGENCIES = (
    r"kazinform|qazinform|казинформ|қазақпарат|казахпарат|qazaqparat|kaztag|казтаг|тасс|tass|риа\s+новости|reuters|"
    r"interfax(?:-[\w]+)?|интерфакс(?:-[\w]+)?|afp|ap|bloomberg|sputnik(?:\s+қазақстан|\s+казахстан)?|trend|akipress|"
    r"[\w-]{2,30}\.(?:kz|kg|uz|com|media|ru)|egemen\s+qazaqstan|егемен\s+қазақстан|the\s+astana\s+times|"
    r"the\s+times\s+of\s+central\s+asia|xinhua|синьхуа|dpa|рбк"
)
_HEAD = 200
"""Characters of a line in which a dateline may stand."""
_CAPITAL = r"[A-ZА-ЯЁӘІҢҒҮҰҚӨҺÄÖÜŞĞÑÚÝ]"
# Possessive, and no separator within a word: there is one way to read a town, however long the feed makes it.
_WORD = rf"{_CAPITAL}[\w.’']*+"
_TOWN = rf"{_WORD}(?:[\s/-]++{_WORD}){{0,3}}(?:\s+қ(?:\.|аласы))?"
_SHOUTED_TOWN = rf"{_CAPITAL}{{2,}}+(?:[\s/-]++{_CAPITAL}{{2,}}+){{0,3}}"
_DAY = r"\d{1,2}\s+[^\W\d_]{3,10}\.?(?:\s+\d{4})?|[A-Z][a-z]{2,8}\.?\s+\d{1,2}(?:,?\s+\d{4})?"
_NEAR_DAY = rf"(?:[.,(/]?\s*(?:{_DAY})[.,)/]?\s*)?"
_DASH = r"\s*(?:[—–:]|--?(?=\s)|\s-\s?)\s*"
_AGENCY = rf"[(/«\"]?(?i:{_AGENCIES})[)/»\"]?"
_BYLINE = rf"(?:\s*/[^/\n]{{3,60}}/|,(?:\s+{_CAPITAL}\w*+){{2}})?"
_DATELINES = tuple(
    re.compile(pattern)
    for pattern in (
        # АСТАНА. KAZINFORM — · Алматы. 11 желтоқсан. ҚазАқпарат /Айгүл Серікова/ - · BISHKEK, Kyrgyzstan (AP) —
        # МОСКВА, 11 дек — РИА Новости. · МОСКВА, 11 декабря. /ТАСС/. · Kazinform.
        rf"^(?:{_TOWN}(?:,\s*{_TOWN})?[.,]?\s*)?{_NEAR_DAY}(?:[—–-]\s*)?{_AGENCY}{_BYLINE}(?:{_DASH}|\.\s+)(?=\S)",
        rf"^\((?i:{_AGENCIES})\)\s*(?=\S)",
        # Астана қ., 11 желтоқсан –
        rf"^{_TOWN}[.,]*\s*(?:{_DAY})[.,]?{_DASH}(?=\S)",
        # ASTANA — · ALMATY, Kazakhstan — · ALMATY (TCA) —
        rf"^{_SHOUTED_TOWN}(?:,\s*{_TOWN})?(?:\s*\([^()\n]{{2,20}}\))?\s*[—–-]\s+(?=\S)",
    )
)
_BOILERPLATE = re.compile(
    r"^\W{0,20}(?:читайте\s+также|читать\s+(?:далее|полностью|ещё|еще|также)|подробнее|смотрите\s+также|"
    r"(?:ещё|еще)\s+по\s+теме|по\s+теме\s*:|ранее\s+мы\s+писали|подпи(?:сывайтесь|саться|шитесь)|"
    r"больше\s+новостей|(?:самые\s+)?(?:важные|главные)\s+новости\s+в\b|нашли\s+ошибку|выделите\s+(?:её|ее|текст)|поделиться\s*$|реклама\s*$|"
    r"(?:(?:иллюстративное\s+)?фото|видео|источник|сурет|фотосурет|дереккөз)\s*:|"
    r"сообщение\s.{1,150}появил(?:ось|ись)\s+(?:сначала\s+)?на|запись\s.{1,150}впервые\s+появилась|"
    r"об\s+этом\s+(?:сообщает|сообщили|передает|передаёт|пишет|информирует)\s|"
    r"тағы\s+(?:да\s+)?оқыңыз|оқи\s+отырыңыз|толығырақ|сондай-ақ\s+оқыңыз|жазылыңыз|фото\s+ашық|өзге\s+де\s+жаңалықтар|"
    r"(?:бізге|біздің|жаңалықтарды|telegram).{0,60}(?:жазылыңыз|оқыңыз)|"
    r"бұл\s+туралы\s.{0,90}хабарлай?ды|read\s+(?:also|more|the\s+full|next)|see\s+also|continue\s+reading|"
    r"the\s+post\s.{1,150}(?:appeared\s+first|first\s+appeared)\s+on|photo\s*(?:credit)?\s*:|subscribe\s|sign\s+up\s|"
    r"©|advertisement\s*$)",
    re.IGNORECASE,
)
_INLINE_MORE = re.compile(
    r"(?<!\s)\s*+(\[?(?:…|\.\.\.)\]?\s*)?(?:читать\s+далее|подробнее|толығырақ|read\s+more|continue\s+reading)\W{0,20}$",
    re.IGNORECASE,
)
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|&hellip;)\s*$")
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'»”’)\]]*+(?=\s++[\"'«“„‘(\[—–-]*+\s*+\w)")
_ABBREVIATIONS = frozenset(
    [
        "г",
        "гг",
        "в",
        "вв",
        "т",
        "тт",
        "д",
        "др",
        "пр",
        "ул",
        "им",
        "обл",
        "р",
        "с",
        "стр",
        "рис",
        "см",
        "тыс",
        "млн",
        "млрд",
        "трлн",
        "руб",
        "тг",
        "тел",
        "просп",
        "акад",
        "проф",
        "ст",
        "п",
        "пп",
        "н",
        "э",
        "мкр",
        "корп",
        "ж",
        "жж",
        "ғ",
        "ғғ",
        "т.б",
        "б.з.б",
        "мың",
        "сағ",
        "мин",
        "сек",
        "мыс",
        "қ",
        "көш",
        "даң",
        "бл",
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "no",
        "vs",
        "jr",
        "sr",
        "prof",
        "gen",
        "col",
        "sen",
        "rep",
        "gov",
        "inc",
        "ltd",
        "co",
        "corp",
        "dept",
        "est",
        "fig",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "u.s",
        "u.k",
        "u.n",
        "e.g",
        "i.e",
        "a.m",
        "p.m",
        "т.е",
        "т.к",
        "т.д",
        "т.п",
    ],
)


def sentences(text: str) -> Iterator[str]:
    """Yield the sentences of prose. Abbreviations, initials, figures and addresses with points do not end one."""
    start = 0
    for end in _END.finditer(text):
        if _ends_sentence(text, start, end):
            if sentence := text[start : end.end()].strip():
                yield sentence
            start = end.end()
    if sentence := text[start:].strip():
        yield sentence


def without_dateline(text: str) -> str:
    """Drop the place, day and agency that news open with: «АСТАНА. KAZINFORM —»."""
    for pattern in _DATELINES:
        if found := pattern.match(text, 0, _HEAD):
            rest = text[found.end() :]
            return rest[:1].upper() + rest[1:]
    return text


def without_boilerplate(text: str) -> str:
    """Drop the lines that lead elsewhere («Читайте также: …»): their words are not the article's."""
    return "\n".join(line for line in text.split("\n") if len(line) > _BOILERPLATE_LINE or not _BOILERPLATE.match(line))


def summarise(text: str, title: str = "") -> str:
    """Return the first two whole sentences of ``text`` that say something; the empty text where none does.

    Left out: datelines, boilerplate and "read also" lines, the headline repeated, a sentence that the feed cut off
    (unless it is the only one: then it ends in "…").
    """
    named = _words(title)
    kept: list[str] = []
    said = ""  # the words of what is kept, with spaces around each
    cut_off = ""
    for sentence in islice(_sentences_of_lines(text[:SUMMARY_LOOKED_AT]), _MOST_LOOKED_AT):
        words = _words(sentence)
        if not words or words == named or _BOILERPLATE.match(sentence) or _is_repeated(words, said):
            continue
        if _CUT_OFF.search(sentence):
            cut_off = cut_off or sentence
            continue
        kept.append(sentence)
        if len(kept) == SENTENCES:
            break
        said = f" {' '.join(words)} "
    return _bounded(kept) if kept else _cut(_CUT_OFF.sub("", cut_off), always=True) if cut_off else ""


def _sentences_of_lines(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield from sentences(without_dateline(_INLINE_MORE.sub(_cut_mark, line.strip())))


def _cut_mark(more: re.Match[str]) -> str:
    return "…" if more[1] else ""


def _ends_sentence(text: str, start: int, end: re.Match[str]) -> bool:
    after = text[end.end() : end.end() + _NEAR].lstrip().lstrip("\"'«“„‘([—–- ")
    if end[0] != "." or not after:
        return not after or not after[0].islower()
    word = text[max(start, end.start() - _NEAR) : end.start()].rsplit(None, 1)[-1:]
    last = word[0].lstrip("\"'«“„‘([").lower() if word else ""
    if last in _ABBREVIATIONS:
        # «… 2025 г. Президент …» may end a sentence, «им. Абая» does not: a year or a figure before tells.
        return last in {"г", "ж", "тг", "млн", "млрд", "тыс", "a.m", "p.m"} and after[0].isupper()
    if len(last) == 1 and last.isalpha():
        return False
    return not after[0].islower()


def _is_repeated(words: list[str], said: str) -> bool:
    """Tell a sentence that was said before, or a piece of one: a description often repeats the text's beginning."""
    piece = f" {' '.join(words)} "
    return piece == said or (len(words) >= _PIECE and piece in said)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _bounded(kept: list[str]) -> str:
    whole = " ".join(kept)
    return whole if len(whole) <= _LONGEST else _cut(kept[0], always=False)


def _cut(sentence: str, *, always: bool) -> str:
    if len(sentence) > _LONGEST:
        sentence, always = sentence[:_LONGEST].rsplit(None, 1)[0], True
    return sentence.rstrip(" ,;:—–-.") + "…" if always else sentence
