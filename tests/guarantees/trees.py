"""A copy of the project in which guarantees are switched off, and what its tests say then."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.guarantees.entries import ROOT, Guarantee

SECONDS_MAX = 180  # for the tests of one guarantee
GRACE_SECONDS = 40  # for pytest to end what its tests have started

SOURCES = ("services", "shared", "janji", "deploy", "testbed", "tests")
LEFT_OUT = (".git", ".venv", ".janji*", "__pycache__", ".*_cache", ".hypothesis", "mutants")
SHARED = (".venv", ".janji/packages")

FAILED = re.compile(r"^FAILED (.+?)(?: - (.*))?$", re.MULTILINE)
MEANINGLESS = re.compile(
    r"(\w+\.)*(NameError|SyntaxError|IndentationError|ImportError|ModuleNotFoundError"
    r"|UnboundLocalError|PostgresSyntaxError|Undefined\w+Error)\b"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the tests said: "red" (noticed), "GREEN", "hung", or "broken": the edit only breaks."""

    colour: str
    seconds: float
    by: str = ""
    output: str = ""


class Tree:
    """A copy of the checkout as it stands. One caller at a time."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Copy and compile it: bytecode is valid by its source's hash, so no edit hides."""
        self._folder = folder
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        for name in SHARED:
            if (ROOT / name).exists():
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).symlink_to(ROOT / name)
        self._environment = {
            **{name: value for name, value in os.environ.items() if "PYTEST" not in name},
            **environment,
            "PYTHONPATH": str(folder),
            "COLUMNS": "400",
        }
        compiling = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode=checked-hash"]
        subprocess.run([*compiling, *SOURCES], cwd=folder, env=self._environment, check=True)

    def verdict(self, guarantee: Guarantee) -> Verdict:
        """Run its tests with the guarantee switched off."""
        with self._switched_off(guarantee):
            return self.test(guarantee.tests, "-x")

    def test(
        self, tests: Sequence[str], *options: str, seconds_max: float = SECONDS_MAX
    ) -> Verdict:
        began = time.monotonic()
        command = [sys.executable, "-m", "pytest", "-q", "-rf", "-p", "no:cacheprovider"]
        with subprocess.Popen(
            [*command, *options, *tests],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as run:
            try:
                output, _ = run.communicate(timeout=seconds_max)
            except subprocess.TimeoutExpired:
                return Verdict("hung", time.monotonic() - began, output=_ended(run))
        return _verdict(run.returncode, output, time.monotonic() - began)

    @contextmanager
    def _switched_off(self, guarantee: Guarantee) -> Iterator[None]:
        edited = guarantee.edited(self._folder)
        before = {path: path.read_text(encoding="utf-8") for path in edited}
        try:
            for path, text in edited.items():
                path.write_text(text, encoding="utf-8")
            yield
        finally:
            for path, text in before.items():
                path.write_text(text, encoding="utf-8")


def _verdict(status: int, output: str, seconds: float) -> Verdict:
    """A failed test has noticed, unless it failed because the edited code can't run at all."""
    if status == 0:
        return Verdict("GREEN", seconds, output=output)
    failed = FAILED.search(output)
    if failed is None or MEANINGLESS.match(failed[2] or ""):
        return Verdict("broken", seconds, output=output)
    return Verdict("red", seconds, by=failed[1], output=output)


def _ended(run: subprocess.Popen[str]) -> str:
    """Interrupted as by Ctrl-C, pytest ends the processes of its tests; then its output."""
    run.send_signal(signal.SIGINT)
    try:
        output, _ = run.communicate(timeout=GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        run.kill()
        output, _ = run.communicate()
    return output
