"""A test run that leaves a process running is red, names it and ends it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.processes import runs

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[3]
SECONDS_MAX = 120
AS_OURS = """
from tests.support.processes import leftovers
leftovers.GRACE_SECONDS = 0.2
pytest_plugins = ["tests.support.processes.leftovers"]
"""
# A session, a parent and an environment of its own: nothing but its descent tells whose it is.
LEAVES_ONE = """
import subprocess
def test_that_leaves_one():
    started = "sleep 1000 & echo $! > {note}"
    subprocess.run(["setsid", "--fork", "--wait", "sh", "-c", started], env={{}}, check=True)
"""
TIDY = """
import subprocess
def test_that_waits_for_its_own():
    subprocess.run(["true"], check=True)
"""


def run_of(folder: Path, test: str, *options: str) -> "subprocess.CompletedProcess[str]":
    (folder / "conftest.py").write_text(AS_OURS)
    (folder / "test_it.py").write_text(test)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--rootdir", folder, "-c", os.devnull, folder, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "workers"])
def test_leftovers_are_named_and_ended(tmp_path: Path, options: tuple[str, ...]) -> None:
    note = tmp_path / "pid"

    ran = run_of(tmp_path, LEAVES_ONE.format(note=note), *options)

    left = int(note.read_text())
    assert "1 passed" in ran.stdout
    assert f"LEFT RUNNING by a test: {left}: sleep 1000" in ran.stdout
    assert ran.returncode == pytest.ExitCode.TESTS_FAILED
    assert not runs(left)


def test_a_run_that_leaves_nothing_is_green(tmp_path: Path) -> None:
    ran = run_of(tmp_path, TIDY)

    assert "LEFT" not in ran.stdout
    assert ran.returncode == pytest.ExitCode.OK
