"""The command line: its grammar, and what each command calls."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from bot import __version__, env_values, logs
from bot.errors import DatabaseAwayError, OperatorError, SettingsError, TaskFailedError, TelegramAwayError
from bot.settings import Settings

EXIT_FAILED = 1
EXIT_OPERATOR = 2
MAY_PASS = (DatabaseAwayError, TelegramAwayError)


def parser() -> argparse.ArgumentParser:
    """Return the grammar of the command line."""
    root = argparse.ArgumentParser(prog="jarshy", description="News digests in Kazakh, Russian and English.")
    root.add_argument("--version", action="version", version=f"jarshy {__version__}")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="run the bot")
    run.add_argument("--roles", default="updates,ingest,digests,delivery", help="what this process does, by commas")

    demo = commands.add_parser("demo", help="run the bot on a local sandbox, in the browser")
    demo.add_argument("--port", default="8090", help="port of the page (default %(default)s; 0 takes a free one)")
    demo.add_argument("--no-browser", action="store_true", help="do not open the browser")

    preview = commands.add_parser("preview", help="print the digest that topics would get")
    preview.add_argument("--topic", action="append", required=True, dest="topics", metavar="Q")
    preview.add_argument("--language", choices=("kk", "ru", "en"), default="ru")
    preview.add_argument(
        "feeds", nargs="*", metavar="FEED_OR_FILE", help="addresses or files; the catalogue by default"
    )

    match = commands.add_parser("match", help="match articles, as JSON lines on standard input, against topics")
    match.add_argument("--topics", type=Path, required=True, metavar="FILE", help="one topic a line")
    match.add_argument("--explain", action="store_true", help='add "why": the words that met each topic')

    commands.add_parser("stories", help="group articles, as JSON lines on standard input, by story")

    parse = commands.add_parser("parse", help="print what feeds say, one JSON line each")
    parse.add_argument("--base", default="", metavar="URL", help="base of relative addresses")
    parse.add_argument("sources", nargs="+", metavar="FILE_OR_URL")

    sources = commands.add_parser("sources", help="look at the catalogue of sources")
    of_sources = sources.add_subparsers(dest="verb", required=True, metavar="VERB")
    check = of_sources.add_parser("check", help="ask each source and say how it answers")
    check.add_argument("--file", type=Path, metavar="F", help="a catalogue in place of the one in use")

    migrate = commands.add_parser("migrate", help="bring the database up to date, or move it to another")
    migrate.add_argument("--from", dest="source", metavar="URL", help="the database that is to be moved")
    migrate.add_argument("--to", dest="target", metavar="URL", help="an empty database")

    backup = commands.add_parser("backup", help="write the database, running or not, into a SQLite file")
    backup.add_argument("file", type=Path, metavar="FILE")

    commands.add_parser("stats", help="print how much there is of what")
    return root


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and exit with its code."""
    options = parser().parse_args(arguments)
    try:
        code = _run(options)
    except OperatorError as error:
        print(f"jarshy: {error}", file=sys.stderr)
        # What may pass by itself is a reason for the service manager to start the bot again, as nothing else is.
        code = EXIT_FAILED if options.command == "run" and isinstance(error, MAY_PASS) else EXIT_OPERATOR
    except TaskFailedError as error:
        print(f"jarshy: {error}", file=sys.stderr)
        code = EXIT_FAILED
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; there is nobody to tell
        code = 1
    sys.exit(code)


def _run(options: argparse.Namespace) -> int:  # noqa: PLR0911 - one for each command
    """Call the command. Each is imported when it is called: ``match`` needs no Telegram, ``run`` no parser of lines."""
    match options.command:
        case "run":
            return _serve(options)
        case "demo":
            return _demo(options)
        case "match":
            from bot.cli.match import match  # noqa: PLC0415

            return match(options.topics, explain=options.explain)
        case "stories":
            from bot.cli.stories import stories  # noqa: PLC0415

            return stories()
        case "parse":
            from bot.cli.parse import parse  # noqa: PLC0415

            return asyncio.run(parse(options.sources, base=options.base))
        case "sources":
            from bot.cli.sources import check  # noqa: PLC0415

            return asyncio.run(check(_settings(options), options.file))
        case "preview":
            from bot.cli.preview import preview  # noqa: PLC0415

            return asyncio.run(preview(_settings(options), options.topics, options.language, options.feeds))
        case "migrate":
            from bot.cli.database import migrate  # noqa: PLC0415

            return asyncio.run(migrate(_settings(options), options.source, options.target))
        case "backup":
            from bot.cli.database import backup  # noqa: PLC0415

            return asyncio.run(backup(_settings(options), options.file))
        case _:
            from bot.cli.database import stats  # noqa: PLC0415

            return asyncio.run(stats(_settings(options)))


def _settings(options: argparse.Namespace) -> Settings:
    need_token = options.command == "run" and bool({"updates", "delivery"} & set(options.roles.split(",")))
    settings = Settings.load(need_token=need_token)
    logs.configure(settings.log_format, settings.log_level, secrets=_secrets(settings))
    return settings


def _secrets(settings: Settings) -> list[str]:
    return [secret.reveal() for secret in (settings.token, settings.webhook_secret) if secret]


def _serve(options: argparse.Namespace) -> int:
    settings = _settings(options)  # before the imports, which take a second: what is wrong is said at once
    from bot import app  # noqa: PLC0415
    from bot.program import Role  # noqa: PLC0415

    try:
        roles = [Role(name.strip()) for name in options.roles.split(",")]
    except ValueError:
        known = ", ".join(Role)
        parser().error(f"--roles: {options.roles!r} holds a role that is none of {known}")
    logs.log_uncaught()
    asyncio.run(app.serve(settings, roles))
    return 0


def _demo(options: argparse.Namespace) -> int:
    try:
        port = env_values.port(options.port)
    except ValueError as error:
        raise SettingsError("setting-malformed", name="--port", reason=error) from None
    from bot.demo import demo  # noqa: PLC0415

    logs.configure("text", "warning")
    asyncio.run(demo(port, open_browser=not options.no_browser))
    return 0
