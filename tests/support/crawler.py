"""Presses every button that the bot offers, and looks hard at every answer.

A *panel* is named after what showed it (a command, or the kind of button that was pressed); before each press the
database is put back to the moment at which the panel was shown, so no press spoils another.
"""

import re
import sqlite3
from collections import deque
from contextlib import ExitStack, closing
from dataclasses import astuple, dataclass

from babel.messages.pofile import read_po
from desk import Answer

from bot.core import actions
from bot.core.model import LOCALES
from bot.i18n import FOLDER
from bot.sandbox.entities import MAX_CAPTION, MAX_TEXT, parse
from handlers import COMMANDS
from handlers.flood import FloodGate

DEEP = 3
DEEPER = 5  # each kind of button once: a digest's story lies that deep
SHORT = 5  # letters: shorter pieces of a text stand inside of words of another language
CYRILLIC = re.compile("[Ѐ-ӿ]")
MESSAGE_ID = re.compile(r"\b(?:button|command|setting|topic|source|zone|mode|mark|header|story|card)-[a-z-]+\b")
MISTAKES = ("button-stale", "error-unexpected", "admins-only", "flood", "command-unknown", "errands-busy")
_WORDS = frozenset({"step", "part", "setting", "mode", "change", "purpose", "days", "on", "locale"})


@dataclass(frozen=True)
class Panel:
    """What was shown, how it was reached, and the database as it was then."""

    path: tuple[str, ...]
    answers: list[Answer]
    moment: sqlite3.Connection


class Crawler:
    """Walks through a desk in one language."""

    def __init__(self, desk, path, language, *, everything):
        self._desk = desk
        self._path = path
        self._language = language
        self._everything = everything
        self._mistakes = [str(desk.texts.translator(language, "UTC")(name)) for name in MISTAKES]
        self._known = frozenset()
        self._foreign = {}
        self._moments = ExitStack()
        self.pressed = {}
        self.problems = []

    async def walk(self, roots, *, known):
        """Show each root and press on; ``known`` are texts that stand as readers and outlets wrote them."""
        with self._moments:
            return await self._walk(roots, known)

    async def _walk(self, roots, known):
        self._known = {word for text in known for word in _words(text)}
        self._foreign = {locale: self._foreign_texts(locale) for locale in LOCALES}
        start = self._keep()
        queue = deque()
        for name, show in roots.items():
            self._put_back(start)
            answers = await show()
            self._look(name, answers, said="")
            queue.append(Panel((name,), answers, self._keep()))
        while queue:
            panel = queue.popleft()
            for key, data in self._fresh(panel):
                found = await self._press(panel, key, data)
                if len(panel.path) < (DEEP if self._everything else DEEPER):
                    queue.append(Panel((*panel.path, key), found, self._keep()))
        return self.pressed

    def _fresh(self, panel):
        for answer in panel.answers:
            for button in (each for row in answer.keyboard for each in row if each.url is None):
                key = kind(button.data)
                # Everything: each button of each panel as it looks; otherwise each kind once for each kind of panel.
                seen = (panel.path[-1], answer.html, button.data) if self._everything else (panel.path[-1], key)
                if seen not in self.pressed:
                    self.pressed[seen] = " > ".join((*panel.path, key))
                    yield key, button.data

    async def _press(self, panel, key, data):
        self._put_back(panel.moment)
        self._desk.callbacks.clear()
        answers = await self._desk.press(None, "", data=data, language=self._language)
        self._look(" > ".join((*panel.path, key)), answers, said=self._desk.callbacks[-1][1])
        return answers

    # ------------------------------------------------------------------------------------------------- looking

    def _look(self, where, answers, *, said):
        if not answers and not said:
            self.problems.append(f"{where}: silence")
        for text in (said, *(answer.text for answer in answers)):
            self._check_words(where, text)
            if any(mistake in text for mistake in self._mistakes):
                self.problems.append(f"{where}: {text}")
        for answer in answers:
            self._check_limits(where, answer)
            for label in answer.buttons:
                self._check_words(where, label)

    def _check_words(self, where, text):
        if MESSAGE_ID.search(text) or re.search(r"[{}]", text):
            self.problems.append(f"{where}: a name in place of a text: {text}")
        spoken = self._spoken()
        # What stands in quotation marks is an article's own word, or its base form.
        said = re.sub("“[^”]*”", "", text)
        strange = [word for word in _words(said) if CYRILLIC.search(word) and word not in self._known]
        if spoken == "en" and strange:
            self.problems.append(f"{where}: not English: {strange} in {text}")
        for alien in self._foreign[spoken]:
            if alien in text:
                self.problems.append(f"{where}: not {spoken}: {alien!r} in {text}")

    def _spoken(self):
        """Return the language that the chat speaks now: a press may have changed it."""
        with closing(sqlite3.connect(self._path)) as database:
            row = database.execute("SELECT locale FROM chat WHERE id = 7").fetchone()
        return row[0] if row else self._language

    def _foreign_texts(self, language):
        """Return pieces of the other catalogues that this one does not have: none may reach its readers."""
        ours = "\n".join(_pieces(language))
        others = {piece for other in LOCALES if other != language for piece in _pieces(other)}
        return [
            piece
            for piece in sorted(others)
            if len(piece) > SHORT and piece not in ours and not self._known.issuperset(_words(piece))
        ]

    def _check_limits(self, where, answer):
        limit = MAX_CAPTION if answer.file else MAX_TEXT
        try:
            text, _ = parse(answer.html, "HTML", limit=limit)
        except Exception as error:  # noqa: BLE001 - whatever Telegram's parser would not take is a finding
            self.problems.append(f"{where}: not Telegram's HTML: {error}")
            return
        rows = answer.keyboard
        if not text.strip() or len(rows) > 100 or any(not 1 <= len(row) <= 8 for row in rows):
            self.problems.append(f"{where}: beyond Telegram's limits")
        if any(
            not button.text.strip() or "<" in button.text or "&amp;" in button.text for row in rows for button in row
        ):
            self.problems.append(f"{where}: a button is empty, or shows markup: {answer.buttons}")

    # ---------------------------------------------------------------------------------------------- the moment

    def _keep(self):
        kept = self._moments.enter_context(closing(sqlite3.connect(":memory:")))
        with closing(sqlite3.connect(self._path)) as source:
            source.backup(kept)
        return kept

    def _put_back(self, moment):
        with closing(sqlite3.connect(self._path)) as target:
            moment.backup(target)
        self._desk.dispatcher._gate = FloodGate("jarshy_bot", COMMANDS)


def kind(data):
    """Return what a button does, without the numbers and texts that it does it to."""
    action = actions.decode(actions.split_channel(data)[1])
    words = [str(value) for name, value in zip(type(action).__slots__, astuple(action), strict=True) if name in _WORDS]
    return " ".join((type(action).__name__, *words))


def _words(text):
    return re.findall(r"[^\W\d_]+", text.casefold())


def _pieces(language):
    with (FOLDER / language / "LC_MESSAGES" / "jarshy.po").open("rb") as file:
        for message in read_po(file):
            texts = [message.string] if isinstance(message.string, str) else list(message.string)
            for text in texts if message.id else ():
                plain = re.sub(r"<[^>]+>", "\n", text).replace("&lt;", "<").replace("&gt;", ">")
                yield from (piece.strip(" :.,«»“”·") for piece in re.split(r"\{\w+\}|\n|(?<=[.!?])\s", plain))
