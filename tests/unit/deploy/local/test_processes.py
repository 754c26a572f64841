"""A noted process is known again, and never taken for another that has its number."""

import os
import subprocess
from pathlib import Path

from deploy.local.processes import note, noted


def test_a_running_process_is_known_again(tmp_path: Path) -> None:
    note(tmp_path / "pid", os.getpid())

    assert noted(tmp_path / "pid") == os.getpid()


def test_another_with_the_same_number_is_not_it(tmp_path: Path) -> None:
    (tmp_path / "pid").write_text(f"{os.getpid()} 12345")

    assert noted(tmp_path / "pid") is None


def test_a_zombie_runs_no_more(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "1000"]) as process:
        note(tmp_path / "pid", process.pid)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

        assert noted(tmp_path / "pid") is None


def test_nothing_noted_is_nothing_running(tmp_path: Path) -> None:
    assert noted(tmp_path / "pid") is None
