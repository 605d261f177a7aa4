"""Settings come from the environment alone, are checked, and never show a secret."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.settings import Settings, variables

TOKEN = "123456:ABC-def_GHI"


def read(**variables_: str) -> Settings:
    """Return the settings of an environment that holds a token and these."""
    return Settings.from_env({"BOT_TOKEN": TOKEN, **variables_}, need_token=True)


def test_defaults():
    """With a token alone, every other setting has the documented default."""
    settings = read()

    assert settings.token is not None
    assert settings.token.reveal() == TOKEN
    assert settings.api_url == "https://api.telegram.org"
    assert settings.database_url == "sqlite:///jarshy.db"
    assert (settings.poll_min, settings.poll_max) == (timedelta(seconds=300), timedelta(days=1))
    assert settings.host_pause == timedelta(seconds=1)
    assert settings.send_rate == 25
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 8080)
    assert settings.sources_file is None
    assert settings.webhook_url is None
    assert settings.admin_ids == frozenset()
    assert settings.allowed_networks == ()
    assert (settings.keep_articles, settings.keep_outbox) == (timedelta(days=30), timedelta(days=7))
    assert (settings.log_format, settings.log_level) == ("text", "info")


def test_values():
    """Each variable is read into the value that it means."""
    settings = read(
        BOT_API_URL="http://127.0.0.1:8081/",
        SOURCES_FILE="my/sources.toml",
        HOST_PAUSE_SECONDS="0",
        FEED_ALLOW_NETWORKS="127.0.0.0/8, ::1",
        SEND_RATE="0.5",
        WEBHOOK_URL="https://example.org/hook",
        WEBHOOK_SECRET="s3cret",
        ADMIN_IDS=" 5, 7 ,",
        KEEP_OUTBOX_DAYS="1.5",
        LOG_FORMAT="JSON",
        LOG_LEVEL="Debug",
    )

    assert settings.api_url == "http://127.0.0.1:8081"
    assert settings.sources_file == Path("my/sources.toml")
    assert settings.host_pause == timedelta(0)
    assert settings.allowed_networks == (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    assert settings.send_rate == 0.5
    assert settings.webhook_url == "https://example.org/hook"
    assert settings.webhook_secret is not None
    assert settings.webhook_secret.reveal() == "s3cret"
    assert settings.admin_ids == {5, 7}
    assert settings.keep_outbox == timedelta(hours=36)
    assert (settings.log_format, settings.log_level) == ("json", "debug")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("BOT_API_URL", "api.telegram.org"),
        ("BOT_API_URL", "ftp://example.org"),
        ("BOT_API_URL", "http://example.org:99999"),
        ("BOT_API_URL", "http://[::1"),
        ("POLL_MIN_SECONDS", "0"),
        ("POLL_MIN_SECONDS", "90000"),
        ("POLL_MAX_SECONDS", "-5"),
        ("POLL_MAX_SECONDS", "1e400"),
        ("POLL_MAX_SECONDS", "1e300"),
        ("HOST_PAUSE_SECONDS", "-1"),
        ("HOST_PAUSE_SECONDS", "nan"),
        ("FEED_ALLOW_NETWORKS", "10.0.0.1/8"),
        ("FEED_ALLOW_NETWORKS", "home"),
        ("FEED_CONTACT", "почта"),
        ("FEED_CONTACT", "a\nb"),
        ("SEND_RATE", "fast"),
        ("SEND_RATE", "0"),
        ("WEBHOOK_URL", "example.org/hook"),
        ("WEBHOOK_SECRET", "with space"),
        ("HTTP_PORT", "65536"),
        ("HTTP_PORT", "8080.0"),
        ("ADMIN_IDS", "me"),
        ("ADMIN_IDS", "-5"),
        ("KEEP_ARTICLES_DAYS", "0"),
        ("KEEP_OUTBOX_DAYS", "x"),
        ("LOG_FORMAT", "xml"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_malformed(name: str, text: str):
    """A malformed value is an error that names the variable."""
    with pytest.raises(SettingsError) as caught:
        read(**{name: text})

    assert caught.value.message_id == "setting-malformed"
    assert str(caught.value).startswith(f"{name} is malformed: ")


def test_missing_token():
    """A token that is needed and absent, or empty, is an error that says how to get one."""
    for environment in ({}, {"BOT_TOKEN": ""}, {"BOT_TOKEN": "  "}):
        with pytest.raises(SettingsError, match="BotFather") as caught:
            Settings.from_env(environment, need_token=True)

        assert caught.value.message_id == "token-missing"


@pytest.mark.parametrize("text", ["secret", "123456", "123456:", ":abc", "12 34:abc", "123456:abc/def", "١٢٣:abc"])
def test_malformed_token(text: str):
    """A malformed token is an error that does not show it."""
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"BOT_TOKEN": text}, need_token=True)

    assert caught.value.message_id == "token-malformed"
    assert text not in repr(caught.value)
    assert caught.value.__suppress_context__


def test_token_that_is_not_needed():
    """Without need of a token none is read, so that a malformed one hinders nothing."""
    assert Settings.from_env({"BOT_TOKEN": "???"}, need_token=False).token is None


def test_secrets_stay_hidden():
    """Neither the settings nor a secret show secrets when printed."""
    settings = read(
        WEBHOOK_URL="https://example.org/hook", WEBHOOK_SECRET="s3cret", DATABASE_URL="postgresql://me:passw0rd@db/x"
    )

    for shown in (repr(settings), str(settings), f"{settings.token} {settings.token!r}"):
        assert TOKEN not in shown
        assert "s3cret" not in shown
        assert "passw0rd" not in shown


def test_webhook_needs_secret_and_server():
    """A webhook without a secret, or without the server that takes it, is an error."""
    with pytest.raises(SettingsError) as caught:
        read(WEBHOOK_URL="https://example.org/hook")
    assert caught.value.message_id == "webhook-secret-missing"

    with pytest.raises(SettingsError, match="HTTP_PORT"):
        read(WEBHOOK_URL="https://example.org/hook", WEBHOOK_SECRET="s", HTTP_PORT="0")


def test_dotenv_under_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """``.env`` fills what the environment leaves open; the environment wins; dollar signs mean themselves."""
    file = tmp_path / ".env"
    file.write_text("BOT_TOKEN=1:from-file\nSEND_RATE=3\n# no\nDATABASE_URL='postgresql://a:$b@c/d'\nEMPTY\n")
    monkeypatch.setenv("SEND_RATE", "4")
    monkeypatch.delenv("BOT_TOKEN", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)

    settings = Settings.load(file, need_token=True)

    assert settings.token is not None
    assert settings.token.reveal() == "1:from-file"
    assert settings.send_rate == 4
    assert settings.database_url == "postgresql://a:$b@c/d"


def test_dotenv_is_optional(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where there is no ``.env`` the environment is all."""
    monkeypatch.setenv("SEND_RATE", "4")

    assert Settings.load(tmp_path / ".env", need_token=False).send_rate == 4


def test_unreadable_dotenv(tmp_path: Path):
    """A ``.env`` that cannot be read is one clear error."""
    file = tmp_path / ".env"
    file.write_bytes(b"BOT_TOKEN=\xff\xfe")

    with pytest.raises(SettingsError, match="UTF-8"):
        Settings.load(file, need_token=False)
    with pytest.raises(SettingsError, match="cannot read"):
        Settings.load(tmp_path, need_token=False)


def test_table():
    """The settings table has one row for each variable, with a meaning."""
    table = variables()
    names = [variable.name for variable in table]

    assert len(names) == len(set(names))
    assert {"BOT_TOKEN", "DATABASE_URL", "FEED_CONTACT", "LOG_LEVEL"} <= set(names)
    assert all(variable.meaning for variable in table)
