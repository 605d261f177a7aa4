"""Every error that Jarshy raises on purpose.

::

    JarshyError
    ├── ReaderError            a reader's input; answered in the reader's language
    │   ├── TopicError
    │   ├── ScheduleError
    │   ├── ZoneError
    │   └── LimitError
    ├── FeedError              one fetch or one parse failed; the bot goes on
    ├── TaskFailedError        a task that the program cannot do without keeps failing; one line, exit code 1
    └── OperatorError          the program cannot start or go on; one line, exit code 2
        ├── SettingsError
        ├── CatalogueError     texts in ``locales`` or the catalogue of sources
        ├── StorageError
        │   ├── ReadingOnlyError
        │   └── DatabaseAwayError     } what may pass by itself:
        └── TelegramError             } ``run`` ends with exit code 1, to be started again
            └── TelegramAwayError     }

Each carries a ``message_id`` and the ``values`` that fill its text. A reader's errors are texts of the
catalogues in ``locales``; an operator's and a feed's are the English templates below, which no reader sees.
"""

from typing import ClassVar


class JarshyError(Exception):
    """The root: a message id and the values that fill its text."""

    texts: ClassVar[dict[str, str]] = {}

    def __init__(self, message_id: str, **values: object) -> None:
        super().__init__(message_id, values)
        self.message_id = message_id
        self.values = values

    def __str__(self) -> str:
        """Return the English text, or the message id and values where the text is a catalogue's."""
        template = self.texts.get(self.message_id)
        if template is None:
            return f"{self.message_id} {self.values}" if self.values else self.message_id
        return template.format(**self.values)


class ReaderError(JarshyError):
    """What a reader typed or pressed cannot be done; nothing was changed."""


class TopicError(ReaderError):
    """A topic that cannot be followed.

    Message ids: ``topic-empty``, ``topic-too-long`` (``limit``), ``topic-no-words``, ``topic-only-excluded``,
    ``topic-too-many-words`` (``limit``).
    """


class ScheduleError(ReaderError):
    """Hours or days that cannot be read. Message ids: ``schedule-unreadable``, ``quiet-unreadable`` (``text``)."""


class ZoneError(ReaderError):
    """No time zone, or no single one. Message ids: ``zone-unknown``, ``zone-many`` (``text``), ``zone-nowhere``."""


class LimitError(ReaderError):
    """More than a chat may have. Message ids: ``topics-limit`` (``limit``), ``articles-one-language``."""


class FeedError(JarshyError):
    """A feed could not be fetched or read, with the reason in one line."""

    texts: ClassVar[dict[str, str]] = {
        "feed-timeout": "no answer within {seconds} s",
        "feed-host-busy": "other requests held its host for {seconds} s",
        "feed-too-slow": "no feed was found within {seconds} s, and there was more to look at",
        "feed-unreachable": "cannot connect: {reason}",
        "feed-broken-answer": "the answer is broken: {reason}",
        "feed-too-large": "larger than {limit} bytes",
        "feed-too-many-redirects": "more than {limit} redirects",
        "feed-blocked-address": "address not allowed: {address}",
        "feed-bad-url": "not an address that can be fetched: {url}",
        "feed-status": "HTTP status {status}",
        "feed-unknown-host": "there is no host {host} to be found: {reason}",
        "feed-robots": "robots.txt does not allow {url}",
        "feed-robots-unread": "robots.txt cannot be read, so nothing of its host is: {reason}",
        "feed-encoding": "the body cannot be decoded: {reason}",
        "feed-empty": "the document is empty",
        "feed-not-a-feed": "not a feed: {reason}",
        "feed-parse-timeout": "not parsed within {seconds} s",
        "feed-parse-crashed": "the parser stopped: {reason}",
        "feed-no-file": "cannot read the file: {reason}",
        "feed-not-stored": "its entries could not be stored",
    }


class TaskFailedError(JarshyError):
    """A task that the program cannot do without keeps failing. ``str()`` is the one line; the exit code is 1.

    What caused it stands in the log. A service manager is to start the program again, unlike after exit code 2.
    """

    texts: ClassVar[dict[str, str]] = {
        "task-failed": "{task} failed {times} times in a row: the program ends, to be started again",
    }


class OperatorError(JarshyError):
    """The program cannot start or go on. ``str()`` is the one line for the operator; the exit code is 2."""


class SettingsError(OperatorError):
    """A setting is missing or malformed, or an argument of the command line is."""

    texts: ClassVar[dict[str, str]] = {
        "token-missing": "BOT_TOKEN is not set: open https://t.me/BotFather, send /newbot, and put the token that "
        "you get into the environment or into a file named .env (BOT_TOKEN=123456:ABC-def)",
        "token-malformed": "BOT_TOKEN is malformed: expected digits, a colon and letters (123456:ABC-def)",
        "setting-malformed": "{name} is malformed: {reason}",
        "webhook-secret-missing": "WEBHOOK_URL is set but WEBHOOK_SECRET is not: both are needed",
        "file-unreadable": "cannot read {path}: {reason}",
        "topics-file-line": "{path}, line {line}: nothing to look for in {text!r}",
        "port-taken": "cannot listen on {host}:{port}: {reason}",
    }


class CatalogueError(OperatorError):
    """Texts or sources are broken."""

    texts: ClassVar[dict[str, str]] = {
        "texts-missing": "no texts for {locale}: {path} is not there",
        "texts-broken": "the texts for {locale} are broken: {reason}",
        "sources-broken": "the catalogue of sources {path} is broken: {reason}",
        "concepts-broken": "the concept table {path} is broken: {reason}",
    }


class StorageError(OperatorError):
    """The database cannot be used."""

    texts: ClassVar[dict[str, str]] = {
        "database-url": "DATABASE_URL is malformed: expected sqlite:///file, sqlite:////absolute/file or postgresql://…",
        "database-password": "DATABASE_URL is malformed: in a user name or password write @ / ? # [ ] % and spaces "
        "as %40 %2F %3F %23 %5B %5D %25 %20",
        "database-unusable": "cannot use the database {url}: {reason}",
        "database-missing": "there is no database at {url}",
        "database-empty": "the database {url} is empty: the bot has never run on it",
        "database-older": "the database {url} is of an older version ({found}) than this program ({known}): "
        "start the bot, or run `jarshy migrate`",
        "backup-failed": "cannot write the backup {file}: {reason}",
        "database-locked": "another process already runs on {path}",
        "database-newer": "the database is of a newer version ({found}) than this program ({known})",
        "driver-missing": "PostgreSQL needs the extra: pip install 'jarshy[postgres]'",
    }


class ReadingOnlyError(StorageError):
    """Something was to be written in a reading; nothing was. A transaction is needed, or the database is read-only."""


class DatabaseAwayError(StorageError):
    """The database cannot be used now, which may pass by itself: it does not answer, is busy, or its disk is full."""


class TelegramError(OperatorError):
    """The Bot API cannot be used."""

    texts: ClassVar[dict[str, str]] = {
        "api-unreachable": "cannot reach the Bot API at {url} after {seconds} s of trying: {reason}",
        "api-refused": "the Bot API at {url} refused the token (BOT_TOKEN): {reason}",
        "menus-refused": "{parts} parts of the bot's menus were not set: {reason}",
        "webhook-unset": "the webhook could not be set or deleted: {reason}",
        "webhook-refused": "the Bot API did not take the webhook (WEBHOOK_URL): {reason}",
    }


class TelegramAwayError(TelegramError):
    """The Bot API does not answer, which may pass by itself."""
