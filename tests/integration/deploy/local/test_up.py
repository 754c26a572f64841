"""What keeps `janji up` from starting is said in one line that names the mend."""

from pathlib import Path

import pytest

from deploy.local.ports import free_ports
from deploy.local.postgres import installed
from testbed.office import Office

NOBODY_AT = f"127.0.0.1:{free_ports(1)[0]}"


@pytest.mark.parametrize(
    ("settings", "words", "mend"),
    [
        ({"JANJI_POSTGRES_URL": f"postgres://me:hush@{NOBODY_AT}/x"}, NOBODY_AT, "its URL"),
        ({"JANJI_BROKER_URL": f"amqp://me:hush@{NOBODY_AT}/x"}, NOBODY_AT, "correct the URL"),
        ({"JANJI_POSTGRES_PORT": "http"}, "JANJI_POSTGRES_PORT=http", "name another"),
        ({"JANJI_POSTGRES_URL": "nonsense"}, "JANJI_POSTGRES_URL", "give a URL"),
    ],
    ids=["no server there", "no broker there", "no port", "no URL"],
)
def test_a_wrong_setting_is_named(
    tmp_path: Path, settings: dict[str, str], words: str, mend: str
) -> None:
    done = Office(tmp_path / "home", {"JANJI_BROKER_URL": "", **settings}).tried("up")

    assert done.returncode == 1
    assert words in done.stderr
    assert mend in done.stderr
    assert done.stderr.count("\n") == 1
    assert "hush" not in done.stdout + done.stderr


def test_a_home_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")

    done = Office(tmp_path / "home").tried("up")

    assert done.returncode == 1
    assert "JANJI_HOME" in done.stderr


def test_a_server_that_cannot_start_is_told_at_once_with_its_own_words(tmp_path: Path) -> None:
    data = tmp_path / "home/postgres/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text(f"{installed()[0].major}\n")

    done = Office(tmp_path / "home", {"JANJI_BROKER_URL": ""}).tried("up")

    assert done.returncode == 1
    assert "postgres can't start" in done.stderr
    assert str(data) in done.stderr
    assert done.stderr.count("\n") == 1
