"""Names of months, by the letters that all their forms and abbreviations begin with.

English, Russian, and Kazakh in Cyrillic (with and without its own letters) and in the Latin alphabets of 2018 and 2021.
"""

_NAMES = (
    "jan янв қаң кан qań qan",
    "feb фев ақп акп aqp",
    "mar мар нау naý nau",
    "apr апр сәу сау sáý sáu säu sau",
    "may май мая маем мае мам mam",
    "jun июн мау maý mau",
    "jul июл шіл шил shil şıl shıl",
    "aug авг там tam",
    "sep сен қыр кыр qyr",
    "oct окт қаз каз qaz",
    "nov ноя қар кар qar",
    "dec дек жел jel",
)

MONTH_PREFIXES: tuple[tuple[str, int], ...] = tuple(
    (prefix, number) for number, names in enumerate(_NAMES, start=1) for prefix in names.split()
)
