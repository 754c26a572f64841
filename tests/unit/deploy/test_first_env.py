"""What the compose file asks for is made once, whole, and never written over."""

import re
from pathlib import Path

import pytest

from deploy.first_env import main, write

COMPOSE = Path(__file__).parents[3] / "docker-compose.yml"
REQUIRED = re.compile(r"\$\{(\w+):\?")


def test_every_variable_that_the_compose_file_requires_is_written(tmp_path: Path) -> None:
    write(tmp_path, at=0)

    written = {line.partition("=")[0] for line in (tmp_path / ".env").read_text().splitlines()}
    assert set(REQUIRED.findall(COMPOSE.read_text())) <= written


def test_only_the_owner_reads_the_secrets(tmp_path: Path) -> None:
    write(tmp_path, at=0)

    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert (tmp_path / ".compose").stat().st_mode & 0o077 == 0


def test_containers_read_the_master_key_from_its_file(tmp_path: Path) -> None:
    """By the variable it could not be changed while the services run."""
    write(tmp_path, at=0)

    key = tmp_path / ".compose/keys/master_key"
    assert len(key.read_text()) == 44
    assert "MASTER_KEY_FILE=/run/keys/master_key" in (tmp_path / ".env").read_text()
    assert key.read_text() not in (tmp_path / ".env").read_text()


def test_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MASTER_KEY=precious")

    with pytest.raises(FileExistsError):
        write(tmp_path, at=0)

    assert (tmp_path / ".env").read_text() == "MASTER_KEY=precious"


@pytest.mark.parametrize(("argument", "code"), [("--help", 0), ("somewhere", 2)])
def test_help_and_unknown_options_print_no_secrets(
    argument: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["first_env", argument])
    monkeypatch.setattr("deploy.first_env.write", lambda *_: pytest.fail("written"))

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == code
