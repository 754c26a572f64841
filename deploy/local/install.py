"""Creates `.venv`: `python3 -m deploy.local.install [--dev]`; does nothing if it is up to date.

It needs only Python's standard library. Without Debian's python3-venv it fetches and unpacks pip,
so that no root is needed.
"""

import asyncio
import hashlib
import os
import sys
import venv
from importlib.util import find_spec
from pathlib import Path

from deploy.failures import CannotStart
from deploy.local.packages import unpack
from deploy.local.subprocesses import run

PROJECT = Path(__file__).parents[2]
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin/python"
FETCHED_PIP = VENV / "pip"
PIP_OPTIONS = ("--quiet", "--no-input", "--disable-pip-version-check")


async def install(lock: Path) -> None:
    """Install the lock's packages and the project, unless a stamp shows that they are there."""
    stamp = VENV / f"{lock.stem}.stamp"
    wanted = _fingerprint(lock)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if not await _works(PYTHON, "-c", f"import sys; assert sys.version == {sys.version!r}"):
        _say("Making .venv")
        venv.create(VENV, clear=True, with_pip=find_spec("ensurepip") is not None)
    pip = await _pip()
    _say(f"Installing the packages of {lock.name} into .venv (half a minute on a good line)")
    await _run(pip, "install", *PIP_OPTIONS, "--require-hashes", "-r", str(lock))
    project = ("--no-deps", "--no-build-isolation", "-e", str(PROJECT))
    await _run(pip, "install", *PIP_OPTIONS, *project)
    stamp.write_text(wanted)


async def _pip() -> dict[str, str]:
    """The environment in which `.venv`'s Python finds pip: its own, else Debian's unpacked."""
    if await _works(PYTHON, "-m", "pip", "--version"):
        return dict(os.environ)
    if not FETCHED_PIP.exists():
        _say("Fetching pip as a Debian package, since python3-venv is not installed")
        try:
            await unpack("python3-pip-whl", FETCHED_PIP)
        except CannotStart as failure:
            raise CannotStart(f"{failure}; install python3-venv") from failure
    wheel = next(FETCHED_PIP.glob("usr/share/python-wheels/pip-*.whl"))
    return {**os.environ, "PYTHONPATH": str(wheel)}


async def _run(environment: dict[str, str], *words: str) -> None:
    await run(PYTHON, "-m", "pip", *words, environment=environment)


async def _works(*command: str | Path) -> bool:
    try:
        await run(*command)
    except CannotStart:
        return False
    return True


def _fingerprint(lock: Path) -> str:
    """A hash of the lock, pyproject.toml, the project's path and Python's version."""
    digest = hashlib.sha256(lock.read_bytes())
    digest.update((PROJECT / "pyproject.toml").read_bytes())
    digest.update(f"{PROJECT} {sys.version}".encode())
    return digest.hexdigest()


def _say(text: str) -> None:
    sys.stdout.write(f"{text} …\n")
    sys.stdout.flush()


def main() -> None:
    """Install the packages for running, and with `--dev` those for testing."""
    name = "requirements-dev.lock" if "--dev" in sys.argv else "requirements.lock"
    try:
        asyncio.run(install(PROJECT / name))
    except CannotStart as failure:
        sys.exit(f"make: {failure}")


if __name__ == "__main__":
    main()
