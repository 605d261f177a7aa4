"""What the renderer needs of a language, as a Protocol; ``bot.i18n`` implements it over the catalogues."""

from datetime import datetime, time
from typing import Protocol

from markupsafe import Markup

from bot.core.model import Locale


class Translator(Protocol):
    """Texts, dates and numbers for one reader: bound to a locale and a time zone."""

    @property
    def locale(self) -> Locale:
        """The reader's language."""
        ...

    @property
    def zone(self) -> str:
        """The reader's IANA time zone."""
        ...

    def __call__(self, message_id: str, /, **values: object) -> Markup:
        """Return the text of that id as Telegram HTML; values are escaped unless they are ``Markup`` themselves."""
        ...

    def count(self, message_id: str, number: int, /, **values: object) -> Markup:
        """Return the text in the plural form that the number asks for; the number is its value ``{n}``."""
        ...

    def day(self, at: datetime) -> str:
        """Return the local date in words, without the year: «11 желтоқсан»."""
        ...

    def weekday_and_day(self, at: datetime) -> str:
        """Return the local weekday and date in words."""
        ...

    def clock(self, at: datetime) -> str:
        """Return the local time of day: «08:30»."""
        ...

    def when(self, at: datetime, now: datetime) -> str:
        """Return the local time; of another day, the date and time; of another year, the date with its year."""
        ...

    def place(self, zone: str) -> str:
        """Return the city that a zone is called after, in the reader's language; «UTC+5» where there is none."""
        ...

    def weekday(self, index: int) -> str:
        """Return the name of a day of the week, 0 for Monday."""
        ...

    def hour(self, at: time) -> str:
        """Return a time of day that is local already."""
        ...
