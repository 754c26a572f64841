"""What an installation keeps is made once, stays the same, and is closed to others."""

import os
from pathlib import Path
from socket import socket

import pytest

from deploy.failures import CannotStart
from deploy.local.home import Home, home


@pytest.fixture
def here(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.prepare()
    return made


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_password_is_made_once_and_each_has_its_own(here: Home) -> None:
    first = here.password("postgres")

    assert here.password("postgres") == first
    assert here.password("broker") != first


def test_everything_is_readable_by_its_owner_only(here: Home) -> None:
    here.password("postgres")
    here.folder.chmod(0o755)

    here.prepare()

    assert mode(here.folder) == 0o700
    assert mode(here.secrets / "postgres") == 0o600


def test_a_port_stays_what_it_was(here: Home) -> None:
    assert here.port("postgres") == here.port("postgres")


def test_a_port_that_another_took_is_given_up(here: Home) -> None:
    before = here.port("postgres")
    with socket() as other:
        other.bind(("127.0.0.1", before))
        other.listen()

        assert here.port("postgres") != before


def test_a_port_may_be_named(here: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JANJI_REQUESTS_PORT", "20123")

    assert here.port("requests") == 20123


@pytest.mark.parametrize("nonsense", ["taken", "0", "99999", "80a", " "])
def test_a_port_that_is_none_is_refused_by_its_variable(
    here: Home, monkeypatch: pytest.MonkeyPatch, nonsense: str
) -> None:
    with socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        named = str(other.getsockname()[1]) if nonsense == "taken" else nonsense
        monkeypatch.setenv("JANJI_REQUESTS_PORT", named)

        with pytest.raises(CannotStart, match="JANJI_REQUESTS_PORT"):
            here.port("requests")


def test_only_one_holds_it_at_a_time(here: Home) -> None:
    with here.held() as first, Home(here.folder).held() as second:
        assert first
        assert not second
        assert here.holder() == os.getpid()


def test_lock_is_free_afterwards(here: Home) -> None:
    with here.held():
        pass

    assert here.holder() is None


def test_home_is_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JANJI_HOME", str(tmp_path))

    assert home().folder == tmp_path
