"""Unpacks Debian packages into a folder, without root and without the system's package lists.

It needs only Python's standard library, since it also fetches the pip for `.venv`.
"""

import os
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from deploy.failures import CannotStart
from deploy.local.subprocesses import run

CONFIGURATION = """\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State "{folder}/state";
Dir::State::status "{folder}/status";
Dir::Cache "{folder}/cache";
APT::Sandbox::User "{user}";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
"""

ENVIRONMENT = {**os.environ, "LC_ALL": "C"}


async def unpack(package: str, into: Path, *, with_needed: str | None = None) -> None:
    """Fetch the package and unpack it; `into` is complete afterwards or missing.

    Its dependencies whose names begin with `with_needed` are unpacked, too; they differ between
    Debian releases. Raises CannotStart.
    """
    unfinished = into.with_name(f"{into.name}.unfinished")
    rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    async with _private_apt() as (folder, apt):
        with suppress(CannotStart):  # an unreachable source may not matter
            await run(*apt, "update", environment=ENVIRONMENT)
        packages = [package]
        if with_needed is not None:
            needed = await _needed_by(package, apt)
            packages += [each for each in needed if each.startswith(with_needed)]
        await run(*apt, "download", *packages, folder=folder, environment=ENVIRONMENT)
        for archive in sorted(folder.glob("*.deb")):
            await run("dpkg", "-x", archive, unfinished)
    unfinished.rename(into)


async def _needed_by(package: str, apt: Sequence[str]) -> list[str]:
    """The packages that apt would install for it on an empty system."""
    simulate = (*apt, "--simulate", "--no-install-recommends", "install", package)
    return re.findall(r"(?m)^Inst (\S+)", await run(*simulate, environment=ENVIRONMENT))


@asynccontextmanager
async def _private_apt() -> AsyncIterator[tuple[Path, tuple[str, ...]]]:
    """A folder for downloads, and the command of an apt whose state lies in it."""
    with TemporaryDirectory(prefix="janji-packages-") as name:
        folder = Path(name)
        for needed in ("state/lists/partial", "cache/archives/partial"):
            (folder / needed).mkdir(parents=True)
        (folder / "status").touch()  # as if nothing were installed
        configuration = folder / "apt.conf"
        user = "root" if os.geteuid() == 0 else ""  # root's closed folder is closed to _apt too
        configuration.write_text(CONFIGURATION.format(folder=folder, user=user))
        # A file given by `-c` is read last, so that it can clear the system's hooks.
        yield folder, ("apt-get", "-c", str(configuration))
