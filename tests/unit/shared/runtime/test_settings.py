"""A wrong or missing setting gives one line with the variable and the correction."""

import base64
from pathlib import Path

import pytest

from shared.runtime.settings import (
    BrokerSettings,
    FeedSettings,
    PostgresSettings,
    SealingSettings,
    TokenSettings,
    WebSettings,
    load,
)

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(32)).decode()
BROKER = "amqp://janji:secret@127.0.0.1:5672/janji"
DATABASE = "postgres://janji:secret@127.0.0.1:5432/requests"


class Settings(PostgresSettings, BrokerSettings, SealingSettings, WebSettings):
    """What a service's main.py puts together."""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"DATABASE_URL": DATABASE, "MASTER_KEY": KEY, "PORT": "8001"}.items():
        monkeypatch.setenv(f"JANJI_{name}", value)
    monkeypatch.delenv("JANJI_BROKER_URL", raising=False)


def refused(
    capsys: pytest.CaptureFixture[str], kind: type[Settings | TokenSettings | FeedSettings]
) -> str:
    with pytest.raises(SystemExit) as stopped:
        load(kind)
    assert stopped.value.code == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    return line


def test_settings_are_read_from_the_environment() -> None:
    settings = load(Settings)

    assert settings.database_url.get_secret_value() == DATABASE
    assert settings.master_key.get_secret_value() == bytes(range(32))
    assert settings.port == 8001


def test_broker_is_none_when_it_is_not_set() -> None:
    assert load(Settings).broker_url.get_secret_value() == ""


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JANJI_BROKER_URL", "")
    monkeypatch.setenv("JANJI_PORT", "")

    settings = load(Settings)

    assert (settings.broker_url.get_secret_value(), settings.port) == ("", 8000)


def test_secrets_are_never_shown() -> None:
    shown = repr(load(Settings)) + str(load(Settings))

    assert "secret" not in shown
    assert KEY not in shown
    assert repr(bytes(range(32)))[2:20] not in shown


def test_a_missing_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("JANJI_DATABASE_URL")

    assert refused(capsys, Settings) == "JANJI_DATABASE_URL: is not set; set it\n"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JANJI_DATABASE_URL", "mysql://secret"),
        ("JANJI_BROKER_URL", "http://secret"),
        ("JANJI_MASTER_KEY", "c2VjcmV0"),
        ("JANJI_MASTER_KEY", "secret!"),
        ("JANJI_PORT", "secret"),
        ("JANJI_PORT", "70000"),
    ],
)
def test_a_wrong_variable_is_named_and_its_value_is_not(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variable: str,
    value: str,
) -> None:
    monkeypatch.setenv(variable, value)

    line = refused(capsys, Settings)

    assert line.startswith(f"{variable}: ")
    assert value not in line


def test_all_that_is_wrong_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("JANJI_DATABASE_URL")
    monkeypatch.setenv("JANJI_PORT", "x")

    line = refused(capsys, Settings)

    assert "JANJI_DATABASE_URL" in line
    assert "JANJI_PORT" in line


