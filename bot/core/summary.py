"""A summary of two whole sentences, without the agency's furniture: datelines, "read also", repeated headlines."""

import re

SENTENCES = 2
_LONGEST = 420
"""Characters: two sentences past this become one, and a single longer one is cut at a word."""
_BOILERPLATE_LINE = 200
"""Characters of a line past which it is prose, however it begins."""
_AGENCIES = (
    r"kazinform|qazinform|казинформ|қазақпарат|казахпарат|qazaqparat|kaztag|казтаг|тасс|tass|риа\s+новости|reuters|"
    r"interfax(?:-[\w]+)?|интерфакс(?:-[\w]+)?|afp|ap|bloomberg|sputnik(?:\s+қазақстан|\s+казахстан)?|trend|akipress|"
    r"[\w-]+\.(?:kz|kg|uz|com|media|ru)|the\s+astana\s+times|the\s+times\s+of\s+central\s+asia|xinhua|синьхуа|dpa|рбк"
)
_CAPITALS = r"[A-ZА-ЯЁӘІҢҒҮҰҚӨҺÄÖÜŞĞÑÚÝ]"
_TOWN = rf"{_CAPITALS}[\w.’'-]+(?:[\s/-]+{_CAPITALS}[\w.’'-]+){{0,3}}"
_SHOUTED_TOWN = rf"{_CAPITALS}{{2,}}(?:[\s/-]+{_CAPITALS}{{2,}}){{0,3}}"
_DAY = r"\d{1,2}\s+[^\W\d_]{3,10}\.?(?:\s+\d{4})?|[A-Z][a-z]{2,8}\.?\s+\d{1,2}(?:,?\s+\d{4})?"
_DASH = r"\s*(?:[—–:]|--?(?=\s)|\s-\s?)\s*"
_DATELINES = tuple(
    re.compile(pattern)
    for pattern in (
        # АСТАНА. KAZINFORM — · Алматы. 11 желтоқсан. ҚазАқпарат - · LONDON (Reuters) - · МОСКВА, 11 дек — РИА Новости.
        rf"^(?:{_TOWN}[.,]?\s*)?(?:[.,(/]?\s*(?:{_DAY})[.,)/]?\s*)?[(/]?(?i:{_AGENCIES})[)/]?{_DASH}(?=\S)",
        rf"^{_TOWN}[.,]?\s*(?:{_DAY})[.,]?{_DASH}(?:(?i:{_AGENCIES})[.,]\s*)?(?=\S)",
        # ASTANA — · ALMATY, Kazakhstan —
        rf"^{_SHOUTED_TOWN}(?:,\s*{_TOWN})?\s*[—–-]\s+(?=\S)",
        rf"^{_TOWN}\.\s*(?i:{_AGENCIES})\.\s*(?=\S)",
    )
)
_BOILERPLATE = re.compile(
    r"^\W*(?:читайте\s+также|читать\s+(?:далее|полностью|ещё|еще|также)|подробнее|смотрите\s+также|ранее\s+мы\s+писали|"
    r"подпис(?:ывайтесь|аться)|фото\s*:|видео\s*:|источник\s*:|сообщение\s.+появил(?:ось|ись)\s+(?:сначала\s+)?на|"
    r"запись\s.+впервые\s+появилась|об\s+этом\s+(?:сообщает|сообщили|передает|передаёт|пишет|информирует)\s|"
    r"тағы\s+оқыңыз|оқи\s+отырыңыз|толығырақ|сондай-ақ\s+оқыңыз|жазылыңыз|фото\s+ашық|"
    r"бұл\s+туралы\s.{0,90}хабарлай?ды|read\s+(?:also|more|the\s+full|next)|see\s+also|continue\s+reading|"
    r"the\s+post\s.+(?:appeared\s+first|first\s+appeared)\s+on|photo\s*(?:credit)?\s*:|subscribe\s|sign\s+up\s)",
    re.IGNORECASE,
)
_INLINE_MORE = re.compile(
    r"\s*(\[?(?:…|\.\.\.)\]?\s*)?(?:читать\s+далее|подробнее|толығырақ|read\s+more|continue\s+reading)\W*$",
    re.IGNORECASE,
)
_CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|&hellip;)\s*$")
_END = re.compile(r"[.!?…]+[\"'»”’)\]]*(?=\s+[\"'«“„‘(\[—–-]*\s*[\w])")
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


def sentences(text: str) -> list[str]:
    """Split prose into sentences. Abbreviations, initials, figures and addresses with points do not end one."""
    found, start = [], 0
    for end in _END.finditer(text):
        if _ends_sentence(text, start, end):
            found.append(text[start : end.end()].strip())
            start = end.end()
    return [sentence for sentence in (*found, text[start:].strip()) if sentence]


def without_dateline(text: str) -> str:
    """Drop the place, day and agency that news open with: «АСТАНА. KAZINFORM —»."""
    for pattern in _DATELINES:
        shorter = pattern.sub("", text, count=1)
        if shorter != text:
            return shorter[:1].upper() + shorter[1:]
    return text


def without_boilerplate(text: str) -> str:
    """Drop the lines that lead elsewhere («Читайте также: …»): their words are not the article's."""
    return "\n".join(line for line in text.split("\n") if len(line) > _BOILERPLATE_LINE or not _BOILERPLATE.match(line))


def summarise(text: str, title: str = "") -> str:
    """Return the first two whole sentences of ``text`` that say something; the empty text where none does.

    Left out: datelines, boilerplate and "read also" lines, the headline repeated, a sentence that the feed cut off
    (unless it is the only one: then it ends in "…").
    """
    kept: list[str] = []
    cut_off = ""
    for line in text.split("\n"):
        for sentence in sentences(without_dateline(_INLINE_MORE.sub(_cut_mark, line.strip()))):
            if _says_nothing(sentence, title):
                continue
            if _CUT_OFF.search(sentence):
                cut_off = cut_off or sentence
                continue
            kept.append(sentence)
            if len(kept) == SENTENCES:
                return _bounded(kept)
    return _bounded(kept) if kept else _cut(_CUT_OFF.sub("", cut_off), always=True) if cut_off else ""


def _cut_mark(more: re.Match[str]) -> str:
    return "…" if more[1] else ""


def _ends_sentence(text: str, start: int, end: re.Match[str]) -> bool:
    after = text[end.end() :].lstrip().lstrip("\"'«“„‘([—–- ")
    if end[0] != "." or not after:
        return not after or not after[0].islower()
    word = text[start : end.start()].rsplit(None, 1)[-1:]
    last = word[0].lstrip("\"'«“„‘([").lower() if word else ""
    if last in _ABBREVIATIONS:
        # «… 2025 г. Президент …» may end a sentence, «им. Абая» does not: a year or a figure before tells.
        return last in {"г", "ж", "тг", "млн", "млрд", "тыс", "a.m", "p.m"} and after[0].isupper()
    if len(last) == 1 and last.isalpha():
        return False
    return not after[0].islower()


def _says_nothing(sentence: str, title: str) -> bool:
    words = _words(sentence)
    return not words or _BOILERPLATE.match(sentence) is not None or words == _words(title)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _bounded(kept: list[str]) -> str:
    whole = " ".join(kept)
    return whole if len(whole) <= _LONGEST else _cut(kept[0], always=False)


def _cut(sentence: str, *, always: bool) -> str:
    if len(sentence) > _LONGEST:
        sentence, always = sentence[:_LONGEST].rsplit(None, 1)[0], True
    return sentence.rstrip(" ,;:—–-.") + "…" if always else sentence
