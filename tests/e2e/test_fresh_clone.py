"""The newcomer's two minutes: clone, `make up`, look, Ctrl-C, and again."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from testbed.office import Office, all_ready

ROOT = Path(__file__).parents[2]
INSTALL_SECONDS_MAX = 600.0
STOP_SECONDS_MAX = 60.0
# What would make it something else than a newcomer's shell.
OURS = ("JANJI_", "VIRTUAL_ENV", "PYTHON", "PYTEST_")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "janji"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    return folder


@contextmanager
def made_up(clone: Path) -> Iterator[Office]:
    """`make up` in a terminal of its own, ended by Ctrl-C there."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    office = Office(clone / ".janji", python=clone / ".venv/bin/python")
    with subprocess.Popen(
        ["make", "up"], cwd=clone, env=environment, start_new_session=True
    ) as terminal:
        try:
            yield office
        finally:
            os.killpg(terminal.pid, signal.SIGINT)
            terminal.wait(STOP_SECONDS_MAX)


@pytest.mark.system
def test_two_commands_are_enough_and_the_data_stay(clone: Path) -> None:
    with made_up(clone) as office:
        first = office.until(all_ready, seconds=INSTALL_SECONDS_MAX)
        with urlopen(f"{first['projections']['url']}/") as page:
            assert page.status == 200
    assert office.leftovers() == []

    began = time.monotonic()
    with made_up(clone) as office:
        again = office.until(all_ready, seconds=INSTALL_SECONDS_MAX)
    assert time.monotonic() - began < INSTALL_SECONDS_MAX / 10
    assert [entry["url"] for entry in again.values()] == [entry["url"] for entry in first.values()]