def test_keys_are_at_an_address_or_in_a_file_that_exists(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("JANJI_OIDC_ISSUER", "urn:janji:local")
    monkeypatch.setenv("JANJI_OIDC_AUDIENCE", "janji")
    monkeypatch.setenv("JANJI_OIDC_JWKS", str(tmp_path / "nothing.json"))
    assert refused(capsys, TokenSettings).startswith("JANJI_OIDC_JWKS: give the path")

    monkeypatch.setenv("JANJI_OIDC_JWKS", "https://identity.test/jwks")
    assert load(TokenSettings).oidc_jwks == "https://identity.test/jwks"


def test_addresses_of_services_have_no_slash_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JANJI_REQUESTS_URL", "http://127.0.0.1:8001/")
    monkeypatch.setenv("JANJI_COMPLAINTS_URL", "http://127.0.0.1:8002")
    monkeypatch.setenv("JANJI_FEED_TOKEN_FILE", "/run/secrets/feed_token")

    sources = load(FeedSettings)

    assert sources.requests_url == "http://127.0.0.1:8001"


def test_a_feeds_token_comes_from_a_file_or_from_the_issuer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JANJI_REQUESTS_URL", "http://127.0.0.1:8001")
    monkeypatch.setenv("JANJI_COMPLAINTS_URL", "http://127.0.0.1:8002")
    assert "JANJI_FEED_TOKEN_FILE: is not set; set it, or JANJI_FEED_TOKEN_URL" in refused(
        capsys, FeedSettings
    )

    monkeypatch.setenv("JANJI_FEED_TOKEN_URL", "https://identity.test/token")
    monkeypatch.setenv("JANJI_FEED_TOKEN_PARAMETERS", "feeds")
    line = refused(capsys, FeedSettings)
    assert "JANJI_FEED_CLIENT_ID: is not set; JANJI_FEED_TOKEN_URL needs it" in line
    assert "JANJI_FEED_CLIENT_SECRET: is not set; JANJI_FEED_TOKEN_URL needs it" in line
    assert "JANJI_FEED_TOKEN_PARAMETERS: give a form like" in line

    monkeypatch.setenv("JANJI_FEED_CLIENT_ID", "projections")
    monkeypatch.setenv("JANJI_FEED_CLIENT_SECRET", "secret")
    monkeypatch.setenv("JANJI_FEED_TOKEN_PARAMETERS", "scope=feeds&audience=janji")
    assert load(FeedSettings).feed_client_id == "projections"


def test_issuer_whose_address_is_known_tells_its_keys_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JANJI_OIDC_AUDIENCE", "janji")
    monkeypatch.setenv("JANJI_OIDC_ISSUER", "urn:janji:local")
    assert refused(capsys, TokenSettings).startswith("JANJI_OIDC_JWKS: give the path")

    monkeypatch.setenv("JANJI_OIDC_ISSUER", "https://identity.test")
    assert load(TokenSettings).oidc_jwks == ""


def test_secret_is_read_from_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, secret in {"DATABASE_URL": DATABASE, "MASTER_KEY": KEY, "BROKER_URL": BROKER}.items():
        (tmp_path / name).write_text(f"{secret}\n")
        monkeypatch.delenv(f"JANJI_{name}", raising=False)
        monkeypatch.setenv(f"JANJI_{name}_FILE", str(tmp_path / name))

    settings = load(Settings)

    assert settings.database_url.get_secret_value() == DATABASE
    assert settings.broker_url.get_secret_value() == BROKER
    assert settings.master_key.get_secret_value() == bytes(range(32))


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        pytest.param("missing", "can't be read: No such file", id="missing"),
        pytest.param(".", "can't be read: Is a directory", id="a folder"),
        pytest.param("bytes", "can't be read: it holds no text", id="no text"),
        pytest.param("empty", "give 32 random bytes in base64", id="empty"),
    ],
)
def test_file_without_its_secret_is_named(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    path: str,
    reason: str,
) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    (tmp_path / "empty").touch()
    monkeypatch.delenv("JANJI_MASTER_KEY")
    monkeypatch.delenv("JANJI_DATABASE_URL")
    monkeypatch.setenv("JANJI_MASTER_KEY_FILE", str(tmp_path / path))

    line = refused(capsys, Settings)

    assert reason in line
    assert line.count("JANJI_MASTER_KEY:") == 1
    assert "JANJI_DATABASE_URL: is not set" in line


def test_secret_by_variable_and_by_file_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JANJI_MASTER_KEY_FILE", "/run/secrets/master_key")

    assert "set one of them" in refused(capsys, Settings)


def test_retired_keys_are_a_line_each(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "retired").write_text(f"{OTHER_KEY}\n{KEY}\n")
    monkeypatch.setenv("JANJI_RETIRED_MASTER_KEYS_FILE", str(tmp_path / "retired"))

    assert load(Settings).master_keys == [bytes(range(32)), bytes(32), bytes(range(32))]


def test_retired_key_that_is_none_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JANJI_RETIRED_MASTER_KEYS", f"{KEY} c2VjcmV0")

    assert "JANJI_RETIRED_MASTER_KEYS: give 32 random bytes" in refused(capsys, Settings)
