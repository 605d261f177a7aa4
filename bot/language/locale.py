"""The three languages that Jarshy reads, named by their ISO 639-1 codes."""

from typing import Literal

Locale = Literal["kk", "ru", "en"]
LOCALES: tuple[Locale, ...] = ("kk", "ru", "en")
